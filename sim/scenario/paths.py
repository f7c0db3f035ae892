"""Dotted paths into a scenario: finding a node, its numbers, and what the schema says about it.

``parties.north.linkages.0.value``: mapping keys by name, list items by index. A key of provenance
is itself a path and is matched whole: ``provenance.parties.north.grievance.range``.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.problems import Key, dotted, hint, refuse
from sim.scenario.schema import ScenarioFile

Shape = tuple[Any, tuple[Any, ...]]


class LostPathError(LookupError):
    """A path that leads nowhere: the key up to where it went, the name not found there, the names that are."""

    def __init__(self, key: Key, name: str, names: Sequence[str]) -> None:
        self.key, self.name, self.names = key, name, names
        super().__init__(f"unknown key{hint(name, names)}" if names else f"nothing below {dotted(key) or 'this'}")


def follow(tree: Any, path: str) -> Key:
    """The key that ``path`` names in ``tree`` (mappings, lists, scalars). Raises LostPathError."""
    key: Key = ()
    node = tree
    rest = path.split(".")
    while rest:
        taken = _grounded(node, rest) if key == ("provenance",) else 1
        name, rest = ".".join(rest[:taken]), rest[taken:]
        if isinstance(node, dict):
            if name not in node:
                raise LostPathError(key, name, list(node))
            key, node = (*key, name), node[name]
        elif isinstance(node, list):
            # isascii: isdigit alone lets superscripts through, which int refuses.
            if not (name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(node)):
                raise LostPathError(key, name, [str(index) for index in range(len(node))])
            key, node = (*key, int(name)), node[int(name)]
        else:
            raise LostPathError(key, name, [])
    return key


def _grounded(node: Any, rest: list[str]) -> int:
    sizes = [size for size in range(len(rest), 0, -1) if isinstance(node, dict) and ".".join(rest[:size]) in node]
    return sizes[0] if sizes else len(rest)


def node_at(tree: Any, key: Key) -> Any:
    """The node at ``key``, or None where there is none."""
    for part in key:
        in_list = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if not in_list and not (isinstance(tree, dict) and part in tree):
            return None
        tree = tree[part]
    return tree


def leaves(tree: Any, key: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Every scalar of a tree with its key, in file order."""
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield from leaves(below, (*key, name))
    elif isinstance(tree, list):
        for index, below in enumerate(tree):
            yield from leaves(below, (*key, index))
    else:
        yield key, tree


def written(file: ScenarioFile) -> dict[str, Any]:
    """What the file says as plain values, without what it left out, but with every behavioural parameter."""
    tree = file.model_dump(exclude_unset=True)
    # The package's own values may be written as 20; they are fractional numbers all the same.
    tree["behaviour"] = {name: float(value) for name, value in file.behaviour.model_dump().items()}
    return tree


def numbers(file: ScenarioFile) -> dict[str, float | int]:
    """Path to value of every number of the scenario itself (what it rests on is not part of it)."""
    tree = {name: below for name, below in written(file).items() if name not in ("provenance", "evidence", "observed", "design")}
    return {
        dotted(key): value
        for key, value in leaves(tree)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }


@cache
def bounds(path: str) -> tuple[float, float]:
    """Lowest and highest value that the schema allows at ``path``; infinite where it sets none.

    Raises ScenarioError if there can be no number at ``path``.
    """
    key: Key = tuple(int(part) if part.isascii() and part.isdigit() else part for part in path.split("."))
    found = [metadata for kind, metadata in shapes(key) if kind in (int, float)]
    if not found:
        raise refuse(path, "no number can stand there")
    low, high = -math.inf, math.inf
    for constraint in found[0]:
        low = getattr(constraint, "ge", getattr(constraint, "gt", low))
        high = getattr(constraint, "le", getattr(constraint, "lt", high))
    return low, high


def model_at(key: Key, tree: Any, *, root: type[BaseModel] = ScenarioFile) -> type[BaseModel] | None:
    """The class that describes the mapping at ``key``; a party's by its role."""
    models = [kind for kind, _ in shapes(key, root=root) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    node = node_at(tree, key)
    role = node.get("role") if isinstance(node, dict) else None
    roles = {model: get_args(getattr(model.model_fields.get("role"), "annotation", None)) for model in models}
    fitting = [model for model in models if role in roles[model]]
    return fitting[0] if fitting else models[0] if len(models) == 1 else None


def shapes(key: Key, *, root: type[BaseModel] = ScenarioFile) -> list[Shape]:
    """The types that the schema allows at ``key``, each with its constraints; none if no such key can be."""
    found: list[Shape] = [(root, ())]
    for part in key:
        found = [shape for kind, _ in found for shape in _below(kind, part)]
    return found


def _below(kind: Any, part: str | int) -> Iterator[Shape]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(part))
        if field is not None:
            yield from _opened(field.annotation, tuple(field.metadata))
    elif get_origin(kind) is dict:
        yield from _opened(get_args(kind)[1], ())
    elif get_origin(kind) is list and isinstance(part, int):
        yield from _opened(get_args(kind)[0], ())


def _opened(annotation: Any, metadata: tuple[Any, ...]) -> Iterator[Shape]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        for note in notes:
            metadata = (*metadata, *(note.metadata if isinstance(note, FieldInfo) else (note,)))
        yield from _opened(inner, metadata)
    elif origin in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _opened(option, metadata)
    else:
        yield annotation, metadata
