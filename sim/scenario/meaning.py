"""What a number of a scenario means, in the words of the schema."""

from __future__ import annotations

import re
from typing import Any, get_args

from pydantic import BaseModel

from sim.scenario.evidence import uncertain
from sim.scenario.paths import written
from sim.scenario.problems import Key
from sim.scenario.scenario import Scenario
from sim.scenario.schema import ScenarioFile

_SCALE = re.compile(r",? (?:-1 to 1|0 to 1|0 none to 1 full)(?: wide)?$")
NAMED = 4
"""Kinds of numbers that are named where an assumption covers many."""


def meaning(scenario: Scenario, path: str) -> str:
    """What is assumed at ``path``, a number or an entry of provenance that covers several, in a phrase.

    Empty where there is nothing at the path that the schema describes.
    """
    what = uncertain(scenario).get(path)
    leaves = what.every_leaf if what is not None else (path,)
    if len(leaves) == 1:
        return _phrase(scenario, leaves[0])
    kinds = list(dict.fromkeys(field.replace("_", " ") for field, _ in (_field(scenario, leaf) for leaf in leaves) if field))
    more = f" and {len(kinds) - NAMED} more kinds" if len(kinds) > NAMED else ""
    one = "one draw for" if what is not None and what.tied else "one factor on"
    return f"{one} {len(leaves)} numbers: {', '.join(kinds[:NAMED])}{more}"


def _phrase(scenario: Scenario, leaf: str) -> str:
    said = _SCALE.sub("", _field(scenario, leaf)[1])
    return said.replace("the war", "the conflict")


def _field(scenario: Scenario, path: str) -> tuple[str, str]:
    """The innermost key of a path that the schema names, and what it says of it."""
    tree: Any = written(scenario.file)
    kind: Any = ScenarioFile
    found = ("", "")
    key: Key = tuple(path.split("."))
    for part in key:
        model = _model(kind, tree)
        if model is not None and str(part) in model.model_fields:
            field = model.model_fields[str(part)]
            found, kind = (str(part), field.description or found[1]), field.annotation
        else:
            kind = _inner(kind)
        tree = tree.get(part) if isinstance(tree, dict) else tree[int(part)] if isinstance(tree, list) else None
    return found


def _model(kind: Any, tree: Any) -> type[BaseModel] | None:
    """The class among those that a type allows that describes a mapping; a party's by its role."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    models = [found for found in (_model(part, tree) for part in get_args(kind)) if found is not None]
    role = tree.get("role") if isinstance(tree, dict) else None
    roles = [get_args(getattr(model.model_fields.get("role"), "annotation", None)) for model in models]
    return next((model for model, own in zip(models, roles, strict=True) if role is None or role in own), None)


def _inner(kind: Any) -> Any:
    """What a mapping or a list holds."""
    parts = get_args(kind)
    return parts[-1] if parts else kind
