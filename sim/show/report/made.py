"""The report of a saved study: which page is made for which kind, and its file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from sim.show.report import comparison
from sim.show.report.legible import legible
from sim.show.report.page import html
from sim.study.stored import read
from sim.study.writing import write


def report(directory: str | os.PathLike[str]) -> str:
    """The page of the study in a folder. Raises StudyError for a folder that holds none, or a damaged one."""
    result = read(directory)
    return html(comparison.page(replace(result, scenario=legible(result.scenario))))


def write_report(directory: str | os.PathLike[str], out: str | os.PathLike[str] | None = None) -> Path:
    """Write the page to ``out``, or to ``report.html`` in the folder; whole or not at all. Returns the file."""
    file = Path(out) if out is not None else Path(directory) / "report.html"
    write(file, report(directory).encode())
    return file
