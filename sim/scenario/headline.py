"""What a process is for: its headline issues, which its own row in every result is about.

A table that opens once another has failed is a fall-back: its agenda is no measure of the process unless the scenario
says so.
"""

from __future__ import annotations

from sim.scenario.schema import ScenarioFile


def fallbacks(file: ScenarioFile, process: str) -> list[str]:
    """Tables of a process that open only where another has failed, themselves or through the table they wait for."""
    return [name for name in file.processes[process].tables if _waits_for_failure(file, name)]


def _waits_for_failure(file: ScenarioFile, table: str) -> bool:
    opening = file.tables[table].opens
    while opening is not None:
        if opening.when == "failed":
            return True
        opening = file.tables[opening.after].opens
    return False


def agenda(file: ScenarioFile, process: str, *, fallback: bool = True) -> list[str]:
    """Issues on the tables of a process, in the order of the file; without ``fallback`` not those of its fall-backs alone."""
    left_out = () if fallback else fallbacks(file, process)
    there = {issue for t in file.processes[process].tables if t not in left_out for issue in file.tables[t].agenda}
    return [issue for issue in file.issues if issue in there]


def headline(file: ScenarioFile, process: str) -> list[str]:
    """The issues that a process is for, in the order of the file: as stated, or all on its tables but its fall-backs."""
    stated = file.processes[process].headline
    if stated:
        return [issue for issue in file.issues if issue in stated]
    return agenda(file, process, fallback=False) or agenda(file, process)


def matched(file: ScenarioFile, processes: list[str]) -> list[str]:
    """Issues that every one of these processes has on a table, fall-backs aside, in the order of the file."""
    found = [set(agenda(file, process, fallback=False)) for process in processes]
    return [issue for issue in file.issues if all(issue in own for own in found)]
