"""Kinds of issue, party and format: documented defaults with wide priors, which a scenario names in place of numbers.

``kind: prisoners`` on an issue is written out, before the schema sees the file, as what the issue says and what both sides
make of it; so are kinds of party and format. What a scenario writes itself stays. Each number from a kind gets an entry of
provenance with its range and reason, so that it is counted, listed and drawn like any other assumption. The defaults, with
the reason of each, stand in ``kinds.yaml``; sources for signs and orders in ``sim/README.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario.frozen import frozen, thawed
from sim.scenario.problems import Key, ScenarioError, dotted, hint, shown
from sim.scenario.reading import Document, read

Tree = dict[str, Any]

APART = frozenset(("position", "trusted", "bias"))
"""Keys of a kind that go elsewhere than its own node: to the positions of both sides, to who trusts it, to each side."""

DIRECT = "direct"
"""The kind of format without mediators; all others need them."""


@cache
def kinds() -> Mapping[str, Mapping[str, Any]]:
    """Part of a scenario (issues, parties, formats) to name of a kind to its defaults."""
    found: Mapping[str, Mapping[str, Any]] = frozen(read(str(Path(__file__).with_name("kinds.yaml"))).data)
    return found


def kinds_named(data: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Part and name of each node of a scenario, as written, that names a kind, to what it names."""
    return {(part, name): node["kind"] for part in kinds() for name, node in _mappings(data.get(part)) if "kind" in node}


def numbers_of_kinds(document: Document, grounds: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """For each node that names a kind, the paths in ``grounds`` that rest on it; positions of the sides go with the issue."""
    named = kinds_named(document.data)
    own = document.data.get("provenance") or {}
    found: dict[tuple[str, str], list[str]] = {node: [] for node in named}
    for path in grounds:
        part, name, *rest = [*path.split("."), "", ""]
        node = ("issues", rest[1]) if rest[0] == "positions" else (part, name)
        if node in named and path not in own:
            found[node].append(path)
    return found


def write_out(document: Document) -> Tree:
    """The values of a document with its kinds written out; the document itself stays as it is.

    Raises ScenarioError for an unknown kind, and for keys that contradict one.
    """
    named = kinds_named(document.data)
    if not named:
        return document.data
    data: Tree = thawed(document.data)
    problems = [
        document.lines.problem(key, message)
        for (part, name), kind in named.items()
        for key, message in _wrong((part, name), kind, data[part][name])
    ]
    if problems:
        raise ScenarioError(problems)
    for part, name in named:
        del data[part][name]["kind"]
    filling = _Filling(data)
    for (part, name), kind in named.items():
        filling.fill(data[part][name], kinds()[part][kind], (part, name))
    filling.relate({name: kind for (part, name), kind in named.items() if part == "parties"})
    for (part, name), kind in named.items():
        if part == "issues":
            filling.position(name, kinds()[part][kind]["position"])
    return data


def _mappings(node: Any) -> Iterator[tuple[str, Tree]]:
    if isinstance(node, dict):
        yield from ((name, below) for name, below in node.items() if isinstance(below, dict))


def _wrong(key: Key, kind: Any, node: Tree) -> Iterator[tuple[Key, str]]:
    """What of a node with a kind cannot be: (key, message)."""
    part = str(key[0])
    known = kinds()[part]
    if not isinstance(kind, str) or kind not in known:
        got = f"unknown kind {kind}" if isinstance(kind, str) else f"got {shown(kind)}, expected the name of a kind"
        yield (*key, "kind"), got + hint(str(kind), known)
        return
    role = known[kind].get("role")
    if part == "parties" and node.get("role", role) != role:
        yield (*key, "role"), f"got {shown(node['role'])} with kind {kind}, expected {role}, or no role"
    if part == "formats" and kind == DIRECT and node.get("mediators"):
        mediated = ", ".join(name for name in known if name != DIRECT)
        yield (*key, "mediators"), f"got mediators with kind {kind}, expected none, or one of the kinds {mediated}"
    if part == "formats" and kind != DIRECT and not node.get("mediators"):
        yield (*key, "mediators"), f"none with kind {kind}, expected who mediates, or kind {DIRECT}"


def _is_number(default: Any) -> bool:
    return isinstance(default, dict) and "why" in default


def _middle(span: Any) -> float:
    return float(round((span[0] + span[1]) / 2, 10))


@dataclass(frozen=True)
class _Filling:
    """The values of a file while its kinds are written out into them."""

    data: Tree

    @property
    def sides(self) -> list[str]:
        """Names of the disputants, in file order."""
        return [name for name, party in _mappings(self.data.get("parties")) if party.get("role") == "disputant"]

    @property
    def grounds(self) -> Tree:
        """The provenance of the file; one that is lost where the file has something else in its place."""
        found = self.data.setdefault("provenance", {})
        return found if isinstance(found, dict) else {}

    def fill(self, node: Tree, defaults: Mapping[str, Any], key: Key) -> None:
        """Write what ``node`` leaves out. Options are the scenario's own as soon as it gives any."""
        for name, default in defaults.items():
            if not key[2:] and name in APART:
                continue
            if _is_number(default):
                if name not in node:
                    self._number(node, name, default, key)
            elif isinstance(default, dict) and name != "options":
                below = node.setdefault(name, {})
                if isinstance(below, dict):
                    self.fill(below, default, (*key, name))
            else:
                node.setdefault(name, thawed(default))

    def _number(self, node: Tree, name: str, default: Mapping[str, Any], key: Key) -> None:
        """Write a number that is left out, and what it rests on. A range that the scenario gives it narrows the prior."""
        path, grounds = dotted((*key, name)), self.grounds
        own = grounds.get(path)
        ground = {field: thawed(value) for field, value in default.items() if field not in ("value", "with")}
        if isinstance(own, dict):
            ground = own if own.get("choice") or own.get("claims") else {**ground, **own}
        if "with" in default and _is_drawn(grounds.get(first := dotted((*key, default["with"])))):
            ground.setdefault("drawn_with", first)
        spans = [span for span in (ground.get("range"), default.get("range")) if _is_span(span)]
        node[name] = _middle(spans[0]) if spans else default["value"]
        grounds[path] = ground

    def position(self, issue: str, defaults: Mapping[str, Any]) -> None:
        """What both sides make of an issue of a kind, for the options that it has."""
        options = self.data["issues"][issue].get("options")
        if not isinstance(options, dict):
            return
        mine = {
            field: default if _is_number(default) else {name: worth for name, worth in default.items() if name in options}
            for field, default in defaults.items()
        }
        for side in self.sides:
            positions = self.data["parties"][side].setdefault("positions", {})
            if isinstance(positions, dict) and isinstance(positions.setdefault(issue, {}), dict):
                self.fill(positions[issue], mine, ("parties", side, "positions", issue))

    def relate(self, named: Mapping[str, str]) -> None:
        """What parties of a kind are to one another: whom sides trust, and towards whom mediators lean."""
        parties, known = self.data["parties"], kinds()["parties"]
        for name, kind in named.items():
            if known[kind]["role"] == "mediator":
                self._fill_names(name, "bias", dict.fromkeys(self.sides, known[kind]["bias"]))
            else:
                others = {o: p for o, p in _mappings(parties) if o != name}
                usual = {"disputant": "adversary", "mediator": "go_between"}
                kind_of = {o: named.get(o, usual.get(str(p.get("role")), "go_between")) for o, p in others.items()}
                self._fill_names(name, "trust", {o: known[kind_of[o]]["trusted"] for o in others})

    def _fill_names(self, party: str, field: str, defaults: Mapping[str, Any]) -> None:
        node = self.data["parties"][party].setdefault(field, {})
        if isinstance(node, dict):
            self.fill(node, defaults, ("parties", party, field))


def _is_span(span: Any) -> bool:
    return isinstance(span, list) and len(span) == 2 and all(type(end) in (int, float) for end in span)


def _is_drawn(ground: Any) -> bool:
    return isinstance(ground, dict) and "range" in ground and "drawn_with" not in ground
