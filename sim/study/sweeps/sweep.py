"""Many points of a scenario, on the same worlds: ``sim.sweep``.

A sweep is cut into pieces (a point, all processes, a block of worlds). Workers do a piece, write it to the
store and forget it; what was finished stays, whatever happens, and is not done again.
"""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.scenario.problems import GoBetweenWarning, refuse, shown
from sim.scenario.scenario import Scenario, scenario_of
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS, Progress
from sim.study.sweeps.cluster import on_cluster
from sim.study.sweeps.design import Vary, make_design
from sim.study.sweeps.gather import Report, Sweep, gather
from sim.study.sweeps.pieces import Study, Task, do
from sim.study.sweeps.store import DamagedError, Store, open_store
from sim.study.workers import as_finished
from sim.study.writing import StudyError

KEPT = "what is finished is kept, and the same sweep goes on from there"
ADDRESS = re.compile(r"([a-z]+://)?(\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):[0-9]{1,5}")


class DamageWarning(GoBetweenWarning):
    """A piece of a store was damaged, and is done again."""


@dataclass(frozen=True)
class Means:
    """How a sweep is run; nothing here changes what it finds. ``part`` is (i, n): the i-th of n slices, from 1."""

    jobs: int = 1
    cluster: str | None = None
    part: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "jobs", jobs_of(self.jobs))
        if self.cluster is not None and not ADDRESS.fullmatch(self.cluster):
            raise refuse("cluster", f"got {shown(self.cluster)}, expected an address such as tcp://host:8786")

    def share(self, pieces: int) -> range:
        """The pieces that fall to this slice."""
        return range(pieces) if self.part is None else range(self.part[0] - 1, pieces, self.part[1])


def sweep(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    scenario: Scenario,
    vary: Vary,
    *,
    design: str | None = None,
    n: int | None = None,
    worlds: int = DEFAULT_WORLDS,
    seed: int = DEFAULT_SEED,
    processes: Iterable[str] | None = None,
    jobs: int = 1,
    out: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
    slice_: str | None = None,
    keep_worlds: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run processes on the same worlds at many points of a scenario.

    ``vary`` is a mapping of path to values (a list) or to a range (a tuple of low and high, or a mapping of
    low, high and n), or a list of points; ``design`` is grid, latin, sobol or points, and ``n`` how many
    points, or steps of a range in a grid. With ``out`` the pieces are kept in that folder, where the same
    call goes on from what is finished; another study there is replaced with ``force`` only. Otherwise all is held
    in memory. ``cluster`` is the address of a dask.distributed scheduler, ``slice_`` a share of the pieces such as
    "3/20". ``progress`` is called with worlds done and worlds in all. Raises ScenarioError for wrong input and
    StudyError for what stops a run.
    """
    means = Means(jobs, cluster, None if slice_ is None else parse_slice(slice_))
    study = make_study(scenario, vary, design=design, n=n, worlds=worlds, seed=seed, processes=processes, keep_worlds=keep_worlds)
    if out is not None:
        return run(study, Path(out), means, progress=progress, force=force)
    if means.part is not None:
        raise refuse("slice_", "a slice needs a folder that the others write to as well; expected out")
    with tempfile.TemporaryDirectory(prefix="gobetween-") as folder:
        found = run(study, Path(folder), means, progress=progress)
        kept = {"points": found.points, "table": found.table} | ({"worlds": found.worlds} if keep_worlds else {})
        return Sweep(None, 0, found.manifest, kept, scenario)


def make_study(  # noqa: PLR0913 - what a sweep is asked for
    scenario: Scenario,
    vary: Vary,
    *,
    design: str | None = None,
    n: int | None = None,
    worlds: int = DEFAULT_WORLDS,
    seed: int = DEFAULT_SEED,
    processes: Iterable[str] | None = None,
    keep_worlds: bool = False,
) -> Study:
    """What is asked for, checked. Raises ScenarioError."""
    scenario, worlds, seed = scenario_of(scenario), worlds_of(worlds), seed_of(seed)
    if not isinstance(keep_worlds, bool):
        raise refuse("keep_worlds", f"got {shown(keep_worlds)}, expected True or False")
    names = tuple(scenario.choose_processes(processes))
    points = make_design(scenario, vary, kind=design, n=n, seed=seed)
    return Study(scenario, points, worlds, seed, names, keep_worlds)


def parse_slice(text: str) -> tuple[int, int]:
    """``"3/20"`` as (3, 20). Raises ScenarioError."""
    first, _, second = str(text).partition("/")
    if first.isdecimal() and second.isdecimal() and len(text) < 20 and 1 <= int(first) <= int(second):
        return int(first), int(second)
    raise refuse("slice", f"got {shown(text)}, expected the number of the slice and of all, such as 3/20")


def run(  # noqa: PLR0913 - a study, where and how it is run, and who hears of it
    study: Study,
    folder: Path,
    means: Means | None = None,
    *,
    progress: Progress | None = None,
    report: Report | None = None,
    force: bool = False,
) -> Sweep:
    """Do what is missing of a study in its folder, and make the tables once nothing is.

    Takes what :func:`run_pieces` takes. Raises StudyError, ScenarioError.
    """
    found = run_pieces(study, folder, means, progress=progress, report=report, force=force)
    return found if means is not None and means.part is not None else gather(folder)


def run_pieces(  # noqa: PLR0913 - which study, where, by what means, and who hears of it
    study: Study,
    folder: Path,
    means: Means | None = None,
    *,
    progress: Progress | None = None,
    report: Report | None = None,
    force: bool = False,
) -> Sweep:
    """Do what is missing of a study, or of a slice of it, in its folder; the tables are not made yet.

    ``report`` hears of damaged pieces; by default as a DamageWarning. ``force`` replaces another study that is in the folder.
    Raises StudyError, ScenarioError.
    """
    means = means or Means()
    say = report or _warn
    store = open_store(folder, study, force=force)
    share = means.share(study.pieces)
    whole = study.worlds_in(share)
    todo = missing(store, share, say)
    done = whole - study.worlds_in(todo)
    if progress is not None:
        progress(done, whole)
    try:
        for worlds in _finished(study, store, todo, means, report):
            done += worlds
            if progress is not None:
                progress(done, whole)
    except StudyError as error:
        raise StudyError(f"{error}; {KEPT}") from error
    left = 0 if means.part is None else len(missing(store, range(study.pieces), lambda line: None))
    return Sweep(folder, left, store.manifest)


def missing(store: Store, share: range, say: Report) -> NDArray[np.int64]:
    """Numbers of the pieces that are not there, or damaged; the latter are reported."""

    def absent() -> Iterator[int]:
        for piece in share:
            point, chunk = divmod(piece, store.chunks)
            try:
                if not store.check(point, chunk):
                    yield piece
            except DamagedError as error:
                say(f"{store.piece(point, chunk)}: damaged: {error}; it is done again")
                yield piece

    return np.fromiter(absent(), dtype=np.int64)


def _warn(line: str) -> None:
    warnings.warn(line, DamageWarning, stacklevel=4)


def _finished(study: Study, store: Store, todo: NDArray[np.int64], means: Means, report: Report | None) -> Iterator[int]:
    """Do the pieces and yield the worlds of each as it is kept, in whatever order they are finished."""
    tasks = (study.task(int(piece)) for piece in todo)
    if not len(todo):
        return
    if means.cluster is not None:
        for finished in on_cluster(means.cluster, tasks):
            store.keep(finished)
            yield finished.tally.worlds * len(study.processes)
        return
    for _, worlds in as_finished((partial(_do_and_keep, task, store) for task in tasks), jobs=means.jobs, say=report):
        yield worlds


def _do_and_keep(task: Task, store: Store) -> int:
    """What a worker does: nothing but a number of worlds comes back."""
    store.keep(do(task))
    return task.worlds
