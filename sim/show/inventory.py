"""What is in a scenario: parties, tables, zones of possible agreement, and what the numbers rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console

from sim.scenario.evidence import Coverage, Support, cited, coverage
from sim.scenario.kinds import kinds_named, numbers_of_kinds
from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.written import names, percent, points
from sim.study.zones import zones

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.scenario.schema import Format

SHOWN_MISSING = 40

ZONE = (
    "A package takes one option of each issue on the agenda. Those counted move something, and the settlement rule and the "
    "conditional offers allow them; say, 7 of 17: 7 texts of 17 leave neither side below its reservation value (its alternative, "
    "and what passing a text at home costs), at the stated values. Where a world draws other numbers the zone is another."
)

MEANING = {
    "magnitude": "a claim gives the size",
    "order": "a claim gives the order; the size is assumed",
    "sign": "a claim gives the sign; the size is assumed",
    "existence": "a claim says that it exists; the size is assumed",
    "assumption": "assumed, with a range and a reason",
    "choice": "set by whoever runs the experiment",
    "none": "rests on nothing",
}


ASSUMED: tuple[Support, ...] = ("order", "sign", "existence", "assumption")
"""Kinds of support that leave the size of a number to be assumed."""


def show(scenario: Scenario, console: Console) -> Coverage:
    """Print what is in a scenario; returns what its numbers rest on."""
    found = coverage(scenario)
    file = scenario.file
    print_text(console, file.title, style="bold")
    counts = f"issues: {len(file.issues)}, events: {len(file.events)}"
    counts += f", claims cited: {len(cited(scenario))} of {len(scenario.claims)} in the evidence files"
    print_text(console, f"from {file.start.isoformat()}, {file.weeks} weeks; {counts}")
    first_week = zones(scenario)
    for part in (_coverage(found), _parties(scenario), _tables(scenario), _zones(scenario, first_week)):
        console.print()
        print_table(console, part)
    for words in _empty(scenario, first_week):
        print_text(console, words, first="• ", hang=2)
    for part in (_processes(scenario), *_kinds(scenario), _names(scenario)):
        console.print()
        print_table(console, part)
    console.print()
    print_text(
        console,
        "A path of each kind with its value as it stands (null takes an event away); scenarios/README.md lists all other keys, "
        "which go the same way:",
    )
    for path, value in examples(scenario).items():
        print_text(console, f"--set {path}={value}", first="  ", hang=4)
    if found.missing:
        console.print()
        print_text(console, f"Numbers that rest on nothing ({len(found.missing)}):", style="bold")
        for path in found.missing[:SHOWN_MISSING]:
            print_text(console, path, first="  ", hang=4)
        if len(found.missing) > SHOWN_MISSING:
            print_text(console, f"  and {len(found.missing) - SHOWN_MISSING} more")
    return found


def levers(form: Format, parties: dict[str, str], *, monitoring: float | None = None) -> str:
    """A format in a line; with the ``monitoring`` of one world, where that is asked for."""
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
    if form.convened_by:
        words.append(f"convened by {parties.get(form.convened_by, form.convened_by)}")
    if form.intensity != 1.0:
        words.append(f"{form.intensity:g} rounds a week at most")
    if form.monitoring:
        words.append(f"monitoring {form.monitoring if monitoring is None else monitoring:.2g}")
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


def _zones(scenario: Scenario, found: pd.DataFrame) -> Table:
    """Per table the packages that leave both sides better off, and the one with the largest product."""
    tables, parties = names(scenario, "tables"), names(scenario, "parties")
    title = "Zone of possible agreement (first week, stated values; surplus in hundredths of utility)"
    sides = [Figures(parties[side]) for side in scenario.disputants]
    table = Table(title, [Words("table"), Figures("packages"), Words("best for both (Nash)"), *sides], note=ZONE)
    for name, rows in _by_table(found):
        inside = int(rows["zone"].sum())
        best = rows[rows["nash"]].iloc[0]
        gains = [points(best[side], sign=True) for side in scenario.disputants]
        words = _package(best, scenario) if inside else f"empty; least bad: {_package(best, scenario)}"
        table.row(tables[name], f"{inside} of {len(rows)}", words, *gains)
    return table


def _by_table(found: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The packages of each table, in the first process that has it."""
    for name, everywhere in found.groupby("table", sort=False):
        yield str(name), everywhere[everywhere["process"] == everywhere["process"].iloc[0]]


def _empty(scenario: Scenario, found: pd.DataFrame) -> Iterator[str]:
    """Why the zone of a table is empty: because of whom, and how far the least bad package falls short."""
    tables, parties = names(scenario, "tables"), names(scenario, "parties")
    for name, rows in _by_table(found):
        if rows["zone"].any():
            continue
        could = {side: int((rows[side] >= 0).sum()) for side in scenario.disputants}
        without = [side for side, count in could.items() if not count]
        said = [
            f"no package reaches what {parties[side]} asks for at least ({_least(rows, side)}); the best for it falls "
            f"{points(-rows[side].max())} short" for side in without
        ]  # fmt: skip
        said += [f"{count} would do for {parties[side]}" for side, count in could.items() if count]
        if not without:
            said.append("none is among both")
        least = rows[rows["nash"]].iloc[0]
        short = " and ".join(f"{points(-least[side])} for {parties[side]}" for side in scenario.disputants if least[side] < 0)
        yield f"{tables[name]}, empty: {'; '.join(said)}. The least bad, {_package(least, scenario)}, falls short by {short}."


def _least(rows: pd.DataFrame, side: str) -> str:
    """The reservation value of a side and its two parts."""
    alternative, home = (float(rows[f"{part}_{side}"].iloc[0]) for part in ("alternative", "home"))
    parts = f"{points(alternative)} is its alternative, {points(home)} what passing a text at home costs"
    return f"{points(alternative + home)}: {parts}"


def examples(scenario: Scenario) -> dict[str, str]:
    """A full path of each kind with the value that stands there, as ``--set`` takes them."""
    file = scenario.file
    side = scenario.disputants[0]
    issue, table, process = (next(iter(part)) for part in (file.issues, file.tables, file.processes))
    form = next((name for name, one in file.formats.items() if one.monitoring), next(iter(file.formats)))
    event = next(iter(file.events), None)
    found: dict[str, object] = {
        f"parties.{side}.grievance": file.parties[side].grievance,  # type: ignore[union-attr]
        f"issues.{issue}.sensitivity": file.issues[issue].sensitivity,
        f"formats.{form}.monitoring": file.formats[form].monitoring,
        f"tables.{table}.seated": str(file.tables[table].seated).lower(),
        f"processes.{process}.tables": f"'[{', '.join(file.processes[process].tables)}]'",
        "behaviour.guarantee": file.behaviour.guarantee,
    }
    if event is not None:
        found[f"events.{event}"] = "null"
    return {path: str(value) for path, value in found.items()}


def _names(scenario: Scenario) -> Table:
    """The names that paths are made of; those of parties and processes stand above as well."""
    table = Table("Names for --set, --vary and --points", [Words("part"), Words("names")])
    file = scenario.file
    for part in ("parties", "formats", "tables", "processes", "events"):
        if getattr(file, part):
            table.row(part, ", ".join(getattr(file, part)))
    for name, issue in file.issues.items():
        table.row(f"issues.{name}.options", ", ".join(issue.options))
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
    sized = sum(found.counts[kind] for kind in ASSUMED)
    share = percent(sized / max(len(found.leaves), 1))
    table.row("size assumed", f"{sized:,}", f"{share}%", "order, sign, existence and assumption")
    return table


def _kinds(scenario: Scenario) -> Iterator[Table]:
    """What is assumed because a kind is named, by the node that names it; no table where none does."""
    columns = [Words("where"), Words("kind"), Figures("numbers"), Words("which")]
    table = Table("Assumed by kind, drawn from wide priors", columns)
    named = kinds_named(scenario.document.data)
    for (part, name), paths in numbers_of_kinds(scenario.document, scenario.file.provenance).items():
        which = dict.fromkeys(path.removeprefix(f"{part}.{name}.").rpartition(f".positions.{name}.")[2] for path in paths)
        table.row(f"{part}.{name}", named[part, name], str(len(paths)), ", ".join(which))
    if named:
        yield table
