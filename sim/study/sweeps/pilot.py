"""How large a study is and how long it will take, from a small run of it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.study.exploration.given import quantities
from sim.study.exploration.inquiry import Inquiry
from sim.study.sweeps.gather import ROW_BYTES
from sim.study.sweeps.pieces import Study, do
from sim.study.sweeps.store import body_of, find_store
from sim.study.sweeps.sweep import Means, missing

WARM_UP = 8
PILOT_WORLDS = 2000


@dataclass(frozen=True)
class Plan:
    """What a sweep comes to: of its slice where it is one, and what is finished already."""

    points: int
    worlds: int
    pieces: int
    finished: int
    seconds: float
    bytes: int
    jobs: int

    @property
    def speed(self) -> float:
        """Worlds per second that were measured, with the workers asked for."""
        left = self.worlds * (1 - self.finished / self.pieces) if self.pieces else 0.0
        return left / self.seconds if self.seconds > 0 else 0.0


def plan(study: Study, folder: Path, means: Means) -> Plan:
    """Time one block of the study (a few worlds first, so that loading does not count) and multiply.

    Raises StudyError if the folder holds another study.
    """
    share = means.share(study.pieces)
    store = find_store(folder, study)
    todo = len(share) if store is None else len(missing(store, share, lambda line: None))
    task = study.task(0)
    first, size = task.blocks[0]
    do(replace(task, blocks=((first, min(WARM_UP, size)),), keep_worlds=False))
    one = replace(task, blocks=task.blocks[:1])
    start = time.perf_counter()
    done = do(one)
    seconds = time.perf_counter() - start
    piece = len(body_of(done.tally)) + len(done.worlds or b"") * len(task.blocks)
    table = len(done.tally.keys) * ROW_BYTES * study.design.count
    blocks = todo * len(task.blocks)
    return Plan(
        points=-(-len(share) // study.chunks), worlds=study.worlds_in(share), pieces=len(share), finished=len(share) - todo,
        seconds=seconds * blocks / workers(means), bytes=piece * len(share) + table,
        jobs=workers(means),
    )  # fmt: skip


def workers(means: Means) -> int:
    """Pieces done at a time, as far as is known without a cluster being asked."""
    if means.cluster is not None:
        return 1
    return means.jobs if means.jobs > 0 else os.cpu_count() or 1


def seconds(asked: Inquiry, jobs: int) -> float:
    """How long a study of sensitivity will run: a few points in the middle of all ranges, timed and multiplied."""
    names = tuple(quantities(asked.scenario))
    points = -(-PILOT_WORLDS // asked.lucks)
    trial = asked.handover(names).trial
    x = np.tile(np.mean(list(quantities(asked.scenario).values()), axis=1), (points, 1))
    trial.run(names, x[:1])
    start = time.perf_counter()
    trial.run(names, x)
    each = (time.perf_counter() - start) / (2 * points * asked.lucks)
    return asked.worlds * each / workers(Means(jobs))
