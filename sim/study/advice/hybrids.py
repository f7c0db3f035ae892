"""Formats that have some levers of one process and the rest of another, at one table in the same place.

Levers that hang together change together, by the rules of ``GROUPS``: a text of mediators or a mirrored one needs mediators, a
meeting of one side a declaration, a denial something to deny. All hybrids stand in the same place: one agenda, one table's
random streams, so that their worlds have the same draws. A number that a format's ground leaves open is in every hybrid what it
is in the format that it comes from, world by world.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.checks import disputants
from sim.scenario.evidence import uncertain
from sim.scenario.frozen import thawed
from sim.scenario.headline import fallbacks, headline, matched
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.reading import Document
from sim.scenario.scenario import Scenario, build
from sim.scenario.schema import Invitation, ScenarioFile

GROUPS = {
    "mediators and text": ("mediators", "drafting", "instrument", "hosts_if"),
    "sponsor": ("sponsor",),
    "invitation": ("invited", "convened_by"),
    "level": ("level",),
    "contact": ("contact",),
    "secrecy": ("visibility", "denied_by"),
    "settlement": ("settlement",),
    "side deals": ("side_deals",),
    "monitoring": ("monitoring",),
    "term": ("term", "silence"),
    "pace": ("intensity", "first_offer"),
    "time of meeting": ("meets", "seated"),
}
"""Levers that change together; every field of a format that does something, and those of a table that are levers, is in one."""

OF_TABLE = ("meets", "seated")

MERGED = (("pace", "time of meeting"), ("monitoring", "term"), ("mediators and text", "settlement"), ("sponsor", "invitation"))
"""Groups that are put together, in this order, while more than MOST of them differ: the parts stay exact, if coarser."""

AT_ONCE = 16
"""Hybrids in one scenario at most, so that there is work for every worker."""

MOST = 8
"""Groups whose hybrids are all run: 256 of them."""

ROOM = {"formats": 60, "tables": 60, "processes": 40}
"""How many of each a scenario may have."""


@dataclass(frozen=True)
class Place:
    """Where two processes are compared: a table of each, the agenda that both have, and the issues that are asked about."""

    tables: tuple[str, str]
    agenda: tuple[str, ...]
    issues: tuple[str, ...]
    luck: str


@dataclass(frozen=True)
class Group:
    """Levers that change together, and what they are in either process, as JSON by lever."""

    name: str
    first: dict[str, str]
    second: dict[str, str]


def place_of(file: ScenarioFile, processes: tuple[str, str], issue: str = "") -> Place:
    """Where two processes are about the same: the pair of tables that share most, fall-backs aside. Raises ScenarioError."""
    shared = matched(file, list(processes))
    if not shared:
        raise refuse("processes", f"{processes[0]} and {processes[1]} have no issue in common; expected two that have one")
    if issue and issue not in shared:
        raise refuse("issue", f"{shown(issue)} is not on a table of both processes{hint(issue, shared)}")
    both = [name for name in shared if all(name in headline(file, process) for process in processes)]
    asked = [issue] if issue else both or shared
    first, second = ([t for t in file.processes[p].tables if t not in fallbacks(file, p)] for p in processes)
    pairs = [(a, b) for a in first for b in second]

    def common(pair: tuple[str, str]) -> set[str]:
        return set(file.tables[pair[0]].agenda) & set(file.tables[pair[1]].agenda) & set(asked)

    order = list(file.tables).index  # the same place whichever of the two is named first
    chosen = min(pairs, key=lambda pair: (-len(common(pair)), sorted(map(order, pair))))
    lead = min(chosen, key=order)
    agenda = [name for name in file.tables[lead].agenda if all(name in file.tables[t].agenda for t in chosen)]
    return Place(chosen, tuple(agenda), tuple(name for name in asked if name in common(chosen)), file.tables[lead].luck or lead)


def groups_of(file: ScenarioFile, tables: tuple[str, str]) -> list[Group]:
    """The groups of levers in which two tables differ, in the order of GROUPS; at most MOST."""
    first, second = (_values(file, table) for table in tables)
    found = []
    for name, levers in GROUPS.items():
        differing = [lever for lever in levers if first[lever] != second[lever]]
        if differing:
            found.append(Group(name, *({lever: own[lever] for lever in differing} for own in (first, second))))
    for pair in MERGED:
        own = [group for group in found if group.name in pair]
        if len(found) > MOST and len(own) == 2:
            together = Group(" and ".join(pair), own[0].first | own[1].first, own[0].second | own[1].second)
            found = [together if group is own[0] else group for group in found if group is not own[1]]
    return found


def _values(file: ScenarioFile, table: str) -> dict[str, str]:
    """The levers of a table as JSON: what is left out is said, and the order of those who deny or mediate means nothing."""
    spec = file.tables[table]
    found = file.formats[spec.format].model_dump(mode="json") | {lever: getattr(spec, lever) for lever in OF_TABLE}
    found["invited"] = {side: found["invited"].get(side, Invitation().model_dump()) for side in disputants(file)}
    found |= {lever: sorted(found[lever]) for lever in ("mediators", "denied_by")}
    return {lever: json.dumps(value) for lever, value in found.items()}


# ---------------------------------------------------------------- scenarios of hybrids


@dataclass(frozen=True)
class Part:
    """A lever as one of the formats has it: as written, and what its uncertain numbers are, by path below a format's name."""

    written: dict[str, Any]
    grounds: dict[str, Any]


def hybrids(scenario: Scenario, place: Place, groups: Sequence[Group]) -> Iterator[tuple[Scenario, list[str]]]:
    """Scenarios that hold a process for every hybrid, in the order of masks: bit i is set where group i is as in the second.

    Several stand in one scenario, as many as there is room for. Raises ScenarioError where there is none.
    """
    free = room_in(scenario)
    parts = [parts_of(scenario, table) for table in place.tables]
    every = range(1 << len(groups))
    for masks in (every[start : start + free] for start in range(0, len(every), free)):
        data = without_processes(scenario)
        for mask in masks:
            mixed = {lever: parts[lever in changed(groups, mask)][lever] for lever in parts[0]}
            _add(data, place, new_name(scenario.file, f"hybrid_{mask}"), mixed)
        yield with_processes(scenario, data)


def room_in(scenario: Scenario, *, tables: int = 1) -> int:
    """How many processes of so many tables each, with a format of their own, one scenario takes. Raises ScenarioError."""
    file = scenario.file
    left = (ROOM["tables"] - len(file.tables)) // tables
    free = min(AT_ONCE, ROOM["processes"], ROOM["formats"] - len(file.formats), left)
    if free < 1:
        raise refuse(scenario.path, f"no room for another format and table; expected fewer than {ROOM['formats']} of each")
    return free


def without_processes(scenario: Scenario) -> dict[str, Any]:
    """What a scenario says, as data that can be added to, without its processes and what was observed of them."""
    data = thawed(scenario.document.data)
    data.pop("observed", None)
    return data | {"processes": {}, "provenance": dict(data.get("provenance") or {})}


def with_processes(scenario: Scenario, data: dict[str, Any]) -> tuple[Scenario, list[str]]:
    """The scenario that such data make, and the names of its processes."""
    made = build(Document(data, scenario.document.lines), scenario.path, pinned=scenario.pinned, known=scenario)
    return made, list(data["processes"])


def new_name(file: ScenarioFile, name: str) -> str:
    """The name, or one that ends in it, that nothing in a scenario has; nor does it with the number of a table after it."""
    taken = [*file.formats, *file.tables, *file.processes]
    while any(other == name or other.startswith(f"{name}_") for other in taken):
        name = f"other_{name}"
    return name


def changed(groups: Sequence[Group], mask: int) -> frozenset[str]:
    """Levers that are as in the second process."""
    return frozenset(lever for n, group in enumerate(groups) if mask >> n & 1 for lever in group.second)


def _add(data: dict[str, Any], place: Place, name: str, parts: dict[str, Part]) -> None:
    """A format, a table and a process for a hybrid of these levers, and what its uncertain numbers are drawn with."""
    table: dict[str, Any] = {"agenda": list(place.agenda), "format": name, "luck": place.luck}
    form: dict[str, Any] = {}
    for lever, part in parts.items():
        (table if lever in OF_TABLE else form).update(part.written)
        data["provenance"] |= {f"formats.{name}.{below}": ground for below, ground in part.grounds.items()}
    data["formats"][name], data["tables"][name] = form, table
    data["processes"][name] = {"tables": [name], "headline": list(place.issues)}


def parts_of(scenario: Scenario, table: str) -> dict[str, Part]:
    """The levers of a table and its format; numbers are, in every world, what they are there."""
    spec = scenario.file.tables[table]
    form = scenario.file.formats[spec.format]
    drawn = [(root.name, one) for root in uncertain(scenario).values() for one in (root, *root.tied)]
    found = {}
    for lever in (lever for levers in GROUPS.values() for lever in levers):
        base, grounds = f"formats.{spec.format}.{lever}", {}
        written = (spec if lever in OF_TABLE else form).model_dump(mode="json", include={lever}, exclude_unset=True)
        for root, one in drawn:
            if any(leaf == base or leaf.startswith(f"{base}.") for leaf in one.leaves):
                reach = list(one.absolute) if one.absolute is not None else one.relative
                below = one.name.removeprefix(f"formats.{spec.format}.") if one.name.startswith(base) else lever
                grounds[below] = {"why": f"as in {one.name}", "range": reach, "drawn_with": root}
        found[lever] = Part(written, grounds)
    return found
