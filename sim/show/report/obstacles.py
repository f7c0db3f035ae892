"""What each process fails at most often and because of whom; and what is agreed on most often, clause by clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.model.packages import options_in
from sim.show.charts.funnel import Step
from sim.show.obstacles import Obstacle, obstacle_words, stops, whose_words
from sim.show.report.answer import figure, worlds
from sim.show.tables import Figures, Part, Table, Words
from sim.show.written import Figure, Lookup, names, percent, share
from sim.study.outcomes import share as share_of
from sim.study.tally import left_open

if TYPE_CHECKING:
    from sim.study.compare import Result

FAILS = {
    "Both sides invited": "not both sides are invited",
    "Invited by a hint": "not both sides are invited",
    "An occasion to meet": "no occasion to meet arises",
    "Both sides came": "not both sides come",
    "A text agreed": "they come, and agree on no text",
    "Ratified": "a text is agreed, and not ratified",
    "In force, at the end": "what was ratified is no longer in force at the end",
}
"""Stage to what it means that it is not reached."""


def obstacles(result: Result, stages: dict[str, list[Step]]) -> list[tuple[str, str]]:
    """Per process, by its label: what stops it most often and whose that is, then the stage at which most worlds are lost.

    ``stages`` are those of each process.
    """
    labels, lookup = names(result.scenario, "processes"), Lookup(result.summary)
    return [
        (labels[process], f"{_reason(result, process, stops(result, lookup, process))}{_stage(result, stages[process])}")
        for process in result.processes
    ]


def _reason(result: Result, process: str, found: Obstacle | None) -> str:
    """The commonest reason, as the screen of a comparison has it, as a share of all worlds."""
    if found is None:
        return ""
    rows, hits = result.outcomes(process), np.zeros(result.count, bool)
    ended = (rows["table"] == found.table) & (rows["reason"] == found.reason) & (rows["stage"] == found.stage)
    hits[rows.loc[ended, "world"].to_numpy(dtype=int)] = True
    words = obstacle_words(found, names(result.scenario, "parties"))
    return f"{words[:1].upper()}{words[1:]}, in {_share(result, hits)} of worlds. "


def _stage(result: Result, stages: list[Step]) -> str:
    """The stage at which most worlds are lost, as a share of all, and whose that is."""
    worst = max(stages, key=lambda step: float(step.lost.mean()))
    if not worst.lost.any():
        return f"Nothing stops it in any of {worlds(result)}."
    parties, lost = names(result.scenario, "parties"), float(worst.lost.mean())
    whose = ", ".join(f"{whose_words(side, parties)} {percent(part * lost)}" for side, part in worst.whose.items())
    said = f" Whose that is, of 100 worlds: {whose}." if worst.whose else ""
    return f"Most worlds are lost where {FAILS.get(worst.name, worst.name)}: {_share(result, worst.lost)}.{said}"


def _share(result: Result, hits: np.ndarray) -> str:
    return figure(share("", "").estimate(_row(result, hits)))


def _row(result: Result, hits: np.ndarray) -> Any:
    """A share of worlds with both intervals, as a row of a summary."""
    found = share_of(hits)
    low, high = left_open(hits[None, :], result.drawn)
    return pd.Series({"estimate": found.estimate, "low": found.low, "high": found.high,
                      "assumed_low": low[0], "assumed_high": high[0]})  # fmt: skip


def _agreed(result: Result, process: str) -> pd.DataFrame:
    """The text agreed at a table in a world, a row each: ``world``, ``table``, ``package``."""
    rows = result.outcomes(process)
    rows = rows.loc[rows["agreed_week"].notna(), ["world", "table", "package"]].astype({"table": str, "package": str})
    return rows[rows["package"] != ""]


def commonest_texts(result: Result) -> Table:
    """The commonest text of each table that agreed on any, clause by clause in the words of its options."""
    labels, tables = names(result.scenario, "processes"), names(result.scenario, "tables")
    table = Table("", [Words("process, table"), Words("the commonest text"), Figures("agreed in, of worlds")])
    written = Figure("", "", percent, "%", 1.0)
    for process in result.processes:
        found, agreed = result.texts[result.texts["process"] == process], _agreed(result, process)
        several = len(result.scenario.file.processes[process].tables) > 1
        if found.empty:
            none = _row(result, np.zeros(result.count, bool))
            table.row(labels[process], f"no text in any of {worlds(result)}", written.estimate(none))
        elif several:
            table.heading(labels[process])
        for row in found.drop_duplicates("table").to_dict("records"):
            hits = np.zeros(result.count, bool)
            own = agreed[(agreed["table"] == row["table"]) & (agreed["package"] == row["text"])]
            hits[own["world"].to_numpy(dtype=int)] = True
            others = int((found["table"] == row["table"]).sum()) - 1
            more = [(f"({others} other text{'' if others == 1 else 's'} at this table)",)] if others else []
            name = tables[row["table"]] if several else labels[process]
            cell: list[tuple[Part, ...]] = [*((clause,) for clause in clauses(result, row["table"], row["text"])), *more]
            table.row(name, cell, written.estimate(_row(result, hits)), indent=2 if several else 0)
    return table


def clauses(result: Result, table: str, package: str) -> list[str]:
    """A text as its clauses, in the words of issues and options; issues of the table that it leaves as they are at the end."""
    file, issues = result.scenario.file, names(result.scenario, "issues")
    chosen = options_in(package)
    said = [f"{issues[issue]}: {file.issues[issue].options[option].label or option}" for issue, option in chosen.items()]
    return said + [f"left as it is: {issues[issue]}" for issue in file.tables[table].agenda if issue not in chosen]
