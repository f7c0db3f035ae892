"""The longer questions of the page: which one change helps, why two processes differ, what to propose.

They are answered by ``sim.levers``, ``sim.explain`` and ``sim.design`` in a thread of their own, so that the page can be used
meanwhile, and shown as the command line shows them, with a chart of intervals.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from math import isnan
from typing import Any

from sim.scenario.problems import GoBetweenError, plain, refuse
from sim.show.design import labels
from sim.show.explain import group_words
from sim.show.levers import change_words
from sim.show.page.answers import WORLDS, Asked
from sim.show.report.page import cell_lines
from sim.show.tables import Figures, Recorder, Sentence, Table
from sim.study.advice.design import Designs, design
from sim.study.advice.explain import Explanation, explain
from sim.study.advice.levers import LESS, MORE, Levers, levers

PROPOSALS = 500
"""Proposals that are looked at."""

SHOWN = 12
"""Changes of a lever in the chart, at most."""

Findings = Levers | Explanation | Designs
Told = Callable[[int, int], None]


class _StoppedError(GoBetweenError):
    """Nobody waits for it any more."""


class Study:
    """A study that runs in a thread: how far it is, what it found, or why it found nothing."""

    def __init__(self, work: Callable[[Told], Findings]) -> None:
        """Begin ``work``, which is given what it reports its progress to."""
        self.done, self.total = 0, 0
        self.found: dict[str, Any] | None = None
        self.error = ""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[Told], Findings]) -> None:
        try:
            self.found = shown(work(self._told))
        except _StoppedError:
            return
        except GoBetweenError as error:
            self.error = plain(str(error))

    def _told(self, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        self.done, self.total = done, total

    def stop(self) -> None:
        """End it soon; nothing is found."""
        self._stopped.set()

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join()


def work_of(kind: str, asked: Asked, issue: str, process: str) -> Callable[[Told], Findings]:
    """What is to be done for a question; assumptions that were moved are set. Raises ScenarioError for a wrong question."""
    scenario = asked.scenario.with_(asked.settings) if asked.settings else asked.scenario
    how: dict[str, Any] = {"worlds": WORLDS, "seed": asked.seed}
    if issue and issue not in scenario.file.issues:
        raise refuse("issue", f"unknown issue; expected one of {', '.join(scenario.file.issues)}")
    if kind == "levers":
        (process,) = scenario.choose_processes([process])
        return lambda told: levers(scenario, process, issue=issue or None, progress=told, **how)
    if kind == "explain":
        if len(asked.processes) < 2:
            raise refuse("processes", "got one, expected two that differ")
        first, second = asked.processes
        return lambda told: explain(scenario, first, second, issue=issue or None, progress=told, **how)
    if not issue:
        raise refuse("issue", "got none; choose what is to be agreed")
    return lambda told: design(scenario, issue, proposals=PROPOSALS, progress=told, **how)


def shown(found: Findings) -> dict[str, Any]:
    """What was found as the command line shows it: sentences, tables and notes; and intervals for a chart."""
    console = Recorder()
    found.show(console)
    sentences = [part for part in console.parts if isinstance(part, Sentence)]
    title, rows = intervals(found)
    return {
        "sentences": [one.text for one in sentences if one.listed],
        "notes": [one.text for one in sentences if one.aside],
        "tables": [_table(part) for part in console.parts if isinstance(part, Table)],
        "chart": {"title": title, "rows": rows, "signed": not isinstance(found, Designs)},
    }


def intervals(found: Findings) -> tuple[str, list[dict[str, Any]]]:
    """What a chart shows of a study: its title and rows with an estimate and both intervals."""
    if isinstance(found, Levers):
        return "Difference to the process as it is, points", list(_changes(found))
    if isinstance(found, Explanation):
        rows = found.table.to_dict("records")
        return "What each has of the difference, points", [_interval(group_words(found, row), row, "share") for row in rows]
    called = labels(found)
    rows = found.table.to_dict("records")
    return "Kept: in force at the end, of 100 worlds", [_interval(called[row["proposal"]], row, "kept") for row in rows]


def _changes(found: Levers) -> Iterator[dict[str, Any]]:
    clear = found.table[found.table["verdict"].isin([MORE, LESS])].head(SHOWN)
    for row in clear.to_dict("records"):
        yield _interval(change_words(found.scenario, row), row, "difference")


def _interval(label: str, row: dict[str, Any], name: str) -> dict[str, Any]:
    low, high = row[f"{name}_assumed_low"], row[f"{name}_assumed_high"]
    assumed = None if isnan(low) else [float(low), float(high)]
    ends = {"low": float(row[f"{name}_low"]), "high": float(row[f"{name}_high"])}
    return {"label": label, "estimate": float(row[name]), **ends, "assumed": assumed}


def _table(table: Table) -> dict[str, Any]:
    head = [{"text": column.head, "figures": isinstance(column, Figures)} for column in table.columns]
    rows = [
        {"over_all": row.over_all, "cells": [[" ".join(line) for line in cell_lines(cell)] for cell in row.cells]}
        for row in table.rows if row is not None
    ]  # fmt: skip
    return {"title": table.title, "head": head, "rows": rows}
