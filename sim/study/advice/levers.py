"""What every other value of each lever of a process would do, one lever changed at a time, on the same worlds.

Each row is what a comparison of the scenario with and without that one change (``--set PATH=VALUE``) would give: the
difference is paired world by world, with its Monte-Carlo interval and what the assumptions leave open. Changes that a
scenario with that format cannot have are listed with the reason and not run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.draws import spans
from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.scenario.headline import agenda, headline
from sim.scenario.problems import ScenarioError, hint, refuse, shown
from sim.scenario.scenario import Scenario, scenario_of
from sim.study.advice.changes import Change, changes
from sim.study.advice.figures import ENDS, Drawn, drawn_in, figures
from sim.study.advice.parts import Parts
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS, Progress, manifest, run_block
from sim.study.findings import Findings
from sim.study.outcomes import issue_rows, process_rows
from sim.study.saving import LEVERS, REFUSED
from sim.study.sweeps.pieces import engine
from sim.study.workers import in_order

METRICS = ("agreed", "came", "ratified", "in_force_end")
HARM = "worse_than_none"

Hits = NDArray[np.bool_]


@dataclass(frozen=True)
class Question:
    """A share of worlds that is asked about: of a process as a whole (``issue`` empty), or of one issue on its tables."""

    metric: str = "agreed"
    issue: str = ""

    def check(self, scenario: Scenario, process: str) -> None:
        """Raises ScenarioError for a metric that is none of these, and an issue that is not on a table of the process."""
        if self.metric not in METRICS:
            raise refuse("metric", f"unknown metric {shown(self.metric)}{hint(str(self.metric), METRICS)}")
        there = agenda(scenario.file, process)
        if self.issue and self.issue not in there:
            raise refuse("issue", f"{shown(self.issue)} is not on a table of {process}{hint(self.issue, there)}")

    def hits(self, rows: pd.DataFrame, scenario: Scenario) -> Hits:
        """Whether it happened in each world, ``(worlds,)``; headline issues are those that ``scenario`` has."""
        frame = issue_rows(rows, scenario)[self.issue] if self.issue else process_rows(rows, scenario)
        return frame[self.metric].to_numpy(dtype=bool)


@dataclass(frozen=True, repr=False)
class Levers(Findings):
    """What changes of one lever would do to a process.

    ``table`` has a row per change, the greatest difference first: ``share`` of worlds with the change and ``difference`` to the
    process as it is, each with Monte-Carlo bounds ``_low`` and ``_high`` and what the assumptions leave open (``_assumed_low``,
    ``_assumed_high``); ``gained`` and ``lost``, the shares of worlds in which only the one or the other brings it about; ``harm``
    (worlds that end worse than without a process) and ``harm_difference`` alike; a ``verdict``: more, less, no clear difference,
    or the same in every world; and whether who comes is ``imposed`` by the format. ``base`` has the same of the process as it
    is. ``refused`` has a row per change that the scenario cannot have, with the reason.
    """

    kind = "levers"

    scenario: Scenario
    process: str
    question: Question
    table: pd.DataFrame
    refused: pd.DataFrame
    base: pd.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file; the process as it is stands first, with no path."""
        return {LEVERS: pd.concat([self.base, self.table], ignore_index=True), REFUSED: self.refused}

    def asked_of(self) -> Scenario:
        """The scenario that is saved with it."""
        return self.scenario


def levers(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    scenario: Scenario,
    process: str,
    *,
    metric: str = "agreed",
    issue: str | None = None,
    worlds: int = DEFAULT_WORLDS,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    parts: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Levers:
    """What each other value of each lever of a process would do, one at a time, on the same worlds.

    ``metric`` is agreed, came, ratified or in_force_end, of the headline issues of the process or of one ``issue``. Finished
    parts are kept in the folder ``parts``, if one is named, from where the same study goes on. Raises ScenarioError for a
    process, metric or issue that there is not, and a number that is none.
    """
    scenario, seed, jobs, worlds = scenario_of(scenario), seed_of(seed), jobs_of(jobs), worlds_of(worlds)
    (process,) = scenario.choose_processes([process])
    question = Question(metric, issue or "")
    question.check(scenario, process)
    variants, refused = _variants(scenario, process, question)
    kept = [change for change, _ in variants]
    asked = manifest_of(scenario, process, question, worlds=worlds, seed=seed)
    cases = [scenario, *(variant for _, variant in variants)]
    study = Parts(json.dumps([scenario.hash, engine(), process, metric, issue, seed]), None if parts is None else Path(parts))
    tasks = [(case, block, count) for block, count in spans(worlds) for case in cases]
    calls = (partial(_kept, study, case, scenario, process, question, (seed, block, count)) for case, block, count in tasks)
    hits = _gathered(in_order(calls, jobs=jobs), len(cases), (worlds * len(cases), progress))
    drawn = drawn_in(scenario, seed, worlds)
    table = _rows(kept, hits, drawn)
    order = np.lexsort((np.arange(len(kept)), -np.abs(table["difference"].to_numpy())))
    base = _rows([Change("", None, None)], hits[:1].repeat(2, axis=0), drawn)
    return Levers(scenario, process, question, table.iloc[order].reset_index(drop=True), refused, base.assign(verdict=""), asked)


def manifest_of(scenario: Scenario, process: str, question: Question, *, worlds: int, seed: int) -> dict[str, Any]:
    """What is needed to make a study of levers again."""
    return manifest(
        scenario, kind="levers", seed=seed, worlds=worlds, processes=[process], metric=question.metric, issue=question.issue
    )  # fmt: skip


def _variants(scenario: Scenario, process: str, question: Question) -> tuple[list[tuple[Change, Scenario]], pd.DataFrame]:
    """The changes that the scenario can have, each with the scenario that it makes; and those that it cannot."""
    found, refused = [], []
    for change in changes(scenario.file, process):
        try:
            variant = scenario.with_({change.path: change.value})
        except ScenarioError as error:
            refused.append(change.row | {"reason": error.problems[0].message})
            continue
        wanted = [question.issue] if question.issue else headline(scenario.file, process)
        if gone := [name for name in wanted if name not in agenda(variant.file, process)]:
            refused.append(change.row | {"reason": f"takes {', '.join(gone)} off the tables, which is what is asked about"})
            continue
        found.append((change, variant))
    return found, pd.DataFrame(refused, columns=["path", "lever", "value", "now", "reason"])


def _kept(  # noqa: PLR0913, PLR0917 - one part of the study
    study: Parts, variant: Scenario, scenario: Scenario, process: str, question: Question, which: tuple[int, int, int]
) -> Hits:
    """Metric and harm of one block of worlds of a variant, ``(2, worlds)``; read, if that was run before."""
    return study.of([variant.hash, which], lambda: _run(variant, scenario, process, question, which))


def _run(variant: Scenario, scenario: Scenario, process: str, question: Question, which: tuple[int, int, int]) -> Hits:
    rows = run_block(variant, process, *which).rows
    harm = process_rows(rows, scenario)[HARM].to_numpy(dtype=bool)
    return np.stack([question.hits(rows, scenario), harm])


def _gathered(ran: Iterable[Hits], cases: int, told: tuple[int, Progress | None]) -> NDArray[np.bool_]:
    """All blocks side by side: ``(cases, 2, worlds)``."""
    total, progress = told
    blocks: list[list[Hits]] = [[] for _ in range(cases)]
    done = 0
    for place, hits in enumerate(ran):
        blocks[place % cases].append(hits)
        done += hits.shape[1]
        if progress is not None:
            progress(done, total)
    return np.stack([np.concatenate(parts, axis=1) for parts in blocks])


def _rows(kept: Sequence[Change], hits: NDArray[np.bool_], drawn: Drawn) -> pd.DataFrame:
    """A row per change; ``hits`` are those of the process as it is, and then of each change."""
    change = hits[1:].astype(np.int64) - hits[0]
    rows: list[dict[str, Any]] = [dict(one.row, imposed=one.imposed) for one in kept]
    for figure, (name, difference) in enumerate((("share", "difference"), ("harm", "harm_difference"))):
        shares = figures(name, hits[1:, figure], drawn, of_worlds=True)
        for row, *parts in zip(rows, shares, figures(difference, change[:, figure], drawn), strict=True):
            row.update(parts[0] | parts[1])
    for row, own in zip(rows, change[:, 0], strict=True):
        row |= {"gained": float((own > 0).mean()), "lost": float((own < 0).mean())}
        row["verdict"] = _verdict(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


COLUMNS = (
    "path", "lever", "value", "now", "imposed", "verdict", *(f"difference{end}" for end in ENDS), "gained", "lost",
    *(f"{name}{end}" for name in ("share", "harm", "harm_difference") for end in ENDS),
)  # fmt: skip

MORE, LESS, UNCLEAR, SAME = "more", "less", "no clear difference", "the same in every world"


def _verdict(row: dict[str, Any]) -> str:
    """What may be said of a difference: nothing where its Monte-Carlo interval holds zero."""
    if row["gained"] == row["lost"] == 0:
        return SAME
    if row["difference_low"] > 0:
        return MORE
    return LESS if row["difference_high"] < 0 else UNCLEAR
