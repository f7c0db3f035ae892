"""A comparison as tables on screen: processes, issues, reasons; and in a few sentences what was found.

Square brackets hold the 95% Monte-Carlo interval, round ones what the assumptions leave open. A
difference is never shown without both.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.show.sentences import headlines
from sim.show.written import Figure, Lookup, amount, names, percent, points, share, weeks

if TYPE_CHECKING:
    from sim.study.compare import Result

WIDE = 118
"""Width from which an issue's figures show the range of the assumptions as well."""

LABEL_LEAST, LABEL_MOST = 13, 30

SHOWN_REASONS = 3
DISCLAIMER = "A tool to compare processes, no forecast."


def _share(metric: str, head: str) -> Figure:
    return Figure(metric, f"{head}, %", percent, "", 1.0)


def groups(result: Result) -> list[tuple[str, list[Figure]]]:
    """The figures of a process in three groups, without those that a short run does not have."""
    labels = names(result.scenario, "parties")
    every = [
        ("How far it gets (share of worlds, with anything on its agenda)", [
            _share("came", "both sides came"), _share("agreed", "agreed"),
            _share("ratified", "ratified"), Figure("weeks_to_agreement", "median weeks to agreement", weeks),
        ]),
        ("What lasts (share of worlds with an agreement in force; weeks)", [
            _share("in_force_26", "in force, week 26"), _share("in_force_52", "in force, week 52"),
            _share("in_force_end", "in force, at the end"), Figure("weeks_in_force", "weeks in force", weeks),
        ]),
        ("What it brings (surplus: hundredths of utility per week over no agreement; share of worlds)", [
            *(Figure(f"surplus_{side}", f"surplus: {labels[side]}", points) for side in result.scenario.disputants),
            _share("worse_than_none", "ends worse than no process"),
        ]),
    ]  # fmt: skip
    there = set(result.summary["metric"])
    return [(title, [figure for figure in figures if figure.metric in there]) for title, figures in every]


# ---------------------------------------------------------------- the whole


def show(result: Result, console: Console) -> None:
    """Print what a comparison found: sentences, processes, issues, reasons, notes."""
    lookup = Lookup(result.summary)
    labels = names(result.scenario, "processes")
    console.print(Text(result.scenario.file.title, style="bold"))
    for sentence in headlines(result):
        console.print(Text(f"• {sentence}"))
    for title, figures in groups(result):
        for table in _processes(result, title, figures, console.width):
            console.print()
            console.print(table)
    console.print()
    console.print(_issues(result, lookup, labels, wide=console.width >= WIDE))
    console.print()
    console.print(_reasons(result, labels))
    console.print()
    for note in notes(result):
        console.print(Text(note, style="dim"))
    console.print(Text(DISCLAIMER))


def _table(title: str, label: str, heads: Iterable[str]) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )
    table.add_column(label, max_width=LABEL_MOST, overflow="fold")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    return table


@dataclass(frozen=True)
class Column:
    """A figure in all processes, written out."""

    head: str
    cells: list[Text]

    @property
    def width(self) -> int:
        """Characters that it takes."""
        lines = [*self.head.splitlines(), *(line for cell in self.cells for line in cell.plain.splitlines())]
        return max(cell_len(line) for line in lines)


def _processes(result: Result, title: str, figures: list[Figure], width: int) -> Iterator[Table]:
    """A row per process: each figure with its interval, below it the difference to the first process.

    As many tables as it takes to fit the figures into ``width`` characters.
    """
    labels = names(result.scenario, "processes")
    for part, columns in enumerate(_fitting(result, figures, width)):
        table = _table(f"{title}, continued" if part else title, "process", [column.head for column in columns])
        for number, process in enumerate(result.processes):
            last = number == len(result.processes) - 1
            table.add_row(Text(labels[process]), *(column.cells[number] for column in columns), end_section=not last)
        yield table


def _fitting(result: Result, figures: list[Figure], width: int) -> list[list[Column]]:
    """Columns for each table: on long lines if all fit so, on short ones otherwise."""
    columns = [_column(result, figure, wide=True) for figure in figures]
    if LABEL_MOST + _needed(columns) <= width:
        return [columns]
    columns = [_column(result, figure, wide=False) for figure in figures]
    for count in range(1, len(columns) + 1):
        size = -(-len(columns) // count)
        found = [columns[start : start + size] for start in range(0, len(columns), size)]
        if all(LABEL_LEAST + _needed(part) <= width for part in found):
            break
    return found


def _needed(columns: list[Column]) -> int:
    return 3 + sum(column.width + 1 for column in columns)


def _column(result: Result, figure: Figure, *, wide: bool) -> Column:
    lookup = Lookup(result.summary)
    cells = []
    for number, process in enumerate(result.processes):
        own = figure.estimate(lookup(process, figure.metric))
        lines = [_cell(own if wide else own[:2])]
        if number:
            change = figure.difference(lookup(process, f"{figure.metric}_difference"))
            lines += [_cell(change)] if wide else [_cell(change[:2]), Text(change[2], style="dim")]
        cells.append(Text("\n").join(lines))
    return Column("\n".join(textwrap.wrap(figure.head, 14)), cells)


def _cell(parts: Iterable[str]) -> Text:
    first, *others = (part for part in parts)
    cell = Text(first)
    for other in others:
        if other:
            cell.append(f" {other}", style="dim")
    return cell


def _issues(result: Result, lookup: Lookup, labels: dict[str, str], *, wide: bool) -> Table:
    """Issue by process: agreed, in force at the end, and what that means in natural units."""
    figures = [share("agreed", "agreed on it"), share("in_force_end", "in force, end")]
    table = _table(
        "Issues (share of worlds; units delivered by the end, mean)",
        "issue, process",
        [*(f.head for f in figures), "natural units"],
    )
    table.columns[3].justify, table.columns[3].no_wrap = "left", False
    metrics = result.summary.loc[result.summary["issue"] != "", ["issue", "metric"]].drop_duplicates()
    for issue, label in names(result.scenario, "issues").items():
        found = metrics.loc[metrics["issue"] == issue, "metric"]
        if found.empty:
            continue
        units = [m for m in found if m.startswith("units_") and not m.endswith("_difference")]
        table.add_row(Text(label, style="bold"))
        processes = [p for p in result.processes if lookup(p, "agreed", issue) is not None]
        for number, process in enumerate(processes):
            cells = [_cell(_shorten(f.estimate(lookup(process, f.metric, issue)), wide)) for f in figures]
            amounts = [_units(lookup(process, unit, issue), unit, wide=wide) for unit in units]
            row: list[RenderableType] = [
                Padding(Text(labels[process]), (0, 0, 0, 2)),
                *cells,
                Text("\n").join(amounts) if amounts else Text(""),
            ]
            table.add_row(*row, end_section=number == len(processes) - 1)
    return table


def _shorten(parts: tuple[str, str, str], wide: bool) -> tuple[str, ...]:
    return parts if wide else parts[:2]


def _units(row: Any, metric: str, *, wide: bool) -> Text:
    unit = metric.removeprefix("units_").replace("_", " ")
    value, interval, assumed = Figure(metric, unit, amount).estimate(row)
    cell = _cell((value, interval, assumed if wide else ""))
    return cell.append(f" {unit}")


def _reasons(result: Result, labels: dict[str, str]) -> Table:
    """The commonest reasons of failure of each table, and whose they were."""
    from sim.study.compare import GOOD_ENDS  # noqa: PLC0415 - keeps figures and tables apart until both are needed

    parties, tables = names(result.scenario, "parties"), names(result.scenario, "tables")
    table = _table(
        "Why it failed (commonest reasons per table, share of worlds)", "process, table", ["share", "reason and whose"]
    )
    table.columns[2].justify, table.columns[2].no_wrap = "left", False
    failures = result.reasons[~result.reasons["reason"].astype(str).isin([*GOOD_ENDS, ""])]
    for process in result.processes:
        table.add_row(Text(labels[process], style="bold"))
        seats = list(result.scenario.file.processes[process].tables)
        for number, seat in enumerate(seats):
            own = failures[(failures["process"] == process) & (failures["table"] == seat)]
            rows = own.sort_values("share", ascending=False, kind="stable").head(SHOWN_REASONS)
            lines = [(row.share, f"{row.reason} · {_whose(str(row.whose), parties)} ({row.stage})") for row in rows.itertuples()]
            left = float(own["share"].sum() - rows["share"].sum())
            if left > 0.0005:
                lines.append((left, "other reasons"))
            lines = lines or [(0.0, "it did not fail")]
            for place, (value, words) in enumerate(lines):  # a row each: a long reason takes several lines
                ends = number == len(seats) - 1 and place == len(lines) - 1
                label = _hanging("" if place else tables[seat])
                table.add_row(label, f"{percent(value)}%", Text(words), end_section=ends)
    return table


def _hanging(label: str) -> Padding:
    return Padding(Text(label), (0, 0, 0, 2))


def _whose(whose: str, parties: dict[str, str]) -> str:
    return {"nobody": "nobody's", "both": "both sides"}.get(whose, parties.get(whose, whose))


def notes(result: Result) -> list[str]:
    """What the figures mean, and what they were made from."""
    found = [
        f"{result.count:,} worlds, seed {result.seed}. [ ] 95% Monte-Carlo interval: more worlds narrow it. "
        "( ) what the assumptions leave open: more worlds do not narrow it."
    ]
    if len(result.processes) > 1:
        first = names(result.scenario, "processes")[result.processes[0]]
        found.append(f"Figures with a sign: paired difference to the first process, {first}, in points, weeks or hundredths.")
        found.append("The difference in weeks to agreement is a mean over the worlds in which both agree.")
    found.append("(?) not known, or not to be told from noise with so few worlds.")
    return found
