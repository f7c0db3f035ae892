"""The report of a saved study: which page is made for which kind, and its file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.scenario.frozen import frozen
from sim.scenario.scenario import Scenario, hash_of
from sim.show.report import advice, comparison, others
from sim.show.report.advice import Advice
from sim.show.report.page import Page, html
from sim.study.advice.saved import read_designs, read_explanation, read_levers
from sim.study.history.saved import read_calibration, read_hindcast
from sim.study.manifests import MANIFEST, RunFolderError, an, named, read_manifest
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
    return comparison.page(result, list(_beside(path, result.scenario)))


def _beside(path: Path, scenario: Scenario) -> Iterator[Advice | str]:
    """Levers, explanations and proposals in folders within that of a comparison, or beside it under its name and a dash.

    That is where the command line writes them. Of those of another scenario it is said that they are there, if they are within.
    """
    home = path.resolve()
    within = [entry for entry in sorted(home.iterdir()) if (entry / MANIFEST).is_file()]
    named_so = [entry for entry in sorted(home.parent.iterdir()) if entry.name.startswith(f"{home.name}-")]
    near = [entry for entry in named_so if (entry / MANIFEST).is_file()]
    for folder in (*within, *near):
        try:
            kind = str(read_manifest(folder)["kind"])
            found = ADVICE[kind](folder) if kind in ADVICE else None
        except RunFolderError as error:
            if folder in within:
                raise
            yield f"{error}; it is not shown."
            continue
        if found is not None and _content(found.scenario) == _content(scenario):
            yield found
        elif found is not None and folder in within:
            yield f"{named(folder.name)} holds {an(kind)} of another scenario, which is not shown."


def _content(scenario: Scenario) -> str:
    """The hash of a scenario whatever the names of its evidence files, which are others in a folder."""
    return hash_of(scenario.file.model_copy(update={"evidence": frozen([])}), scenario.claims, scenario.pinned)


def _sweep(path: Path) -> Page:
    store = read_store(path)
    return others.sweep(Sweep(store.folder, 0, store.manifest))


ADVICE: dict[str, Callable[[Path], Advice]] = {"levers": read_levers, "explanation": read_explanation, "design": read_designs}
"""Kinds of studies that are also shown beside a comparison, each with its reader."""

PAGES: dict[str, Callable[[Path], Page]] = {
    "comparison": _comparison,
    "sweep": _sweep,
    "hindcast": lambda path: others.hindcast(read_hindcast(path)),
    "calibration": lambda path: others.calibration(read_calibration(path)),
    "levers": lambda path: advice.page(read_levers(path)),
    "explanation": lambda path: advice.page(read_explanation(path)),
    "design": lambda path: advice.page(read_designs(path)),
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
