"""The figures beneath the charts of a comparison, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.show.charts.agreement import by_group
from sim.show.charts.funnel import Step
from sim.show.charts.life import kaplan_meier, lives
from sim.show.charts.texts import options
from sim.show.charts.weekly import STATES
from sim.show.tables import Cell, Figures, Table, Words
from sim.show.written import DASH, Figure, Lookup, names, percent, points, share
from sim.study.outcomes import share as share_of

if TYPE_CHECKING:
    from sim.study.compare import Result

CAPTIONS = {
    "agreement": "Which issues are agreed on in which process: share of worlds.",
    "funnel": "Where each process loses its worlds on the way, and why.",
    "texts": "What was agreed, issue by issue: share of worlds by the option that the text settles on.",
    "life": "How long agreements live, from the week they enter into force.",
    "surplus": "What the texts brought either side, by the values that were put in.",
    "weekly": "What happens week by week: share of worlds that are apart, talking, signed, in force, suspended.",
    "network": "Who talks to whom in each process, as the scenario has it.",
}
QUARTER = 13
"""Weeks from one row of a table to the next."""


def beneath(result: Result, stages: dict[str, list[Step]]) -> dict[str, Table]:
    """A table for each chart, by its name; ``stages`` are those of each process."""
    return {
        "agreement": _agreement(result), "funnel": _funnel(result, stages), "life": _life(result), "surplus": _surplus(result),
        "weekly": _weekly(result), "texts": _texts(result), "network": _network(result),
    }  # fmt: skip


def _agreement(result: Result) -> Table:
    lookup, issues = Lookup(result.summary), names(result.scenario, "issues")
    there = set(result.summary.loc[result.summary["metric"] == "agreed", "issue"])
    table = Table("Agreed, share of worlds", [Words("issue"), *_processes(result)], note=f"{DASH}: not on its tables.")
    for issue in by_group(result, [issue for issue in issues if issue in there]):
        rows = (lookup(process, "agreed", issue) for process in result.processes)
        table.row(issues[issue], *(DASH if row is None else share("agreed", "").estimate(row) for row in rows))
    return table


def _funnel(result: Result, stages: dict[str, list[Step]]) -> Table:
    table = Table("Stage reached, share of worlds", [Words("process, stage"), Figures("reached"), Words("lost before it, why")])
    for process, label in _labels(result):
        table.heading(label)
        for step in stages[process]:
            found = share_of(step.reached)
            why = (
                f"{percent(float(step.lost.mean()))}%: {step.reason} ({percent(step.part)}% of these)" if step.lost.any() else ""
            )
            bounds = f"[{percent(found.low)}, {percent(found.high)}]"
            table.row(step.name, (f"{percent(found.estimate)}%", bounds), why, indent=2)
    return table


def _texts(result: Result) -> Table:
    lookup, issues, settled = Lookup(result.summary), result.scenario.file.issues, options(result)
    table = Table("Agreed, share of worlds by option, %", [Words("issue, process"), Figures("agreed"), Words("of that, %")])
    for issue in by_group(result, [issue for issue in issues if any(of == issue for of, _ in settled)]):
        table.heading(names(result.scenario, "issues")[issue])
        for process, label in _labels(result):
            if own := settled.get((issue, process)):
                known = issues[issue].options
                said = "; ".join(f"{known[name].label or name} {percent(part)}" for name, part in own.items())
                table.row(label, share("agreed", "").estimate(lookup(process, "agreed", issue)), said, indent=2)
    return table


def _network(result: Result) -> Table:
    file, parties = result.scenario.file, names(result.scenario, "parties")
    columns = [Words("process, table"), Words("sides in talks"), Words("mediators"), Words("sponsor"), Words("side deals")]
    table = Table("Tables, and who brings the sides together", columns)
    for process, label in _labels(result):
        table.heading(label)
        for name in file.processes[process].tables:
            form = file.formats[file.tables[name].format]
            third = ", ".join(parties[one] for one in form.mediators)
            deals = "; ".join(f"{_party(parties, deal.controlled_by)} for {parties[deal.to]}" for deal in form.side_deals)
            cells = [form.contact.talks.replace("_", " "), third or DASH, _party(parties, form.sponsor), deals or DASH]
            table.row(names(result.scenario, "tables")[name], *cells, indent=2)
    return table


def _party(parties: dict[str, str], name: str | None) -> str:
    return parties.get(name, name.replace("_", " ")) if name else DASH


def _life(result: Result) -> Table:
    weeks = range(QUARTER, result.scenario.file.weeks + 1, QUARTER)
    heads = [Figures("agreements"), *(Figures(f"week {week}") for week in weeks)]
    table = Table("Still in force so many weeks after it began, share of agreements", [Words("process"), *heads])
    for process, label in _labels(result):
        found = lives(result, process)
        cells: list[Cell] = [f"{len(found.weeks):,}"]
        curve = kaplan_meier(found) if len(found.weeks) else None
        for week in weeks:
            place = -1 if curve is None else int(np.searchsorted(curve.weeks, week, side="right")) - 1
            if curve is None or week > curve.weeks[-1] or place < 0:
                cells.append(DASH if curve is None or week > curve.weeks[-1] else "100%")
            else:
                low, high = (percent(float(part[place])) for part in (curve.low, curve.high))
                cells.append((f"{percent(float(curve.alive[place]))}%", f"[{low}, {high}]"))
        table.row(label, *cells)
    return table


def _surplus(result: Result) -> Table:
    parties = names(result.scenario, "parties")
    sides, lookup = result.scenario.disputants, Lookup(result.summary)
    title = "Surplus over no agreement of all tables of a process, hundredths of utility per week"
    table = Table(title, [Words("process"), *(Figures(parties[side]) for side in sides)])
    for process, label in _labels(result):
        figures = (Figure(f"surplus_{side}", "", points) for side in sides)
        table.row(label, *(figure.estimate(lookup(process, figure.metric)) for figure in figures))
    return table


def _weekly(result: Result) -> Table:
    states = {state: words for state, (words, *_) in STATES.items()}
    title = "Share of worlds, every thirteenth week, %"
    table = Table(title, [Words("process, week"), *(Figures(words) for words in states.values())])
    for process, label in _labels(result):
        table.heading(label)
        rows = result.weekly[(result.weekly["process"] == process) & (result.weekly["week"] % QUARTER == 0)]
        for row in rows.to_dict("records"):
            table.row(f"week {row['week']}", *(percent(row.get(state, 0.0)) for state in states), indent=2)
    return table


def _labels(result: Result) -> list[tuple[str, str]]:
    labels = names(result.scenario, "processes")
    return [(process, labels[process]) for process in result.processes]


def _processes(result: Result) -> list[Figures]:
    return [Figures(label) for _, label in _labels(result)]
