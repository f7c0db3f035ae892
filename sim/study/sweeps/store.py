"""A folder in which a study grows piece by piece and that outlives whatever stops it.

``manifest.json`` says which study it is, ``points.csv`` what its points are, ``scenario.yaml`` (with
``claims.yaml``) what was asked; ``pieces/`` holds the finished pieces and ``worlds/`` their worlds, if they
are kept. Every file is written under another name, brought to the disk and renamed, so it is whole or not
there; a piece begins with a checksum over itself, so damage that comes later is found. Any number of
processes may write pieces of one study to one folder.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.model.draws import BLOCK
from sim.scenario import archive
from sim.study.compare import manifest as run_manifest
from sim.study.sweeps.design import Design, values_of
from sim.study.sweeps.pieces import Done, Study, engine
from sim.study.tally import Tally
from sim.study.writing import UNFINISHED, StudyError, why, write, writing

MANIFEST, POINTS, TABLE, TABLE_CSV = "manifest.json", "points.csv", "table.parquet", "table.csv"
PIECES, WORLDS = "pieces", "worlds"
MAGIC = "gobetween-piece-1"

SAID = {
    "scenario_hash": "another scenario", "seed": "another seed", "design": "another design", "points": "other points",
    "worlds": "another number of worlds", "processes": "other processes", "keep_worlds": "another choice of keeping worlds",
    "block": "another block size", "blocks_per_piece": "another block size", "engine": "another version of gobetween",
}  # fmt: skip
"""What makes a study another one, in the order in which it is said."""

TOLD = ("design", "seed", "worlds", "processes", "block", "blocks_per_piece")
"""Of these, what the two are."""

KINDS: dict[str, Any] = {"number": float, "whole": int, "truth": lambda cell: cell == "true", "text": str, "other": str}
"""How a cell of ``points.csv`` reads, by the kind of its column; an empty one is None."""


class DamagedError(Exception):
    """A piece that is not what was written."""


@dataclass(frozen=True)
class Store:
    """The folder of one study, for whoever writes pieces to it; ``study`` is a hash of the manifest."""

    folder: Path
    study: str
    manifest: dict[str, Any] = field(repr=False)

    @property
    def points(self) -> int:
        """Points of the design."""
        return int(self.manifest["points"]["count"])

    @property
    def chunks(self) -> int:
        """Pieces at each point."""
        blocks = -(-int(self.manifest["worlds"]) // int(self.manifest["block"]))
        return -(-blocks // int(self.manifest["blocks_per_piece"]))

    def piece(self, point: int, chunk: int) -> Path:
        """The file of a piece; a folder holds those of a thousand points."""
        return self.folder / PIECES / f"{point // 1000:03d}" / f"{point:06d}-{chunk:04d}.piece"

    def worlds(self, point: int, chunk: int) -> Path:
        """The file of a piece's worlds."""
        return self.folder / WORLDS / f"{point // 1000:03d}" / f"{point:06d}-{chunk:04d}.parquet"

    def keep(self, done: Done) -> None:
        """Write a finished piece; its worlds first, so that a piece that is there is whole. Raises StudyError."""
        if done.worlds is not None:
            write(self.worlds(done.point, done.chunk), done.worlds)
        body = body_of(done.tally)
        kept = hashlib.sha256(done.worlds).hexdigest() if done.worlds is not None else "-"
        head = f"{MAGIC} {self.study} {done.point}-{done.chunk} {kept}"
        write(self.piece(done.point, done.chunk), f"{head} {_sum(head, body)}\n".encode() + body)

    def check(self, point: int, chunk: int) -> bool:
        """Whether a piece is there, with its worlds. Raises DamagedError where it is not what was written."""
        try:
            self._body(point, chunk)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise DamagedError(why(error)) from None
        return True

    def read(self, point: int, chunk: int) -> Tally | None:
        """The tally of a piece, None if it is not there. Raises DamagedError."""
        try:
            return Tally.from_json(json.loads(zlib.decompress(self._body(point, chunk))))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DamagedError(why(error)) from None
        except (zlib.error, ValueError, KeyError, IndexError, TypeError) as error:
            raise DamagedError(f"cannot be read: {error}") from None

    def _body(self, point: int, chunk: int) -> bytes:
        """The compressed tally, its checksum and that of the worlds compared."""
        head, newline, body = self.piece(point, chunk).read_bytes().partition(b"\n")
        parts = head.decode("ascii", "replace").split(" ")
        if not newline or len(parts) != 5 or parts[0] != MAGIC:
            raise DamagedError("half-written or not a piece")
        if parts[4] != _sum(" ".join(parts[:4]), body):
            raise DamagedError("its checksum does not fit")
        if parts[1] != self.study:
            raise DamagedError("a piece of another study")
        if parts[2] != f"{point}-{chunk}":
            raise DamagedError(f"the piece of another place, {parts[2]}")
        if parts[3] != "-":
            try:
                with self.worlds(point, chunk).open("rb") as stream:
                    found = hashlib.file_digest(stream, "sha256").hexdigest()
            except FileNotFoundError:
                raise DamagedError("its worlds are missing") from None
            if found != parts[3]:
                raise DamagedError("the checksum of its worlds does not fit")
        return body

    def read_points(self) -> Iterator[list[Any]]:
        """The values of each point, in order; text where a value is no scalar. Raises StudyError."""
        kinds = [KINDS[kind] for kind in self.manifest["points"]["kinds"]]
        file = self.folder / POINTS
        try:
            if _file_sum(file) != self.manifest["points"]["sha256"]:
                raise StudyError(f"{file}: damaged; run the sweep again to write it anew")
            with file.open(encoding="utf-8", newline="") as stream:
                rows = csv.reader(stream)
                next(rows)
                for row in rows:
                    yield [kind(cell) if cell else None for kind, cell in zip(kinds, row[1:], strict=True)]
        except OSError as error:
            raise StudyError(f"{file}: cannot be read: {why(error)}") from None


def body_of(tally: Tally) -> bytes:
    """A tally as it is kept."""
    return zlib.compress(json.dumps(tally.as_json(), allow_nan=False, separators=(",", ":")).encode(), 6)


def open_store(folder: Path, study: Study) -> Store:
    """The store of a study in ``folder``: the one that is there, or a new one. Raises StudyError for another's."""
    wanted = _manifest(study)
    if not (folder / MANIFEST).exists():
        _check_free(folder)
        write(folder / MANIFEST, _dumps(wanted))
    found = read_store(folder)
    _compare(found, wanted)
    if not (folder / POINTS).exists() or _file_sum(folder / POINTS) != wanted["points"]["sha256"]:
        with writing(folder / POINTS) as file, file.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(_lines(study.design, wanted["points"]["kinds"]))
    for name, text in archive.pack(study.scenario).items():
        if not (folder / name).exists():
            write(folder / name, text.encode())
    return found


def find_store(folder: Path, study: Study) -> Store | None:
    """The store of a study, None if it was not begun. Raises StudyError if another's is in the folder."""
    if not (folder / MANIFEST).exists():
        _check_free(folder)
        return None
    found = read_store(folder)
    _compare(found, _manifest(study))
    return found


def _compare(found: Store, wanted: dict[str, Any]) -> None:
    for key, words in SAID.items():
        if (there := found.manifest.get(key)) != wanted[key]:
            told = f" ({_short(there)}, here {_short(wanted[key])})" if key in TOLD else ""
            raise StudyError(f"{found.folder}: holds a study with {words}{told}; name a new folder")


def read_store(folder: Path) -> Store:
    """The store in a folder. Raises StudyError where there is none."""
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudyError(f"{folder}: no sweep is stored there") from None
    except OSError as error:
        raise StudyError(f"{file}: cannot be read: {why(error)}") from None
    except ValueError:
        raise StudyError(f"{file}: damaged; put it back, or name a new folder") from None
    if not isinstance(manifest, dict) or manifest.get("kind") != "sweep":
        raise StudyError(f"{folder}: holds something else than a sweep; name a new folder")
    if manifest.get("study") != _hash(manifest) or not set(SAID) <= set(manifest):
        raise StudyError(f"{file}: damaged; put it back, or name a new folder")
    return Store(folder, manifest["study"], manifest)


def _check_free(folder: Path) -> None:
    try:
        entries = [entry.name for entry in os.scandir(folder)]
    except FileNotFoundError:
        return
    except OSError as error:
        raise StudyError(f"{folder}: cannot be written: {why(error)}") from None
    if any(not name.startswith(UNFINISHED) for name in entries):
        raise StudyError(f"{folder}: holds files that are not of a sweep; name a new or an empty folder")


# ---------------------------------------------------------------- the manifest


def _manifest(study: Study) -> dict[str, Any]:
    kinds = [_kind(study.design, place) for place in range(len(study.design.paths))]
    points = hashlib.sha256()
    for line in _lines(study.design, kinds):
        points.update(line.encode())
    found = {
        **run_manifest(study.scenario, seed=study.seed, worlds=study.worlds, processes=list(study.processes)),
        "kind": "sweep", "design": study.design.kind, "keep_worlds": study.keep_worlds, "block": BLOCK,
        "blocks_per_piece": study.blocks_per_piece, "engine": engine(), "pinned": sorted(study.scenario.pinned),
        "points": {
            "count": study.design.count, "paths": list(study.design.paths), "kinds": kinds, "sha256": points.hexdigest(),
        },
    }  # fmt: skip
    return {**found, "study": _hash(found)}


def _hash(manifest: dict[str, Any]) -> str:
    text = json.dumps({key: manifest.get(key) for key in SAID}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(design: Design, place: int) -> str:
    column = [value for value in values_of(design.columns[place]) if value is not None]
    if not column or "" in column:  # an empty cell is None
        return "other"
    for kind, types in (("truth", (bool,)), ("whole", (int,)), ("number", (int, float)), ("text", (str,))):
        if all(type(value) in types for value in column):
            return kind
    return "other"


def _lines(design: Design, kinds: list[str]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["point", *design.paths])
    for number in range(design.count):
        values = design.point(number).values()
        writer.writerow([number, *(_cell(value, kind) for value, kind in zip(values, kinds, strict=True))])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "text":
        return str(value)
    return repr(float(value)) if kind == "number" else json.dumps(value, ensure_ascii=False, default=str)


def _sum(head: str, body: bytes) -> str:
    return hashlib.sha256(head.encode() + b"\n" + body).hexdigest()


def _file_sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _dumps(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True, default=str) + "\n").encode()
