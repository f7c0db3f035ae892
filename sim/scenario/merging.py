"""A scenario that says only what differs from another: mappings merge, everything else is replaced."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sim.scenario.paths import LostPathError, follow
from sim.scenario.problems import Key, Lines
from sim.scenario.reading import Document


def merge(base: Document, child: Document) -> Document:
    """``child`` laid over ``base``: the child wins, a null removes an inherited key.

    The line of each value is in the file that set it. What the base said about the evidence of a
    node goes with the node.
    """
    where = dict(base.lines.where)
    data = _merged(base.data, child.data, (), (child.lines, where))
    forget(data, base.data, child.data)
    return Document(data, Lines(child.lines.file, where))


def forget(data: dict[str, Any], before: dict[str, Any], own: dict[str, Any]) -> None:
    """Drop from ``data`` the inherited grounds of nodes that were there ``before`` and are no longer."""
    grounds, said = data.get("provenance"), own.get("provenance")
    if not isinstance(grounds, dict):
        return
    for path in list(grounds):
        inherited = not (isinstance(said, dict) and path in said)
        if inherited and _leads(before, path) and not _leads(data, path):
            del grounds[path]


def _leads(tree: Any, path: str) -> bool:
    try:
        follow(tree, path)
    except LostPathError:
        return False
    return True


def _merged(base: Any, child: Any, key: Key, lines: tuple[Lines, dict[Key, Any]]) -> dict[str, Any]:
    written, where = lines
    out = dict(base)
    for name, value in child.items():
        below = (*key, name)
        if value is None and name in base:
            del out[name]
            where[below] = written.at(below)
        elif isinstance(value, dict) and isinstance(base.get(name), dict):
            out[name] = _merged(base[name], value, below, lines)
        else:
            out[name] = deepcopy(value)
            _take(value, below, lines)
    return out


def _take(value: Any, key: Key, lines: tuple[Lines, dict[Key, Any]]) -> None:
    written, where = lines
    where[key] = written.at(key)
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, below in pairs:
        _take(below, (*key, part), lines)
