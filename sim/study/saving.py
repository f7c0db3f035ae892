"""A run on disk: tables, scenario, manifest and charts in one folder that is either whole or not there.

Everything is written to a folder beside the target and swapped in at the end, so an error on the way
leaves what was there before. Nothing in a folder depends on when or where it was written: the same run
gives the same bytes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.scenario import archive
from sim.scenario.problems import GoBetweenError, ScenarioError
from sim.study.writing import csv_text, json_text

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.study.compare import Result

MANIFEST = "manifest.json"
SUMMARY, WORLDS, WEEKLY, REASONS = "summary.csv", "worlds.parquet", "weekly.csv", "reasons.csv"
SENSITIVITY = "sensitivity.csv"

LONGEST_NAME = 200
"""Bytes that a folder's name may have; file systems allow 255, and we need a few for the folder beside it."""

_TEXT = {
    SUMMARY: ("process", "metric", "issue", "table", "headline"),
    WEEKLY: ("process",),
    REASONS: ("process", "table", "stage", "reason", "whose"),
}
_COLUMNS = {
    SUMMARY: (*_TEXT[SUMMARY], "estimate", "low", "high", "worlds", "assumed_low", "assumed_high"),
    WEEKLY: ("process", "week"),
    REASONS: (*_TEXT[REASONS], "share", "low", "high"),
}
_KEPT = ("seed", "worlds", "processes", "scenario_hash", "evidence", "pinned", "files")
_OURS = ("seed", "worlds", "versions", "files")
"""What every manifest of ours has, of a comparison or of a hindcast."""
_TEXTS = ("evidence", "pinned", "files")
_KINDS = {"seed": int, "worlds": int, "scenario_hash": str, "versions": dict, "processes": list} | dict.fromkeys(_TEXTS, list)


class RunFolderError(GoBetweenError):
    """A folder that cannot be written or read, said in one line."""


def check_target(directory: str | os.PathLike[str], *, of: str = SUMMARY) -> Path:
    """The folder a run may be written to, checked before the run: it leaves nothing behind.

    It may be new, empty or an earlier run with the same main table (``of``); anything else is somebody's.
    Raises RunFolderError.
    """
    path = Path(directory)
    try:
        path = path.resolve()
        _finish_swap(path)
        if path.exists():
            _check_replaceable(path, str(directory), of)
        parent = path.parent
        while not parent.exists():
            parent = parent.parent
        if not parent.is_dir():
            raise RunFolderError(f"{directory}: cannot be written: {parent} is a file, expected a folder")
        if any(len(os.fsencode(part)) > LONGEST_NAME for part in path.relative_to(parent).parts):
            raise OSError(errno.ENAMETOOLONG, "")
        os.rmdir(tempfile.mkdtemp(prefix=".gobetween-", dir=parent))
    except (OSError, RuntimeError, ValueError) as error:
        raise RunFolderError(f"{directory}: cannot be written: {_why(error)}") from error
    return path


def save(result: Result, directory: str | os.PathLike[str], *, charts: bool = True) -> Path:
    """Write a run to ``directory`` and return its full path. Raises RunFolderError; then nothing has changed.

    Files that somebody put beside those of an earlier run stay there.
    """

    def fill(new: Path) -> None:
        write_tables(result, new)
        if charts:
            result.plot(new)

    return write_folder(directory, fill, result.manifest, scenario=result.scenario)


def write_folder(
    directory: str | os.PathLike[str],
    fill: Callable[[Path], None],
    manifest: dict[str, Any],
    *,
    of: str = SUMMARY,
    scenario: Scenario | None = None,
) -> Path:
    """Write what ``fill`` puts into a new folder, with manifest and scenario, to ``directory``; returns its full path.

    ``of`` is the main table. Raises RunFolderError; then nothing has changed.
    """
    path = check_target(directory, of=of)

    def whole(new: Path) -> None:
        fill(new)
        own: dict[str, Any] = {}
        if scenario is not None:
            for name, text in archive.pack(scenario).items():
                _write(new / name, text)
            own = {"evidence": scenario.file.evidence, "pinned": sorted(scenario.pinned)}
        _write(new / MANIFEST, json_text({**manifest, **own, "files": _files(new)}))

    _replace(path, whole, str(directory))
    return path


def redraw(directory: str | os.PathLike[str]) -> Path:
    """Draw the charts of a saved run again from its files. Raises RunFolderError; then nothing has changed."""
    result = read(directory)
    path = check_target(directory)

    def fill(new: Path) -> None:
        for name in result.manifest["files"]:
            if (path / name).is_file():
                shutil.copyfile(path / name, new / name)
        result.plot(new)
        _write(new / MANIFEST, json_text({**result.manifest, "files": _files(new)}))

    _replace(path, fill, str(directory))
    return path


def write_csv(file: Path, frame: pd.DataFrame) -> None:
    """A table as text, into a folder that is being filled."""
    _write(file, csv_text(frame))


def read(directory: str | os.PathLike[str]) -> Result:
    """The run that ``save`` wrote to ``directory``; figures have the digits that its files have.

    Raises RunFolderError where a file is missing or damaged.
    """
    from sim.study.compare import Result  # noqa: PLC0415 - compare saves through this module

    path = Path(directory)
    try:
        _finish_swap(path.resolve())
        if not path.is_dir():
            what = "is a file, expected the folder of a run" if path.exists() else "no such folder"
            raise RunFolderError(f"{directory}: {what}")
        manifest = _read_manifest(path)
        scenario = archive.unpack(
            path, pinned=manifest["pinned"], evidence=manifest["evidence"], expected=manifest["scenario_hash"]
        )
        frames = {name: _read_csv(path / name) for name in _TEXT}
        worlds = _reading(path / WORLDS, pd.read_parquet)
    except ScenarioError as error:
        raise RunFolderError(str(error).splitlines()[0]) from error
    except OSError as error:
        raise RunFolderError(f"{directory}: cannot be read: {_why(error)}") from error
    return Result(
        scenario=scenario, seed=manifest["seed"], count=manifest["worlds"], processes=manifest["processes"],
        summary=frames[SUMMARY], worlds=worlds, weekly=frames[WEEKLY], reasons=frames[REASONS], manifest=manifest,
    )  # fmt: skip


def write_tables(result: Result, new: Path) -> None:
    """The tables of a run, without scenario, manifest and charts."""
    for name, frame in ((SUMMARY, result.summary), (WEEKLY, result.weekly), (REASONS, result.reasons)):
        write_csv(new / name, frame)
    worlds = result.worlds.copy()
    for column in worlds:
        if pd.api.types.is_object_dtype(worlds[column]):  # yes, no, or not on this table's agenda
            worlds[column] = worlds[column].astype("boolean")
    worlds.to_parquet(new / WORLDS, index=False, compression="zstd")


def _files(new: Path) -> list[str]:
    return sorted({MANIFEST, *(entry.name for entry in new.iterdir())})


# ---------------------------------------------------------------- reading


def _read_manifest(path: Path, expected: tuple[str, ...] = _KEPT) -> dict[str, Any]:
    file = path / MANIFEST
    manifest = _reading(file, lambda name: json.loads(Path(name).read_text(encoding="utf-8")))
    missing = [key for key in expected if key not in manifest] if isinstance(manifest, dict) else list(expected)
    if missing:
        raise RunFolderError(f"{file}: not the manifest of a run; expected {', '.join(missing)}")
    wrong = [key for key in expected if not isinstance(manifest[key], _KINDS[key])]
    texts = all(isinstance(text, str) for key in expected if key in _TEXTS and key not in wrong for text in manifest[key])
    plain = texts and not wrong and all(n == os.path.basename(n) and n not in ("", ".", "..") for n in manifest["files"])
    if not plain:
        raise RunFolderError(f"{file}: damaged: its values are not of the kinds that a run writes")
    return dict(manifest)


def _read_csv(file: Path) -> pd.DataFrame:
    text = _TEXT[file.name]
    frame: pd.DataFrame = _reading(file, lambda name: pd.read_csv(name, dtype=dict.fromkeys(text, str), keep_default_na=False))
    missing = [column for column in _COLUMNS[file.name] if column not in frame]
    if missing:
        raise RunFolderError(f"{file}: damaged: expected the columns {', '.join(missing)}")
    for column in [name for name in frame.columns if name not in text]:
        blank = frame[column].astype(str) == ""
        try:
            frame[column] = pd.to_numeric(frame[column].where(~blank, None))
        except (ValueError, TypeError) as error:
            raise RunFolderError(f"{file}: damaged: column {column}: expected numbers ({error})") from error
    return frame


def _reading(file: Path, reader: Callable[[str], Any]) -> Any:
    """What ``reader`` makes of a file; whatever it cannot make sense of is damage."""
    try:
        return reader(str(file))
    except FileNotFoundError as error:
        raise RunFolderError(f"{file}: missing; the folder is not a whole run") from error
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunFolderError(f"{file}: damaged: {first}") from error


# ---------------------------------------------------------------- swapping in


@contextlib.contextmanager
def saved(save: Callable[[str], object], folder: str) -> Iterator[None]:
    """Save what was found, let it be shown even if it could not be saved, and only then raise that RunFolderError."""
    problem: RunFolderError | None = None
    try:
        save(folder)
    except RunFolderError as error:
        problem = error
    yield
    if problem is not None:
        raise problem


def _check_replaceable(path: Path, name: str, of: str) -> None:
    if not path.is_dir():
        raise RunFolderError(f"{name}: is a file, expected a folder or a new name")
    here = Path.cwd()
    if path == here or path in here.parents or os.path.ismount(path):
        raise RunFolderError(f"{name}: cannot be replaced as a whole; name a folder below it")
    if not any(path.iterdir()):
        return
    try:
        files = _read_manifest(path, _OURS)["files"]
    except RunFolderError:
        message = "holds files that are not of an earlier run; name a new or an empty folder"
        raise RunFolderError(f"{name}: {message}") from None
    if of not in files:
        raise RunFolderError(f"{name}: holds a run of another kind, without {of}; name a new or an empty folder")


def _replace(path: Path, fill: Callable[[Path], None], name: str) -> None:
    """Fill a new folder beside ``path`` and put it in its place."""
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
    if not (path / MANIFEST).exists():
        return
    own = set(_read_manifest(path, _OURS)["files"])
    for entry in path.iterdir():
        if entry.name in own:
            continue
        target = new / entry.name
        while os.path.lexists(target):
            target = target.with_name(target.name + ".old")
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, target, symlinks=True)
        else:
            shutil.copy2(entry, target, follow_symlinks=False)


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


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return {errno.ENAMETOOLONG: "the name is too long"}.get(error.errno, os.strerror(error.errno).lower())
    return str(error)
