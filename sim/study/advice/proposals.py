"""Proposals as scenarios: several at a time in one that can be run, and one by one as a file that a comparison takes unchanged.

All proposals stand in the same place: the tables of an issue have the same random streams, so that their worlds have the same
draws. Each has its own effect of the format, as any format has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sim.scenario.scenario import Scenario
from sim.study.advice.hybrids import new_name, room_in, with_processes, without_processes
from sim.study.advice.space import AGENDA, Proposal, Space

PREFIX = "proposal"


def scenarios(space: Space, proposals: Sequence[Proposal]) -> Iterator[tuple[Scenario, list[str]]]:
    """Scenarios that hold a process for every proposal, in order, several in each. Raises ScenarioError without room."""
    free = room_in(space.scenario, tables=max(len(part.written[AGENDA]["tables"]) for part in space.values[AGENDA]))
    for start in range(0, len(proposals), free):
        yield scenario_of_all(space, proposals[start : start + free])


def scenario_of_all(space: Space, proposals: Sequence[Proposal]) -> tuple[Scenario, list[str]]:
    """One scenario that holds a process for each of these and no other, with their names."""
    data = without_processes(space.scenario)
    for number, proposal in enumerate(proposals):
        for section, own in parts_of_file(space, proposal, name_of(space, number)).items():
            data[section] |= own
    return with_processes(space.scenario, data)


def name_of(space: Space, number: int) -> str:
    """A name that nothing in the scenario has: ``proposal_1``."""
    return new_name(space.scenario.file, f"{PREFIX}_{number + 1}")


def parts_of_file(space: Space, proposal: Proposal, name: str, label: str = "") -> dict[str, dict[str, Any]]:
    """Format, tables, process and grounds of a proposal by section, as they would be written in a scenario file."""
    form: dict[str, Any] = {"label": label} if label else {}
    grounds: dict[str, Any] = {}
    for lever, part in space.parts(proposal).items():
        if lever == AGENDA:
            continue
        field, _, phase = lever.partition(".")
        if phase:
            form.setdefault(field, {})[phase] = part.written[lever]
        elif part.written[lever] is not None:
            form[field] = part.written[lever]
        grounds |= {f"formats.{name}.{below}": ground for below, ground in part.grounds.items()}
    agenda = space.written(proposal)[AGENDA]
    own = [name if number == 0 else f"{name}_{number + 1}" for number in range(len(agenda["tables"]))]
    tables: dict[str, Any] = {}
    for table, issues in zip(own, agenda["tables"], strict=True):
        tables[table] = {"agenda": list(issues), "format": name} | ({"luck": luck} if (luck := _place(space, issues)) else {})
    for first, second in pairwise(own) if agenda["in_turn"] else ():
        tables[second]["opens"] = {"after": first, "when": "agreed"}
    labelled = {"label": label} if label else {}
    process = {**labelled, "tables": own, "headline": list(space.issues)}
    return {"formats": {name: form}, "tables": tables, "processes": {name: process}, "provenance": grounds}


def _place(space: Space, issues: Sequence[str]) -> str | None:
    """The table of the scenario whose streams a table on these issues has: the same for every proposal, and for no two of one."""
    tables = space.scenario.file.tables
    lead = next(spec for spec in tables.items() if set(space.issues) <= set(spec[1].agenda))
    roots = list(dict.fromkeys(spec.luck or name for name, spec in (lead, *tables.items())))
    number = min(space.issues.index(issue) for issue in issues if issue in space.issues)
    return roots[number] if number < len(roots) else None
