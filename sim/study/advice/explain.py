"""The difference between two processes shared out over the levers in which their formats differ.

Every hybrid of the two formats, with some groups of levers as in the one and the rest as in the other, is run on the same worlds
at the same table; a group's share is its Shapley value, the mean over all orders in which the groups may change of what it adds
as it does. It is computed world by world, so that it has both intervals, as any paired difference. What the processes have beside
that table (other tables, a longer agenda, draws of their own, openings, an agreement in force) is a part by itself. All parts add
up to the difference. They are bookkeeping: which order is the right one is not asked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.draws import spans
from sim.scenario import archive
from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.scenario.headline import agenda, headline
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario, scenario_of
from sim.study.advice.figures import ENDS, Drawn, drawn_in, figures
from sim.study.advice.hybrids import Group, Place, groups_of, hybrids, place_of
from sim.study.advice.levers import METRICS
from sim.study.advice.mixtures import differences, mixtures
from sim.study.advice.moments import MOMENTS, parts_by_moment
from sim.study.advice.parts import Parts
from sim.study.advice.shapley import shapley
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS, Progress, manifest, run_block
from sim.study.findings import Findings
from sim.study.outcomes import reached
from sim.study.saving import HYBRIDS, MOMENTS_FILE, SHARES, SUMMARY
from sim.study.sweeps.pieces import engine
from sim.study.workers import in_order

ELSEWHERE = "all else"
"""What the processes have beside the table at which they are compared."""

AGAINST = "against-"
"""What the files of the other scenario begin with, in a folder of an explanation of two."""

Hits = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """What is to be explained: the second less the first, two processes of a scenario or one process of two scenarios.

    ``place`` is where two processes of one scenario are compared; ``issues`` are those whose texts count.
    """

    scenarios: tuple[Scenario, Scenario]
    processes: tuple[str, str]
    metric: str
    issues: tuple[str, ...]
    groups: tuple[Group, ...]
    place: Place | None = None

    def cases(self) -> Iterator[tuple[Scenario, list[str]]]:
        """Scenarios with the processes to run in each: the two as they are, then all hybrids in the order of masks."""
        yield self.scenarios[0], [self.processes[0]]
        yield self.scenarios[1], [self.processes[1]]
        if self.place is None:
            yield from mixtures(*self.scenarios, self.processes[0], self.groups)
        else:
            yield from hybrids(self.scenarios[0], self.place, self.groups)


@dataclass(frozen=True, repr=False)
class Explanation(Findings):
    """What each group of levers has of the difference between two processes.

    ``table`` has a row per group, the greatest first: its ``levers``, what they are in the ``first`` and the ``second`` process,
    its ``share``, and what it does changed first of all (``alone``) and last of all (``last``); each with Monte-Carlo bounds and
    what the assumptions leave open. A last row, where there is any, holds all else. ``summary`` has the first process, the
    second and the difference; ``moments`` what of the difference at the table goes back to coming, agreeing, ratifying and
    keeping, with both processes' rates; ``hybrids`` the share of worlds of every hybrid, with a column per group.
    """

    kind = "explanation"

    scenario: Scenario
    asked: Asked
    table: pd.DataFrame
    summary: pd.DataFrame
    moments: pd.DataFrame
    hybrids: pd.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {SHARES: self.table, SUMMARY: self.summary, MOMENTS_FILE: self.moments, HYBRIDS: self.hybrids}

    def documents(self) -> dict[str, str]:
        """The other scenario, where it is of two."""
        return {} if self.asked.place is not None else archive.pack(self.asked.scenarios[1], AGAINST)

    def how_made(self) -> dict[str, Any]:
        """The manifest of the folder that it is saved to."""
        other = self.asked.scenarios[1]
        more = {"against_pinned": sorted(other.pinned), "against_evidence": other.file.evidence}
        return self.manifest | ({} if self.asked.place is not None else more)

    def asked_of(self) -> Scenario:
        """The scenario that is saved with it."""
        return self.scenario


def explain(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    scenario: Scenario,
    first: str,
    second: str | None = None,
    *,
    against: Scenario | None = None,
    metric: str = "agreed",
    issue: str | None = None,
    worlds: int = DEFAULT_WORLDS,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    parts: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """What each group of levers has of the difference between two processes, the second less the first.

    With ``against``, another scenario, the process ``first`` is compared with itself there, and the difference is shared out over
    the parts in which the two scenarios differ. ``metric`` is agreed, came, ratified or in_force_end, on the issues that both are
    about or on one ``issue``. Finished parts are kept in the folder ``parts``, if one is named, from where the same study goes
    on. Raises ScenarioError for a process, metric or issue that there is not, and for two that have no issue in common or do
    not differ.
    """
    seed, jobs, worlds = seed_of(seed), jobs_of(jobs), worlds_of(worlds)
    asked = ask(scenario, first, second, against=against, metric=metric, issue=issue)
    cases = list(asked.cases())
    asked_for = [*(one.hash for one in asked.scenarios), engine(), asked.processes, asked.issues, seed]
    study = Parts(json.dumps(asked_for), None if parts is None else Path(parts))
    tasks = [(case, block, count) for block, count in spans(worlds) for case in cases]
    calls = (partial(_kept, study, case, asked.issues, (seed, block, count)) for case, block, count in tasks)
    found: list[list[Hits]] = [[] for _ in cases]
    done, total = 0, worlds * sum(len(names) for _, names in cases)
    for place, hits in enumerate(in_order(calls, jobs=jobs)):
        found[place % len(cases)].append(hits)
        done += hits.shape[0] * hits.shape[2]
        if progress is not None:
            progress(done, total)
    whole = [np.concatenate(blocks, axis=2) for blocks in found]
    columns = drawn_in(scenario, seed, worlds)
    said = manifest_of(asked, worlds=worlds, seed=seed)
    return _found(asked, (np.concatenate(whole[:2]), np.concatenate(whole[2:])), columns, said)


def ask(  # noqa: PLR0913 - what an explanation is asked for
    scenario: Scenario, first: str, second: str | None, *, against: Scenario | None, metric: str, issue: str | None
) -> Asked:
    """What is to be explained, checked. Raises ScenarioError."""
    scenario = scenario_of(scenario)
    if metric not in METRICS:
        raise refuse("metric", f"unknown metric {shown(metric)}{hint(str(metric), METRICS)}")
    if (second is None) == (against is None):
        got = "neither a second process nor" if second is None else "both a second process and"
        raise refuse("against", f"got {got} another scenario; expected one of them")
    names = scenario.choose_processes([first] if second is None else [first, second])
    if against is not None:
        return _beside(scenario, scenario_of(against), names[0], (metric, issue or ""))
    if len(names) < 2:
        raise refuse("processes", f"got {first} twice, expected two different ones")
    place = place_of(scenario.file, (names[0], names[1]), issue or "")
    groups = groups_of(scenario.file, place.tables)
    return Asked((scenario, scenario), (names[0], names[1]), metric, place.issues, tuple(groups), place)


def _beside(first: Scenario, second: Scenario, process: str, question: tuple[str, str]) -> Asked:
    """One process in two scenarios, on the issues that it is for in both."""
    second.choose_processes([process])
    metric, issue = question
    ours, theirs = ((agenda if issue else headline)(one.file, process) for one in (first, second))
    issues = [name for name in ours if name in theirs and (not issue or name == issue)]
    if not issues:
        wanted = f"issue {issue} on its tables" if issue else "issue"
        raise refuse("issue" if issue else "against", f"{process} has no {wanted} in common in the two scenarios")
    groups = differences(first, second)
    if not groups:
        raise refuse("against", "the two scenarios differ in nothing that moves an outcome; expected two that differ")
    return Asked((first, second), (process, process), metric, tuple(issues), tuple(groups))


def manifest_of(asked: Asked, *, worlds: int, seed: int) -> dict[str, Any]:
    """What is needed to make an explanation again."""
    of = {"processes": list(asked.processes), "metric": asked.metric, "issue": " ".join(asked.issues)}
    other = {"against": asked.scenarios[1].hash, "against_title": asked.scenarios[1].file.title} if asked.place is None else {}
    return manifest(asked.scenarios[0], kind="explanation", seed=seed, worlds=worlds, **of, **other)


def _kept(study: Parts, case: tuple[Scenario, list[str]], issues: Sequence[str], which: tuple[int, int, int]) -> Hits:
    """How far each process got with the issues asked about, ``(processes, metrics, worlds)``; read, if that was run before."""
    return study.of([case[0].hash, case[1], which], lambda: _run(case, issues, which))


def _run(case: tuple[Scenario, list[str]], issues: Sequence[str], which: tuple[int, int, int]) -> Hits:
    (scenario, names), found = case, []
    for name in names:
        piece = run_block(scenario, name, *which)
        got = reached(piece.rows, issues)
        found.append([got[metric].reshape(-1, piece.worlds).any(axis=0) for metric in MOMENTS])
    return np.array(found)


def _found(asked: Asked, hits: tuple[Hits, Hits], drawn: Drawn, said: dict[str, Any]) -> Explanation:
    """The findings, from how far the two got ``(2, metrics, worlds)``, and all hybrids ``(masks, metrics, worlds)``."""
    at, count = MOMENTS.index(asked.metric), len(asked.groups)
    own, values = (some[:, at].astype(np.int64) for some in hits)
    shape = (count, values.shape[1])
    columns = {
        "share": np.array(shapley(list(values), count)).reshape(shape),
        "alone": np.array([values[1 << n] - values[0] for n in range(count)]).reshape(shape),
        "last": np.array([values[-1] - values[-1 - (1 << n)] for n in range(count)]).reshape(shape),
    }
    told = [figures(name, values_of, drawn) for name, values_of in columns.items()]
    rows = [_words(group) | parts[0] | parts[1] | parts[2] for group, *parts in zip(asked.groups, *told, strict=True)]
    rows.sort(key=lambda row: -abs(row["share"]))
    rest = (own[1] - own[0]) - (values[-1] - values[0])
    if rest.any():
        rows += [{"group": ELSEWHERE, "levers": "", "first": "", "second": "", **figures("share", rest[None], drawn)[0]}]
    names = ["group", "levers", "first", "second", *(f"{name}{end}" for name in columns for end in ENDS)]
    of = pd.DataFrame({"of": ["first", "second", "difference"], "process": [*asked.processes, ""]})
    rows_of = figures("share", own, drawn, of_worlds=True) + figures("share", (own[1] - own[0])[None], drawn)
    return Explanation(
        asked.scenarios[0], asked, pd.DataFrame(rows, columns=names), pd.concat([of, pd.DataFrame(rows_of)], axis=1),
        _moments(hits[1][[0, -1], : at + 1], drawn), _hybrids(asked, values, drawn), said,
    )  # fmt: skip


def _words(group: Group) -> dict[str, Any]:
    first, second = ({lever: json.loads(value) for lever, value in own.items()} for own in (group.first, group.second))
    return {"group": group.name, "levers": " ".join(group.first), "first": json.dumps(first), "second": json.dumps(second)}


def _moments(hits: Hits, drawn: Drawn) -> pd.DataFrame:
    """A row per moment up to the one asked about: its part of the difference at the table, and the rates of both."""
    parts, values = parts_by_moment(hits)
    rows: list[dict[str, Any]] = []
    for place, told in enumerate(figures("share", values, drawn)):
        rows.append({"moment": MOMENTS[place], **told, "share": parts[place]})
        for name, own in zip(("first_rate", "second_rate"), hits, strict=True):
            before = own[place - 1] if place else np.ones_like(own[0])
            rows[-1][name] = float(own[place].sum() / before.sum()) if before.any() else np.nan
    return pd.DataFrame(rows)


def _hybrids(asked: Asked, values: NDArray[np.int64], drawn: Drawn) -> pd.DataFrame:
    """A row per hybrid: for each group whose it is, and the share of worlds."""
    of = asked.processes if asked.place is not None else ("first", "second")
    whose = [{g.name: of[mask >> n & 1] for n, g in enumerate(asked.groups)} for mask in range(len(values))]
    shares = pd.DataFrame(figures("share", values, drawn, of_worlds=True))
    return pd.concat([pd.DataFrame(whose, index=range(len(values))), shares], axis=1)
