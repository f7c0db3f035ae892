"""Checks of what a scenario says its numbers rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenario.evidence import owners
from sim.scenario.paths import LostPathError, bounds, follow, node_at, written
from sim.scenario.problems import Key, hint, shown
from sim.scenario.schema import Ground, ScenarioFile

Finding = tuple[Key, str]


def check_grounds(file: ScenarioFile, claims: Mapping[str, Any], *, pinned: frozenset[str]) -> list[Finding]:
    """All that is wrong with the provenance of a scenario: (key, message)."""
    tree = written(file)
    drawn: set[str] = set()
    for leaf, owner in owners(file).items():
        if owner is not None and isinstance(node_at(tree, follow(tree, leaf)), float):
            drawn.add(owner)
    findings: list[Finding] = []
    for path, ground in file.provenance.items():
        key: Key = ("provenance", path)
        findings += [(key, message) for message in _place(tree, path)]
        findings += _claims(key, ground, claims)
        findings += _size(key, ground, covers=path in drawn)
        findings += _range(key, ground, tree=tree, pinned=path in pinned)
        findings += _tied(key, ground, file.provenance)
    return findings


def _place(tree: dict[str, Any], path: str) -> Iterator[str]:
    try:
        key = follow(tree, path)
    except LostPathError as lost:
        near = hint(lost.name, lost.names)
        yield f"nothing written at this path: unknown {shown(lost.name)}{near}"
        return
    if key[0] in ("provenance", "evidence"):
        yield "is not a number of the scenario; expected a path such as parties.north.grievance"
    elif len(key) < 2 and isinstance(node_at(tree, key), (dict, list)):
        yield f"covers too much; expected a path of at least two parts, such as {key[0]}.{next(iter(node_at(tree, key)), 'x')}"


def _claims(key: Key, ground: Ground, claims: Mapping[str, Any]) -> Iterator[Finding]:
    for index, claim in enumerate(ground.claims):
        if claim not in claims:
            yield (*key, "claims", index), f"unknown claim {claim}{hint(claim, claims)}"
    if ground.claims and ground.supports is None and not ground.choice:
        yield key, "claims without supports; expected existence, sign, order or magnitude"
    if ground.supports is not None and not ground.claims:
        yield (*key, "supports"), "supports without claims; expected the ids of claims"


def _size(key: Key, ground: Ground, *, covers: bool) -> Iterator[Finding]:
    if not ground.choice and ground.supports == "magnitude":
        return
    if not ground.why:
        what = "a choice" if ground.choice else "an assumed size"
        yield key, f"{what} without a reason; expected why"
    if ground.choice:
        if ground.claims:
            yield (*key, "claims"), "a choice rests on no claim; expected choice or claims"
        if ground.range is not None:
            yield (*key, "range"), "a choice is not drawn; expected no range"
    elif ground.range is None and covers:
        yield key, "an assumed size without a range; expected a half-width such as 0.25, or [low, high]"


def _tied(key: Key, ground: Ground, entries: Mapping[str, Ground]) -> Iterator[Finding]:
    other = ground.drawn_with
    if other is None:
        return
    place: Key = (*key, "drawn_with")
    first = entries.get(other)
    drawn = [name for name, entry in entries.items() if entry.range is not None and entry.drawn_with is None and name != key[1]]
    if ground.range is None:
        yield place, "is drawn with another entry, but has no range of its own; expected range"
    if other == key[1] or first is None:
        yield place, f"got {shown(other)}, expected the path of another entry of provenance{hint(other, drawn)}"
    elif first.drawn_with is not None:
        yield place, f"{other} is itself drawn with {first.drawn_with}; expected {first.drawn_with}"
    elif first.range is None or (isinstance(first.range, list) and first.range[0] == first.range[1]):
        yield place, f"{other} is not drawn; expected an entry with a range"


def _range(key: Key, ground: Ground, *, tree: dict[str, Any], pinned: bool) -> Iterator[Finding]:
    if not isinstance(ground.range, list):
        return
    place: Key = (*key, "range")
    path, (low, high) = str(key[1]), ground.range
    try:
        value = node_at(tree, follow(tree, path))
    except LostPathError:
        return
    if not isinstance(value, float):
        what = "a whole number, which is not drawn" if type(value) is int else "not a single number"
        yield place, f"got [low, high] for {what}; expected a relative half-width, or none"
        return
    if low > high:
        yield place, f"got {low} above {high}, expected [low, high]"
    elif not pinned and not low <= value <= high:
        yield place, f"does not contain the value {value}; expected low <= value <= high"
    least, most = bounds(path)
    if low < least or high > most:
        yield place, f"got [{low}, {high}], expected it within {least} to {most}"
