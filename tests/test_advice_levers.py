"""What each lever would do: every row is the comparison that somebody would make by hand with the same change."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

import sim
from sim.cli import app as cli
from sim.scenario.schema import ContactLevers, Format
from sim.show.levers import show, value_of
from sim.show.written import percent
from sim.study.advice.changes import changes
from sim.study.advice.levers import LESS, MORE, SAME, UNCLEAR, Levers
from sim.study.outcomes import issue_rows, process_rows
from sim.study.tally import left_open

MINIMAL = Path(__file__).parent / "minimal.yaml"
WORLDS, SEED = 120, 7


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return sim.load(MINIMAL)


@pytest.fixture(scope="module")
def found(scenario: sim.Scenario) -> Levers:
    return sim.levers(scenario, "both", worlds=WORLDS, seed=SEED)


def test_each_row_is_a_comparison_made_by_hand(scenario: sim.Scenario, found: Levers) -> None:
    base = sim.compare(scenario, worlds=WORLDS, seed=SEED, processes=["both"])
    before = process_rows(base.outcomes("both"), scenario)
    for row in found.table.to_dict("records"):
        changed = sim.compare(scenario.with_({row["path"]: json.loads(row["value"])}), worlds=WORLDS, seed=SEED, processes=["both"])
        after = process_rows(changed.outcomes("both"), scenario)
        for metric, share, difference in (("agreed", "share", "difference"), ("worse_than_none", "harm", "harm_difference")):
            moved = after[metric].astype(float) - before[metric].astype(float)
            assert row[share] == after[metric].mean()
            assert row[difference] == pytest.approx(moved.mean(), abs=1e-15)
            half = 1.959963984540054 * moved.std(ddof=1) / np.sqrt(WORLDS)
            assert row[f"{difference}_high"] - row[f"{difference}_low"] == pytest.approx(2 * half, abs=1e-12)
        assert row["gained"] == (after["agreed"] & ~before["agreed"]).mean()
        assert row["lost"] == (before["agreed"] & ~after["agreed"]).mean()
    assert found.base["share"].tolist() == [before["agreed"].mean()]
    assert len(found.table) > 40


def test_what_the_assumptions_leave_open_is_that_of_the_paired_difference(scenario: sim.Scenario) -> None:
    worlds = 400
    found = sim.levers(scenario, "direct_talks", metric="came", worlds=worlds, seed=SEED)
    base = sim.compare(scenario, worlds=worlds, seed=SEED, processes=["direct_talks"])
    before = process_rows(base.outcomes("direct_talks"), scenario)["came"].to_numpy()
    row = next(row for row in found.table.to_dict("records") if (row["lever"], row["value"]) == ("sponsor", "null"))
    changed = sim.compare(scenario.with_({row["path"]: None}), worlds=worlds, seed=SEED, processes=["direct_talks"])
    moved = process_rows(changed.outcomes("direct_talks"), scenario)["came"].to_numpy().astype(int) - before
    drawn = {name.removeprefix("parameter:"): column for name, column in base.drawn.items()}
    low, high = left_open(moved[None], drawn)
    assert moved.any()
    np.testing.assert_array_equal([row["difference_assumed_low"], row["difference_assumed_high"]], [low[0], high[0]])


def test_of_one_issue(scenario: sim.Scenario) -> None:
    found = sim.levers(scenario, "both", issue="ferry", metric="ratified", worlds=60, seed=SEED)
    base = sim.compare(scenario, worlds=60, seed=SEED, processes=["both"])
    assert found.base["share"].tolist() == [issue_rows(base.outcomes("both"), scenario)["ferry"]["ratified"].mean()]
    assert "takes ferry off the tables, which is what is asked about" not in set(found.refused["reason"])  # it is on two tables
    alone = sim.levers(scenario, "direct_talks", issue="ferry", worlds=60, seed=SEED)
    gone = alone.refused[alone.refused["lever"] == "agenda"]
    assert gone["value"].tolist() == ['["border"]']
    assert gone["reason"].tolist() == ["takes ferry off the tables, which is what is asked about"]


def test_the_greatest_difference_comes_first_and_equals_are_called_equals(found: Levers) -> None:
    assert found.table["difference"].abs().is_monotonic_decreasing
    for row in found.table.to_dict("records"):
        clear = row["difference_low"] > 0 or row["difference_high"] < 0
        if row["gained"] == row["lost"] == 0:
            assert row["verdict"] == SAME
        else:
            assert row["verdict"] == ((MORE if row["difference"] > 0 else LESS) if clear else UNCLEAR)
    assert set(found.table["verdict"]) >= {SAME, UNCLEAR, LESS}


def test_every_lever_of_a_format_is_tried_with_every_word_that_it_takes(scenario: sim.Scenario) -> None:
    tried = {change.path: set() for change in changes(scenario.file, "both")}
    for change in changes(scenario.file, "both"):
        tried[change.path].add(json.dumps(change.value))
        assert json.dumps(change.value) != json.dumps(change.now)
    base = "formats.go_between"
    for lever in (*(set(Format.model_fields) - {"label", "contact", "invited"}), *(f"contact.{p}" for p in ContactLevers.model_fields)):
        if lever not in {"intensity", "side_deals"}:  # the same in both formats, and nothing else to try
            assert f"{base}.{lever}" in tried, lever
    assert tried[f"{base}.level"] == {'"leaders"', '"ministers"'}
    assert tried[f"{base}.sponsor"] == {'"south"'}
    assert tried[f"{base}.first_offer"] == {'"north"', '"south"'}
    assert tried[f"{base}.monitoring"] == {"0.0", "1.0"}
    assert tried[f"{base}.term"] == {"null"}
    assert tried[f"{base}.mediators"] == {"[]"}
    assert tried["formats.face_to_face.mediators"] == {'["elder"]'}
    assert tried[f"{base}.denied_by"] == {'["north"]', '["south"]', '["north", "south"]'}
    assert tried["tables.direct.agenda"] == {'["ferry"]', '["border"]', '["border", "ferry"]'}
    assert tried["tables.ferry_table.opens"] == {json.dumps({"after": "direct", "when": w}) for w in ("failed", "agreed", "in_force")}
    assert tried["processes.both.tables"] == {'["ferry_table", "direct"]'}


def test_what_validation_refuses_is_left_out_with_the_reason(scenario: sim.Scenario, found: Levers) -> None:
    paths = [change.path for change in changes(scenario.file, "both")]
    assert len(found.table) + len(found.refused) == len(paths)
    own = found.refused[found.refused["path"] == "formats.face_to_face.instrument"]
    assert own[["value", "reason"]].to_numpy().tolist() == [
        ['"mirrored"', "got mirrored without mediators, expected at least one in mediators"]
    ]


def test_a_format_that_decides_who_comes_is_marked(found: Levers) -> None:
    imposed = found.table[found.table["imposed"]]
    assert set(imposed["lever"]) == {"convened_by", "invited.north.status", "invited.south.status"}
    assert set(imposed.loc[imposed["lever"] != "convened_by", "value"]) == {'"not"'}
    assert set(imposed.loc[imposed["lever"] == "convened_by", "value"]) == {'"north"', '"south"'}


def test_what_is_printed_is_what_was_found(found: Levers) -> None:
    out = io.StringIO()
    show(found, Console(file=out, width=140, highlight=False), top=1000)
    clear = found.table[found.table["verdict"].isin([MORE, LESS])]
    assert len(clear) >= 3
    for row in clear.to_dict("records"):
        low, high = (percent(row[f"difference_{end}"]) for end in ("low", "high"))
        assert f"{percent(row['difference'], sign=True)} [{low}, {high}]" in out.getvalue()
    assert f"{len(found.refused)} not tried" in out.getvalue()


def test_a_word_is_a_name_only_where_a_lever_takes_names() -> None:
    kursk = sim.load(MINIMAL.parent.parent / "scenarios" / "kursk-2024.yaml")
    assert value_of(kursk, "level", "leaders") == "leaders"  # a table has that name as well
    assert value_of(kursk, "opens", {"after": "leaders", "when": "failed"}) == "after Leaders (failed)"
    assert value_of(kursk, "mediators", ["un", "qatar"]) == "United Nations and Qatar"
    assert value_of(kursk, "mediators", []) == "none"
    assert value_of(kursk, "term", None) == "none"
    deal = {"to": "russia", "benefit": 0.15, "controlled_by": "banks", "credibility": 0.25, "delivery": 0.3}
    assert value_of(kursk, "side_deals", [deal]) == "0.15 to Russia from banks"


def test_workers_and_blocks_change_nothing(scenario: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (sim.levers(scenario, "direct_talks", worlds=30, seed=SEED, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table)
    monkeypatch.setattr("sim.model.draws.BLOCK", 13)
    pd.testing.assert_frame_equal(sim.levers(scenario, "direct_talks", worlds=30, seed=SEED).table, one.table)


def test_command_prints_and_saves(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(cli.app, ["levers", str(MINIMAL), "direct_talks", "--worlds", "40", "--seed", "7", "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    saved = pd.read_csv(out / "levers.csv", keep_default_na=False)
    assert {path.name for path in out.iterdir()} >= {"levers.csv", "refused.csv", "levers.png", "levers.svg", "manifest.json"}
    assert [row["path"] for row in said["base"] + said["levers"]] == saved["path"].tolist()
    assert len(said["refused"]) == len(pd.read_csv(out / "refused.csv"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["both_talks"], "unknown process both_talks"),
        (["both", "--metric", "agred"], "--metric: unknown metric 'agred'; did you mean agreed?"),
        (["both", "--issue", "fery"], "--issue: 'fery' is not on a table of both; did you mean ferry?"),
        (["both", "--worlds", "0"], "--worlds: got 0, expected 1 to 100,000,000"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(arguments: list[str], line: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["levers", str(MINIMAL), *arguments, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
