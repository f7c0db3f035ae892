"""Every verb once, small, in this process, where any warning is an error: run with ``-m smoke`` on every Python and with the
lowest versions. Tests of single libraries that bear the same marker stand in their own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from sim.cli import app as cli
from sim.study.history import calibration, checks, fitting, inference, reference
from sim.study.history.ratios import Ratio

pytestmark = pytest.mark.smoke

HERE = Path(__file__).parent
MINIMAL = str(HERE / "minimal.yaml")
EPISODES = ("prisoners_2022_03", "gas_2019_12", "sea_2024_01")
TWO = ("--process", "both", "--process", "direct_talks")
SWEEP = ("sweep", MINIMAL, "--vary", "parties.north.grievance=0.1:0.5:3", "--worlds", "5", "--process", "both")

VERBS: dict[str, tuple[tuple[str, ...], str]] = {
    "init": (("new",), "Written to new"),
    "check": ((MINIMAL, "--strict"), "Two small neighbours"),
    "schema": ((), "Go-Between scenario"),
    "compare": ((MINIMAL, "--worlds", "20", "--out", "again"), "Written to again"),
    "run": ((MINIMAL, "--worlds", "20", "--process", "both"), "Written to results"),
    "story": ((MINIMAL, "--world", "3"), "Week"),
    "serve": ((MINIMAL, "--no-open"), "http://127.0.0.1:"),
    "report": (("compared",), "Written to compared/report.html"),
    "plot": (("compared",), "compared"),
    "gather": (("swept",), "swept"),
    "sweep": ((*SWEEP[1:], "--out", "other"), "Written to other"),
    "sensitivity": ((MINIMAL, *TWO, "--worlds", "120"), "hangs most on"),
    "levers": ((MINIMAL, "both", "--worlds", "10"), "Written to results"),
    "design": ((MINIMAL, "--issue", "ferry", "--levers", "sponsor,term", "--worlds", "10"), "Written to results"),
    "explain": ((MINIMAL, "direct_talks", "both", "--worlds", "10"), "Written to results"),
    "discover": ((MINIMAL, *TWO, "--n", "80"), "is ahead of"),
    "hindcast": (("scenarios/history/sea_2024_01.yaml", "--worlds", "5"), "Written to results"),
    "regularities": (("--worlds", "2"), "Written to results"),
    "calibrate": (("scenarios/history", "--worlds", "40", "--out", "learned"), "Written to learned"),
}


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), env={"COLUMNS": "100"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with a comparison, a sweep, and what ships but for most of the episodes."""
    home = tmp_path_factory.mktemp("smoke")
    for arguments in (
        ("compare", MINIMAL, "--worlds", "20", "--out", str(home / "compared")),
        (*SWEEP, "--out", str(home / "swept")),
        ("init", str(home)),
    ):
        done = call(*arguments)
        assert done.exit_code == 0, done.output
    for episode in (home / "scenarios" / "history").glob("*.yaml"):
        if episode.stem not in EPISODES:
            episode.unlink()
    return home


def test_no_verb_is_left_out() -> None:
    assert set(VERBS) == {command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_runs(verb: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if verb == "discover":
        pytest.importorskip("ema_workbench.analysis.prim", reason="the EMA Workbench is not installed")
    monkeypatch.chdir(folder)
    if verb == "serve":
        uvicorn = pytest.importorskip("uvicorn", reason="the extra `page` is not installed")
        monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)
    if verb == "calibrate":
        few_draws(monkeypatch)
    arguments, words = VERBS[verb]
    done = call(verb, *arguments)
    assert done.exit_code == 0, done.output
    assert words in done.stdout


def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a calibration draws, cut down, and without the runs of ``regularities``."""
    monkeypatch.setattr(reference, "row_values", lambda *_: {})
    monkeypatch.setattr(reference, "row_value", lambda _, worlds, __: Ratio(np.ones(worlds), np.full(worlds, 2.0)))
    monkeypatch.setattr(reference, "run_fates", lambda *_, worlds, **__: worlds)
    for module, name, count in (
        (fitting, "DRAWS", 200), (inference, "WARMING", 1), (inference, "WALKING", 1), (inference, "ELSEWHERE", 1),
        (checks, "WORLDS", 40), (calibration, "TRUTHS", 2), (calibration, "TRUTH_DRAWS", 60), (calibration, "TRUTH_WALKS", 1),
        (calibration, "TRUTH_WORLDS", 4),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, count)
