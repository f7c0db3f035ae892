"""Which lever and parameter moves which outcome, in which declared regime: the table that test_levers.py walks.

A row takes a regime (the scenario in regimes/two-sides.yaml and what differs from it), changes one thing and
names an outcome that moves. The sign is that of theory, or None where theory has none. Behavioural parameters go
from the package's own value to the upper end of their declared range, unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from ruamel.yaml import YAML

from sim.model.draws import Draws
from sim.model.reasons import Reason
from sim.model.world import World
from sim.scenario import Scenario
from sim.scenario.behaviour import Behaviour
from sim.scenario.schema import ScenarioFile

WORLDS = 1000
SEED = 11

Changes = Mapping[str, Any]
Measures = dict[str, NDArray[np.float64]]

# ---------------------------------------------------------------- what a scenario can set


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


WORDS_ONLY = {
    "ScenarioFile.title": "a heading", "ScenarioFile.about": "prose", "ScenarioFile.start": "the date of week 0, for labels",
    "ScenarioFile.evidence": "files with claims; what rests on them is checked, not run",
    "Option.label": "words", "Issue.label": "words", "Disputant.label": "words", "Mediator.label": "words",
    "Format.label": "words", "Table.label": "words", "Process.label": "words", "Event.label": "words",
    "Issue.group=humanitarian": "for reports", "Issue.group=technical": "for reports", "Issue.group=political": "for reports",
    "Ground.claims": "documents a number", "Ground.why": "documents a number", "Ground.choice": "documents a number",
    "Ground.supports=existence": "documents a number", "Ground.supports=sign": "documents a number",
    "Ground.supports=order": "documents a number", "Ground.supports=magnitude": "documents a number",
}  # fmt: skip
"""Places that describe and move nothing, each with the reason."""

CHECKED_ONLY = {"Issue.tradeable": "restricts agendas when the file is read: such an issue stands alone on a table"}
"""Places that forbid scenarios instead of moving outcomes; each has a test of its own."""

# ---------------------------------------------------------------- regimes

EVEN = {"parties.north.trust.south": 0.6, "parties.south.trust.north": 0.6, "issues.well.self_enforcing": 0.7, "issues.road.self_enforcing": 0.7}

DIRECT = {**EVEN, "behaviour.occasion_rate": 0.4, "formats.direct.visibility": "discreet"}

BETWEEN = {"tables.table.format": "between", "behaviour.occasion_rate": 0.4}

RELUCTANT = {
    **EVEN, "weeks": 16, "behaviour.occasion_rate": 0.2, "formats.direct.visibility": "discreet",
    "parties.north.grievance": 0.45, "parties.south.grievance": 0.45,
}  # fmt: skip

SHY = {"tables.table.format": "between", "weeks": 16, "behaviour.occasion_rate": 0.2, "behaviour.threshold": 0.75}

EAGER = {"behaviour.occasion_rate": 1.0, "behaviour.threshold": -1.0}

BANK = {"to": "south", "benefit": 0.15, "controlled_by": "bank", "credibility": 0.8, "delivery": 0.3}

FRAIL = {
    **EAGER, "tables.table.format": "between", "weeks": 60, "formats.between.contact.talks": "face_to_face",
    "formats.between.monitoring": 0.3, "behaviour.violation_rate": 0.05, "behaviour.renewal_temperature": 0.1,
    "parties.north.alternatives.well": {"value": 0.3, "from_week": 30}, "formats.between.side_deals": [BANK],
}  # fmt: skip

CARRIED = {**BETWEEN, "formats.between.contact.talks": "separate"}

SUMMIT = {
    "level": "leaders",
    "contact": {"talks": "proximity", "signing": "proximity", "implementation": "separate"},
    "visibility": "public", "drafting": "in_turn", "settlement": "issue_by_issue", "instrument": "declaration",
    "convened_by": "north", "hosts_if": "one", "sponsor": "guild",
    "invited": {"south": {"status": "hinted", "believed": 0.5}},
}  # fmt: skip

SECOND = {"agenda": ["border"], "format": "direct"}

REGIMES: dict[str, Changes] = {
    "direct": DIRECT,
    "between": BETWEEN,
    "reluctant": RELUCTANT,
    "shy": SHY,
    "frail": FRAIL,
    "carried": CARRIED,
}

