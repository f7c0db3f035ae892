"""What is in a scenario: parties, tables, zones of possible agreement, and what the numbers rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from sim.scenario.evidence import Coverage, coverage
from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.written import names, percent, points
from sim.study.zones import zones

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.scenario.schema import Format

SHOWN_MISSING = 40

MEANING = {
    "magnitude": "a claim gives the size",
    "order": "a claim gives the order; the size is assumed",
    "sign": "a claim gives the sign; the size is assumed",
    "existence": "a claim says that it exists; the size is assumed",
    "assumption": "assumed, with a range and a reason",
    "choice": "set by whoever runs the experiment",
    "none": "rests on nothing",
}


def show(scenario: Scenario, console: Console) -> int:
    """Print what is in a scenario; returns how many of its numbers rest on nothing."""
    found = coverage(scenario)
    file = scenario.file
    print_text(console, file.title, style="bold")
    counts = f"issues: {len(file.issues)}, events: {len(file.events)}"
    print_text(console, f"from {file.start.isoformat()}, {file.weeks} weeks; {counts}")
    parts = (_parties(scenario), _tables(scenario), _zones(scenario), _processes(scenario), _coverage(found))
    for part in parts:
        console.print()
        print_table(console, part)
    if found.missing:
        console.print()
        print_text(console, f"Numbers that rest on nothing ({len(found.missing)}):", style="bold")
        for path in found.missing[:SHOWN_MISSING]:
            print_text(console, path, first="  ", hang=4)
        if len(found.missing) > SHOWN_MISSING:
            print_text(console, f"  and {len(found.missing) - SHOWN_MISSING} more")
    return len(found.missing)


def levers(form: Format, parties: dict[str, str]) -> str:
    """A format in a line."""
    contact = form.contact
    words = [
        f"{form.level} level", f"talks {contact.talks}", f"signing {contact.signing}",
        f"implementation {contact.implementation}", form.visibility, f"drafting {form.drafting}",
        form.settlement, f"{form.instrument} instrument",
    ]  # fmt: skip
    if form.mediators:
        words.append("with " + ", ".join(parties.get(name, name) for name in form.mediators))
    if form.sponsor:
        initiative = '"' + form.sponsor.replace("_", " ") + '"'
        words.append(f"sponsor {parties.get(form.sponsor, initiative)}")
    for side, invitation in form.invited.items():
        if invitation.status != "formal":
            words.append(f"{parties.get(side, side)} {'not invited' if invitation.status == 'not' else 'invited by a hint'}")
    if form.monitoring:
        words.append(f"monitoring {form.monitoring:g}")
    if form.term:
        words.append(f"term {form.term} weeks")
    return ", ".join(words).replace("_", " ")


def _parties(scenario: Scenario) -> Table:
    table = Table("Parties", [Words("party"), Words("role"), Words("name in the file")])
    for name, label in names(scenario, "parties").items():
        table.row(label, scenario.file.parties[name].role, name)
    return table


def _tables(scenario: Scenario) -> Table:
    issues, parties = names(scenario, "issues"), names(scenario, "parties")
    table = Table("Tables", [Words("table"), Words("agenda"), Words("format")])
    for name, label in names(scenario, "tables").items():
        seat = scenario.file.tables[name]
        agenda = ", ".join(issues[issue] for issue in seat.agenda)
        table.row(label, agenda, levers(scenario.file.formats[seat.format], parties))
    return table


def _zones(scenario: Scenario) -> Table:
    """Per table the packages that leave both sides better off, and the one with the largest product."""
    tables, parties = names(scenario, "tables"), names(scenario, "parties")
    title = "Zone of possible agreement (first week, stated values; surplus in hundredths of utility)"
    sides = [Figures(parties[side]) for side in scenario.disputants]
    table = Table(title, [Words("table"), Figures("packages"), Words("best for both (Nash)"), *sides])
    found = zones(scenario)
    for name, everywhere in found.groupby("table", sort=False):
        rows = everywhere[everywhere["process"] == everywhere["process"].iloc[0]]
        inside = int(rows["zone"].sum())
        best = rows[rows["nash"]].iloc[0]
        gains = [points(best[side], sign=True) for side in scenario.disputants]
        words = _package(best, scenario) if inside else f"empty; least bad: {_package(best, scenario)}"
        table.row(tables[str(name)], f"{inside} of {len(rows)}", words, *gains)
    return table


def _package(row: pd.Series, scenario: Scenario) -> str:
    """A package in the words of the scenario's labels."""
    issues = scenario.file.issues
    pairs = (part.split(": ", 1) for part in str(row["package"]).split(", "))
    return "; ".join(
        f"{issues[issue].label or issue}: {issues[issue].options[option].label or option}" for issue, option in pairs
    )


def _processes(scenario: Scenario) -> Table:
    tables = names(scenario, "tables")
    table = Table("Processes", [Words("process"), Words("tables"), Words("name for --process")])
    for name, label in names(scenario, "processes").items():
        table.row(label, "; ".join(tables[t] for t in scenario.file.processes[name].tables), name)
    return table


def _coverage(found: Coverage) -> Table:
    columns = [Words("support"), Figures("numbers"), Figures("share"), Words("meaning")]
    table = Table("What the numbers rest on", columns)
    for kind, count in found.counts.items():
        table.row(kind, f"{count:,}", f"{percent(count / max(len(found.leaves), 1))}%", MEANING[kind])
    return table
