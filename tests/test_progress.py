"""How far a run is: one meter for every verb that takes long, on a terminal and off it."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from sim.cli.app import app
from sim.show import meter as meters
from sim.show.meter import Meter, duration, shown
from sim.study.compare import Progress
from sim.study.history import alternatives, beside, calibration
from sim.study.writing import StudyError

HERE = Path(__file__).parent
MINIMAL = HERE / "minimal.yaml"
HISTORY = HERE.parent / "scenarios" / "history"
LINE = re.compile(r"^(.+: )?[0-9,]+ of [0-9,]+ (worlds|points)", re.MULTILINE)


def test_the_meter_counts_from_where_it_started() -> None:
    now = 0.0
    meter = Meter(per_point=100, clock=lambda: now)
    assert meter.words() == "starting"
    meter(1000, 4000)
    assert meter.words() == "10 of 40 points"
    now = 10.0
    meter(2000, 4000)
    assert meter.words() == "20 of 40 points, 100 worlds/s, 20 s left"
    now = 15.0
    assert meter.words() == "20 of 40 points, 100 worlds/s, 15 s left", "the time left goes on while nothing is heard"
    now = 20.0
    meter(4000, 4000)
    assert meter.words() == "40 of 40 points are done; working on the figures"
    assert [duration(s) for s in (5, 600, 7200, 400_000)] == ["5 s", "10 min", "2.0 h", "4.6 days"]


def test_the_meter_names_stages_that_are_not_counted() -> None:
    now = 0.0
    meter = Meter(4000, clock=lambda: now)
    assert meter.words() == "0 of 4,000 worlds"
    now = 10.0
    meter(2000, 4000)
    meter.stage("smoothing")
    now = 50.0
    assert meter.words() == "smoothing for 40 s; 2,000 of 4,000 worlds, 200 worlds/s"
    meter(3000, 4000)
    assert meter.words() == "smoothing: 3,000 of 4,000 worlds, 60 worlds/s, 17 s left"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_run_that_reports_nothing_is_seen_all_the_same(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "LINE_EVERY", 0.05)
    out = io.StringIO()
    with shown(Console(file=out, width=120, force_terminal=terminal), Meter(500)) as tick:
        time.sleep(0.3)
        tick(250, 500)
        time.sleep(0.3)
    said = out.getvalue()
    assert "0 of 500 worlds" in said
    assert re.search(r"250 of 500 worlds, [0-9,]+ worlds/s", said)
    assert ("\x1b" in said) == terminal


PAIR = ("--process", "direct_talks", "--process", "both")
COUNTS = HERE.parent / "scenarios" / "regularities"


@pytest.mark.parametrize(
    ("verb", "work"),
    [
        (("compare", MINIMAL), "sim.compare"),
        (("run", MINIMAL), "sim.compare"),
        (("sweep", MINIMAL, "--vary", "parties.north.grievance=0.1,0.2"), "sim.study.sweeps.sweep.run_pieces"),
        (("sensitivity", MINIMAL, *PAIR), "sim.sensitivity"),
        (("levers", MINIMAL, "both"), "sim.levers"),
        (("explain", MINIMAL, "direct_talks", "both"), "sim.explain"),
        (("discover", MINIMAL, *PAIR), "sim.study.exploration.turning.compare"),
        (("hindcast", HISTORY / "grain_2022_04.yaml"), "sim.study.history.hindcast.run_episodes"),
        (("regularities", COUNTS), "sim.study.history.synthetic.run_fates"),
        (("calibrate", HISTORY), "sim.study.history.calibration.reference"),
    ],
)
def test_every_long_verb_says_how_far_it_is_off_a_terminal(
    verb: tuple[object, ...], work: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work itself is stopped half way."""

    def half(*_: object, progress: Progress, **__: object) -> None:
        progress(30, 60)
        time.sleep(0.1)
        raise StudyError("stopped half way")

    monkeypatch.setattr(meters, "LINE_EVERY", 0.01)
    monkeypatch.setattr(work, half)
    monkeypatch.chdir(HERE.parent)
    found = CliRunner().invoke(app, [*map(str, verb), "--out", str(tmp_path / "out")], env={"COLUMNS": "100"})
    assert found.exit_code == 1
    assert found.stderr.endswith("stopped half way\n")
    assert LINE.search(found.stderr), found.stderr
    assert not found.stdout


def test_calibrate_names_every_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of each stage is not asked for here, only that each is heard of."""

    def slow(*_: object, **__: object) -> pd.DataFrame:
        time.sleep(0.02)
        return pd.DataFrame()

    heard: list[str] = []
    table = object.__new__(calibration.Reference)
    object.__setattr__(table, "theta", np.zeros((4, 1)))
    monkeypatch.setattr(calibration, "reference", lambda *_, progress, **__: (progress(2, 4), table)[1])
    monkeypatch.setattr(calibration.Reference, "only", lambda self, _: self)
    monkeypatch.setattr(calibration.Reference, "with_", lambda self, _: self)
    monkeypatch.setattr(calibration, "around", slow)
    monkeypatch.setattr(calibration, "places_of_truths", lambda *_, **__: np.zeros((1, 0)))
    monkeypatch.setattr(calibration, "_with_places", lambda parameters, _: parameters)
    monkeypatch.setattr(calibration.fitting, "fit", slow)
    nothing = calibration.Calibration(**dict.fromkeys(calibration.TABLES, pd.DataFrame()), manifest={})
    monkeypatch.setattr(calibration, "learn", lambda *_, **__: nothing)
    monkeypatch.setattr(calibration.checks, "checks", slow)
    monkeypatch.setattr(calibration.coverage, "coverage", slow)
    monkeypatch.setattr(calibration, "alternatives", lambda *_, report, **__: (report("one of them"), slow())[1])
    monkeypatch.setattr(beside, "beside", slow)
    counts: list[tuple[int, int]] = []
    calibration.calibrate(
        HISTORY, HERE.parent / "scenarios" / "regularities", worlds=4, ablate=True, compare=[MINIMAL],
        progress=lambda done, of: counts.append((done, of)), report=heard.append,
    )  # fmt: skip
    assert heard == [
        "the record under the priors", "a first posterior", "the record around the posterior",
        "smoothing, drawing, leaving each affair out", "finding known truths again", "checking what was not fitted", "one of them", "comparing under priors and posterior",
    ]  # fmt: skip
    assert counts
    assert counts[0][0] < counts[0][1]


def test_alternatives_are_heard_of_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    table = object.__new__(calibration.Reference)
    object.__setattr__(table, "theta", np.zeros((4, 1)))
    study = type("Study", (), {"scenarios": {}})()
    monkeypatch.setattr(alternatives._Fitted, "of", lambda *_: None)
    monkeypatch.setattr(alternatives, "_row", lambda *_: {})
    monkeypatch.setattr(alternatives, "runs_under", lambda *_: ([], study, 0))
    monkeypatch.setattr(alternatives, "reference", lambda *_, **__: table)
    alternatives.alternatives(table, [], study, seed=1, report=heard.append)
    labels = [one.label for one in alternatives.ALTERNATIVES.values()]
    assert heard == ["fitting the full model again", *(f"{label} ({n} of {len(labels)})" for n, label in enumerate(labels, 1))]
