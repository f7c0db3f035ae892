"""What studies find has one shape, and the public names are those that are listed here."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.show.found import DRAWN, PRINTED
from sim.study.findings import Findings

ROOT = Path(__file__).parent.parent

PUBLIC = {
    "RULES", "WEEK", "Calibration", "Designs", "Discovery", "Explanation", "Handover", "Hindcast", "Levers", "Regularities", "Result", "Scenario", "ScenarioError",
    "Sensitivity", "StudyError", "Sweep", "__version__", "best", "calibrate", "compare", "design", "discover", "explain", "gather", "handover",
    "hindcast", "levers", "load", "regularities", "sensitivity", "story", "sweep",
}  # fmt: skip
"""What ``import sim`` gives: a name that is not here is ours to change."""

KINDS = [sim.Result, sim.Sweep, sim.Sensitivity, sim.Discovery, sim.Hindcast, sim.Calibration, sim.Regularities, sim.Levers, sim.Explanation, sim.Designs]


def test_public_names_are_those_that_are_listed() -> None:
    assert set(sim.__all__) == PUBLIC
    assert set(sim._HOMES) == PUBLIC - {"__version__"}
    for name in PUBLIC:
        assert getattr(sim, name) is not None
        assert name in dir(sim)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_findings_have_the_same_few_members(kind: type[Findings]) -> None:
    assert issubclass(kind, Findings)
    assert kind.kind in PRINTED
    for member in ("table", "tables", "manifest", "show", "plot", "save"):
        assert hasattr(kind, member) or member in kind.__dataclass_fields__  # type: ignore[attr-defined]
    for name in ("show", "plot", "save"):
        assert inspect.signature(getattr(kind, name)) == inspect.signature(getattr(Findings, name))


def test_every_kind_is_known_by_its_own_name() -> None:
    assert {kind.kind for kind in KINDS} == set(PRINTED)
    assert set(PRINTED) - set(DRAWN) == {"discovery"}


def test_a_comparison_shows_itself_as_the_command_line_does(capsys: pytest.CaptureFixture[str]) -> None:
    found = sim.compare(sim.load(ROOT / "tests" / "minimal.yaml"), worlds=20)
    found.show()
    assert found.scenario.file.title in capsys.readouterr().out
    assert found.table is found.summary


def test_a_sweep_is_saved_elsewhere_as_tables_and_charts(tmp_path: Path) -> None:
    scenario = sim.load(ROOT / "tests" / "minimal.yaml")
    swept = sim.sweep(scenario, {"behaviour.temperature": [0.1, 0.3]}, worlds=20, out=tmp_path / "sweep")
    folder = swept.save(tmp_path / "tables")
    table = pd.read_csv(folder / "table.csv")
    assert len(table) == len(swept.table)
    assert {path.name for path in folder.iterdir()} >= {"table.csv", "manifest.json", "curves.png", "curves.svg"}


def test_types_are_there_for_whoever_checks_them() -> None:
    assert (Path(sim.__file__).parent / "py.typed").exists()


def test_results_and_scenarios_show_themselves_in_a_notebook() -> None:
    scenario = sim.load(ROOT / "tests" / "minimal.yaml").with_({"title": "North <b> & South"})
    assert "<strong>North &lt;b&gt; &amp; South</strong>" in scenario._repr_html_()
    found = sim.compare(scenario, worlds=20)._repr_html_()
    assert found.startswith("<pre>North &lt;b&gt; &amp; South: 2 processes")
    assert "What stops it" in found
    assert "\x1b" not in found


def test_every_public_name_is_in_the_documentation() -> None:
    page = (ROOT / "sim" / "docs" / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^::: (sim\.\S+)$", page, re.MULTILINE))
    for name in PUBLIC - {"RULES", "WEEK", "__version__"}:
        assert f"{sim._HOMES[name]}.{name}" in named, name
    for path in named:
        module, _, name = path.rpartition(".")
        assert hasattr(import_module(module), name), path
