"""What negotiators could choose otherwise in a process: every other value of every lever, one at a time.

Levers are the fields of the formats of its tables, when and after which other table they meet, and what is on their agenda.
A format that several tables of the process share is changed at all of them. Whether both sides are seated whatever their
readiness, whether a side believes an invitation, what is in force at the start and whose draws a table shares are no choices of
negotiators and left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal, get_args, get_origin

from sim.scenario.checks import disputants, mediators
from sim.scenario.schema import ContactLevers, Format, Invitation, Node, ScenarioFile


@dataclass(frozen=True)
class Change:
    """One lever set to another value: ``path`` as in ``--set``; ``now`` is the value that it has, or its default.

    ``imposed``: the format then decides by itself who comes, since a disputant convenes the meeting or is not invited.
    """

    path: str
    value: Any
    now: Any
    imposed: bool = False

    @property
    def row(self) -> dict[str, str]:
        """Path, lever (``contact.talks``), value and value now as columns of a table; empty where nothing is changed."""
        if not self.path:
            return dict.fromkeys(("path", "lever", "value", "now"), "")
        lever, values = self.path.split(".", 2)[2], (json.dumps(self.value), json.dumps(self.now))
        return {"path": self.path, "lever": lever, "value": values[0], "now": values[1]}


def changes(file: ScenarioFile, process: str) -> list[Change]:
    """Every other value to try for each lever of a process, in the order of the file; valid or not."""
    tables = file.processes[process].tables
    formats = dict.fromkeys(file.tables[name].format for name in tables)
    found = [_marked(file, change) for name in formats for change in _of_format(file, name)]
    found += [change for name in tables for change in _of_table(file, name, tables)]
    if len(tables) > 1:
        found.append(Change(f"processes.{process}.tables", tables[::-1], list(tables)))
    return found


def _marked(file: ScenarioFile, change: Change) -> Change:
    values, lever = (change.value, change.now), change.path.rpartition(".")[2]
    sides = disputants(file)
    decides = (lever == "status" and "not" in values) or (lever == "convened_by" and any(one in sides for one in values))
    return replace(change, imposed=decides)


def _others(path: str, now: Any, values: Iterable[Any]) -> Iterator[Change]:
    """Values other than the one that holds, each once."""
    seen = {json.dumps(now)}
    for value in values:
        if (text := json.dumps(value)) not in seen:
            seen.add(text)
            yield Change(path, value, now)


def _of_format(file: ScenarioFile, name: str) -> Iterator[Change]:
    form, base = file.formats[name], f"formats.{name}"
    others = [other for key, other in file.formats.items() if key != name]
    for lever in Format.model_fields:
        path, now = f"{base}.{lever}", plain_of(getattr(form, lever))
        if lever == "contact":
            for phase in ContactLevers.model_fields:
                yield from _others(f"{path}.{phase}", now[phase], literals(ContactLevers, phase))
        elif lever == "invited":
            for side in disputants(file):
                status = form.invited.get(side, Invitation()).status
                yield from _others(f"{path}.{side}.status", status, literals(Invitation, "status"))
        elif lever != "label":
            own, theirs = own_values(file, lever), [plain_of(getattr(other, lever)) for other in others]
            yield from _others(path, now, (*literals(Format, lever), *own, *theirs))


def own_values(file: ScenarioFile, lever: str) -> list[Any]:
    """Values of a lever that need no other format to have them."""
    sides, third = disputants(file), mediators(file)
    discounted = [name for side in sides for name in getattr(file.parties[side], "sponsor_discount", ())]
    own: dict[str, list[Any]] = {
        "mediators": [[], *([name] for name in third)],
        "sponsor": [None, *discounted],
        "denied_by": [list(some) for size in range(len(sides) + 1) for some in combinations(sides, size)],
        "convened_by": [None, *sides, *third],
        "first_offer": ["lot", *sides],
        "side_deals": [[]],
        "monitoring": [0.0, 1.0],
        "term": [None],
    }
    return own.get(lever, [])


def literals(model: type[Node], name: str) -> tuple[Any, ...]:
    """The words that a field takes; nothing for one that takes others."""
    annotation = model.model_fields[name].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _of_table(file: ScenarioFile, name: str, tables: list[str]) -> Iterator[Change]:
    table, base = file.tables[name], f"tables.{name}"
    yield from _others(f"{base}.meets", table.meets, (None, *(file.tables[other].meets for other in tables)))
    after = [{"after": other, "when": when} for other in tables if other != name for when in ("failed", "agreed", "in_force")]
    yield from _others(f"{base}.opens", plain_of(table.opens), (None, *after))
    agenda = list(table.agenda)
    shorter = [[issue for issue in agenda if issue != left_out] for left_out in agenda] if len(agenda) > 1 else []
    yield from _others(f"{base}.agenda", agenda, (*shorter, agenda[::-1]))


def plain_of(value: Any) -> Any:
    """A value of a field as it would be written in a file."""
    if isinstance(value, Node):
        return value.model_dump()
    return [plain_of(item) for item in value] if isinstance(value, list) else value
