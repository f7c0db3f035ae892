"""The conditions under which the ranking of two processes turns, from whatever there is: ``sim.discover``.

A comparison gives a point per world: what was drawn, and the paired difference of the two processes in it. Luck is
in every one of them, so boxes are peeled by the mean difference, and densities, which count single worlds, stay
low. A sweep gives a point per point of its design, where the difference is a mean over many worlds; so does a
table of points and means that is handed over as it is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.scenario.arguments import jobs_of, names_of, seed_of, whole, worlds_of
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario, scenario_of
from sim.study.alike import check_alike
from sim.study.compare import DEFAULT_SEED, Progress, Result, compare, manifest
from sim.study.exploration.discovery import Discovery, find_boxes, prim_library
from sim.study.exploration.given import metrics
from sim.study.manifests import RunFolderError, read_manifest
from sim.study.outcomes import issue_rows, process_rows
from sim.study.stored import read
from sim.study.sweeps.gather import Sweep
from sim.study.sweeps.ranking import LESS_IS_BETTER, UNPAIRED, check_points, figures
from sim.study.sweeps.store import TABLE, read_store

WORLDS = 4000
"""Worlds that are run of a scenario: half of them to find a box in, half to count it in."""

MOST_BOXES = 100

DRAWN = "parameter:"

KEPT = ("kind", "scenario", "scenario_hash", "seed", "worlds", "study")
"""What the manifest of a discovery says of the run or the sweep it was made from."""

Source = Scenario | Result | Sweep | str | os.PathLike[str] | tuple[pd.DataFrame, Any]


def discover(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    source: Source,
    *,
    processes: Sequence[str] | None = None,
    metric: str = "agreed",
    issue: str = "",
    noisy: bool | None = None,
    boxes: int = 3,
    worlds: int = WORLDS,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Discovery:
    """Boxes of assumptions in which the ranking of two processes turns, by PRIM.

    ``source`` is a scenario (``worlds`` of it are run), the result of a comparison, a sweep, the folder that either
    was saved to, or a tuple of parameters (a DataFrame, a row per point) and differences (first process minus
    second, or truth values: is it turned), such as points of a sensitivity analysis with several lucks each.
    ``processes`` are the two, by default the first two. ``noisy``: whether points are single worlds, or few, and
    not means over many (None: it goes by the source). At most ``boxes`` boxes are looked for.
    ``progress`` is called with worlds done and in all where a scenario is run. Raises ScenarioError for wrong input,
    StudyError without the EMA Workbench, RunFolderError for a damaged run.
    """
    worlds, seed, jobs = worlds_of(worlds), seed_of(seed), jobs_of(jobs)
    boxes = whole("boxes", boxes, least=1, most=MOST_BOXES)
    prim_library()  # before anything is run
    if isinstance(source, tuple):
        first, second = _two(processes, list(processes or ("first", "second")))
        return find_boxes(*source, names=(first, second), noisy=bool(noisy), boxes=boxes, seed=seed)
    if isinstance(source, (str, os.PathLike)):
        source = opened(Path(source))
    elif not isinstance(source, (Result, Sweep)):
        source = scenario_of(source)
    asked = wanted(
        source, processes=processes, metric=metric, issue=issue, noisy=noisy, boxes=boxes, worlds=worlds, seed=seed
    )  # fmt: skip
    if isinstance(source, Scenario):
        two = source.choose_processes(_two(processes, list(source.file.processes)))
        source = compare(source, worlds=worlds, seed=seed, processes=two, jobs=jobs, progress=progress)
    names = asked["processes"][0], asked["processes"][1]
    if isinstance(source, Result):
        parameters, difference = _of_worlds(source, names, metric, issue)
    else:
        check_points(source.table, names, metric=metric, issue=issue)
        parameters, difference = _of_points(source, names, metric, issue)
    sign = -1.0 if metric in LESS_IS_BETTER else 1.0
    found = find_boxes(parameters, sign * difference, names=names, noisy=asked["noisy"], boxes=boxes, seed=seed)
    found.manifest.update(asked)
    return found


def _two(asked: Sequence[str] | None, known: list[str]) -> tuple[str, str]:
    names = names_of("processes", asked) if asked is not None else known[:2]
    for name in names:
        if name not in known:
            raise refuse("processes", f"unknown process {name}{hint(name, known)}")
    if len(set(names)) != 2 or len(names) != 2:
        raise refuse("processes", f"got {shown(names)}, expected two")
    return names[0], names[1]


def wanted(  # noqa: PLR0913 - what is looked for
    source: Scenario | Result | Sweep,
    *,
    processes: Sequence[str] | None = None,
    metric: str = "agreed",
    issue: str = "",
    noisy: bool | None = None,
    boxes: int = 3,
    worlds: int = WORLDS,
    seed: int = DEFAULT_SEED,
) -> dict[str, Any]:
    """What makes a discovery another one, known before anything is run. Raises ScenarioError, also for what cannot be found."""
    if metric == UNPAIRED:
        raise refuse("metric", f"{metric} has no paired difference in every world; expected a share or a mean, such as agreed")
    if isinstance(source, Scenario):
        names = _two(processes, list(source.file.processes))
        said = manifest(source, kind="comparison", seed=seed, worlds=worlds)
        if issue and issue not in source.file.issues:
            raise refuse("issue", f"unknown issue {shown(issue)}{hint(issue, source.file.issues)}")
        if metric not in (known := metrics(source, issue)):
            raise refuse("metric", f"unknown metric {shown(metric)}{hint(metric, known)}")
    else:
        names = _two(processes, source.processes if isinstance(source, Result) else list(source.manifest["processes"]))
        said = source.manifest
    if not isinstance(source, Sweep):
        check_alike(source if isinstance(source, Scenario) else source.scenario, names, metric=metric, issue=issue)
    kept = {key: said[key] for key in KEPT if key in said}
    single = not isinstance(source, Sweep) if noisy is None else noisy
    return {
        "kind": "discovery", "source": kept, "processes": list(names), "metric": metric, "issue": issue, "seed": seed,
        "boxes": boxes, "noisy": single,
    }  # fmt: skip


def opened(folder: Path) -> Result | Sweep:
    """The sweep or the comparison in a folder, its scenario checked. Raises RunFolderError, StudyError."""
    try:
        kind = read_manifest(folder)["kind"]
    except (OSError, RunFolderError):
        kind = None  # reading it as a run says what is wrong
    if kind != "sweep":
        return read(folder)
    store = read_store(folder)
    store.check_scenario()
    return Sweep(folder, 0 if (folder / TABLE).exists() else store.points * store.chunks, store.manifest)


def _of_worlds(result: Result, names: tuple[str, str], metric: str, issue: str) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """What was drawn in each world, ``(worlds, parameters)``, and the difference in it, ``(worlds,)``."""
    first, second = (_per_world(result, name, metric, issue) for name in names)
    worlds = result.worlds
    drawn = worlds[(worlds["process"] == names[0]) & (worlds["table"] == result.scenario.file.processes[names[0]].tables[0])]
    parameters = drawn[[c for c in drawn if str(c).startswith(DRAWN)]]
    return parameters.rename(columns=lambda c: c.removeprefix(DRAWN)).reset_index(drop=True), first - second


def _per_world(result: Result, name: str, metric: str, issue: str) -> NDArray[np.float64]:
    """A metric in every world of a process, ``(worlds,)``."""
    rows = result.outcomes(name).reset_index(drop=True)
    scenario = result.scenario
    frame = issue_rows(rows, scenario).get(issue, pd.DataFrame()) if issue else process_rows(rows, scenario)
    if metric not in frame:
        what = f"{metric} of issue {issue}" if issue else metric
        raise refuse("metric", f"the worlds of {name} do not hold {what}{hint(metric, list(frame))}")
    return np.asarray(frame[metric].to_numpy(dtype=float))


def _of_points(sweep: Sweep, names: tuple[str, str], metric: str, issue: str) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The varied values of each point, ``(points, paths)``, and the difference there, ``(points,)``."""
    rows = figures(sweep.table, metric, issue)
    wide = rows.pivot(index="point", columns="process", values="estimate").reindex(columns=list(names))
    paths = list(sweep.manifest["points"]["paths"])
    values = rows.drop_duplicates("point").set_index("point").loc[wide.index, paths].reset_index(drop=True)
    return values, (wide[names[0]] - wide[names[1]]).to_numpy(dtype=float)
