"""Parts of a study handed to worker processes on this machine: one place for how these start, are lost and end.

A part is a call without arguments, such as ``functools.partial(run_block, scenario, "talks", 1, 0, 100)``. With one job
it is run here. A worker has one thread for linear algebra (a second one only spins on matrices as small as ours), is
deaf to Ctrl-C, which is for whoever handed out the work, and ends soon after that process has ended, however it did.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, TypeVar

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError

from sim.model.compiling import once
from sim.scenario.problems import GoBetweenWarning
from sim.study.writing import StudyError

T = TypeVar("T")
Part = Callable[[], T]

ATTEMPTS = 2
"""How often parts are handed out when a worker is killed under them."""

LOOK_EVERY = 0.5
"""Seconds between two looks of a worker whether its parent is still there."""

KILLED = re.compile(r"\{(.+?)\}")


class WorkerWarning(GoBetweenWarning):
    """A worker process was killed, and its parts are run again."""


def as_finished(parts: Iterable[Part[T]], *, jobs: int, say: Callable[[str], None] | None = None) -> Iterator[tuple[int, T]]:
    """The number of each part, counted from 0, and what it gave, in whatever order they are finished.

    ``parts`` is read as workers become free. Parts under which a worker is killed are handed out once more, of which ``say``
    hears, by default as a WorkerWarning. Raises StudyError if that happens again, and whatever a part raises.
    """
    if jobs > 1:
        once()
    waiting: dict[int, Part[T]] = {}
    source = iter(enumerate(parts))
    for attempt in range(1, ATTEMPTS + 1):
        lost = [*waiting.items()]
        results = _started(chain(lost, source), waiting, jobs)
        try:
            for place, result in results:
                del waiting[place]
                yield place, result
        except TerminatedWorkerError as error:
            found = KILLED.search(str(error))
            name = f"a worker process was killed{f' ({found[1]})' if found else ''}"
            if attempt == ATTEMPTS:
                why = "as one was before it under the same work; perhaps there is too little memory: expected fewer jobs"
                raise StudyError(f"{name}, {why}") from None
            (say or _warn)(f"{name}; what it was at is run again")
        else:
            return
        finally:
            with warnings.catch_warnings():  # the library says that what was still running is given up: that is meant
                warnings.filterwarnings("ignore", r"\d+ tasks (have|which were) ", UserWarning, module=r"joblib\.parallel$")
                results.close()


def in_order(parts: Iterable[Part[T]], *, jobs: int) -> Iterator[T]:
    """What each part gave, in their order. Raises as ``as_finished``."""
    ahead: dict[int, T] = {}
    wanted = 0
    with contextlib.closing(as_finished(parts, jobs=jobs)) as found:  # type: ignore[type-var]  # it is a generator
        for place, result in found:
            ahead[place] = result
            while wanted in ahead:
                yield ahead.pop(wanted)
                wanted += 1


def _started(parts: Iterable[tuple[int, Part[T]]], waiting: dict[int, Part[T]], jobs: int) -> Any:
    """A generator of (number, result); ``waiting`` holds what is handed out and not back."""

    def calls() -> Iterator[Any]:
        for place, part in parts:
            waiting[place] = part
            yield delayed(_numbered)(place, part)

    with parallel_config(backend="loky", inner_max_num_threads=1, initializer=_follow, initargs=(os.getpid(),)):
        pool = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    with _interrupts_held():
        return pool(calls())


def _numbered(place: int, part: Part[T]) -> tuple[int, T]:
    return place, part()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C and a closed terminal wait, and processes that are started meanwhile do not hear of them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _follow(parent: int) -> None:
    """Run as a worker starts: end when the process ``parent`` has ended, and leave Ctrl-C to it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name != "nt":  # elsewhere the number of a parent stays when the parent goes; workers end after some idle minutes
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


def _warn(line: str) -> None:
    warnings.warn(line, WorkerWarning, stacklevel=3)
