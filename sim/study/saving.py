"""A run on disk: tables, scenario, manifest and charts in one folder that is either whole or not there.

Whether a folder may be written to is decided in one place, ``check_target``, for every kind of study. Everything is
written to a folder beside the target and swapped in at the end, so an error on the way leaves what was there before.
Nothing in a folder depends on when or where it was written: the same run gives the same bytes.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.scenario import archive
from sim.study.contents import OddFileError, checksum, content_of
from sim.study.manifests import INSTEAD, MANIFEST, RunFolderError, an, difference, named, read_manifest, sealed
from sim.study.writing import UNFINISHED, csv_text, json_text

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

SUMMARY, WORLDS, WEEKLY, REASONS = "summary.csv", "worlds.parquet", "weekly.csv", "reasons.csv"
TEXTS, CHANGES = "texts.csv", "changes.csv"
SENSITIVITY = "sensitivity.csv"
LEVERS, REFUSED = "levers.csv", "refused.csv"
SHARES, MOMENTS_FILE, HYBRIDS = "shares.csv", "moments.csv", "hybrids.csv"
PROPOSALS, PROPOSALS_FILE = "proposals.csv", "proposals.yaml"
LOOKED_AT, ROBUSTNESS, INFORMATION = "looked_at.csv", "robustness.csv", "information.csv"
BOXES, LIMITS = "boxes.csv", "limits.csv"

REPORT = "report.html"
"""What ``gobetween report`` writes beside the files of a study."""

GENERATOR = '<meta name="generator" content="Go-Between">'
"""How a report is known for one of ours."""

MOST_REPORT = 50_000_000
"""Bytes that a report has at most."""

LONGEST_NAME = 200
"""Bytes that a folder's name may have; file systems allow 255, and we need a few for the folder beside it."""

GROWN = {
    "sweep": (
        "pieces", "worlds", "table.csv", "table.parquet", "tables.json", "curves.png", "curves.svg", "map.png", "map.svg",
        "dots.png", "dots.svg",
    ),
}  # fmt: skip
"""What a study of a kind writes beside the files that its manifest lists."""


# ---------------------------------------------------------------- may it be written to?


def check_target(
    directory: str | os.PathLike[str],
    manifest: Mapping[str, Any],
    *,
    force: bool = False,
    source: str | os.PathLike[str] | None = None,
) -> Path:
    """The folder that a study with this manifest may be written to, checked before the work; it leaves nothing behind.

    It may be new, empty, or hold the same study; with ``force`` any study of ours, also one whose manifest is damaged.
    Never the folder that was just read (``source``), the working directory or one above it, or somebody's files.
    Raises RunFolderError.
    """
    name = named(directory)
    path = Path(directory)
    try:
        path = path.resolve()
        _finish_swap(path)
        if source is not None and path == Path(source).resolve():
            raise RunFolderError(f"{name}: is the folder that is read; name another one")
        if os.path.lexists(path):
            _check_replaceable(path, name, manifest, force)
        parent = path.parent
        while not parent.exists():
            parent = parent.parent
        if not parent.is_dir():
            raise RunFolderError(f"{name}: cannot be written: {named(parent)} is a file, expected a folder")
        if any(len(os.fsencode(part)) > LONGEST_NAME for part in path.relative_to(parent).parts):
            raise OSError(errno.ENAMETOOLONG, "")
        grows = manifest["kind"] in GROWN and path.is_dir()
        os.rmdir(tempfile.mkdtemp(prefix=UNFINISHED, dir=path if grows else parent))
    except (OSError, RuntimeError, ValueError) as error:
        raise RunFolderError(f"{name}: cannot be written: {_why(error)}") from error
    return path


def parts_beside(path: Path) -> Path:
    """The folder for finished parts of a study that is to be written to ``path``."""
    return path.parent / f".{path.name}.parts"


def _check_replaceable(path: Path, name: str, manifest: Mapping[str, Any], force: bool) -> None:
    if not path.is_dir():
        raise RunFolderError(f"{name}: is a file, expected a folder or a new name")
    here, grows = Path.cwd(), manifest["kind"] in GROWN and not force
    if not grows and (path == here or path in here.parents or os.path.ismount(path)):
        raise RunFolderError(f"{name}: cannot be replaced as a whole; name a folder below it")
    if all(entry.startswith(UNFINISHED) for entry in os.listdir(path)):
        return
    try:
        found = read_manifest(path)
    except FileNotFoundError:
        message = "holds files that are not of an earlier run; name a new or an empty folder"
        raise RunFolderError(f"{name}: {message}") from None
    except RunFolderError as error:
        if force:
            return
        raise RunFolderError(f"{error}; {INSTEAD}") from None
    if force:
        return
    if found["kind"] != manifest["kind"]:
        raise RunFolderError(f"{name}: holds {an(found['kind'])}, not {an(str(manifest['kind']))}; {INSTEAD}")
    if other := difference(found, manifest):
        raise RunFolderError(f"{name}: holds {an(found['kind'])} with {other}; {INSTEAD}")


# ---------------------------------------------------------------- writing


def write_folder(
    directory: str | os.PathLike[str],
    fill: Callable[[Path], None],
    manifest: Mapping[str, Any],
    *,
    scenario: Scenario | None = None,
    force: bool = False,
) -> Path:
    """Write what ``fill`` puts into a new folder, with manifest and scenario, to ``directory``; returns its full path.

    Raises RunFolderError; then nothing has changed.
    """
    path = check_target(directory, manifest, force=force)

    def whole(new: Path) -> None:
        fill(new)
        own: dict[str, Any] = {}
        if scenario is not None:
            for name, text in archive.pack(scenario).items():
                write_text(new / name, text)
            own = {"evidence": scenario.file.evidence, "pinned": sorted(scenario.pinned)}
        seal(new, {**manifest, **own})

    replace(path, whole)
    return path


def seal(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a folder that has been filled, with the checksums of all that is in it."""
    files = {entry.name: checksum(entry) for entry in sorted(folder.iterdir()) if entry.name != MANIFEST}
    write_text(folder / MANIFEST, json_text(sealed(manifest, files)))


def write_text(file: Path, text: str) -> None:
    """A text into a folder that is being filled."""
    file.write_text(text, encoding="utf-8", newline="\n")


def write_table(file: Path, frame: pd.DataFrame) -> None:
    """A table into a folder that is being filled, in the form that its name says: CSV, or Parquet for large ones."""
    if file.suffix == ".csv":
        write_text(file, csv_text(frame))
        return
    frame = frame.copy()
    for column in frame:
        if pd.api.types.is_object_dtype(frame[column]):  # yes, no, or not on this table's agenda
            frame[column] = frame[column].astype("boolean")
    content = io.BytesIO()  # Arrow takes no name that is not UTF-8
    frame.to_parquet(content, index=False, compression="zstd")
    file.write_bytes(content.getvalue())


# ---------------------------------------------------------------- swapping in


def replace(path: Path, fill: Callable[[Path], None]) -> None:
    """Fill a new folder beside ``path`` and put it in its place; what is not of an earlier run moves over."""
    name = named(path)
    made = _make_parents(path.parent, name)
    new: Path | None = None
    try:
        new = Path(tempfile.mkdtemp(prefix=f".{path.name}.new-", dir=path.parent))
        fill(new)
        _keep_foreign(path, new)
        _settle(new)
        _swap(path, new)
    except BaseException as error:
        if new is not None:
            shutil.rmtree(new, ignore_errors=True)
        for folder in reversed(made):
            _remove_empty(folder)
        if isinstance(error, OSError):
            raise RunFolderError(f"{name}: cannot be written: {_why(error)}") from error
        raise


def _make_parents(parent: Path, name: str) -> list[Path]:
    missing = [folder for folder in (*reversed(parent.parents), parent) if not folder.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"{name}: cannot be written: {_why(error)}") from error
    return missing


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # somebody else uses it by now
        folder.rmdir()


def _keep_foreign(path: Path, new: Path) -> None:
    """Copy what somebody put into the folder of an earlier run."""
    if not path.is_dir():
        return
    own = _own(path) | {MANIFEST}
    for entry in path.iterdir():
        if entry.name in own or entry.name.startswith(UNFINISHED) or _is_outdated(entry, path, new):
            continue
        target = new / entry.name
        while os.path.lexists(target):
            target = target.with_name(target.name + ".old")
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, target, symlinks=True, copy_function=_copy)
        else:
            _copy(entry, target)


def is_report(file: Path) -> bool:
    """Whether a file is a report that we wrote."""
    try:
        return GENERATOR.encode() in content_of(file, MOST_REPORT)[:4096]
    except (OSError, OddFileError):
        return False


def _is_outdated(entry: Path, path: Path, new: Path) -> bool:
    """Whether a file in ``path`` is a report of ours, and what is written now is another study or made with other versions."""
    if entry.name != REPORT or not is_report(entry):
        return False
    try:
        there, here = read_manifest(path), read_manifest(new)
    except (RunFolderError, FileNotFoundError):
        return True
    same = there["kind"] == here["kind"] and there.get("versions") == here.get("versions")
    return not same or difference(there, here) is not None


def _own(path: Path) -> set[str]:
    """Names of what the study in a folder wrote; of one whose manifest is damaged, whatever such studies write."""
    try:
        found = read_manifest(path)
    except (RunFolderError, FileNotFoundError):
        ours = {SUMMARY, WORLDS, WEEKLY, REASONS, TEXTS, CHANGES, SENSITIVITY, archive.SCENARIO, archive.CLAIMS, *OTHERS}
        return ours if os.path.lexists(path / MANIFEST) else set()
    return {*found["files"], *GROWN.get(found["kind"], ())}


OTHERS = (
    BOXES, LIMITS, "rows.csv", "life.csv", "scores.csv", "calibration.csv", "sharpness.csv",
    "table.csv", "context.csv", "contrast.csv", "parameters.csv", "posterior.csv", "checks.csv", "record.csv", "reliability.csv",
    "coverage.csv", "alternatives.csv", "results.csv", "points.csv", "against-scenario.yaml", "against-claims.yaml", LEVERS,
    REFUSED, SHARES, MOMENTS_FILE, HYBRIDS, PROPOSALS, PROPOSALS_FILE, LOOKED_AT, ROBUSTNESS, INFORMATION, *GROWN["sweep"],
)  # fmt: skip
"""Tables of the other kinds of study."""


def _copy(source: str | Path, target: str | Path) -> None:
    """A file or a link; a pipe or a device stays behind, as nothing is in it."""
    if os.path.islink(source) or os.path.isfile(source):
        shutil.copy2(source, target, follow_symlinks=False)


def _settle(new: Path) -> None:
    """Everything on the disk, and readable as any new folder would be."""
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o777 & ~mask)
    for entry in (*new.rglob("*"), new):
        if entry.is_symlink() or (entry.is_dir() and os.name == "nt"):
            continue
        handle = os.open(entry, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _aside(path: Path) -> Path:
    return path.parent / f".{path.name}.replaced"


def _swap(path: Path, new: Path) -> None:
    aside = _aside(path)
    if not path.exists():
        new.rename(path)
        return
    path.rename(aside)
    try:
        new.rename(path)
    except BaseException:
        aside.rename(path)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _finish_swap(path: Path) -> None:
    """Where a swap was cut short (the power failed), put the old run back or clear it away."""
    aside = _aside(path)
    if not aside.is_dir():
        return
    if path.exists():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.rename(path)


def finish_swap(path: Path) -> None:
    """Where a swap was cut short, put the old run back or clear it away. Raises OSError."""
    _finish_swap(path.resolve())


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return {errno.ENAMETOOLONG: "the name is too long"}.get(error.errno, os.strerror(error.errno).lower())
    return str(error)
