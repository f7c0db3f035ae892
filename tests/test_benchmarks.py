"""The benchmark runs, at sizes that measure nothing, and writes what it says it writes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest

from sim.model.batch import live
from sim.model.draws import Draws
from sim.model.own import OwnRules
from sim.scenario import load

pytestmark = pytest.mark.verification

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "tests" / "benchmarks"
ENTRY = {"name", "unit", "measured", "low", "high", "repeats", "target", "met", "peer", "note"}


def run(*arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, str(BENCHMARKS / "run.py"), "--tiny", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=240).stdout


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict]:
    out = tmp_path_factory.mktemp("benchmarks") / "figures.json"
    printed = run("--only", "worlds", "--only", "sessions", "--out", str(out))
    return printed, json.loads(out.read_text(encoding="utf-8"))


def test_figures_have_a_value_a_target_and_a_verdict(found: tuple[str, dict]) -> None:
    printed, written = found
    assert set(written) == {"date", "size", "machine", "figures"}
    assert written["size"] == "tiny"
    for entry in written["figures"]:
        assert set(entry) == ENTRY
        assert entry["measured"] > 0
        assert entry["low"] <= entry["measured"] <= entry["high"]
        assert (entry["met"] is None) == (entry["target"] == "")
        assert entry["name"] in printed
    names = " ".join(entry["name"] for entry in written["figures"])
    for part in ("all processes", "mean of the rates", "3 options", "10 options"):
        assert part in names


def test_machine_is_described_and_not_named(found: tuple[str, dict]) -> None:
    facts = found[1]["machine"]
    assert facts["cores"] >= 1
    assert facts["versions"]["numpy"]
    assert {"cores", "processor", "system", "load_before", "python", "versions"} == set(facts)


def test_growth_prints_markdown() -> None:
    head, rule, *lines = run("--only", "memory", "--markdown").splitlines()
    assert head.startswith("| figure")
    assert set(rule) == set("| -")
    assert len(lines) == 3


def test_compiled_worlds_are_a_hundred_times_as_fast_as_the_same_rules_uncompiled() -> None:
    """A ratio, measured in one process, medians of three: some 250 when it was written."""
    pytest.importorskip("numba")
    scenario, uncompiled = load(ROOT / "scenarios" / "kursk-2024.yaml"), OwnRules({}, compiled=False)

    def each(worlds: int, own: OwnRules | None) -> float:
        began = time.process_time()
        live(scenario, "black_sea_model", Draws(1, 0, worlds), own=own)
        return (time.process_time() - began) / worlds

    each(10, None)
    assert median(each(20, uncompiled) for _ in range(3)) > 100 * median(each(4000, None) for _ in range(3))
