"""Levers and explanations that were stopped go on from there and find the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.study.advice import explain, levers
from sim.study.advice.parts import Parts

HERE = Path(__file__).parent
MINIMAL, KURSK = HERE / "minimal.yaml", HERE.parent / "scenarios/kursk-2024.yaml"
STUDIES: dict[str, tuple[Any, Callable[..., Any]]] = {
    "levers": (levers, lambda **how: sim.levers(sim.load(MINIMAL), "direct_talks", worlds=30, seed=7, **how)),
    "explain": (explain, lambda **how: sim.explain(sim.load(KURSK), "direct_officials", "black_sea_model", worlds=30, seed=7, **how)),
}


@pytest.mark.parametrize("kind", STUDIES)
def test_a_study_that_was_stopped_goes_on(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, study = STUDIES[kind]
    wanted = study()

    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study(parts=tmp_path, progress=stop)
    kept = sorted(tmp_path.iterdir())
    assert kept
    kept[0].write_bytes(kept[0].read_bytes()[:-3])  # damaged: done again
    ran: list[str] = []
    whole = module.run_block
    monkeypatch.setattr(module, "run_block", lambda scenario, name, *of: ran.append(name) or whole(scenario, name, *of))
    again = study(parts=tmp_path)
    fresh = len(ran)
    for name, frame in wanted.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], frame)
    study(parts=tmp_path)
    assert len(ran) == fresh > 0
    study()
    assert len(ran) > 2 * fresh, "more than half was kept"


def test_parts_of_another_study_are_not_taken(tmp_path: Path) -> None:
    one, other = (Parts(name, tmp_path) for name in ("one", "other"))
    assert one.of("a", lambda: np.ones(3)).tolist() == [1, 1, 1]
    assert other.of("a", lambda: np.zeros(3)).tolist() == [0, 0, 0]
    assert one.of("a", lambda: pytest.fail("it is kept")).tolist() == [1, 1, 1]
    assert one.of("b", lambda: np.array([True])).dtype == bool
    assert Parts().of("a", lambda: np.zeros(1)).tolist() == [0]
