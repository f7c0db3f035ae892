"""A folder in which a study grows piece by piece and that outlives whatever stops it.

``manifest.json`` says which study it is, ``points.csv`` what its points are, ``scenario.yaml`` (with
``claims.yaml``) what was asked; ``pieces/`` holds the finished pieces and ``worlds/`` their worlds, if they
are kept. Every file is written under another name, brought to the disk and renamed, so it is whole or not
there; a piece begins with a checksum over itself, the manifest holds those of scenario and points and
``tables.json`` those of the tables, so damage that comes later is found. Any number of processes may write
pieces of one study to one folder.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sim.model.draws import BLOCK
from sim.scenario import archive
from sim.study.compare import manifest as run_manifest
from sim.study.contents import OddFileError, checksum, checksum_of, content_of
from sim.study.manifests import (
    MANIFEST,
    STUDY,
    RunFolderError,
    an,
    check_scenario,
    checked,
    difference,
    named,
    read_manifest,
    read_sealed,
    sealed,
)
from sim.study.saving import check_target, replace
from sim.study.sweeps.design import MOST_POINTS, Design, values_of
from sim.study.sweeps.pieces import MOST_CHUNKS, Done, Study, engine
from sim.study.tally import Tally
from sim.study.writing import StudyError, json_text, why, write, writing

POINTS, TABLE, TABLE_CSV = "points.csv", "table.parquet", "table.csv"
PIECES, WORLDS = "pieces", "worlds"
MAGIC = "gobetween-piece-1"

TABLES = "tables.json"
MOST_PIECE = 64_000_000
MOST_WORLDS_FILE = 1 << 34
"""Bytes that a piece, or its worlds, may have; they have far fewer."""

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
        except (OSError, OddFileError) as error:
            raise DamagedError(why(error)) from None
        return True

    def read(self, point: int, chunk: int) -> Tally | None:
        """The tally of a piece, None if it is not there. Raises DamagedError."""
        try:
            return Tally.from_json(json.loads(_unpacked(self._body(point, chunk))))
        except FileNotFoundError:
            return None
        except (OSError, OddFileError) as error:
            raise DamagedError(why(error)) from None
        except (zlib.error, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedError(f"cannot be read: {error}") from None

    def read_worlds(self, point: int, chunk: int) -> bytes:
        """The bytes of a piece's worlds. Raises StudyError where they are damaged or missing."""
        try:
            if self.check(point, chunk):
                return content_of(self.worlds(point, chunk), MOST_WORLDS_FILE)
            raise DamagedError("it is missing")
        except (DamagedError, OSError, OddFileError) as error:
            raise StudyError(f"{named(self.piece(point, chunk))}: damaged: {error}; {AGAIN}") from None

    def _body(self, point: int, chunk: int) -> bytes:
        """The compressed tally, its checksum and that of the worlds compared."""
        head, newline, body = content_of(self.piece(point, chunk), MOST_PIECE).partition(b"\n")
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
                found = checksum(self.worlds(point, chunk), MOST_WORLDS_FILE)["sha256"]
            except FileNotFoundError:
                raise DamagedError("its worlds are missing") from None
            if found != parts[3]:
                raise DamagedError("the checksum of its worlds does not fit")
        return body

    def read_points(self) -> Iterator[list[Any]]:
        """The values of each point, in order; text where a value is no scalar. Raises StudyError."""
        kinds = [KINDS[kind] for kind in self.manifest["points"]["kinds"]]
        try:
            rows = csv.reader(io.StringIO(checked(self.folder, self.manifest, POINTS).decode("utf-8"), newline=""))
            next(rows)
            for row in rows:
                yield [kind(cell) if cell else None for kind, cell in zip(kinds, row[1:], strict=True)]
        except (RunFolderError, ValueError, StopIteration) as error:
            words = error if isinstance(error, RunFolderError) else f"{named(self.folder / POINTS)}: damaged"
            raise StudyError(f"{words}; {AGAIN}") from None

    def check_scenario(self) -> None:
        """Whether the scenario is what was written. Raises StudyError."""
        try:
            check_scenario(self.folder, self.manifest)
        except RunFolderError as error:
            raise StudyError(f"{error}; {AGAIN}") from None

    def seal_tables(self) -> None:
        """Write down the checksums of the tables, which are made from all pieces. Raises StudyError."""
        files = {name: checksum(self.folder / name) for name in (TABLE, TABLE_CSV)}
        write(self.folder / TABLES, json_text(sealed({"study": self.study}, files)).encode())

    def read_table(self) -> bytes | None:
        """The bytes of ``table.parquet``, None where no tables were made. Raises StudyError where they are damaged."""
        try:
            found = read_sealed(self.folder / TABLES)
            if found.get("study") != self.study or not isinstance(found.get("files"), dict):
                raise RunFolderError(f"{named(self.folder / TABLES)}: of another study")
            return checked(self.folder, found, TABLE)
        except FileNotFoundError:
            return None
        except RunFolderError as error:
            raise StudyError(f"{error}; make the tables again with: gobetween gather {named(self.folder)}") from None


def _unpacked(body: bytes) -> bytes:
    """At most as many bytes as a tally can have."""
    inflate = zlib.decompressobj()
    found = inflate.decompress(body, 4 * MOST_PIECE)
    if not inflate.eof:
        raise ValueError("too long, or cut short")
    return found


AGAIN = "run the same sweep again to mend it"


def body_of(tally: Tally) -> bytes:
    """A tally as it is kept."""
    return zlib.compress(json.dumps(tally.as_json(), allow_nan=False, separators=(",", ":")).encode(), 6)


def open_store(folder: Path, study: Study, *, force: bool = False) -> Store:
    """The store of a study in ``folder``: the one that is there, or a new one, with its points and its scenario as they were.

    Raises StudyError where something else is there, unless ``force`` is to replace it.
    """
    wanted, texts = _manifest(study)
    path = check_target(folder, wanted, force=force)
    content = json_text(wanted).encode()
    if os.path.lexists(folder / MANIFEST) and not _is_same(folder, wanted):
        replace(path, lambda new: write(new / MANIFEST, content))
    if not _fits(folder / MANIFEST, checksum_of(content)):
        write(folder / MANIFEST, content)
    for name, said in wanted["files"].items():
        if not _fits(folder / name, said):
            lines = (text.encode() for text in texts[name]()) if name in texts else ()
            with writing(folder / name) as file, file.open("wb") as stream:
                stream.writelines(lines)
    if archive.CLAIMS not in wanted["files"]:
        _take_away(folder / archive.CLAIMS)
    return Store(folder, wanted["study"], wanted)


def find_store(folder: Path, study: Study) -> Store | None:
    """The store of a study, None if it was not begun. Raises StudyError if another's is in the folder."""
    wanted, _ = _manifest(study)
    check_target(folder, wanted)
    return read_store(folder) if os.path.lexists(folder / MANIFEST) else None


def _is_same(folder: Path, wanted: dict[str, Any]) -> bool:
    try:
        found = read_manifest(folder)
    except RunFolderError:
        return False
    return found["kind"] == wanted["kind"] and difference(found, wanted) is None


def _fits(file: Path, said: dict[str, Any]) -> bool:
    try:
        return checksum(file, int(said["bytes"])) == said
    except (OSError, OddFileError):
        return False


def _take_away(file: Path) -> None:
    """Claims that the scenario does not have."""
    with contextlib.suppress(OSError):
        file.unlink()


def read_store(folder: Path) -> Store:
    """The store in a folder. Raises StudyError where there is none."""
    try:
        manifest = read_manifest(folder)
    except (FileNotFoundError, NotADirectoryError):
        raise StudyError(f"{named(folder)}: no sweep is stored there") from None
    except RunFolderError as error:
        raise StudyError(f"{error}; put it back, or name a new folder") from None
    if manifest["kind"] != "sweep":
        raise StudyError(f"{named(folder)}: holds {an(manifest['kind'])}, not a sweep; name a new folder")
    if manifest.get("study") != _hash(manifest) or not _is_plain(manifest):
        raise StudyError(f"{named(folder / MANIFEST)}: damaged; put it back, or name a new folder")
    return Store(folder, manifest["study"], manifest)


def _is_plain(manifest: dict[str, Any]) -> bool:
    """Whether the values that pieces are counted by are what a sweep writes."""
    points = manifest.get("points")
    if not set(STUDY["sweep"]) <= set(manifest) or not isinstance(points, dict) or POINTS not in manifest["files"]:
        return False
    counts = (points.get("count"), manifest["worlds"], manifest["block"], manifest["blocks_per_piece"])
    if any(type(count) is not int or count < 1 for count in counts) or points["count"] > MOST_POINTS:
        return False
    paths, kinds = points.get("paths"), points.get("kinds")
    if not isinstance(paths, list) or not isinstance(kinds, list) or not len(paths) == len(kinds) == len(set(map(str, paths))):
        return False
    texts = all(isinstance(path, str) for path in paths) and all(isinstance(k, str) and k in KINDS for k in kinds)
    blocks = -(-manifest["worlds"] // manifest["block"])
    return texts and manifest["block"] == BLOCK and -(-blocks // manifest["blocks_per_piece"]) <= MOST_CHUNKS


# ---------------------------------------------------------------- the manifest


def _manifest(study: Study) -> tuple[dict[str, Any], dict[str, Callable[[], Iterable[str]]]]:
    """The manifest of a study, and what its files hold: a call that gives their lines, by name."""
    kinds = [_kind(study.design, place) for place in range(len(study.design.paths))]
    packed = archive.pack(study.scenario)
    texts: dict[str, Callable[[], Iterable[str]]] = {name: partial(str.splitlines, text, True) for name, text in packed.items()}
    texts[POINTS] = partial(_lines, study.design, kinds)
    files = {name: _sum_of(lines()) for name, lines in texts.items()}
    found = {
        **run_manifest(study.scenario, seed=study.seed, worlds=study.worlds, processes=list(study.processes)),
        "kind": "sweep", "design": study.design.kind, "keep_worlds": study.keep_worlds, "block": BLOCK,
        "blocks_per_piece": study.blocks_per_piece, "engine": engine(), "pinned": sorted(study.scenario.pinned),
        "points": {
            "count": study.design.count, "paths": list(study.design.paths), "kinds": kinds, "sha256": files[POINTS]["sha256"],
        },
    }  # fmt: skip
    return sealed({**found, "study": _hash(found)}, files), texts


def _sum_of(lines: Iterable[str]) -> dict[str, Any]:
    found, size = hashlib.sha256(), 0
    for line in lines:
        content = line.encode()
        found.update(content)
        size += len(content)
    return {"bytes": size, "sha256": found.hexdigest()}


def _hash(manifest: dict[str, Any]) -> str:
    text = json.dumps({key: manifest.get(key) for key in STUDY["sweep"]}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


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
