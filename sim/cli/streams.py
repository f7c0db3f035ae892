"""Standard streams as a shell may leave them: closed, or in an encoding without the signs that we write."""

from __future__ import annotations

import codecs
import os
import sys
from typing import Any

PLAIN = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...",
    "\u00b7": ";", "\u2022": "*", "\u00d7": "x",
}  # fmt: skip
"""Signs that we write, as ASCII has them: above all the minus, without which a figure would say something else."""

HANDLER = "gobetween.plain"


def open_streams() -> None:
    """Open closed streams to nowhere, and write what an encoding lacks as plain signs or as escapes."""
    codecs.register_error(HANDLER, _plain)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:  # closed: the next file that is opened would be taken for the stream
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
        if number and hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors=HANDLER)


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found: Any = [PLAIN.get(sign) or _escape(sign) for sign in error.object[error.start : error.end]]
    return "".join(found), error.end


def _escape(sign: str) -> str:
    return sign.encode("ascii", "backslashreplace").decode("ascii")
