"""No dead switch: every lever and every behavioural parameter that a scenario can set moves an outcome.

What can be set is read from the schema; the table in levers.py says where each shows. Both settings see the same
worlds and the same luck, and the 95% interval of the paired difference has to exclude zero, on the side of zero
that theory says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
import pytest
from levers import CHECKED_ONLY, ROWS, WORDS_ONLY, Row
from pydantic import BaseModel
from regime import Changes, Measures, parents, regimes, run, scenario

from sim.scenario import ScenarioError
from sim.scenario.schema import ScenarioFile
from sim.study.outcomes import Z

Runs = Callable[[Row, Changes], Measures]


def places(model: type[BaseModel] = ScenarioFile, seen: set[type[BaseModel]] | None = None) -> Iterator[str]:
    """Every place of the schema: ``Class.field``, and ``Class.field=value`` for each value of a choice."""
    seen = set() if seen is None else seen
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        below, choices, other = _opened(field.annotation)
        for value in choices if len(choices) > 1 or other else ():
            yield f"{model.__name__}.{name}={value}"
        if other:
            yield f"{model.__name__}.{name}"
        for inner in below:
            yield from places(inner, seen)


def _opened(annotation: Any) -> tuple[list[type[BaseModel]], list[Any], bool]:
    """Classes below an annotation, values of its choices, and whether it can hold anything else but None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation], [], False
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return [], list(inner), False
    if origin is dict:
        below, choices, other = _opened(inner[1])
        return below, choices, other
    if origin is list or origin is Annotated:
        return _opened(inner[0])
    if origin is Union or type(annotation).__name__ == "UnionType":
        parts = [_opened(part) for part in inner if part is not type(None)]
        return [m for p in parts for m in p[0]], [c for p in parts for c in p[1]], any(p[2] for p in parts)
    return [], [], True


def _key(row: Row, changes: Changes) -> str:
    return json.dumps([row.regime, dict(changes), row.drawn], sort_keys=True)


@pytest.fixture(scope="module")
def runs() -> Runs:
    """What came of a setting; rows that share one share its run."""
    found: dict[str, Measures] = {}

    def once(row: Row, changes: Changes) -> Measures:
        key = _key(row, changes)
        if key not in found:
            found[key] = run(row.regime, changes, drawn=row.drawn)
        return found[key]

    return once


def test_every_place_of_the_schema_has_a_row() -> None:
    covered = {place for row in ROWS for place in row.places} | WORDS_ONLY.keys() | CHECKED_ONLY.keys()
    bare = [place for place in places() if place not in covered]
    assert not bare, f"a scenario can set {', '.join(bare)}: add a row to ROWS in tests/levers.py that shows what it moves"


def test_a_new_field_would_be_found() -> None:
    class Below(BaseModel):
        depth: list[float]
        way: Literal["up", "down"] | None = None

    class Above(BaseModel):
        below: dict[str, Below]
        kind: Literal["fixed"]

    assert set(places(Above)) == {"Below.depth", "Below.way=up", "Below.way=down"}


def test_no_row_speaks_of_what_cannot_be_set() -> None:
    named = {place for row in ROWS for place in row.places} | WORDS_ONLY.keys() | CHECKED_ONLY.keys()
    stale = sorted(named - set(places()))
    assert not stale, f"no scenario can set {', '.join(stale)}: take it out of tests/levers.py"


def test_words_move_nothing_and_rows_move_something() -> None:
    both = sorted({place for row in ROWS for place in row.places} & (WORDS_ONLY.keys() | CHECKED_ONLY.keys()))
    assert not both, f"{', '.join(both)} cannot both move an outcome and move none"


def test_every_regime_is_used() -> None:
    used = {row.regime for row in ROWS}
    used |= {below for regime in regimes() for below in parents(regime)}
    assert not set(regimes()) - used


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_it_moves_an_outcome(row: Row, runs: Runs) -> None:
    low, high = runs(row, row.low)[row.outcome], runs(row, row.high)[row.outcome]
    change = high - low
    change = change[~np.isnan(change)]
    assert change.any(), f"{row}: {row.outcome} is the same in every world"
    mean, half = change.mean(), Z * change.std(ddof=1) / np.sqrt(len(change))
    said = f"{row}: {row.outcome} moves by {mean:.4g}, 95% interval {mean - half:.4g} to {mean + half:.4g}; {row.why}"
    assert abs(mean) > half, said
    if row.sign is not None:
        assert np.sign(mean) == row.sign, said


def test_what_is_not_tradeable_stands_alone() -> None:
    with pytest.raises(ScenarioError, match="not tradeable"):
        scenario({"issues.well.tradeable": False})


def test_labels_move_nothing() -> None:
    renamed = {"title": "Another", "about": "Words", "issues.well.label": "A well", "issues.well.group": "political"}
    named = run("direct", renamed)
    for name, values in run("direct", {}).items():
        np.testing.assert_array_equal(values, named[name])
