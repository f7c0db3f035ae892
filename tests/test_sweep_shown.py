"""What a sweep prints: every point with both intervals, as the table has them, at any width."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.scenario import load
from sim.show import sweep as shown
from sim.show.written import percent
from sim.study.sweeps import gather as gathering
from sim.study.sweeps.gather import Sweep
from sim.study.writing import StudyError

MINIMAL = Path(__file__).parent / "minimal.yaml"
GRIEVANCE, SPONSOR = "parties.north.grievance", "formats.go_between.sponsor"


@pytest.fixture(scope="module")
def small() -> Sweep:
    points = [{GRIEVANCE: value, SPONSOR: sponsor} for value, sponsor in ((0.1234, None), (0.1235, "south"), (0.9, None))]
    return sim.sweep(load(MINIMAL), points, worlds=300, seed=3)


def printed(found: Sweep, width: int) -> str:
    out = io.StringIO()
    shown.show(found, Console(file=out, width=width))
    assert max(map(len, out.getvalue().splitlines())) <= width
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_every_figure_is_printed_with_both_intervals(small: Sweep, width: int) -> None:
    said = " ".join(printed(small, width).split())
    whole = (small.table["issue"] == "") & (small.table["table"] == "")
    table = small.table[small.table["metric"].isin(shown.METRICS) & whole]
    assert len(table) == 3 * 2 * len(small.manifest["processes"])
    for row in table.itertuples():
        assert f"{percent(row.estimate)} [{percent(row.low)}, {percent(row.high)}]" in said
        if row.assumed_high > row.assumed_low:
            low, high = (percent(min(max(end, 0), 1)) for end in (row.assumed_low, row.assumed_high))
            assert f"({low}, {high})" in said
    for value in ("0 0.1234 none", "1 0.1235 south", "2 0.9 none"):
        assert value in said, "what was set, so that points can be told apart"


def test_processes_that_are_for_other_issues_are_not_left_to_be_ranked(small: Sweep) -> None:
    assert "compare them issue by issue" not in " ".join(printed(small, 80).split())
    table = small.table.copy()
    table.loc[(table["process"] == "both") & (table["headline"] != ""), "headline"] = "border"
    said = " ".join(printed(replace(small, kept={**small.kept, "table": table}), 80).split())
    assert "compare them issue by issue" in said
    assert "Direct talks: The ferry, The border; Both side by side: The border." in said


def test_of_many_points_the_first_are_shown_and_the_rest_is_pointed_to(monkeypatch: pytest.MonkeyPatch, small: Sweep) -> None:
    monkeypatch.setattr(shown, "MOST_POINTS", 2)
    said = " ".join(printed(small, 100).split())
    assert "1 0.1235 south" in said
    assert "2 0.9" not in said
    assert "the 1 other points and the other figures stand in the table" in said


def test_the_verbs_print_them(tmp_path: Path) -> None:
    asked = ["sweep", str(MINIMAL), "--vary", f"{GRIEVANCE}=0.1,0.5", "--worlds", "30", "--no-charts", "--out", str(tmp_path / "out")]
    first = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    again = CliRunner().invoke(app, ["gather", str(tmp_path / "out"), "--no-charts"], env={"COLUMNS": "80"})
    for found in (first, again):
        assert found.exit_code == 0, found.output
        assert "A text agreed" in found.stdout
        assert "North: grievance" in found.stdout
    assert first.stdout == again.stdout


def test_a_full_disk_loses_no_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pieces are there; the figures are shown before the tables, for which there is no room."""
    asked = ["sweep", str(MINIMAL), "--vary", f"{GRIEVANCE}=0.1,0.5", "--worlds", "30", "--no-charts", "--out", str(tmp_path / "out")]

    def full(store: object) -> None:
        raise StudyError("table.csv: cannot be written: no space left on the disk")

    with monkeypatch.context() as patched:
        patched.setattr(gathering, "_make_tables", full)
        found = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    assert found.exit_code == 1
    assert found.stderr.splitlines()[-1] == "table.csv: cannot be written: no space left on the disk"
    again = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    assert again.exit_code == 0
    assert "A text agreed" in found.stdout
    assert again.stdout == found.stdout + f"Written to {tmp_path / 'out'}: table.parquet and table.csv\n"
