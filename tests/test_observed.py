"""What came of an episode in fact: an ``observed:`` block is checked, moves no number and is no part of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario import Scenario, ScenarioError

MINIMAL = Path(__file__).parent / "minimal.yaml"


def observed(**changes: Any) -> dict[str, Any]:
    issue = next(iter(sim.load(MINIMAL).file.issues))
    found = {"cluster": "wells", "phase": "since", "issues": {issue: True}, "fate": "ended", "days": 40, "score": ["agreed", "in_force"]}
    return found | changes


def with_block(block: dict[str, Any]) -> Scenario:
    return sim.load(MINIMAL).with_({"observed": block})


def test_it_moves_nothing() -> None:
    bare, told = sim.load(MINIMAL), with_block(observed())
    assert told.file.observed is not None
    assert told.numbers() == bare.numbers()
    assert sim.compare(told, worlds=50).summary.equals(sim.compare(bare, worlds=50).summary)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issues": {"moon": True}}, "unknown issue on the agenda"),
        ({"fate": "none", "days": None, "score": []}, "expected ended, completed or running"),
        ({"days": None}, "in_force cannot be scored"),
        ({"score": ["luck"]}, "luck"),
        ({"days": -1}, "-1"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        with_block(observed(**changes))


def test_a_failure_has_no_days() -> None:
    issue = next(iter(observed()["issues"]))
    failed = {"issues": {issue: False}, "fate": "none", "days": None, "score": ["agreed"]}
    assert with_block(observed(**failed)).file.observed is not None
    with pytest.raises(ScenarioError, match="got days in force of an agreement that there was not"):
        with_block(observed(**failed | {"days": 3}))


def test_of_a_running_agreement_it_is_asked_whether_it_was_renewed() -> None:
    running = sim.load(MINIMAL).with_({"tables.ferry_table.in_force": {"text": {"ferry": "weekly"}}})
    asked = observed(issues={"ferry": True}, score=["agreed"])
    assert running.with_({"observed": asked}).file.observed is not None
    for kind in ("agreed_if_came", "in_force"):
        with pytest.raises(ScenarioError, match=f"got {kind} for an agreement that runs as the episode starts, expected agreed"):
            running.with_({"observed": asked | {"score": ["agreed", kind], "came": True}})
