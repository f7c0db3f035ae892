"""A run beside another on the same draws, such as one line changed beside the unchanged: what differs, world by world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.model.layout import Array
from sim.scenario.scenario import Scenario
from sim.study.outcomes import issue_rows, mean, process_rows
from sim.study.tally import left_open

if TYPE_CHECKING:
    from sim.study.compare import Result

METRICS = ("came", "agreed", "ratified", "in_force_end", "worse_than_none")


def beside(changed: Result, base: Result) -> Result:
    """``changed`` with what differs from ``base``, a run of as many worlds with the same seed, in ``changes``.

    That has a row per process that is in both, metric and issue (empty for its headline issues): ``base``, ``estimate``
    and ``change``, with its Monte-Carlo interval ``low`` and ``high``, paired by world, and ``assumed_low`` and
    ``assumed_high`` for what the assumptions leave open.
    """
    keys, moved, rows = [], [], []
    for process in (name for name in changed.processes if name in base.processes):
        ours, theirs = (dict(_figures(run, process)) for run in (changed, base))
        for metric, issue in (place for place in ours if place in theirs):
            now, before = ours[metric, issue], theirs[metric, issue]
            keys.append((process, metric, issue))
            moved.append(now - before)
            found = mean(now - before)
            rows.append((float(before.mean()), float(now.mean()), found.estimate, found.low, found.high))
    frame = pd.DataFrame(keys, columns=["process", "metric", "issue"])
    frame[["base", "estimate", "change", "low", "high"]] = np.array(rows).reshape(-1, 5)
    frame["assumed_low"], frame["assumed_high"] = left_open(np.array(moved), base.drawn)
    against: dict[str, Any] = {"scenario": base.scenario.file.title, "scenario_hash": base.scenario.hash}
    against["changed"] = differing(base.scenario, changed.scenario)
    return replace(changed, changes=frame, manifest=changed.manifest | {"against": against})


def differing(base: Scenario, changed: Scenario) -> dict[str, list[Any]]:
    """Path to the value before and after, of all that differs between two scenario files.

    Where it is not written it is what goes without saying; None where nothing does.
    """
    written = [dict(_leaves(one.document.data)) for one in (base, changed)]
    unsaid = [dict(_leaves(one.file.model_dump(mode="json"))) for one in (base, changed)]
    found = {}
    for path in dict.fromkeys(path for own in written for path in own):
        values = [own.get(path, others.get(path)) for own, others in zip(written, unsaid, strict=True)]
        if values[0] != values[1]:
            found[path] = values
    return found


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, list(node) if isinstance(node, tuple) else node


def _figures(run: Result, process: str) -> Iterator[tuple[tuple[str, str], Array]]:
    """Per metric and issue the values by world, ``(worlds,)``."""
    rows = run.outcomes(process).sort_values(["table", "world"], kind="stable")
    for issue, frame in {"": process_rows(rows, run.scenario), **issue_rows(rows, run.scenario)}.items():
        for metric in METRICS:
            if metric in frame:
                yield (metric, issue), frame[metric].to_numpy(dtype=float)
