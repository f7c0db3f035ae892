"""Which assumptions move the difference between two processes.

Three ways, from cheap to dear:

* ``given``: from the draws that a run already has, at no further cost. Every assumption at once.
* ``morris``: every assumption goes through its range from a few starting points. A screening.
* ``sobol``: a screening by ``given``, then shares of variance for the assumptions that came out on top; the
  rest is drawn as usual.

Two parameters that are no assumptions are reported beside them. The ``dummy`` enters nothing: with common
random numbers it comes out at zero in ``morris`` and ``sobol``, and in ``given`` shows what chance alone does.
``luck`` (in ``morris`` and ``sobol``) is which worlds' luck a point got: what chance still does with so few
lucks a point. More lucks make it smaller.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from sim.model.draws import Draws, spans
from sim.model.layout import Array
from sim.scenario.arguments import jobs_of
from sim.scenario.evidence import uncertain
from sim.scenario.meaning import meaning
from sim.scenario.problems import hint, refuse
from sim.scenario.scenario import Scenario, scenario_of
from sim.study.compare import DEFAULT_SEED, Progress, Result, manifest, run_block
from sim.study.exploration import indices
from sim.study.exploration.given import DUMMY, LUCK, outcome, quantities, ranges
from sim.study.exploration.handover import DEFAULT_LUCKS, DEFAULT_METRIC
from sim.study.exploration.indices import HEADLINE, MEANING, UNBIASED, Found
from sim.study.exploration.inquiry import SCREENING, Inquiry, ask
from sim.study.findings import Findings
from sim.study.history.priors import contraction
from sim.study.saving import SENSITIVITY, check_target
from sim.study.stored import read
from sim.study.workers import in_order
from sim.study.writing import StudyError

COLUMNS = (
    "method", "metric", "issue", "process", "base", "parameter", "role", "index", "estimate", "low", "high",
    "range_low", "range_high", "contraction", "meaning",
)  # fmt: skip
"""Of ``Sensitivity.table`` and of ``sensitivity.csv``."""


NO_ASSUMPTION = {DUMMY: "enters nothing: what chance alone does", LUCK: "which worlds' luck a point got"}


@dataclass(frozen=True, repr=False)
class Sensitivity(Findings):
    """What moves the difference ``process - base``.

    ``table`` has a row per method, parameter and index: the estimate with its 95% interval, and the ends of the
    parameter's range (of the factor where its range is relative), how far the record contracted its prior (NaN: the
    record was not asked) and what it means. Parameters are in order of the method's
    headline index, dummy and luck at the end (``role``).
    """

    kind = "sensitivity"

    scenario: Scenario
    table: pd.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The method asked for; a screening before it stands in the table as well."""
        return str(self.manifest["method"])

    def ranked(self, method: str | None = None) -> pd.DataFrame:
        """The rows of the headline index, assumptions first and the greatest first among them."""
        method = method or self.method
        return self.table[(self.table["method"] == method) & (self.table["index"] == HEADLINE[method])].reset_index(drop=True)

    def clear(self, method: str | None = None) -> list[str]:
        """Assumptions whose interval leaves out zero, the greatest first; one in twenty to forty would by chance alone.

        The index is the one that chance does not push to one side: effect, mu, S1.
        """
        method = method or self.method
        return _told(self.table[self.table["method"] == method], method)

    def explain(self) -> dict[str, str]:
        """What each index in the table says, in one line."""
        pairs = self.table[["method", "index"]].drop_duplicates().itertuples(index=False)
        return {f"{method} {index}": MEANING[method, index] for method, index in pairs}

    def tables(self) -> dict[str, pd.DataFrame]:
        """The table by the name of its file."""
        return {SENSITIVITY: self.table}

    def asked_of(self) -> Scenario:
        """The scenario that is saved with it."""
        return self.scenario


def sensitivity(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    source: Scenario | Result | str | os.PathLike[str],
    *,
    processes: Iterable[str] | None = None,
    metric: str = DEFAULT_METRIC,
    issue: str | None = None,
    method: str = "given",
    n: int | None = None,
    lucks: int = DEFAULT_LUCKS,
    parameters: Iterable[str] | int | None = None,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    progress: Progress | None = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Sensitivity:
    """Which assumptions move the difference between two processes (the second less the first).

    ``source`` is a scenario; or, for method "given", a comparison or the folder that one was written to: its
    draws are used and nothing is run. ``metric`` and ``issue`` are those of a comparison's summary. ``n`` is the
    number of worlds ("given"), of trajectories ("morris") or of base points ("sobol", a power of two), and
    ``lucks`` the worlds that are run at each point of the last two. ``parameters`` is a list of names, or how
    many of the greatest to look at (for "sobol" those that a screening finds, by default 12).
    With ``out`` it is saved there, as by ``save``. Raises ScenarioError for wrong input, StudyError where nothing
    varies, RunFolderError for a folder.
    """
    jobs = jobs_of(jobs)
    path = source if isinstance(source, (str, os.PathLike)) else None
    run = source if isinstance(source, Result) else read(path) if path is not None else scenario_of(source)
    asked = inquiry_of(
        run, processes=processes, metric=metric, issue=issue, method=method, n=n, lucks=lucks, parameters=parameters, seed=seed
    )  # fmt: skip
    result = run if isinstance(run, Result) else None
    if out is not None:
        check_target(out, manifest_of(asked), force=force, source=path)
    found = _from_draws(asked, result, jobs, progress) if method == "given" else _from_points(asked, jobs, progress)
    if out is not None:
        found.save(out, force=force)
    return found


def inquiry_of(run: Scenario | Result, *, method: str = "given", **asked: Any) -> Inquiry:
    """What is asked of a scenario, or of the draws of a run; arguments as of ``ask``. Raises ScenarioError."""
    if not isinstance(run, Result):
        return ask(run, method=method, **asked)
    if method != "given":
        raise refuse("method", f"{method} runs points of its own; expected a scenario rather than a run, or method given")
    processes = asked.pop("processes", None)
    own = {"n": run.count, "seed": run.seed, "processes": run.processes if processes is None else processes}
    return ask(run.scenario, method=method, **{**asked, **own})


# ---------------------------------------------------------------- from the draws of a run


def _from_draws(asked: Inquiry, result: Result | None, jobs: int, progress: Progress | None) -> Sensitivity:
    every = tuple(quantities(asked.scenario))
    drawn, values = _run(asked, jobs, progress) if result is None else _from_run(asked, result, every)
    y = values[asked.processes[1]] - values[asked.processes[0]]
    _check_varies(asked, y)
    x = np.column_stack([*(drawn[name] for name in every), _dummy(asked.n, asked.seed)])
    names = (*every, DUMMY)
    effects = indices.effects(_problem(asked, names), x, y)
    sizes = _rows(asked, "given", names, effects)
    kept = tuple(str(name) for name in _kept(sizes, asked.names, asked.top)["parameter"])
    columns = [names.index(name) for name in kept]
    found = {index: (v[columns], low[columns], high[columns]) for index, (v, low, high) in effects.items()}
    found |= indices.first_order(x[:, columns], y, asked.seed)
    rows = _rows(asked, "given", kept, found)
    whole = _kept(sizes, asked.names, None)
    return Sensitivity(asked.scenario, rows, _manifest(asked, whole, explained=indices.explained(x[:, :-1], y)))


def _run(asked: Inquiry, jobs: int, progress: Progress | None) -> tuple[dict[str, Array], dict[str, Array]]:
    """The worlds of a comparison: what was drawn, and the outcome by process, ``(worlds,)`` each."""
    sizes = spans(asked.n)
    tasks = [(process, b, size) for b, size in sizes for process in asked.processes]
    drawn: dict[str, list[Array]] = {}
    values: dict[str, list[Array]] = {process: [] for process in asked.processes}
    done = 0
    parts = (partial(run_block, asked.scenario, process, asked.seed, b, size) for process, b, size in tasks)
    for piece in in_order(parts, jobs=jobs):
        values[piece.process].append(outcome(piece.rows, asked.scenario, asked.metric, asked.issue))
        if piece.process == asked.processes[0]:
            for name, column in piece.drawn.items():
                drawn.setdefault(name, []).append(column)
        done += piece.worlds
        if progress is not None:
            progress(done, asked.worlds)
    whole = ({k: np.concatenate(v) for k, v in parts.items()} for parts in (drawn, values))
    return next(whole), next(whole)


def _from_run(asked: Inquiry, result: Result, every: tuple[str, ...]) -> tuple[dict[str, Array], dict[str, Array]]:
    """The same from the tables of a run that is there."""
    values = {}
    for process in asked.processes:
        if process not in result.processes:
            raise refuse("processes", f"the run has no process {process}{hint(process, result.processes)}")
        values[process] = outcome(result.outcomes(process), asked.scenario, asked.metric, asked.issue)
    first = result.worlds.drop_duplicates("world").sort_values("world")
    if missing := [name for name in every if f"parameter:{name}" not in first]:
        raise StudyError(f"the run has no draws of {missing[0]}; expected a run of this version of gobetween")
    return {name: first[f"parameter:{name}"].to_numpy(dtype=float) for name in every}, values


def _dummy(worlds: int, seed: int) -> Array:
    """A parameter that enters nothing, drawn as the others are, ``(worlds,)``."""
    return Draws(seed, 0, worlds).uniform("sensitivity", DUMMY).astype(np.float64)


# ---------------------------------------------------------------- from points of its own


def _from_points(asked: Inquiry, jobs: int, progress: Progress | None) -> Sensitivity:
    names, parts, before = asked.names, [], 0

    def tick(done: int, _: int) -> None:
        if progress is not None:
            progress(before + done, asked.worlds)

    if asked.screened:
        first = _from_draws(replace(asked, method="given", n=SCREENING, top=None), None, jobs, tick)
        parts, before = [first.table], 2 * SCREENING
        names = tuple(first.ranked()["parameter"][: asked.top])
    handed = asked.handover((*names, DUMMY, LUCK), jobs)
    make = indices.morris_points if asked.method == "morris" else indices.sobol_points
    x = make(handed.problem, asked.n, asked.seed)
    y = handed.of(handed.trial.run(handed.names, x, jobs=jobs, progress=tick))
    _check_varies(asked, y)
    if asked.method == "morris":
        found = indices.morris(handed.problem, x, y, asked.seed)
    else:
        found = indices.sobol(handed.problem, y, asked.seed)
    whole = _rows(asked, asked.method, handed.names, found)
    parts.append(_kept(whole, names, asked.top))
    return Sensitivity(asked.scenario, pd.concat(parts, ignore_index=True), _manifest(asked, whole))


# ---------------------------------------------------------------- tables


def _told(rows: pd.DataFrame, method: str) -> list[str]:
    rows = rows[(rows["index"] == UNBIASED[method]) & (rows["role"] == "assumption")]
    told = (rows["low"] > 0) | ((rows["high"] < 0) & (method != "sobol"))
    return [str(name) for name in rows.loc[told, "parameter"]]


def _problem(asked: Inquiry, names: tuple[str, ...]) -> Mapping[str, Any]:
    return asked.handover(names).problem


def _check_varies(asked: Inquiry, y: Array) -> None:
    if np.ptp(y) == 0:
        what = f"{asked.metric} on {asked.issue}" if asked.issue else asked.metric
        raise StudyError(
            f"the difference in {what} is {y[0]:g} everywhere: nothing moves it; expected another metric or more worlds"
        )


def _rows(asked: Inquiry, method: str, names: tuple[str, ...], found: Found) -> pd.DataFrame:
    """The rows of one method, in order."""
    span = ranges(asked.scenario, names)
    size = np.abs(found[HEADLINE[method]][0])
    last = np.array([name in (DUMMY, LUCK) for name in names])
    order = np.lexsort((np.arange(len(names)), -size, last))
    known = uncertain(asked.scenario)
    learned = {name: contraction(name) for name in names if name in known and known[name].learned is not None}
    said = {name: (learned.get(name, math.nan), NO_ASSUMPTION.get(name) or meaning(asked.scenario, name)) for name in names}
    rows = [
        (
            method, asked.metric, asked.issue, asked.processes[1], asked.processes[0], names[k],
            names[k] if last[k] else "assumption", index, *(part[k] for part in parts), *span[k], *said[names[k]],
        )
        for k in order
        for index, parts in found.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _kept(rows: pd.DataFrame, names: tuple[str, ...], top: int | None) -> pd.DataFrame:
    """The rows of the assumptions asked for, at most ``top`` of them, and those that are none."""
    there = [name for name in rows["parameter"].unique() if name in names][:top]
    return rows[rows["parameter"].isin([*there, DUMMY, LUCK])].reset_index(drop=True)


def manifest_of(asked: Inquiry) -> dict[str, Any]:
    """What is needed to make a study of sensitivity again."""
    return manifest(
        asked.scenario, kind="sensitivity", seed=asked.seed, worlds=asked.worlds // 2, processes=list(asked.processes),
        method=asked.method, metric=asked.metric, issue=asked.issue, n=asked.n,
        lucks=None if asked.method == "given" else asked.lucks, stages=asked.stages,
        screening="given" if asked.screened else None, parameters=[*asked.names, *([asked.top] if asked.top else [])],
    )  # fmt: skip


def _manifest(asked: Inquiry, whole: pd.DataFrame, **more: Any) -> dict[str, Any]:
    """What was asked and, of all assumptions that the method looked at, how many are told from zero."""
    looked = whole.loc[whole["role"] == "assumption", "parameter"].unique().tolist()
    found = manifest_of(asked) | dict(
        looked_at=len(looked), told_from_zero=len(_told(whole, asked.method)), **more,
        meaning={f"{method} {index}": words for (method, index), words in MEANING.items() if method in asked.stages},
    )  # fmt: skip
    found["versions"]["SALib"] = version("SALib")
    return found
