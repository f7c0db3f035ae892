"""The pieces of a study on a dask.distributed cluster: sent out a few at a time, fetched as they are finished.

Workers need the same gobetween and no common disk: what comes back is small, and whoever called writes it.
A worker that dies has its pieces done by another.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any

from sim.scenario.problems import ScenarioError
from sim.study.sweeps.pieces import Done, Task, do
from sim.study.writing import StudyError

ANSWER_WITHIN = 10.0
"""Seconds in which a cluster has to answer, and to have a worker."""

LOOK_EVERY = 5.0
LOST_AFTER = 60.0
"""Seconds without any worker after which a run gives up."""

RETRIES = 3
WAITING_PER_THREAD = 2


def on_cluster(address: str, tasks: Iterator[Task]) -> Iterator[Done]:
    """Do tasks on the cluster at ``address`` and yield each as it is finished. Raises StudyError, ScenarioError."""
    with _client(address) as client:
        threads = sum(client.nthreads().values())
        running: set[Any] = set()
        last_seen = time.monotonic()
        try:
            while True:
                room = max(WAITING_PER_THREAD * threads, 2) - len(running)
                running |= {client.submit(do, task, pure=False, retries=RETRIES) for task in islice(tasks, room)}
                if not running:
                    return
                finished = _wait(client, running)
                running -= finished
                for future in finished:
                    yield future.result()
                if not finished:
                    threads = sum(client.nthreads().values())
                last_seen = time.monotonic() if finished or threads else last_seen
                if time.monotonic() - last_seen > LOST_AFTER:
                    raise StudyError(f"{address}: all workers are gone")
        except (StudyError, ScenarioError, MemoryError):
            raise
        except Exception as error:
            raise StudyError(f"{address}: {_words(error)}") from error


def _wait(client: Any, running: set[Any]) -> set[Any]:
    distributed = import_module("distributed")
    try:
        with client.as_current():
            return set(distributed.wait(running, timeout=LOOK_EVERY, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return set()


@contextlib.contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise StudyError("a cluster needs dask.distributed; pip install 'gobetween[cluster]'") from None
    with _quiet():
        client = None
        try:
            try:
                client = distributed.Client(address, timeout=ANSWER_WITHIN, set_as_default=False)
            except (OSError, ValueError):  # ValueError: a protocol that is not known
                raise StudyError(f"{address}: no cluster answers there within {ANSWER_WITHIN:g} s") from None
            try:
                client.wait_for_workers(1, timeout=ANSWER_WITHIN)
            except TimeoutError:
                raise StudyError(f"{address}: the cluster has no workers") from None
            yield client
        finally:
            if client is not None:
                with contextlib.suppress(Exception):
                    client.close(timeout=ANSWER_WITHIN)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the tracebacks that the library logs for what is said here in a line."""
    loggers = [log for name, log in logging.root.manager.loggerDict.items() if name.split(".")[0] == "distributed"]
    levels = [(log, log.level) for log in loggers if isinstance(log, logging.Logger)]
    for log, _ in levels:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in levels:
            log.setLevel(level)


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())
    name = type(error).__name__
    if isinstance(error, ModuleNotFoundError):
        return f"its workers cannot import gobetween ({text})"
    if name == "KilledWorker":
        return "workers were killed again and again over the same piece (not enough memory?)"
    if "Cancelled" in name or "CommClosed" in name:
        return "the connection to the cluster was lost"
    return f"{name}: {text[:200]}" if text else name
