"""Loading a scenario file and the files it extends."""

from __future__ import annotations

import os

from sim.scenario.merging import merge
from sim.scenario.problems import Place, Problem, ScenarioError, hint, refuse, shown
from sim.scenario.project import check_inside
from sim.scenario.reading import Document, read
from sim.scenario.scenario import Scenario
from sim.scenario.version import take_format

MAX_CHAIN = 10


def load(path: str | os.PathLike[str]) -> Scenario:
    """The scenario in the YAML file at ``path``, what it extends merged in.

    Raises ScenarioError, which lists every problem by file, line and key path; nothing else for wrong
    input, and the same for a file that cannot be read.
    """
    file = os.fspath(path)
    return Scenario.from_document(_inherited(file, (), ("", 0)), file)


def _inherited(file: str, chain: tuple[str, ...], named_at: Place) -> Document:
    """The document of ``file`` over those it extends. ``chain`` holds the files that led here."""
    if chain and not os.path.exists(file):
        near = sorted(name for name in _beside(chain[-1]) if name.endswith((".yaml", ".yml")))
        message = f"no such file {file}{hint(os.path.basename(file), near)}"
        raise refuse(named_at[0], message, line=named_at[1], key=("extends",))
    document = take_format(_named(file, chain, named_at) if chain else read(file))
    if "extends" not in document.data:
        return document
    parent = document.data.pop("extends")
    place = document.lines.at(("extends",))
    if not isinstance(parent, str) or not parent or "\0" in parent:
        raise refuse(place[0], f"got {shown(parent)}, expected the name of a file", line=place[1], key=("extends",))
    chain = (*chain, file)
    target = os.path.normpath(os.path.join(os.path.dirname(file), parent))
    if os.path.realpath(target) in [os.path.realpath(known) for known in chain]:
        circle = " extends ".join([*chain, target])
        raise refuse(place[0], f"circular: {circle}", line=place[1], key=("extends",))
    if len(chain) >= MAX_CHAIN:
        raise refuse(place[0], f"chain of more than {MAX_CHAIN} files", line=place[1], key=("extends",))
    return merge(_inherited(target, chain, place), document)


def _named(file: str, chain: tuple[str, ...], named_at: Place) -> Document:
    """A file that another extends: what is wrong with it as a whole is a problem of the line that names it."""
    check_inside(file, chain[0], named_at, ("extends",))
    try:
        return read(file)
    except ScenarioError as error:
        raise ScenarioError(
            problem if problem.line else Problem(*named_at, "extends", f"{problem.file}: {problem.message}")
            for problem in error.problems
        ) from None


def _beside(file: str) -> list[str]:
    try:
        return os.listdir(os.path.dirname(file) or ".")
    except OSError:
        return []
