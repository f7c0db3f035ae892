"""Files that are whole or not there: written under another name, brought to the disk, renamed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sim.scenario.problems import GoBetweenError, plain

UNFINISHED = ".unfinished-"
A_DAY = 86_400.0


class StudyError(GoBetweenError):
    """What stopped a study, in one line. Whatever was finished is kept."""


@contextlib.contextmanager
def writing(file: Path) -> Iterator[Path]:
    """A name to write to that becomes ``file`` once all is on the disk. Raises StudyError; then nothing has changed."""
    new = file.with_name(f"{UNFINISHED}{_machine()}-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield new
        _settle(new)
        os.replace(new, file)
        if os.name != "nt":
            _settle(file.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            new.unlink()
        if isinstance(error, OSError):
            raise StudyError(f"{plain(os.fspath(file))}: cannot be written: {why(error)}") from error
        raise


def write(file: Path, content: bytes) -> None:
    """Write a file as a whole. Raises StudyError."""
    with writing(file) as new:
        new.write_bytes(content)


def csv_text(frame: pd.DataFrame) -> str:
    """A table as text, six digits, the same bytes on every system."""
    text: str = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return text


def json_text(document: dict[str, Any]) -> str:
    """A manifest as text, keys sorted, for files that are compared byte for byte; NumPy's numbers as the numbers they are."""
    return json.dumps(document, indent=2, sort_keys=True, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def sweep_up(folder: Path) -> None:
    """Take away what writers that were stopped left behind: on this machine by their number, on others after a day."""
    for left in folder.rglob(f"{UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if not _is_being_written(left):
                left.unlink()


def _is_being_written(left: Path) -> bool:
    parts = left.name.removeprefix(UNFINISHED).split("-")
    if os.name != "nt" and len(parts) == 3 and parts[0] == _machine() and parts[1].isdecimal():
        try:
            os.kill(int(parts[1]), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    return time.time() - left.stat().st_mtime < A_DAY


def _machine() -> str:
    return hashlib.blake2b(platform.node().encode(), digest_size=4).hexdigest()


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def why(error: BaseException) -> str:
    """What an error of the operating system says, in words."""
    if isinstance(error, OSError) and error.errno is not None:
        return {errno.ENOSPC: "no space left on the disk"}.get(error.errno, os.strerror(error.errno).lower())
    return " ".join(str(error).split()) or type(error).__name__
