"""The report of a saved study: which page is made for which kind, and its file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sim.show.report import comparison, others
from sim.show.report.legible import legible
from sim.show.report.page import Page, html
from sim.study.history.saved import read_calibration, read_hindcast
from sim.study.manifests import RunFolderError, an, named, read_manifest
from sim.study.saving import REPORT, is_report
from sim.study.stored import read
from sim.study.sweeps.gather import Sweep
from sim.study.sweeps.store import read_store
from sim.study.writing import write


def page_of(directory: str | os.PathLike[str]) -> Page:
    """The page of the study in a folder. Raises StudyError for a folder that holds none, or a damaged one."""
    path = Path(directory)
    try:
        kind = str(read_manifest(path)["kind"]) if path.is_dir() else "comparison"
    except FileNotFoundError:
        kind = "comparison"  # whose reader says what is missing
    if kind not in PAGES:
        wanted = ", ".join(PAGES)
        raise RunFolderError(f"{named(directory)}: holds {an(kind)}, of which there is no report; expected one of {wanted}")
    return PAGES[kind](path)


def _comparison(path: Path) -> Page:
    result = read(path)
    return comparison.page(replace(result, scenario=legible(result.scenario)))


def _sweep(path: Path) -> Page:
    store = read_store(path)
    return others.sweep(Sweep(store.folder, 0, store.manifest))


PAGES: dict[str, Callable[[Path], Page]] = {
    "comparison": _comparison,
    "sweep": _sweep,
    "hindcast": lambda path: others.hindcast(read_hindcast(path)),
    "calibration": lambda path: others.calibration(read_calibration(path)),
}
"""Kind of a study to what makes its page."""


def write_report(directory: str | os.PathLike[str], out: str | os.PathLike[str] | None = None) -> Path:
    """Write the page to ``out``, or to ``report.html`` in the folder; whole or not at all. Returns the file.

    An earlier report is replaced, any other file never. Raises StudyError.
    """
    file = Path(out) if out is not None else Path(directory) / REPORT
    if os.path.lexists(file) and not is_report(file):
        raise RunFolderError(f"{named(file)}: is there and no report of gobetween; name a new file")
    write(file, html(page_of(directory)).encode())
    return file
