"""A comparison as tables on screen: processes, issues, tables, reasons; and in a few sentences what was found.

Square brackets hold the 95% Monte-Carlo interval, round ones what the assumptions leave open. No figure is shown
without both, at any width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.text import Text

from sim.scenario.headline import agenda, fallbacks, headline
from sim.show import overview
from sim.show.changed import Beside
from sim.show.obstacles import Obstacle, commonest, failures, whose_words
from sim.show.sentences import headlines
from sim.show.tables import Figures, Part, Table, Words, print_table, print_text
from sim.show.written import Figure, Lookup, amount, names, percent, points, share, weeks
from sim.study.outcomes import is_imposed
from sim.study.tally import WORLDS_EACH

if TYPE_CHECKING:
    from sim.study.compare import Result

DISCLAIMER = "A tool to compare processes, no forecast."


def _share(metric: str, head: str) -> Figure:
    return Figure(metric, f"{head}, %", percent, "", 1.0)


def groups(result: Result) -> list[tuple[str, list[Figure]]]:
    """The figures of a process in three groups, without those that a short run does not have."""
    labels = names(result.scenario, "parties")
    every = [
        ("How far it gets with what it is for (share of worlds)", [
            _share("possible", "possible"), _share("came", "both sides came"), _share("agreed", "agreed"),
            _share("ratified", "ratified"), Figure("weeks_to_agreement", "median weeks to agreement", weeks),
        ]),
        ("What lasts of that (share of worlds with an agreement in force; weeks)", [
            _share("in_force_26", "in force, week 26"), _share("in_force_52", "in force, week 52"),
            _share("in_force_end", "in force, at the end"), Figure("weeks_in_force", "weeks in force", weeks),
        ]),
        ("What all its tables bring (surplus: hundredths of utility per week over no agreement; share of worlds)", [
            *(Figure(f"surplus_{side}", f"surplus: {labels[side]}", points) for side in result.scenario.disputants),
            _share("worse_than_none", "ends worse than no process"),
        ]),
    ]  # fmt: skip
    there = set(result.summary["metric"])
    return [(title, [figure for figure in figures if figure.metric in there]) for title, figures in every]


# ---------------------------------------------------------------- the whole


def show(result: Result, console: Console, *, full: bool = False) -> None:
    """Print what a comparison found: one screen, or in ``full`` sentences, processes, issues, tables, reasons, notes."""
    if not full:
        overview.show(result, console)
        return
    lookup = Lookup(result.summary)
    print_text(console, result.scenario.file.title, style="bold")
    for sentence in headlines(result):
        print_text(console, sentence, first="• ", hang=2)
    beside = [] if result.changes is None else [Beside(result, lookup)]
    for changes in beside:
        print_text(console, changes.what_changed(), first="• ", hang=2)
    for table in (
        *(changes.table() for changes in beside),
        _purposes(result),
        *(_processes(result, lookup, title, figures) for title, figures in groups(result)),
        _issues(result, lookup),
        *_tables(result, lookup),
        _reasons(result),
    ):
        console.print()
        print_table(console, table)
    console.print()
    for note in notes(result):
        print_text(console, note, style="dim")
    print_text(console, DISCLAIMER)


def _purposes(result: Result) -> Table:
    """What each process is for, and what else is on its tables."""
    labels, issues = names(result.scenario, "processes"), names(result.scenario, "issues")
    table = Table("What each process is for", [Words("process"), Words("its figures are about"), Words("also on its tables")])
    for process in result.processes:
        own = headline(result.scenario.file, process)
        rest = [issue for issue in agenda(result.scenario.file, process) if issue not in own]
        table.row(labels[process], *(", ".join(issues[i] for i in part) for part in (own, rest)))
    return table


def _processes(result: Result, lookup: Lookup, title: str, figures: list[Figure]) -> Table:
    """A row per process: each figure with both intervals, below it the difference to the first process."""
    labels = names(result.scenario, "processes")
    table = Table(title, [Words("process"), *(Figures(figure.head) for figure in figures)])
    for process in result.processes:
        table.row(labels[process], *(_both(lookup, figure, process) for figure in figures))
        table.gap()
    return table


def _both(lookup: Lookup, figure: Figure, process: str, issue: str = "", table: str = "") -> list[tuple[Part, ...]]:
    """A figure, and on the next line its difference to the first process where the two are about the same."""
    row, could = lookup(process, figure.metric, issue, table), lookup(process, "possible", issue, table)
    found = [_parts(figure.estimate(row))]
    if row is not None and could is not None and is_imposed(figure.metric, row.estimate, could.estimate):
        found.append((Text("imposed", style="dim"),))
    change = lookup(process, f"{figure.metric}_difference", issue, table)
    return [*found, _parts(figure.difference(change))] if change is not None else found


def _parts(parts: tuple[str, ...]) -> tuple[Part, ...]:
    value, *intervals = parts
    return (value, *(Text(part, style="dim") for part in intervals if part))


def _issues(result: Result, lookup: Lookup) -> Table:
    """Issue by process: agreed, in force at the end, natural units; by table where the process has it on several."""
    figures = [share("agreed", "agreed on it"), share("in_force_end", "in force, end")]
    file = result.scenario.file
    processes, tables = names(result.scenario, "processes"), names(result.scenario, "tables")
    table = Table(
        "Issues (share of worlds; units delivered by the end, mean)",
        [Words("issue, process"), *(Figures(f.head) for f in figures), Figures("natural units")],
    )
    for issue, label in names(result.scenario, "issues").items():
        units = sorted({unit for option in file.issues[issue].options.values() for unit in option.units})
        having = [p for p in result.processes if lookup(p, "agreed", issue) is not None]
        if not having:
            continue
        table.heading(label)
        for process in having:
            held = [t for t in file.processes[process].tables if issue in file.tables[t].agenda]
            aside = fallbacks(file, process)
            only = " (fall-back)" if all(t in aside for t in held) else ""
            lines = [("", f"{processes[process]}{only}")]
            lines += [(t, f"{tables[t]}{' (fall-back)' if t in aside else ''}") for t in held] if len(held) > 1 else []
            for place, name in lines:
                amounts = [_units(lookup(process, f"units_{unit}", issue, place), unit) for unit in units]
                cells = [_both(lookup, figure, process, issue, place) for figure in figures]
                table.row(name, *cells, [part for part in amounts if part] or "", indent=4 if place else 2)
        table.gap()
    return table


def _units(row: Any, unit: str) -> tuple[Part, ...]:
    if row is None:
        return ()
    words = unit.replace("_", " ")
    value, *intervals = _parts(Figure(f"units_{unit}", words, amount).estimate(row))
    return (f"{words} {value}", *intervals)


def _tables(result: Result, lookup: Lookup) -> list[Table]:
    """The tables of processes that have several, a row each."""
    file = result.scenario.file
    several = [p for p in result.processes if len(file.processes[p].tables) > 1]
    if not several:
        return []
    figures = [
        _share("came", "both sides came"), _share("agreed", "agreed"), _share("in_force_end", "in force, at the end"),
        Figure("weeks_in_force", "weeks in force", weeks),
    ]  # fmt: skip
    labels, tables = names(result.scenario, "processes"), names(result.scenario, "tables")
    table = Table(
        "Table by table (with anything on the agenda; share of worlds)",
        [Words("process, table"), *(Figures(figure.head) for figure in figures)],
    )
    for process in several:
        table.heading(labels[process])
        for place in file.processes[process].tables:
            name = f"{tables[place]}{' (fall-back)' if place in fallbacks(file, process) else ''}"
            table.row(name, *(_both(lookup, figure, process, "", place) for figure in figures), indent=2)
        table.gap()
    return [table]


def _reasons(result: Result) -> Table:
    """The commonest reasons of failure of each table, and whose they were."""
    labels, parties = names(result.scenario, "processes"), names(result.scenario, "parties")
    tables = names(result.scenario, "tables")
    table = Table(
        "Why it failed (commonest reasons per table, share of worlds)",
        [Words("process, table"), Figures("share"), Words("reason and whose")],
    )
    failed = failures(result)
    for process in result.processes:
        table.heading(labels[process])
        for seat in result.scenario.file.processes[process].tables:
            own = failed[(failed["process"] == process) & (failed["table"] == seat)]
            lines = [(kind.share, _line(kind, parties)) for kind in commonest(own)]
            left = float(own["share"].sum() - sum(value for value, _ in lines))
            if left > 0.0005:
                lines.append((left, "other reasons"))
            for place, (value, words) in enumerate(lines or [(0.0, "it did not fail")]):  # a row each: reasons take several lines
                table.row("" if place else tables[seat], f"{percent(value)}%", words, indent=2)
        table.gap()
    return table


def _line(kind: Obstacle, parties: dict[str, str]) -> str:
    whose = ", ".join(
        whose_words(side, parties) + ("" if len(kind.whose) == 1 else f" {percent(part)}%") for side, part in kind.whose.items()
    )
    decided = "" if np.isnan(kind.alone) else f"; that alone in {percent(kind.alone)}% of these"
    return f"{kind.reason} · {whose} ({kind.stage}){decided}"


def notes(result: Result) -> list[str]:
    """What the figures mean, and what they were made from."""
    found = [
        f"{result.count:,} worlds, seed {result.seed}. [ ] 95% Monte-Carlo interval: more worlds narrow it. "
        "( ) what the assumptions leave open: more worlds do not narrow it."
    ]
    if len(result.processes) > 1:
        first = names(result.scenario, "processes")[result.processes[0]]
        found.append(
            f"Figures with a sign: paired difference to the first process, {first}, in points, weeks or hundredths. There is "
            "none where a process is for other issues than the first: compare those issue by issue."
        )
        found.append("The difference in weeks to agreement is a mean over the worlds in which both agree.")
    if any(fallbacks(result.scenario.file, process) for process in result.processes):
        found.append("Fall-back: a table that opens once another has failed; the figures of its process leave its agenda out.")
    if "possible" in set(result.summary["metric"]):
        found.append(
            "Possible: worlds in which a text would leave every side better off, were it kept in full and free of cost at home. "
            "Where that is none, or all, and the figure is the same, it is imposed by the values put in, and not found."
        )
    few = result.count < (least := WORLDS_EACH * len(result.drawn))
    enough = f" What the assumptions leave open takes at least {least:,} worlds." if few else ""
    found.append(f"(?) not known, or not to be told from noise with so few worlds.{enough}")
    return found
