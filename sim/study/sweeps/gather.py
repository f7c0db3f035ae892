"""From pieces to the tables of a study: read in order, merged point by point, written as they come.

Only complete stores are made into tables, so the bytes depend on the study alone; and only a few points are
held at a time, so memory does not grow with their number.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.scenario import archive
from sim.scenario.scenario import Scenario
from sim.study.findings import Findings
from sim.study.sweeps.store import TABLE, TABLE_CSV, DamagedError, Store, read_store
from sim.study.tally import Tally, merged
from sim.study.writing import StudyError, sweep_up, writing

POINTS_AT_ONCE = 64

ROW_BYTES = 100
"""Roughly what a row of the table takes, in both files together."""

FIGURES = {
    "process": pa.string(), "metric": pa.string(), "issue": pa.string(), "table": pa.string(),
    "headline": pa.string(), "estimate": pa.float64(), "low": pa.float64(), "high": pa.float64(), "worlds": pa.int64(),
    "assumed_low": pa.float64(), "assumed_high": pa.float64(),
}  # fmt: skip

TYPES = {"number": pa.float64(), "whole": pa.int64(), "truth": pa.bool_(), "text": pa.string(), "other": pa.string()}

Report = Callable[[str], None]
"""Hears in a line what was found damaged."""


@dataclass(frozen=True, repr=False)
class Sweep(Findings):
    """What a sweep found, in its folder. Tables are read when they are asked for.

    ``missing`` is the number of pieces that are not there yet: without any, ``table`` has a row per point,
    process, metric and issue (empty: the process as a whole), with the varied values beside the number of
    the point, Monte-Carlo bounds ``low`` and ``high``, and ``assumed_low`` and ``assumed_high`` for what the
    assumptions leave open.
    """

    kind = "sweep"

    folder: Path | None
    missing: int
    manifest: dict[str, Any] = field(repr=False)
    kept: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    asked: Scenario | None = field(default=None, repr=False)

    @property
    def points(self) -> pd.DataFrame:
        """A row per point: its number and the values of the varied paths."""
        if "points" in self.kept:
            return self.kept["points"]
        assert self.folder is not None
        return read_points(read_store(self.folder))

    @property
    def table(self) -> pd.DataFrame:
        """The tidy table. Raises StudyError while pieces are missing."""
        if "table" in self.kept:
            return self.kept["table"]
        if self.missing or self.folder is None:
            raise StudyError(f"{self.folder}: {self.missing:,} pieces are missing; the table is made from all of them")
        content = read_store(self.folder).read_table()
        if content is None:
            raise StudyError(f"{self.folder}: the tables were not made; make them with: gobetween gather {self.folder}")
        return pd.read_parquet(io.BytesIO(content))

    @property
    def scenario(self) -> Scenario:
        """What was asked, before anything was varied. Raises ScenarioError where the folder's is damaged."""
        if self.asked is not None:
            return self.asked
        assert self.folder is not None
        read_store(self.folder).check_scenario()
        return archive.reopen(self.folder, pinned=self.manifest["pinned"])

    @property
    def worlds(self) -> pd.DataFrame:
        """A row per point, process, table and world. Raises StudyError if worlds were not kept."""
        if "worlds" in self.kept:
            return self.kept["worlds"]
        if not self.manifest["keep_worlds"] or self.folder is None:
            raise StudyError("worlds were not kept; sweep with keep_worlds=True (--keep-worlds)")
        store = read_store(self.folder)
        parts = (store.read_worlds(point, chunk) for point in range(store.points) for chunk in range(store.chunks))
        return pd.concat([pd.read_parquet(io.BytesIO(part)) for part in parts], ignore_index=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tidy table by the name of its file."""
        return {"table.csv": self.table}

    def asked_of(self) -> Scenario:
        """The scenario that is saved with it."""
        return self.scenario

    def how_made(self) -> dict[str, Any]:
        """The manifest of its tables elsewhere than in its own folder, which has the pieces and can go on."""
        return {**self.manifest, "kind": "sweep table"}


def gather(folder: str | Path) -> Sweep:
    """Make the tables of a study once all its pieces are there. Raises StudyError, which says how many are not."""
    store = _whole(Path(folder))
    _make_tables(store)
    return Sweep(store.folder, 0, store.manifest)


def first_points(folder: str | Path) -> Sweep:
    """The first points of a study whose pieces are all there, before any table is written: no disk is needed to show them.

    Raises StudyError, as ``gather``.
    """
    store = _whole(Path(folder))
    return Sweep(store.folder, 0, store.manifest, {"points": read_points(store), "table": next(_frames(store))})


def _whole(folder: Path) -> Store:
    """The store of a folder. Raises StudyError if pieces are missing or damaged."""
    store = read_store(folder)
    store.check_scenario()
    missing, damaged = _count_missing(store)
    if missing:
        bad = f" ({damaged:,} of them damaged)" if damaged else ""
        total = store.points * store.chunks
        raise StudyError(f"{store.folder}: {missing:,} of {total:,} pieces are missing{bad}; run the same sweep again")
    return store


def _make_tables(store: Store) -> None:
    """Write ``table.parquet`` and ``table.csv``. Raises StudyError."""
    schema = pa.schema([("point", pa.int64()), *_varied(store).items(), *FIGURES.items()])
    # Plain values keep every digit in the table for programs; the one for people and spreadsheets has six.
    with (
        writing(store.folder / TABLE) as parquet,
        writing(store.folder / TABLE_CSV) as text,
        parquet.open("wb") as sink,  # Arrow takes no name that is not UTF-8
        pq.ParquetWriter(sink, schema, compression="zstd") as out,
        text.open("w", encoding="utf-8", newline="") as stream,
    ):
        stream.write(pd.DataFrame(columns=schema.names).to_csv(index=False, lineterminator="\n"))
        for frame in _frames(store):
            out.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))
            stream.write(frame.to_csv(index=False, header=False, float_format="%.6g", lineterminator="\n"))
    store.seal_tables()
    sweep_up(store.folder)


def read_points(store: Store) -> pd.DataFrame:
    """The points of a store."""
    frame = pd.DataFrame(list(store.read_points()), columns=store.manifest["points"]["paths"])
    frame.insert(0, "point", range(len(frame)))
    return frame


def _count_missing(store: Store) -> tuple[int, int]:
    missing = damaged = 0
    for point in range(store.points):
        if point % 1000 == 0:
            begun = os.path.lexists(store.piece(point, 0).parent)  # of a thousand points
        if not begun:
            missing += store.chunks
            continue
        for chunk in range(store.chunks):
            try:
                missing += not store.check(point, chunk)
            except DamagedError:
                missing, damaged = missing + 1, damaged + 1
    return missing, damaged


def _varied(store: Store) -> dict[str, pa.DataType]:
    points = store.manifest["points"]
    return {path: TYPES[kind] for path, kind in zip(points["paths"], points["kinds"], strict=True)}


def _frames(store: Store) -> Iterator[pd.DataFrame]:
    paths = store.manifest["points"]["paths"]
    waiting: list[pd.DataFrame] = []
    for point, values in enumerate(store.read_points()):
        frame = merged(_tally(store, point, chunk) for chunk in range(store.chunks)).table()
        said = pd.DataFrame({"point": point, **dict(zip(paths, values, strict=True))}, index=frame.index)
        waiting.append(pd.concat([said, frame], axis=1))
        if len(waiting) == POINTS_AT_ONCE:
            yield pd.concat(waiting, ignore_index=True)
            waiting = []
    if waiting:
        yield pd.concat(waiting, ignore_index=True)


def _tally(store: Store, point: int, chunk: int) -> Tally:
    try:
        found = store.read(point, chunk)
    except DamagedError as error:
        raise StudyError(f"{store.piece(point, chunk)}: damaged: {error}; run the same sweep again") from None
    if found is None:
        raise StudyError(f"{store.piece(point, chunk)}: gone; run the same sweep again")
    return found
