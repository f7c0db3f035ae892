"""The search for proposals: what may be proposed, who goes on, and that its figures are those of a comparison it never saw."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.scenario.schema import Limits
from sim.show.design import change_words, show
from sim.show.found import words
from sim.show.report.made import page_of
from sim.show.report.page import html
from sim.study.advice import design, race, robust, search
from sim.study.advice.proposals import scenario_of_all
from sim.study.advice.race import AGREED, HARM, KEPT, SURPLUS, Field, Runner, figures, fits
from sim.study.advice.saved import read_designs
from sim.study.advice.space import AGENDA, IDLE, LEVERS, Space, space_of
from sim.study.manifests import RunFolderError
from sim.study.outcomes import issue_rows, process_rows

MINIMAL = Path(__file__).parent / "minimal.yaml"
WORLDS, SEED = 150, 7


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return sim.load(MINIMAL)


@pytest.fixture(scope="module", autouse=True)
def _small() -> Any:
    """A search in few worlds."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (search, "WORLDS", (8, 16, 32)), (design, "WORLDS", (8, 16, 32)), (search, "FURTHER", (12, 6)), (search, "AUDITED", 5),
            (robust, "VIEWS", 40), (robust, "LUCKS", 4), (robust, "AT_A_TIME", 20), (robust, "SHUFFLES", 400),
        ):  # fmt: skip
            patch.setattr(module, name, value)
        yield


@pytest.fixture(scope="module")
def found(scenario: sim.Scenario) -> sim.Designs:
    return sim.design(scenario, "ferry", proposals=60, worlds=WORLDS, seed=SEED)


# ---------------------------------------------------------------- what may be proposed


def test_every_lever_of_a_format_has_its_values(scenario: sim.Scenario) -> None:
    said = space_of(scenario, ["ferry"]).said
    assert tuple(said) == LEVERS
    assert said["mediators"] == [[], ["elder"]]
    assert said["sponsor"] == [None, "south"] or set(said["sponsor"]) == {None, "south"}
    assert set(said["level"]) == {"leaders", "ministers", "technical"}
    assert set(said["contact.signing"]) == {"face_to_face", "proximity", "remote", "separate"}
    assert not {"north", "south"} & set(said["convened_by"])  # who convenes comes: that is no choice of what to propose
    assert {"tables": [["ferry"]], "in_turn": False} in said[AGENDA]


def test_several_issues_may_be_dealt_with_together_apart_or_one_after_the_other(scenario: sim.Scenario) -> None:
    agendas = space_of(scenario, ["ferry", "border"]).said[AGENDA]
    for tables, in_turn in (
        ([["ferry", "border"]], False), ([["border", "ferry"]], False), ([["ferry"], ["border"]], False),
        ([["ferry"], ["border"]], True), ([["border"], ["ferry"]], True),
    ):  # fmt: skip
        assert {"tables": tables, "in_turn": in_turn} in agendas


@pytest.mark.parametrize("lever", IDLE)
def test_a_lever_that_is_called_idle_does_nothing(scenario: sim.Scenario, lever: str) -> None:
    space = space_of(scenario.with_({"behaviour.format_sd": 0.0}), ["ferry"])  # which is drawn by every value of every lever
    drawn = [tuple(proposal) for proposal in space.drawn(600, 3).tolist()]
    own = next(one for one in drawn if space.differing(one, space.settled(one)) == [lever])
    if lever in {"drafting", "instrument", "hosts_if"}:  # what it is not settled on is refused
        with pytest.raises(sim.ScenarioError):
            scenario_of_all(space, [own])
        return
    both, names = scenario_of_all(space, [own, space.settled(own)])
    first, second = (figures(both, name, space.issues, (SEED, 0, 60)) for name in names)
    np.testing.assert_array_equal(first, second)


def test_limits_hold_and_stand_in_the_scenario_as_well(scenario: sim.Scenario, tmp_path: Path) -> None:
    limits = Limits(fixed={"sponsor": None}, never={"level": ["leaders"], "visibility": ["public"]})
    space = space_of(scenario, ["ferry"], limits)
    for proposal in space.distinct(space.drawn(300, 1)):
        own = space.written(proposal)
        assert (own["sponsor"], own["level"] != "leaders", own["visibility"] != "public") == (None, True, True)
    limited = tmp_path / "limited.yaml"
    for name in ("minimal.yaml", "minimal-claims.yaml"):
        shutil.copy(MINIMAL.parent / name, tmp_path)
    limited.write_text("extends: minimal.yaml\ndesign: {fixed: {sponsor: null}, never: {level: [leaders]}}\n")
    block = sim.load(limited)
    assert block.hash == scenario.hash  # it moves nothing in a run
    both = design.asked_space(block, ["ferry"], never={"visibility": "public"})
    assert both.searched == space.searched
    only = space_of(scenario, ["ferry"], Limits(levers=["term", "level"]))
    assert {lever for lever, left in only.searched.items() if len(left) > 1} == {"term", "level"}
    assert set(space.known) == set(only.known) == {"direct", "ferry_table"}  # known formats are compared with, within limits or not


def test_a_fixed_value_may_be_one_that_no_format_has(scenario: sim.Scenario) -> None:
    space = space_of(scenario, ["ferry"], Limits(fixed={"term": 33}))
    assert {space.written(proposal)["term"] for proposal in space.distinct(space.drawn(20, 1))} == {33}


@pytest.mark.parametrize(
    ("issues", "limits", "words"),
    [
        (["fery"], {}, "unknown issue 'fery'; did you mean ferry"),
        (["ferry"], {"fixed": {"sponser": None}}, "unknown lever 'sponser'; did you mean sponsor"),
        (["ferry"], {"never": {"level": ["leader"]}}, "level is never 'leader'; did you mean leaders"),
        (["ferry"], {"never": {"level": ["leaders", "ministers", "technical"]}}, "no value of level is left"),
    ],
)
def test_what_there_is_not_is_refused(scenario: sim.Scenario, issues: list[str], limits: dict[str, Any], words: str) -> None:
    with pytest.raises(sim.ScenarioError, match=words):
        sim.design(scenario, issues, **limits)


# ---------------------------------------------------------------- who goes on


def _field(**columns: Sequence[float]) -> Field:
    count = len(columns["kept"])
    means = np.zeros((count, SURPLUS + 2))
    means[:, KEPT], means[:, AGREED], means[:, HARM] = columns["kept"], columns["agreed"], columns["harm"]
    means[:, SURPLUS], means[:, SURPLUS + 1] = columns["first"], columns["second"]
    return Field(means, np.array(columns["effort"]), np.arange(count) == 0, np.arange(count) != 0)


def test_the_best_by_each_thing_that_is_wanted_go_on() -> None:
    field = _field(
        kept=[0.5, 0.9, 0.8, 0.7, 0.6, 0.1], agreed=[0.5, 0.9, 0.95, 0.7, 0.6, 0.1], harm=[0.3, 0.3, 0.3, 0.1, 0.3, 0.0],
        first=[1, 3, 2, 2.5, 1, 0], second=[1, 1, 2, 1, 1, 0], effort=[0, 5, 5, 5, 1, 0],
    )  # fmt: skip
    first = {name: int(order[0]) for name, order in field.orders().items()}
    assert first == {"most kept": 1, "most agreed": 2, "fairest": 2, "least harm": 3, "least effort": 4}  # not 5, which keeps less
    assert all(0 not in order for order in field.orders().values())  # the known one is not within the limits here
    assert set(field.best(5).tolist()) == {0, 1, 2, 3, 4}
    assert 0 in field.best(2)


def test_what_falls_behind_by_more_than_a_standard_error_does_not_fit() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    best = rng.uniform(size=(5, 400))
    same, worse = best.copy(), best.copy()
    worse[KEPT] -= 0.1 + 0.1 * rng.standard_normal(400)
    little = best.copy()
    little[KEPT] -= 0.001 + 0.1 * rng.standard_normal(400)
    assert list(fits(np.stack([same, worse]), best, SURPLUS)) == [True, False]
    harmful = best.copy()
    harmful[HARM] += 0.2
    assert list(fits(harmful[None], best, SURPLUS)) == [False]


def test_a_small_space_is_looked_at_whole_and_a_large_one_up_to_the_count(scenario: sim.Scenario) -> None:
    small = space_of(scenario, ["ferry"], Limits(levers=["term", "level", "sponsor"]))
    looked, whole = search._look(Runner(small, SEED), 60)
    assert whole
    assert set(looked.proposals) == set(small.every()) | set(small.known.values())
    large = space_of(scenario, ["ferry"])
    looked, whole = search._look(Runner(large, SEED), 60)
    assert not whole
    assert len(looked.proposals) == len(set(looked.proposals)) == 60
    assert {search.KNOWN, search.NEAR, search.CHILD} <= set(looked.origin)


# ---------------------------------------------------------------- what is told


def test_the_figures_are_those_of_a_comparison_of_the_file_that_is_written(found: sim.Designs, tmp_path: Path) -> None:
    folder = found.save(tmp_path / "design")
    again = sim.load(folder / "proposals.yaml")
    names = list(found.proposals)
    result = sim.compare(again, worlds=WORLDS, seed=SEED, processes=names)
    for row in found.table.to_dict("records"):
        if row["proposal"] in names:
            rows = issue_rows(result.outcomes(row["proposal"]), again)["ferry"]
            assert row["kept"] == rows["in_force_end"].mean()
            assert row["agreed"] == rows["agreed"].mean()
            assert row["harm"] == process_rows(result.outcomes(row["proposal"]), again)["worse_than_none"].mean()
    assert set(found.scenario.file.processes) >= set(again.file.processes) - set(names)


def test_what_is_saved_is_read_back_and_told_in_a_report(found: sim.Designs, tmp_path: Path) -> None:
    folder = found.save(tmp_path / "design")
    again = read_designs(folder)
    assert again.proposals == found.proposals
    for name, frame in found.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], frame, check_dtype=False, rtol=1e-5)
    assert words(again) == words(found)
    page = html(page_of(folder))
    assert "What should be proposed for" in page
    assert "Proposal 1" in page
    with (folder / "proposals.csv").open("a") as stream:
        stream.write("x")
    with pytest.raises(RunFolderError, match=r"proposals\.csv"):
        read_designs(folder)


def test_a_report_says_the_limits_that_make_it_again(scenario: sim.Scenario, tmp_path: Path) -> None:
    levers = ["level", "term", "sponsor"]
    limited = sim.design(scenario, "ferry", levers=levers, never={"level": "leaders"}, proposals=20, worlds=20, seed=SEED)
    limited.save(tmp_path / "limited", charts=False)
    page = unescape(html(page_of(tmp_path / "limited")))
    command = re.findall(r"gobetween design [^<]*", page)[0]
    words = [word.removeprefix("--never=") for word in shlex.split(command) if word.startswith("--never=")]
    assert words == ['level="leaders"']
    assert '--fixed=visibility=' in command


def test_worlds_of_the_search_are_not_those_of_the_report(scenario: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    run = Runner.run

    def watched(self: Runner, proposals: Any, block: int, worlds: int) -> Any:
        seen.append((block, worlds))
        return run(self, proposals, block, worlds)

    monkeypatch.setattr(Runner, "run", watched)
    told = sim.design(scenario, "ferry", proposals=30, worlds=60, seed=SEED, levers=["sponsor", "level", "term", "visibility"])
    assert [which for which in seen if which[0] < search.BLOCKS[0]] == [seen[-1]] == [(0, 60)]
    assert {block for block, _ in seen[:-1]} <= set(search.BLOCKS)
    assert told.manifest["looked_at"] <= 30


def test_rows_say_how_a_proposal_differs_from_what_is_known(found: sim.Designs) -> None:
    rows = {row["proposal"]: row for row in found.table.to_dict("records")}
    for name, proposal in found.proposals.items():
        near = found.space.known[rows[name]["nearest"]]
        changes = json.loads(rows[name]["changes"])
        assert list(changes) == found.space.differing(near, proposal)
        assert all(len(found.space.differing(known, proposal)) >= len(changes) for known in found.space.known.values())
        base = rows[rows[name]["nearest"]]
        assert rows[name]["kept_difference"] == pytest.approx(rows[name]["kept"] - base["kept"])
    for name, row in rows.items():
        for other in str(row["equals"]).split():
            assert name in rows[other]["equals"].split()  # whom I cannot be told from cannot be told from me
        assert name not in row["beaten_by"].split()


def test_those_put_forward_differ(found: sim.Designs) -> None:
    own = list(found.proposals.values())
    assert len(set(own)) == len(own)
    wanted = [word for cell in found.table["wanted"] for word in cell.split("; ") if word]
    assert sorted(wanted) == ["fairest", "least effort", "least harm", "most agreed", "most kept"]


def test_workers_and_a_search_that_was_stopped_give_the_same(
    scenario: sim.Scenario, found: sim.Designs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, _: int) -> None:
        if done > 400:
            raise KeyboardInterrupt

    how: dict[str, Any] = {"proposals": 60, "worlds": WORLDS, "seed": SEED, "parts": tmp_path / "parts"}
    with pytest.raises(KeyboardInterrupt):
        sim.design(scenario, "ferry", **how, progress=stop)
    kept = sorted((tmp_path / "parts").iterdir())
    assert kept
    kept[0].write_bytes(kept[0].read_bytes()[:-3])  # damaged: done again
    done: list[str] = []
    whole = race.figures
    monkeypatch.setattr(race, "figures", lambda *of: done.append(of[1]) or whole(*of))
    again = sim.design(scenario, "ferry", **how)
    for name, frame in found.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], frame)
    assert found.documents() == again.documents()
    fresh = len(done)
    done.clear()
    sim.design(scenario, "ferry", **how)
    assert fresh > len(done) == 0
    two = sim.design(scenario, "ferry", **(how | {"parts": None}), jobs=2)
    pd.testing.assert_frame_equal(two.looked_at, found.looked_at)
    pd.testing.assert_frame_equal(two.table, found.table)


# ---------------------------------------------------------------- if the assumptions are others


def _views(kept: Any, **drawn: Any) -> robust.Views:
    return robust.Views(np.stack([kept, kept]), drawn)


def test_regret_and_the_worst_tenth_by_hand() -> None:
    steady, split = np.full(100, 0.5), np.repeat([0.2, 0.9], 50)
    told = robust.robustness(_views(np.stack([steady, split])), ["steady", "split"]).set_index("proposal")
    assert told.loc["steady", "kept"] == 0.5
    assert told.loc["split", "worst_tenth"] == pytest.approx(0.2)
    assert told.loc["steady", "regret"] == pytest.approx(0.2)  # 0.4 behind in half of the views
    assert told.loc["split", "regret"] == pytest.approx(0.15)
    assert told.loc["split", "regret_worst_tenth"] == pytest.approx(0.3)


def test_what_is_picked_by_luck_is_told_from_other_luck() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    kept = 0.5 + 0.3 * rng.standard_normal((2, 6, 4000))  # six proposals that are the same but for luck
    told = robust.robustness(robust.Views(kept, {}), list("abcdef"))
    assert told["regret"].abs().max() < 0.02
    assert (told["worst_tenth"] - 0.5).abs().max() < 0.05


def test_information_is_worth_what_it_lets_one_choose() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    count = 400
    telling, idle = rng.uniform(size=count), rng.uniform(size=count)
    kept = np.stack([np.where(telling < 0.5, 0.8, 0.2), np.where(telling < 0.5, 0.2, 0.8)]) + 0.05 * rng.standard_normal((2, count))
    told = robust.information(_views(kept, telling=telling, idle=idle)).set_index("assumption")
    # Choosing by it keeps 0.8 in four fifths of its values and 0.5 in the middle fifth, against 0.5 without.
    assert told.loc["telling", "value"] == pytest.approx(0.24, abs=0.03)
    assert told.loc["telling", "clear"]
    assert abs(told.loc["idle", "value"]) < 0.03
    assert not told.loc["idle", "clear"]


def test_what_a_proposal_hangs_on_is_found_and_a_dead_assumption_is_not() -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    telling, idle = rng.uniform(size=400), rng.uniform(size=400)
    told = robust.swings(_views((telling + 0.1 * rng.standard_normal(400))[None], telling=telling, idle=idle), 0)
    assert told["swing_clear"].tolist() == [True, False]
    assert told["swing"][0] == pytest.approx(0.8, abs=0.05)  # from 0.1 to 0.9


def test_equals_lead_together_but_for_what_another_of_them_beats(found: sim.Designs) -> None:
    names = ["proposal_1", "proposal_2", "proposal_3"]
    table = pd.DataFrame({"proposal": names, "kept": [0.5, 0.6, 0.7], "beaten_by": ["proposal_2", "", ""]})
    regret = pd.DataFrame({"proposal": names, "regret_worst_tenth": [0.01, 0.02, 0.2], "regret_worst_tenth_low": [0.0, 0.0, 0.1]})
    three = replace(found, proposals=dict.fromkeys(names, next(iter(found.proposals.values()))), table=table, robustness=regret)
    assert three.leading == ["proposal_2"]
    assert replace(three, table=table.assign(beaten_by="")).leading == ["proposal_2", "proposal_1"]


# ---------------------------------------------------------------- words


def test_what_is_printed_is_what_was_found(found: sim.Designs) -> None:
    out = io.StringIO()
    show(found, Console(file=out, width=400, highlight=False))
    words = out.getvalue()
    assert f"{found.manifest['looked_at']} of {found.manifest['space']:,} proposals were looked at" in words
    for row in found.table.to_dict("records"):
        for lever, (there, here) in json.loads(row["changes"]).items():
            if row["proposal"] in found.proposals:
                assert change_words(found, lever, there, here) in words
    assert "no forecast" in words
    assert "worse than none" in words


def test_of_a_small_space_it_is_said_that_all_of_it_was_looked_at(scenario: sim.Scenario) -> None:
    small = sim.design(scenario, "ferry", levers=["term"], proposals=20, worlds=20, seed=SEED)
    assert small.manifest["whole"]
    looked = small.manifest["looked_at"]
    assert f"All proposals that the limits leave were looked at, {looked} with the known formats;" in " ".join(words(small).split())


def test_where_none_was_drawn_at_random_nothing_is_said_of_the_best(found: sim.Designs) -> None:
    out = io.StringIO()
    show(replace(found, manifest=found.manifest | {"whole": False, "drawn": 0, "top": 0.0}), Console(file=out, width=400, highlight=False))
    assert "none drawn at random: how good others may be is not known" in out.getvalue()
    assert "the best 0%" not in out.getvalue()


def test_one_that_is_not_best_on_average_may_lead(found: sim.Designs) -> None:
    (name, proposal), *_ = found.proposals.items()
    table = found.table.copy()
    row = table[table["proposal"] == name].assign(proposal="proposal_9", kept=1.0, beaten_by="")
    regret = found.robustness[found.robustness["proposal"] == name]
    behind = regret.assign(proposal="proposal_9", regret_worst_tenth=0.9, regret_worst_tenth_low=0.8)
    turned = replace(
        found, proposals={**found.proposals, "proposal_9": proposal}, table=pd.concat([table, row], ignore_index=True),
        robustness=pd.concat([found.robustness, behind], ignore_index=True),
    )  # fmt: skip
    out = io.StringIO()
    show(turned, Console(file=out, width=400, highlight=False))
    assert "Proposal 1 leads" in out.getvalue()
    assert f"Proposal {len(turned.proposals)} keeps most on average, but falls behind by 90" in out.getvalue()


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["design", str(MINIMAL), "--issue", "ferry", "--proposals", "20", "--worlds", "20", "--never", "level=leaders", "--json"]
    done = CliRunner().invoke(cli.app, arguments)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["manifest"]["searched"]["level"] == ["technical", "ministers"]
    folder = tmp_path / "results" / "minimal-ferry-design"
    assert {"proposals.csv", "proposals.yaml", "proposals.png", "robustness.csv", "information.csv", "looked_at.csv"} <= {
        file.name for file in folder.iterdir()
    }
    assert list((tmp_path / "results").glob(".*")) == []  # nothing is left of the parts
    wrong = CliRunner().invoke(cli.app, ["design", str(MINIMAL), "--issue", "ferry", "--fixed", "level"])
    assert wrong.exit_code == 2
    assert "expected a lever and a value such as level=leaders" in wrong.stderr


def test_a_space_knows_what_third_parties_have_to_bring(scenario: sim.Scenario) -> None:
    space: Space = space_of(scenario, ["ferry"])
    for proposal in space.known.values():
        own = space.written(proposal)
        assert space.effort(proposal) == len(own["mediators"]) + len(own["side_deals"]) + own["monitoring"]
