"""A study cut into pieces, and what is done for one: a point of the design, all processes, a few blocks of worlds.

A piece depends on nothing but the study, so it may be done anywhere, in any order and again.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.draws import BLOCK, spans
from sim.scenario.learned import posterior_hash
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario
from sim.scenario.setting import SOURCE
from sim.study.compare import Piece, run_block
from sim.study.sweeps.design import Design
from sim.study.tally import Tally, merged, tally_block
from sim.study.writing import StudyError

MOST_CHUNKS = 256
"""Pieces of a point: each is as many worlds as are run at once, until a point has more pieces than this."""

ENGINE = ("model", "scenario", "study/compare.py", "study/outcomes.py", "study/sweeps/pieces.py", "study/tally.py")
"""What can move a number of a study."""


@dataclass(frozen=True)
class Task:
    """One piece, ready to be sent to whoever does it."""

    scenario: Scenario
    changes: dict[str, Any]
    point: int
    chunk: int
    blocks: tuple[tuple[int, int], ...]  # number and worlds
    seed: int
    processes: tuple[str, ...]
    keep_worlds: bool
    engine: str

    @property
    def worlds(self) -> int:
        """Worlds to run, over all processes."""
        return len(self.processes) * sum(size for _, size in self.blocks)


@dataclass(frozen=True)
class Done:
    """What came of a piece: its tally and, if they are kept, its worlds as the bytes of a parquet file."""

    point: int
    chunk: int
    tally: Tally
    worlds: bytes | None


@dataclass(frozen=True)
class Study:
    """What a sweep was asked for. The same study gives the same bytes, however it is run."""

    scenario: Scenario
    design: Design
    worlds: int
    seed: int
    processes: tuple[str, ...]
    keep_worlds: bool = False

    @property
    def blocks(self) -> int:
        """Blocks of worlds at each point."""
        return -(-self.worlds // BLOCK)

    @property
    def blocks_per_piece(self) -> int:
        """As many as are run at once, unless a point has very many worlds."""
        return max(1, -(-self.blocks // MOST_CHUNKS))

    @property
    def chunks(self) -> int:
        """Pieces at each point."""
        return -(-self.blocks // self.blocks_per_piece)

    @property
    def pieces(self) -> int:
        """Pieces in all."""
        return self.design.count * self.chunks

    def worlds_in(self, pieces: range | NDArray[np.int64]) -> int:
        """Worlds of some pieces, over all processes."""
        last = sum(size for _, size in self._sizes(self.chunks - 1))
        full = BLOCK * self.blocks_per_piece
        ends = sum(int(piece) % self.chunks == self.chunks - 1 for piece in pieces)
        return len(self.processes) * ((len(pieces) - ends) * full + ends * last)

    def task(self, piece: int) -> Task:
        """The piece of that number: all pieces of point 0, then of point 1, ..."""
        point, chunk = divmod(piece, self.chunks)
        return Task(
            scenario=self.scenario, changes=self.design.point(point), point=point, chunk=chunk, blocks=self._sizes(chunk),
            seed=self.seed, processes=self.processes, keep_worlds=self.keep_worlds, engine=engine(),
        )  # fmt: skip

    def _sizes(self, chunk: int) -> tuple[tuple[int, int], ...]:
        first = chunk * self.blocks_per_piece
        worlds = min(self.blocks_per_piece * BLOCK, self.worlds - first * BLOCK)
        return tuple((first + block, size) for block, size in spans(worlds))


def do(task: Task) -> Done:
    """Do a piece, a few blocks at once. Raises ScenarioError where its point is no scenario, StudyError on another engine."""
    if task.engine != engine():
        raise StudyError("a worker runs another version of gobetween than the one that was called; expected the same everywhere")
    scenario = at_point(task.scenario, task.changes, task.point)
    tallies, frames = [], []
    for block, size in task.blocks:
        pieces = [run_block(scenario, process, task.seed, block, size) for process in task.processes]
        tallies.append(tally_block(scenario, pieces))
        if task.keep_worlds:
            frames.append(_rows(task.point, block, pieces))
    return Done(task.point, task.chunk, merged(tallies), _parquet(frames) if frames else None)


def at_point(scenario: Scenario, changes: dict[str, Any], point: int) -> Scenario:
    """The scenario at a point of a design; errors name the point."""
    try:
        return scenario.with_(changes)
    except ScenarioError as error:
        where = f"point {point}"
        files = [where if problem.file.startswith(SOURCE) else f"{where}: {problem.file}" for problem in error.problems]
        problems = [Problem(file, p.line, p.path, p.message) for file, p in zip(files, error.problems, strict=True)]
        raise ScenarioError(problems) from None


def _rows(point: int, block: int, pieces: list[Piece]) -> pd.DataFrame:
    """A row per process, table and world with what was drawn, as in a comparison's ``worlds``."""
    every = pd.concat([piece.rows for piece in pieces], ignore_index=True)
    every.insert(0, "point", point)
    for column in every:
        if pd.api.types.is_object_dtype(every[column]) and str(column).startswith(("moved_", "stands_")):
            every[column] = every[column].astype("boolean")
    world = every["world"].to_numpy() - block * BLOCK
    drawn = {f"parameter:{name}": np.asarray(values)[world] for name, values in pieces[0].drawn.items()}
    return pd.concat([every, pd.DataFrame(drawn)], axis=1) if drawn else every


def _parquet(frames: list[pd.DataFrame]) -> bytes:
    out = io.BytesIO()
    pd.concat(frames, ignore_index=True).to_parquet(out, index=False, compression="zstd")
    return out.getvalue()


@cache
def engine() -> str:
    """A hash of all code that can move a number: pieces of two engines do not mix."""
    home = Path(__file__).resolve().parents[2]
    files = [file for name in ENGINE for file in (sorted((home / name).glob("*.py")) or [home / name])]
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.relative_to(home).as_posix()}\n".encode())
        found.update(file.read_bytes().replace(b"\r\n", b"\n"))
    found.update(posterior_hash().encode())
    try:
        found.update(version("numpy").encode())
    except PackageNotFoundError:
        found.update(b"?")
    return found.hexdigest()[:16]
