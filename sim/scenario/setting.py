"""Setting values by path: what ``with_`` and ``--set path=value`` do to a scenario."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from pydantic import BaseModel

from sim.scenario.paths import LostPathError, follow, model_at, node_at, shapes
from sim.scenario.problems import Key, dotted, refuse, unprintable
from sim.scenario.reading import MAX_DEPTH, MAX_NODES, value_of

SOURCE = "<set>"

# Mappings whose keys the author invents: a name that is not there yet is more likely a slip.
_INVENTED = frozenset(
    ("parties", "issues", "options", "units", "formats", "tables", "processes", "events", "provenance")
)


def parse_set(text: str) -> tuple[str, Any]:
    """``"parties.north.grievance=0.2"`` as path and value; the value is YAML, null takes the key away.

    Raises ScenarioError.
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip() or not value.strip():
        raise refuse("--set", f"got {text!r}, expected path=value such as parties.north.grievance=0.2")
    return path.strip(), value_of(value.strip(), f"--set {path.strip()}")


def plain_values(value: Any, source: str) -> Any:
    """A copy of ``value`` in dicts, lists and scalars; tuples and numpy scalars are taken. Raises ScenarioError."""
    return _plain(value, source, ((), [0]))


def _plain(value: Any, source: str, at: tuple[Key, list[int]]) -> Any:
    key, count = at
    count[0] += 1
    if len(key) > MAX_DEPTH or count[0] > MAX_NODES:
        raise refuse(source, f"nested deeper than {MAX_DEPTH} or more than {MAX_NODES:,} values", key=key[:3])
    if isinstance(value, str) and (wrong := unprintable(value)):
        raise refuse(source, wrong, key=key)
    if value is None or type(value) in (bool, int, float, str, date):
        return value
    if isinstance(value, dict):
        if odd := [name for name in value if not isinstance(name, str)]:
            raise refuse(source, f"got {odd[0]!r} as a key, expected text", key=key)
        if wrong := next(filter(None, map(unprintable, value)), None):
            raise refuse(source, f"a key {wrong}", key=key)
        return {str(name): _plain(below, source, ((*key, str(name)), count)) for name, below in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(below, source, ((*key, index), count)) for index, below in enumerate(value)]
    if isinstance(value, (str, int, float)):  # subclasses, such as numpy.float64 and str enumerations
        base = next(kind for kind in (str, int, float) if isinstance(value, kind))
        return base(value)
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    raise refuse(source, f"got a {type(value).__name__}, expected text, a number, a list or a mapping", key=key)


def place(data: dict[str, Any], full: dict[str, Any], *, path: str, value: Any) -> Key:
    """Set ``path`` to ``value`` in ``data`` (as written) and in ``full`` (with all defaults); both change.

    None takes the key away, so that the default holds again. Returns the key. Raises ScenarioError for
    a path that leads nowhere, with the nearest name.
    """
    try:
        key = _key(full, path, value)
    except LostPathError as lost:
        message = str(lost)
        if not lost.names and node_at(full, lost.key) is None:
            message += "; set it as a whole, such as '{...}'"
        raise refuse(SOURCE, message, key=(*lost.key, lost.name)) from None
    for tree in (data, full):
        parent = _parent(tree, key[:-1])
        if isinstance(parent, dict) and value is None:
            parent.pop(key[-1], None)
        else:
            parent[key[-1]] = deepcopy(value)
    return key


def _key(full: dict[str, Any], path: str, value: Any) -> Key:
    try:
        return follow(full, path)
    except LostPathError as lost:
        below = (*lost.key, lost.name)
        left = path.removeprefix(dotted(below))
        owner = lost.key[-1] if lost.key else ""
        model = model_at(below, full)
        is_mapping = isinstance(node_at(full, lost.key), dict) and bool(shapes(below))
        if not is_mapping or not lost.name:
            raise
        if owner in _INVENTED and not (isinstance(value, dict) and not left):
            raise
        if not left:
            return below
        if model is None or any(field.is_required() for field in model.model_fields.values()):
            raise
        _parent(full, below).update(_defaults(model))
        return follow(full, path)


def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    return model().model_dump()


def _parent(tree: dict[str, Any], key: Key) -> Any:
    """The node at ``key``, made of empty mappings where the file left it out."""
    node: Any = tree
    for part in key:
        if isinstance(node, dict) and node.get(str(part)) is None:
            node[str(part)] = {}
        node = node[part]
    return node
