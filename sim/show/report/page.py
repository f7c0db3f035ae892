"""A page of sections and blocks, and its HTML: one file that asks the network for nothing and runs no script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.scenario.legible import clean
from sim.show.tables import Cell, Figures, Part, Table

NAMED, TOPIC = "\ue000{}\ue002", "\ue001{}\ue002"
"""The label of a process, and of an issue, within a sentence: set off, with a direction of writing of its own."""

_LABEL = re.compile("([\ue000\ue001])([^\ue000-\ue002]*)\ue002")
_INTERVALS = re.compile(r"(?:[\[(][-+\u2212<>\d.,%?M ]+[\])] ?)+")


@dataclass(frozen=True)
class Text:
    """A paragraph, with bold words before it; ``aside`` for notes."""

    words: str
    lead: str = ""
    aside: bool = False


@dataclass(frozen=True)
class Listed:
    """A list of pairs: what, and the words about it."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Chart:
    """A chart as SVG, its caption, and the figures that it is drawn from."""

    name: str
    svg: Markup
    caption: str
    figures: Table | None = None


@dataclass(frozen=True)
class Story:
    """A story by its paragraphs; those without an indent are headings."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Code:
    """A command to type."""

    words: str


@dataclass(frozen=True)
class Fold:
    """Blocks below a line that opens them; ``more`` are figures behind its title."""

    title: str
    blocks: Sequence[Block]
    more: str = ""
    opened: bool = False


Block = Text | Listed | Chart | Story | Code | Fold | Table


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Block]
    name: str = ""


@dataclass(frozen=True)
class Page:
    """A report: its title, the line below it, the sections a reader sees at once, and those that are opened on demand.

    ``contents`` are questions, each with the name of the section that answers it.
    """

    title: str
    subtitle: str
    sections: Sequence[Section]
    details: Sequence[Section] = field(default_factory=tuple)
    contents: Sequence[tuple[str, str]] = field(default_factory=tuple)


def html(page: Page) -> str:
    """The page as a document. Every text in it is escaped; only charts, made here, are markup."""
    return str(_environment().get_template("page.html").render(page=page)) + "\n"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_clean,
    )  # fmt: skip
    made.filters |= {"kind": lambda block: type(block).__name__, "lines": cell_lines, "sentence": sentence}
    made.tests["figures"] = lambda column: isinstance(column, Figures)
    made.globals["css"] = Markup((Path(__file__).parent / "style.css").read_text(encoding="utf-8"))
    return made


def _clean(value: Any) -> Any:
    """A text without characters that steer a reader's screen."""
    return clean(value) if type(value) is str else value


def named(label: str, *, form: str = NAMED) -> str:
    """A label as it stands in a sentence."""
    return form.format(clean(label))


def sentence(words: str) -> Markup:
    """A sentence as HTML, escaped: labels are set off, intervals in a fainter style."""
    found, last = [], 0
    for match in _LABEL.finditer(words):
        kind = "name" if match[1] == NAMED[0] else "topic"
        found += [_faint(words[last : match.start()]), Markup('<bdi class="{}">{}</bdi>').format(kind, clean(match[2]))]
        last = match.end()
    return Markup("").join([*found, _faint(words[last:])])


def _faint(words: str) -> Markup:
    words, found, last = clean(words), [], 0
    for match in _INTERVALS.finditer(words):
        found += [Markup.escape(words[last : match.start()]), Markup('<span class="interval">{}</span>').format(match[0].strip())]
        found += [Markup(" ")] if match[0].endswith(" ") else []
        last = match.end()
    return Markup("").join([*found, Markup.escape(words[last:])])


def cell_lines(cell: Cell) -> list[list[str]]:
    """A cell of a table as lines of parts: a value, then its intervals; words as they are broken into lines."""
    words: list[tuple[Part, ...]] = [(line,) for line in str(cell).split("\n")]
    rows = cell if isinstance(cell, list) else [cell] if isinstance(cell, tuple) else words
    return [[str(part) for part in row if str(part)] for row in rows]
