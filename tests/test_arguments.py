"""Whole numbers of any kind are taken as such by every public call; everything else is refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.scenario import load
from sim.scenario.arguments import whole
from sim.scenario.scenario import Scenario

HERE = Path(__file__).parent
PAIR = ["direct_talks", "both"]
GRIEVANCE = "parties.north.grievance"
EPISODES = [HERE / "hindcast" / "ferry-1999.yaml"]


@pytest.fixture(scope="module")
def minimal() -> Scenario:
    return load(HERE / "minimal.yaml").with_({"weeks": 12})


def calls(s: Scenario) -> dict[str, Callable[..., Any]]:
    """Every public call that takes numbers, with all else given."""
    table = pd.DataFrame({"point": [0], "process": "both", "metric": "agreed", "issue": "", "table": "", "headline": ""})
    return {
        "compare": lambda **k: sim.compare(s, **{"worlds": 2} | k),
        "story": lambda **k: sim.story(s, **k),
        "sweep": lambda **k: sim.sweep(s, {GRIEVANCE: [0.1]}, **{"worlds": 2} | k),
        "sensitivity": lambda **k: sim.sensitivity(s, **{"processes": PAIR, "n": 100} | k),
        "levers": lambda **k: sim.levers(s, "both", **{"worlds": 2} | k),
        "explain": lambda **k: sim.explain(s, "direct_talks", "both", **{"worlds": 2} | k),
        "handover": lambda **k: sim.handover(s, **{"processes": PAIR} | k),
        "discover": lambda **k: sim.discover(s, **{"worlds": 2} | k),
        "hindcast": lambda **k: sim.hindcast(EPISODES, **{"worlds": 2} | k),
        "regularities": lambda **k: sim.regularities(**{"worlds": 2} | k),
        "calibrate": lambda **k: sim.calibrate(HERE / "hindcast", "scenarios/regularities", **{"worlds": 2} | k),
        "best": lambda **k: sim.best(table, metric="agreed", **k),
    }


TAKES = {
    "compare": ("worlds", "seed", "jobs"), "story": ("world", "seed"), "sweep": ("worlds", "seed", "jobs", "n"),
    "sensitivity": ("n", "lucks", "seed", "jobs"), "handover": ("lucks", "seed", "jobs"),
    "discover": ("worlds", "seed", "jobs", "boxes"), "hindcast": ("worlds", "seed", "jobs"),
    "regularities": ("worlds", "seed", "jobs"), "calibrate": ("worlds", "seed", "jobs"), "levers": ("worlds", "seed", "jobs"),
    "explain": ("worlds", "seed", "jobs"),
}  # fmt: skip
WRONG = [-2, None, 1.0, [1, 2], True, "3", np.bool_(True), np.float64(2), float("nan"), 10**30]


@pytest.mark.parametrize(("call", "name"), [(call, name) for call, names in TAKES.items() for name in names])
def test_what_is_no_whole_number_is_refused_by_name(minimal: Scenario, call: str, name: str) -> None:
    for given in WRONG:
        if given is None and (name == "n" or (call, name) == ("compare", "worlds")):
            continue  # what the design, the method or the rules take by themselves
        with pytest.raises(sim.ScenarioError) as caught:
            calls(minimal)[call](**{name: given})
        text = str(caught.value)
        assert text.startswith(f"{name}: got "), text
        assert "\n" not in text
    if name not in ("seed", "world"):
        with pytest.raises(sim.ScenarioError, match=f"{name}: got 0"):
            calls(minimal)[call](**{name: 0})


@pytest.mark.parametrize("kind", [np.int8, np.uint64, np.array, int])
def test_whole_numbers_are_what_python_counts_with(kind: Callable[[int], Any]) -> None:
    found = whole("n", kind(7), least=1, most=7)
    assert (found, type(found)) == (7, int)


@pytest.mark.parametrize("kind", [np.int64, np.uint8])
def test_whole_numbers_of_any_kind_are_taken(minimal: Scenario, tmp_path: Path, kind: Callable[[int], Any]) -> None:
    plain, odd = (sim.compare(minimal, worlds=n(3), seed=n(1), jobs=n(1)) for n in (int, kind))
    assert type(odd.seed) is type(odd.count) is int
    for name, found in (("plain", plain), ("odd", odd)):
        found.save(tmp_path / name, charts=False)
    files = {p.name: p.read_bytes() for p in (tmp_path / "plain").iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "odd").iterdir()} == files
    from sim.study import stored

    assert stored.read(tmp_path / "odd").count == 3
    assert sim.story(minimal, world=kind(2), seed=kind(1)) == sim.story(minimal, world=2, seed=1)
    one, two = (sim.sweep(minimal, {GRIEVANCE: (0.1, 0.3)}, n=n(2), worlds=n(2), seed=n(1)).manifest for n in (int, kind))
    assert one == two
    assert sim.handover(minimal, processes=PAIR, lucks=kind(4), seed=kind(1)).trial.lucks == 4


@pytest.mark.parametrize("call", ["compare", "sweep", "discover", "best"])
def test_a_text_is_no_list_of_processes(minimal: Scenario, call: str) -> None:
    for given in ("both", [1], 5):
        if call != "best" or given == "both":
            act = calls(minimal)[call]
            with pytest.raises(sim.ScenarioError, match="processes: got"):
                act(processes=given)


def test_with_takes_a_mapping_only(minimal: Scenario) -> None:
    for given in (None, [1, 2], "weeks", 3):
        with pytest.raises(sim.ScenarioError, match="expected a mapping of paths to values"):
            minimal.with_(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [None, 3, {"title": "A"}, [1]])
def test_what_is_no_scenario_is_refused_by_name(given: object) -> None:
    for call in (
        lambda: sim.compare(given), lambda: sim.sweep(given, {GRIEVANCE: [0.1]}), lambda: sim.story(given),
        lambda: sim.sensitivity(given, processes=PAIR), lambda: sim.handover(given, processes=PAIR), lambda: sim.discover(given),
        lambda: sim.levers(given, "both"), lambda: sim.explain(given, "direct_talks", "both"),
    ):  # fmt: skip
        with pytest.raises(sim.ScenarioError, match=r"scenario: got .*, expected a scenario"):
            call()


def test_the_name_of_a_file_is_no_scenario_and_it_is_said_how_to_read_one() -> None:
    with pytest.raises(sim.ScenarioError, match=r"sim\.load\('a\.yaml'\) reads one"):
        sim.compare("a.yaml")
