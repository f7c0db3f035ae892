"""What is in files that somebody may have damaged: regular files only, no more than is expected, never waiting for a writer."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from sim.study.writing import StudyError

AT_ONCE = 1 << 20
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""A pipe without a writer is opened at once, and then refused."""


class OddFileError(StudyError):
    """Something else than a regular file of the expected size, in words."""


@contextmanager
def opened(file: Path, most: int) -> Iterator[BinaryIO]:
    """A regular file of at most ``most`` bytes, to be read. Raises OddFileError for anything else, OSError."""
    handle = os.open(file, FLAGS)
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OddFileError("is a folder, expected a file" if stat.S_ISDIR(found.st_mode) else "is no regular file")
        if found.st_size > most:
            raise OddFileError(f"is larger than the {most:,} bytes that were expected")
        yield stream


def content_of(file: Path, most: int) -> bytes:
    """All bytes of a regular file. Raises as ``opened``."""
    with opened(file, most) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise OddFileError(f"is larger than the {most:,} bytes that were expected")
    return content


def checksum(file: Path, most: int = 1 << 40) -> dict[str, Any]:
    """Size and SHA-256 of a regular file, as a manifest says them. Raises as ``opened``."""
    found, size = hashlib.sha256(), 0
    with opened(file, most) as stream:
        while part := stream.read(AT_ONCE):
            found.update(part)
            size += len(part)
    return {"bytes": size, "sha256": found.hexdigest()}


def checksum_of(content: bytes) -> dict[str, Any]:
    """The same of bytes."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
