"""Shares of a difference: exact, the same either way round, and of nothing but what differs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.model.draws import Draws, parameters_of
from sim.scenario.schema import Format
from sim.show.explain import sentences
from sim.show.written import percent
from sim.study.advice.explain import ELSEWHERE, Explanation
from sim.study.advice.figures import ENDS
from sim.study.advice.hybrids import GROUPS, MOST, groups_of, hybrids, place_of
from sim.study.advice.mixtures import differences
from sim.study.advice.moments import parts_by_moment, split
from sim.study.advice.shapley import shapley

HERE = Path(__file__).parent
MINIMAL, KURSK = HERE / "minimal.yaml", HERE.parent / "scenarios" / "kursk-2024.yaml"
WORLDS, SEED = 150, 7
QUIET = "qatar_energy"
BRISK = {
    "label": "Another name", "mediators": ["qatar"], "level": "leaders", "visibility": "public", "drafting": "single_text",
    "contact": {"talks": "separate", "signing": "separate", "implementation": "remote"}, "settlement": "issue_by_issue",
    "instrument": "announced", "monitoring": 0.7, "term": 26, "silence": "extension", "denied_by": ["russia"], "first_offer": "russia",
}  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    """One channel as it is, and in a format that differs in five groups of levers: no sponsor, seen, higher, monitored, and a dummy."""
    return sim.load(KURSK).with_({
        "formats.brisk": BRISK,
        "tables.brisk_table": {"agenda": ["energy"], "format": "brisk", "luck": "qatar"},
        "processes.brisk": {"label": "Briskly", "tables": ["brisk_table"]},
    })  # fmt: skip


@pytest.fixture(scope="module")
def found(scenario: sim.Scenario) -> Explanation:
    return sim.explain(scenario, QUIET, "brisk", worlds=WORLDS, seed=SEED)


@pytest.fixture(scope="module")
def back(scenario: sim.Scenario) -> Explanation:
    return sim.explain(scenario, "brisk", QUIET, worlds=WORLDS, seed=SEED)


# ---------------------------------------------------------------- the value


def by_orders(values: Sequence[int | Fraction], players: int) -> list[Fraction]:
    """The Shapley value as it is defined: over all orders, what a player adds to those before it."""
    found, orders = [Fraction(0)] * players, list(permutations(range(players)))
    for order in orders:
        before = 0
        for player in order:
            found[player] += Fraction(values[before | 1 << player]) - Fraction(values[before])
            before |= 1 << player
    return [own / len(orders) for own in found]


def test_a_known_game() -> None:
    """One left glove and two right ones; a pair is worth 6: the left one has 4, the others 1 each (Shapley and Shubik 1969)."""
    pair = [6 if mask & 1 and mask & 6 else 0 for mask in range(8)]
    assert shapley(pair, 3) == [4.0, 1.0, 1.0]


@pytest.mark.parametrize("players", [0, 1, 2, 3, 4, 5])
def test_the_value_is_that_of_all_orders(players: int) -> None:
    random = np.random.default_rng(players)
    values = [Fraction(int(value), 7) for value in random.integers(-50, 50, 1 << players)]
    assert shapley(values, players) == by_orders(values, players)
    assert sum(shapley(values, players)) == values[-1] - values[0]


def test_a_game_per_world_is_the_mean_of_games() -> None:
    worlds = np.random.default_rng(1).integers(0, 2, (16, 30))
    apart = np.array([[float(part) for part in by_orders([int(v) for v in column], 4)] for column in worlds.T])
    np.testing.assert_allclose(np.array(shapley(list(worlds), 4)).T, apart, atol=1e-15)


def test_another_number_of_values_is_refused() -> None:
    with pytest.raises(ValueError, match="got 3 values, expected 4 for 2 players"):
        shapley([1, 2, 3], 2)


# ---------------------------------------------------------------- two processes


def test_every_lever_is_in_one_group() -> None:
    levers = [lever for group in GROUPS.values() for lever in group]
    assert sorted(levers) == sorted({*Format.model_fields, "meets", "seated"} - {"label"})


def test_parts_add_up_and_are_those_of_all_orders_of_the_hybrids(found: Explanation) -> None:
    whole = found.summary.set_index("of").loc["difference", "share"]
    assert (found.table["share"].abs() > 0.05).sum() >= 2  # there is something to share out
    assert found.table["share"].sum() == pytest.approx(whole, abs=1e-14)
    assert found.hybrids["share"].iloc[[0, -1]].tolist() == found.summary["share"].iloc[:2].tolist()
    names = [group.name for group in found.asked.groups]
    hits = [Fraction(round(share * WORLDS), WORLDS) for share in found.hybrids["share"]]
    wanted = dict(zip(names, map(float, by_orders(hits, len(names))), strict=True))
    own = found.table.set_index("group")
    for place, name in enumerate(names):
        assert own.loc[name, "share"] == pytest.approx(wanted[name], abs=1e-14)
        assert own.loc[name, "alone"] == pytest.approx(float(hits[1 << place] - hits[0]), abs=1e-14)
        assert own.loc[name, "last"] == pytest.approx(float(hits[-1] - hits[-1 - (1 << place)]), abs=1e-14)


def test_what_is_the_same_in_both_has_no_part_and_what_does_nothing_has_exactly_none(found: Explanation) -> None:
    assert set(found.table["group"]) == {"sponsor", "level", "secrecy", "monitoring", "pace"}
    nothing = found.table.set_index("group").loc["pace"]  # who offers first, where mediators draft
    assert json.loads(nothing["second"]) == {"first_offer": "russia"}
    for name in ("share", "share_low", "share_high", "alone", "last"):
        assert nothing[name] == 0.0


def test_the_other_way_round_every_sign_turns(found: Explanation, back: Explanation) -> None:
    ours, theirs = found.table.set_index("group"), back.table.set_index("group").loc[found.table["group"]]
    for name, other in (("share", "share"), ("alone", "last"), ("last", "alone")):
        for end, opposite in zip(ENDS, ("", "_high", "_low", "_assumed_high", "_assumed_low"), strict=True):
            np.testing.assert_array_equal(ours[name + end], -theirs[other + opposite])
    np.testing.assert_array_equal(found.moments["share"], -back.moments["share"])
    assert found.summary["share"].tolist()[:2] == back.summary["share"].tolist()[1::-1]


def test_a_hybrid_is_the_comparison_that_is_made_by_hand(scenario: sim.Scenario, found: Explanation) -> None:
    by_hand = scenario.with_({"formats.qatar_channel.level": "leaders", "formats.qatar_channel.sponsor": None})
    compared = sim.compare(by_hand, worlds=WORLDS, seed=SEED, processes=[QUIET]).summary
    wanted = compared[(compared["metric"] == "agreed") & (compared["headline"] == "energy")]["estimate"].tolist()
    whose = found.hybrids[["sponsor", "level", "secrecy", "monitoring", "pace"]]
    row = (whose == ["brisk", "brisk", QUIET, QUIET, QUIET]).all(axis=1)
    assert found.hybrids.loc[row, "share"].tolist() == wanted


def test_workers_and_blocks_change_nothing(scenario: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (sim.explain(scenario, QUIET, "brisk", worlds=30, seed=SEED, jobs=jobs) for jobs in (1, 2))
    monkeypatch.setattr("sim.model.draws.BLOCK", 13)
    for other in (two, sim.explain(scenario, QUIET, "brisk", worlds=30, seed=SEED)):
        for name, table in one.tables().items():
            pd.testing.assert_frame_equal(other.tables()[name], table)


def test_of_processes_of_a_real_scenario() -> None:
    """The difference is that of the comparison, intervals and all; nothing is left that stands elsewhere."""
    kursk = sim.load(KURSK)
    asked = {"worlds": 20, "seed": SEED}
    found = sim.explain(kursk, "direct_officials", "black_sea_model", **asked)
    names = ["direct_officials", "black_sea_model"]
    compared = sim.compare(kursk, processes=names, **asked).summary
    own = compared[(compared["headline"] != "") & (compared["metric"].isin(["agreed", "agreed_difference"]))]
    ends = ["estimate", "low", "high", "assumed_low", "assumed_high"]
    theirs = own[(own["process"] != names[0]) | (own["metric"] == "agreed")][ends].to_numpy()
    np.testing.assert_allclose(found.summary[[f"share{end}" for end in ENDS]].to_numpy(), theirs, atol=1e-15)
    assert ELSEWHERE not in set(found.table["group"])
    assert len(found.hybrids) == 256


def test_what_stands_elsewhere_is_a_part_by_itself() -> None:
    found = sim.explain(sim.load(KURSK), QUIET, "black_sea_model", worlds=40, seed=SEED)
    assert found.asked.issues == ("energy",)
    assert found.table["group"].tolist()[-1] == ELSEWHERE  # two more issues, and draws of its own
    assert found.table["share"].iloc[-1] != 0
    assert found.table["share"].sum() == pytest.approx(found.summary["share"].iloc[2], abs=1e-14)
    assert found.table["alone"].isna().tolist() == [False] * (len(found.table) - 1) + [True]


def test_numbers_of_a_hybrid_are_those_of_the_format_they_come_from() -> None:
    kursk = sim.load(KURSK)
    place = place_of(kursk.file, ("direct_officials", "black_sea_model"))
    groups = groups_of(kursk.file, place.tables)
    mask = 1 << [group.name for group in groups].index("monitoring") | 1 << [group.name for group in groups].index("side deals")
    mixed = next(one for one, names in hybrids(kursk, place, groups) if f"hybrid_{mask}" in names)
    draws = Draws(SEED, 0, 300)
    ours, theirs = (parameters_of(one, draws) for one in (mixed, kursk))
    for path in ("monitoring", "side_deals.0.benefit", "side_deals.0.credibility", "side_deals.0.delivery"):
        drawn = theirs(f"formats.black_sea.{path}")
        assert np.std(drawn) > 0.01
        np.testing.assert_allclose(ours(f"formats.hybrid_{mask}.{path}"), drawn, rtol=1e-13)
    assert list(ours.drawn) == list(theirs.drawn)
    assert mixed.pinned == kursk.pinned


@pytest.mark.parametrize("pair", [("direct_officials", "second_summit"), ("second_summit", "black_sea_model")])
def test_all_hybrids_of_formats_are_scenarios_that_can_be(pair: tuple[str, str]) -> None:
    kursk = sim.load(KURSK).with_({"formats.summit.intensity": 2.0, "formats.summit.settlement": "all_or_nothing"})
    place = place_of(kursk.file, pair)
    groups = groups_of(kursk.file, place.tables)
    assert len(groups) == MOST
    names = [name for _, processes in hybrids(kursk, place, groups) for name in processes]
    assert len(names) == len(set(names)) == 256
    levers = [lever for group in groups for lever in group.first]
    assert len(levers) == len(set(levers))
    assert "pace and time of meeting" in {group.name for group in groups}


def test_issues_that_only_one_has_are_left_out() -> None:
    kursk = sim.load(KURSK)
    place = place_of(kursk.file, ("second_summit", "direct_officials"))
    assert place.tables == ("summit", "officials")
    assert place.agenda == ("energy", "food", "prisoners")  # as at the table that stands first in the file
    assert set(place.issues) == {"energy", "food"}
    assert place_of(kursk.file, ("direct_officials", "second_summit")).luck == place.luck == "officials"
    assert place_of(kursk.file, ("second_summit", "direct_officials"), "prisoners").issues == ("prisoners",)


def test_the_place_is_the_same_whichever_is_named_first() -> None:
    file = sim.load(KURSK).file
    names, met = list(file.processes), 0
    for first, second in combinations(names, 2):
        try:
            there, back = place_of(file, (first, second)), place_of(file, (second, first))
        except sim.ScenarioError:
            continue
        met += 1
        assert there.tables == back.tables[::-1]
        assert (there.agenda, there.issues, there.luck) == (back.agenda, back.issues, back.luck)
        assert set(there.issues) <= set(there.agenda)
    assert met >= 10


def test_sentences_are_made_from_the_figures(found: Explanation) -> None:
    said, whole = sentences(found), found.summary["share"]
    assert f"{percent(whole[1])}%" in said[0]
    assert f"{percent(whole[0])}%" in said[0]
    assert f"{percent(whole[2], sign=True)} " in said[0]
    assert said[-1] == "No part in any world: monitoring, pace."  # before a text is agreed a centre does nothing in this channel
    parts = found.table[found.table["share"] != 0].to_dict("records")
    for line, row in zip(said[1:-1], parts, strict=True):
        assert line.lower().startswith(f"{row['group']}: {percent(row['share'], sign=True)} [")
        assert ("no clear part" in line) == (row["share_low"] <= 0 <= row["share_high"])


# ---------------------------------------------------------------- moments


def test_moments_by_hand() -> None:
    """All come in the second, half in the first; a quarter agrees in both: coming brings (1/2 x 1/2 + 1/2 x 1/4) / 2."""
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    assert split([half, quarter], [Fraction(1), quarter]) == [Fraction(3, 16), Fraction(-3, 16)]
    assert split([Fraction(0), Fraction(0)], [half, quarter]) == [quarter, Fraction(0)]  # nobody came: all of it is coming


def test_moments_add_up_and_turn_round() -> None:
    random = np.random.default_rng(3)
    reached = np.array([[0.8, 0.7, 0.9, 0.6], [0.6, 0.9, 0.9, 0.8]])
    chain = np.minimum.accumulate(random.random((2, 4, 500)) < reached[:, :, None], axis=1)
    parts, values = parts_by_moment(chain)
    assert sum(parts) == pytest.approx(chain[1, -1].mean() - chain[0, -1].mean(), abs=1e-15)
    np.testing.assert_allclose(values.mean(axis=1), parts, atol=1e-9)
    np.testing.assert_allclose(values.sum(axis=0), chain[1, -1] * 1.0 - chain[0, -1], atol=1e-6)
    assert parts_by_moment(chain[::-1])[0] == [-part for part in parts]


def test_of_moments_never_reached_no_interval_is_said() -> None:
    hits = np.zeros((2, 2, 40), bool)
    hits[1, 0, :10] = True
    parts, values = parts_by_moment(hits)
    assert parts == [0.0, 0.0]
    assert np.isnan(values).all()


def test_moments_of_processes(scenario: sim.Scenario) -> None:
    found = sim.explain(scenario, QUIET, "brisk", metric="in_force_end", worlds=60, seed=SEED)
    assert found.moments["moment"].tolist() == ["came", "agreed", "ratified", "in_force_end"]
    for column, share in (("first_rate", found.summary["share"].iloc[0]), ("second_rate", found.summary["share"].iloc[1])):
        assert found.moments[column].prod() == pytest.approx(share, abs=1e-14)
    assert found.moments["share"].sum() == pytest.approx(found.summary["share"].iloc[2], abs=1e-14)


# ---------------------------------------------------------------- two scenarios


def test_of_two_scenarios() -> None:
    kursk, calm = (sim.load(KURSK.with_name(name)) for name in ("kursk-2024.yaml", "no-incursion.yaml"))
    asked = {"worlds": 100, "seed": SEED}
    found, back = (sim.explain(a, "black_sea_model", against=b, **asked) for a, b in ((kursk, calm), (calm, kursk)))
    assert {group.name for group in found.asked.groups} == {
        "events.incursion", "events.talks_ruled_out", "parties and issues", "issues.prisoners",
    }  # fmt: skip
    shares = [sim.compare(one, processes=["black_sea_model"], **asked).summary for one in (kursk, calm)]
    wanted = [own[(own["metric"] == "agreed") & (own["headline"] != "")]["estimate"].item() for own in shares]
    assert found.summary["share"].tolist()[:2] == found.hybrids["share"].iloc[[0, -1]].tolist() == wanted
    assert ELSEWHERE not in set(found.table["group"])
    assert found.table["share"].sum() == pytest.approx(wanted[1] - wanted[0], abs=1e-14)
    ours, theirs = (one.table.set_index("group")["share"].sort_index() for one in (found, back))
    assert (ours == -theirs).all()
    assert (ours != 0).sum() >= 2


def test_ranges_that_differ_are_differences_too(scenario: sim.Scenario) -> None:
    wider = scenario.with_({"provenance": dict(scenario.file.model_dump(mode="json")["provenance"]) | {
        "front_volatility": {"why": "as before", "range": 0.3},
    }})  # fmt: skip
    assert [group.name for group in differences(scenario, wider)] == ["front_volatility"]
    assert differences(scenario, scenario.with_({"title": "Another", "formats.brisk.label": "Some name"})) == []


# ---------------------------------------------------------------- the command


def command(*arguments: str) -> object:
    return CliRunner().invoke(cli.app, ["explain", *arguments], env={"COLUMNS": "80"})


def test_command_prints_and_saves(tmp_path: Path) -> None:
    calm = tmp_path / "calm.yaml"
    calm.write_text("extends: minimal.yaml\ntitle: Calm\nevents: {shooting: null}\nparties: {south: {grievance: 0.2}}\n", encoding="utf-8")
    for name in ("minimal.yaml", "minimal-claims.yaml"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    out = tmp_path / "out"
    done = command(str(tmp_path / "minimal.yaml"), "both", "--against", str(calm), "--worlds", "40", "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    saved = pd.read_csv(out / "shares.csv")
    assert [row["group"] for row in said["shares"]] == saved["group"].tolist()
    assert set(saved["group"]) == {"events.shooting", "parties.south"}
    assert {path.name for path in out.iterdir()} >= {"shares.csv", "summary.csv", "moments.csv", "hybrids.csv", "waterfall.png", "waterfall.svg"}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([str(MINIMAL), "direct_talks", "bth"], "unknown process bth; did you mean both?"),
        ([str(MINIMAL), "both", "both"], "got both twice, expected two different ones"),
        ([str(MINIMAL), "both"], "got neither a second process nor another scenario; expected one of them"),
        ([str(MINIMAL), "both", "direct_talks", "--metric", "agred"], "--metric: unknown metric 'agred'; did you mean agreed?"),
        ([str(MINIMAL), "both", "direct_talks", "--issue", "fery"], "--issue: 'fery' is not on a table of both processes; did you mean ferry?"),
        ([str(KURSK), "qatar_energy", "turkey_food"], "qatar_energy and turkey_food have no issue in common; expected two that have one"),
        ([str(MINIMAL), "both", "--against", str(MINIMAL)], "--against: the two scenarios differ in nothing that moves an outcome"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(arguments: list[str], line: str, tmp_path: Path) -> None:
    done = command(*arguments, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
