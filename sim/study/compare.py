"""Processes side by side on the same worlds: the main job."""

from __future__ import annotations

import platform
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pandas as pd

from sim.model.batch import live, try_out
from sim.model.draws import BLOCK, Drawn, Draws, spans
from sim.model.own import OwnRules
from sim.model.packages import options_in
from sim.model.reasons import WEIGHED, WORDS, State
from sim.model.rules import Rule
from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.scenario.learned import posterior_hash
from sim.scenario.problems import GoBetweenWarning, refuse
from sim.scenario.scenario import Scenario, scenario_of
from sim.study.against import beside
from sim.study.findings import Findings
from sim.study.outcomes import issue_rows, share, table_rows
from sim.study.saving import CHANGES, REASONS, SUMMARY, TEXTS, WEEKLY, WORLDS
from sim.study.tally import merged, tally_block
from sim.study.workers import as_finished

DEFAULT_WORLDS = 2000
UNCOMPILED_WORLDS = 100
DEFAULT_SEED = 2024

Progress = Callable[[int, int], None]
"""Called with worlds done and worlds in all, over all processes."""


@dataclass(frozen=True)
class Piece:
    """Worlds of one process that were run at once, from the first of ``block`` on."""

    process: str
    block: int
    rows: pd.DataFrame
    worlds: int
    states: np.ndarray  # (weeks, states) counts of worlds, by talks and texts on headline issues
    drawn: dict[str, np.ndarray]


def run_block(  # noqa: PLR0913, PLR0917 - which worlds, and how they are drawn
    scenario: Scenario, process: str, seed: int, block: int, worlds: int, drawn: Drawn = Draws, own: OwnRules | None = None
) -> Piece:
    """``worlds`` worlds from the first of a block on, in one process, with rules of a user's ``own`` in place of ours."""
    batch = live(scenario, process, drawn(seed, block, worlds), own=own)
    return Piece(process, block, table_rows(batch), worlds, batch.states, batch.parameters.drawn)


@dataclass(frozen=True, repr=False)
class Result(Findings):
    """What a comparison found.

    ``summary`` has a row per process, metric, issue and table (both empty for the process as a whole; ``headline``
    then has the issues that the figure is about), with Monte-Carlo bounds ``low`` and ``high`` and ``assumed_low``
    and ``assumed_high`` for what the assumptions leave open; metrics ending in ``_difference`` are paired differences
    to the first process, where both are about the same. ``worlds`` has a
    row per process, table and world with the drawn parameters; ``weekly`` the share of worlds per state and
    week; ``reasons`` how often each table stopped where, why and because of whom; ``changes``, if the run was set beside
    another, what differs from it (``sim.study.against``).
    """

    kind = "comparison"

    scenario: Scenario
    seed: int
    count: int
    processes: list[str]
    summary: pd.DataFrame
    worlds: pd.DataFrame
    weekly: pd.DataFrame
    reasons: pd.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)
    changes: pd.DataFrame | None = None

    @cached_property
    def drawn(self) -> dict[str, np.ndarray]:
        """What was drawn in each world, the same for all processes, by name, ``(worlds,)``."""
        columns = [column for column in self.worlds if str(column).startswith("parameter:")]
        first = self.worlds.iloc[: self.count]  # the first table of the first process, in order of worlds
        return {str(column): first[column].to_numpy(dtype=float) for column in columns}

    def outcomes(self, process: str) -> pd.DataFrame:
        """What came of every table of a process in every world: its rows of ``worlds``, without what was drawn."""
        return self._outcomes[process]

    def versions(self, process: str, other: str, metric: str = "agreed") -> pd.DataFrame:
        """In what share of worlds a process does better than another, world by world: a row per issue that both are about.

        ``better``, ``worse`` and ``same``, each with ``_low`` and ``_high``, its 95% interval; ``metric`` is came, agreed,
        ratified or in_force_end. The real conflict is one world, whose stakes nobody knows: more worlds do not narrow the shares.
        """
        both = (self.outcomes(name).sort_values(["table", "world"], kind="stable") for name in (process, other))
        ours, theirs = (issue_rows(rows, self.scenario) for rows in both)
        rows = []
        for issue in (issue for issue in ours if issue in theirs):
            mine, its = (of[issue][metric].to_numpy(dtype=bool) for of in (ours, theirs))
            row: dict[str, Any] = {"issue": issue}
            for name, hits in (("better", mine & ~its), ("worse", its & ~mine), ("same", mine == its)):
                found = share(hits)
                row |= {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
            rows.append(row)
        return pd.DataFrame(rows)

    @cached_property
    def _outcomes(self) -> dict[str, pd.DataFrame]:
        columns = [column for column in self.worlds if not str(column).startswith("parameter:")]
        every, process = self.worlds[columns], self.worlds["process"]
        return {name: every[process == name] for name in self.processes}

    @cached_property
    def texts(self) -> pd.DataFrame:
        """What was agreed: a row per process, table and text, with the share of worlds that came to it, the commonest first.

        A text is the option agreed on each issue that it moves, ``issue: option``.
        """
        came = self.worlds["agreed_week"].notna() & (self.worlds["package"] != "")
        agreed = self.worlds.loc[came, ["process", "table", "package"]].astype(str)
        rows = []
        for (process, table, text), count in agreed.value_counts(sort=False).items():
            found = share(np.arange(self.count) < count)
            rows.append((process, table, text, found.estimate, found.low, found.high))
        frame = pd.DataFrame(rows, columns=["process", "table", "text", "share", "low", "high"])
        processes = self.scenario.file.processes
        order = {(p, t): n for n, (p, t) in enumerate((p, t) for p in self.processes for t in processes[p].tables)}
        frame["order"] = [order[place] for place in zip(frame["process"], frame["table"], strict=True)]
        frame = frame.sort_values(["order", "share", "text"], ascending=[True, False, True], kind="stable", ignore_index=True)
        return frame.drop(columns="order")

    @cached_property
    def options(self) -> dict[tuple[str, str], Counter[str]]:
        """Issue and process to the options that its texts settle on, each with the share of worlds, over all tables."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for row in self.texts.itertuples():
            for issue, option in options_in(str(row.text)).items():
                found.setdefault((issue, str(row.process)), Counter())[option] += row.share
        return found

    @property
    def table(self) -> pd.DataFrame:
        """The summary."""
        return self.summary

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        found = {SUMMARY: self.summary, WEEKLY: self.weekly, REASONS: self.reasons, TEXTS: self.texts, WORLDS: self.worlds}
        return found if self.changes is None else {**found, CHANGES: self.changes}

    def asked_of(self) -> Scenario:
        """The scenario that is saved with it."""
        return self.scenario


def compare(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    scenario: Scenario,
    *,
    worlds: int | None = None,
    seed: int = DEFAULT_SEED,
    processes: Iterable[str] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    rules: Mapping[str, Rule] | None = None,
    against: Scenario | None = None,
) -> Result:
    """Run processes on the same worlds and compare what comes of them.

    The result depends on the scenario, ``worlds`` and ``seed`` only: ``jobs`` workers give the same bytes as
    one, and the first k worlds of a run of n are those of a run of k. ``worlds`` is 2,000 where it is not said.

    ``rules`` puts functions in place of rules of the model, by name (``sim.RULES`` has them all, with what they are
    called with): each is a plain function of one world, tried in Python and compiled; one that cannot be compiled
    is warned of and runs uncompiled, in 100 worlds where it is not said how many.

    ``against`` is another scenario, such as this one unchanged, whose processes of the same names are run on the same draws;
    what differs from it is in ``changes``.

    Raises ``ScenarioError`` for a process or a rule that there is not, a rule that fails, and a number that is none.
    """
    scenario, seed, jobs, own = scenario_of(scenario), seed_of(seed), jobs_of(jobs), OwnRules.of(rules)
    names = scenario.choose_processes(processes)
    if own is not None:
        own = _tried(scenario, names, seed, own)
    usual = DEFAULT_WORLDS if own is None or own.compiled else UNCOMPILED_WORLDS
    worlds = worlds_of(usual if worlds is None else worlds)
    base = None if against is None else scenario_of(against)
    there = [] if base is None else [name for name in names if name in base.file.processes]
    if base is not None and not there:
        raise refuse("against", f"no process of the same name; expected one of {', '.join(names)}")
    done, total = 0, worlds * (len(names) + len(there))

    def told(now: int) -> None:
        nonlocal done
        done += now
        if progress is not None:
            progress(done, total)

    run = partial(_run, worlds=worlds, seed=seed, jobs=jobs, own=own, told=told)
    found = run(scenario, names)
    if base is not None:
        found = beside(found, run(base, there))
    return found if own is None else replace(found, manifest=found.manifest | {"rules": own.said})


def _run(  # noqa: PLR0913 - as in compare
    scenario: Scenario, names: list[str], *, worlds: int, seed: int, jobs: int, own: OwnRules | None, told: Callable[[int], None]
) -> Result:
    tasks = [(p, b, n) for p in names for b, n in spans(worlds)]
    pieces: dict[tuple[str, int], Piece] = {}
    parts = (partial(run_block, scenario, p, seed, b, n, own=own) for p, b, n in tasks)
    for _, piece in as_finished(parts, jobs=jobs):
        pieces[piece.process, piece.block] = piece
        told(piece.worlds)
    return collect(scenario, seed, worlds, names, [pieces[p, b] for p, b, _ in tasks])


def _tried(scenario: Scenario, names: list[str], seed: int, own: OwnRules) -> OwnRules:
    for name in names:
        against = try_out(scenario, name, Draws(seed, 0, 1), own)
        if against:
            warnings.warn(f"{against}; worlds run uncompiled, some 250 times slower", GoBetweenWarning, stacklevel=3)
            return replace(own, compiled=False)
    return own


def collect(scenario: Scenario, seed: int, worlds: int, names: list[str], pieces: list[Piece]) -> Result:
    """Put the pieces of a run together, in the order of processes and blocks."""
    own = {name: [p for p in pieces if p.process == name] for name in names}
    parameters = pd.concat([pd.DataFrame(p.drawn) for p in own[names[0]]], ignore_index=True)
    summary = merged(tally_block(scenario, list(block)) for block in zip(*own.values(), strict=True)).table()
    tables, weekly, reasons = [], [], []
    for name in names:
        rows = pd.concat([p.rows for p in own[name]], ignore_index=True)
        order = {t: n for n, t in enumerate(scenario.file.processes[name].tables)}
        rank = rows["table"].map(order).to_numpy() * (worlds + 1) + rows["world"].to_numpy()
        rows = rows.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)
        tables.append(rows)
        weekly.append(_weekly(name, np.sum([p.states for p in own[name]], axis=0) / worlds))
        reasons.append(_reasons(name, rows, worlds))
    parameters.columns = [f"parameter:{c}" for c in parameters.columns]
    every = pd.concat(tables, ignore_index=True)
    every = every.merge(parameters.assign(world=np.arange(worlds)), on="world", how="left") if len(parameters.columns) else every
    return Result(
        scenario=scenario, seed=seed, count=worlds, processes=names, summary=summary, worlds=every,
        weekly=pd.concat(weekly, ignore_index=True), reasons=pd.concat(reasons, ignore_index=True),
        manifest=manifest_of(scenario, seed=seed, worlds=worlds, processes=names),
    )  # fmt: skip


def _weekly(process: str, shares: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(shares, columns=[s.name.lower() for s in State])
    frame.insert(0, "week", np.arange(1, len(frame) + 1))
    frame.insert(0, "process", process)
    return frame


def _reasons(process: str, rows: pd.DataFrame, worlds: int) -> pd.DataFrame:
    alone = rows.groupby(["table", "stage", "reason", "whose"], observed=True, sort=False)["alone"].agg(["size", "mean"])
    found = []
    for (table, stage, reason, whose), (count, part) in alone.iterrows():
        hits = np.zeros(worlds, bool)
        hits[: int(count)] = True
        bounds = share(hits)
        known = part if reason in ALONE_KNOWN else np.nan
        found.append((process, table, stage, reason, whose, bounds.estimate, bounds.low, bounds.high, known))
    names = ["process", "table", "stage", "reason", "whose", "share", "low", "high", "alone"]
    frame = pd.DataFrame(found, columns=names)
    return frame.sort_values(["table", "share"], ascending=[True, False], kind="stable", ignore_index=True)


ALONE_KNOWN = frozenset(WORDS[reason] for reason in WEIGHED)

def manifest(scenario: Scenario, **run: Any) -> dict[str, Any]:
    """What is needed to make a run again: the scenario's hash, the run's arguments, the versions."""
    said = {"scenario": scenario.file.title, "scenario_hash": scenario.hash, **run}
    return said | {"block": BLOCK, "posterior": posterior_hash(), "versions": versions()}


def manifest_of(scenario: Scenario, *, seed: int, worlds: int, processes: list[str]) -> dict[str, Any]:
    """The manifest of a comparison, before it is run."""
    return manifest(scenario, kind="comparison", seed=seed, worlds=worlds, processes=processes)


def versions() -> dict[str, str]:
    """What a run was made with."""
    found = {"python": platform.python_version()}
    for package in ("gobetween", "mesa", "numpy", "pandas", "matplotlib"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
