"""Tables and sentences that lose nothing at any width from 60 characters up.

A table is described once and laid out for the console that prints it::

    table = Table("Scores", [Words("rule"), Figures("score"), Words("verdict")])
    table.heading("Agreed")
    table.row("one half", ("0.25", "[0.20, 0.30]", "(0.1, 0.4)"), "cannot be told apart", indent=2)
    print_table(console, table)
    print_text(console, "Lower is better.", first="• ", hang=2)

Words wrap at spaces. A cell of figures is one part (``str`` or ``Text``), a tuple of parts (a value and its
intervals, which stand beside each other where there is room and below each other where there is not), or a list
of such tuples, each of which begins a line. A part is never broken, and in words and sentences neither is a
number, an interval or "0.2 to 0.4". Columns that do not fit side by side go to further tables, each of which
repeats the first column; where even one column does not fit, every row becomes a list of heads and cells. Nothing is
cropped, and text is never read as markup. Below 60 characters all of this is laid out for 60.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, permutations

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

LEAST = 60
"""Characters below which no layout is narrowed further."""

GAP, HANG = 2, 1
"""Characters between columns, and those by which further lines of a cell of words are set in."""

TIGHT, LONG = 14, 24
"""Characters that a column of words is not narrowed below, and those from which a word of it may be broken."""

Part = str | Text
Cell = Part | tuple[Part, ...] | list[tuple[Part, ...]]

UNBROKEN = re.compile(
    r"\S*[\[(][-+\u2212\u2013<\d.,%?M to]{1,40}[\])]\S*"  # an interval
    r"|\S*\d\S* to [-+\u2212\u2013<]?\d\S*"  # a range
    r"|\S+, %(?!\S)"  # the unit of a column
    r"|\S+"
)
JOINTS = "._/-,;:=·"
"""Characters after which a word that is longer than its column may be broken."""


@dataclass(frozen=True)
class Column:
    """What stands over a column."""

    head: str


class Words(Column):
    """A column of words, which wrap."""


class Figures(Column):
    """A column of figures, none of which is broken."""


@dataclass(frozen=True)
class Row:
    """Cells by column, the first of them indented; a single cell without columns is a heading over all of them."""

    cells: tuple[Cell, ...]
    indent: int = 0
    over_all: bool = False


@dataclass
class Table:
    """A title, columns and rows; ``None`` among the rows is an empty line."""

    title: str
    columns: Sequence[Column]
    note: str = ""
    rows: list[Row | None] = field(default_factory=list)

    def row(self, *cells: Cell, indent: int = 0) -> None:
        """Add a row with a cell for each column."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{self.title}: {len(cells)} cells for {len(self.columns)} columns")
        self.rows.append(Row(cells, indent))

    def heading(self, text: Part) -> None:
        """Add a line over all columns."""
        self.rows.append(Row((text if isinstance(text, Text) else Text(text, style="bold"),), over_all=True))

    def gap(self) -> None:
        """Add an empty line, unless nothing or one stands there already."""
        if self.rows and self.rows[-1] is not None:
            self.rows.append(None)

    def cells(self, place: int) -> Iterator[tuple[Cell, int]]:
        """The cells of a column, each with its indent."""
        for row in self.rows:
            if row is not None and not row.over_all:
                yield row.cells[place], 0 if place else row.indent


# ---------------------------------------------------------------- printing


def width_of(console: Console) -> int:
    """Characters to lay out for; a console that claims fewer than 60 is taken for one of 60 from here on."""
    console.width = max(console.width, LEAST)
    return console.width


@dataclass(frozen=True)
class Sentence:
    """A sentence or paragraph as it was printed: ``listed`` behind a bullet, ``aside`` in a fainter style."""

    text: str
    listed: bool = False
    aside: bool = False


class Recorder(Console):
    """A console that keeps tables and sentences in ``parts``, for a page that lays them out by itself."""

    def __init__(self) -> None:
        super().__init__(file=io.StringIO())
        self.parts: list[Table | Sentence] = []


def print_table(console: Console, table: Table) -> None:
    """Print a table, or the several that it takes, and its note."""
    if isinstance(console, Recorder):
        console.parts.append(table)
        return
    _print(console, table_lines(table, width_of(console)))


def print_text(console: Console, text: Part, *, first: str = "", hang: int = 0, style: str = "") -> None:
    """Print a sentence or paragraph; ``first`` stands before it, further lines are indented by ``hang`` characters."""
    if isinstance(console, Recorder):
        if style != "bold":  # a page has a title of its own
            said = _words(text).plain.strip()
            console.parts.append(Sentence(said, listed=bool(first.strip()), aside=style == "dim"))
        return
    _print(console, text_lines(text, width_of(console), first=first, hang=hang, style=style))


def _print(console: Console, lines: Iterable[Text]) -> None:
    for line in lines:
        line.rstrip()
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


def text_lines(text: Part, width: int, *, first: str = "", hang: int = 0, style: str = "") -> list[Text]:
    """The lines of a paragraph, none longer than ``width``."""
    lines = wrap(Text.assemble(first, text) if first else text, width - hang, first=width)
    found = [line if not number else Text(" " * hang) + line for number, line in enumerate(lines)]
    for line in found:
        line.stylize(style)
    return found


def table_lines(table: Table, width: int) -> list[Text]:
    """The lines of a table at a width; none is longer."""
    found: list[Text] = []
    for number, part in enumerate(_parts(table, width)):
        if found:
            found.append(Text())
        title = f"{table.title}, continued" if number else table.title
        found += text_lines(title, width, hang=2, style="bold") if title else []
        found += _drawn(table, part, width) if part.places else _listed(table, width)
        while found and not found[-1].plain.strip():
            found.pop()
    return found + (text_lines(table.note, width, style="dim") if table.note else [])


# ---------------------------------------------------------------- layout


@dataclass(frozen=True)
class Layout:
    """Columns of one table: which, how wide, and how many parts of a figure stand on a line."""

    places: tuple[int, ...]
    widths: tuple[int, ...]
    abreast: int

    @property
    def width(self) -> int:
        """Characters of a line."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)


def _parts(table: Table, width: int) -> list[Layout]:
    """As few tables as hold all columns, and in these as few lines as can be."""
    others = range(1, len(table.columns))
    most = max((len(parts) for place in others for cell, _ in table.cells(place) for parts in _figures(cell)), default=1)
    for count in range(1, max(len(others), 1) + 1):
        size = -(-len(others) // count)
        groups = [(0, *others[start : start + size]) for start in range(0, len(others), size)] or [(0,)]
        every = [[_fit(table, group, width, abreast) for group in groups] for abreast in range(most, 0, -1)]
        whole = [[layout for layout in found if layout is not None] for found in every if all(found)]
        if whole:
            return min(whole, key=lambda found: sum(_height(table, layout) for layout in found))
    return [Layout((), (), 1)]


def _fit(table: Table, places: tuple[int, ...], width: int, abreast: int) -> Layout | None:
    """The layout of some columns in ``width`` characters, or None if they do not fit."""
    natural = {place: _natural(table, place, abreast) for place in places}
    narrow = {place: min(natural[place], _narrowest(table, place, natural[place])) for place in places}
    room = width - GAP * (len(places) - 1) - sum(narrow.values())
    if room < 0:
        return None
    widths = dict(narrow)
    while room and (short := [place for place in places if widths[place] < natural[place]]):
        widths[max(short, key=lambda place: natural[place] / widths[place])] += 1
        room -= 1
    found = [widths]
    words = [place for place in places if isinstance(table.columns[place], Words)]
    for giver, taker in permutations(words, 2):  # the table may be flatter if one column of words gives room to another
        steps = range(1, widths[giver] - narrow[giver] + 1)
        found += [widths | {giver: widths[giver] - step, taker: widths[taker] + step} for step in steps]
    layouts = [Layout(places, tuple(each.values()), abreast) for each in found]
    return min(layouts, key=lambda layout: _height(table, layout)) if len(layouts) > 1 else layouts[0]


def _height(table: Table, layout: Layout) -> int:
    """Lines of the rows of a table."""
    columns = []
    for place, width in zip(layout.places, layout.widths, strict=True):
        if isinstance(table.columns[place], Figures):
            columns.append([_stacks(cell, layout.abreast) for cell, _ in table.cells(place)])
        else:
            columns.append([_lines(_words(cell).plain, width - indent) for cell, indent in table.cells(place)])
    return sum(map(max, zip(*columns, strict=True)))


def _stacks(cell: Cell, abreast: int) -> int:
    return sum(-(-sum(map(bool, parts)) // abreast) for parts in _figures(cell))


@lru_cache(maxsize=10_000)
def _lines(text: str, width: int) -> int:
    return len(wrap(text, width - HANG, first=width))


def _natural(table: Table, place: int, abreast: int) -> int:
    """Characters of a column whose words do not wrap (heads of figures do)."""
    column = table.columns[place]
    if isinstance(column, Figures):
        widest = max((cell_len(line.plain) for cell, _ in table.cells(place) for line in _stacked(cell, abreast)), default=0)
        return max(widest, _longest_word(column.head), min(_length(column.head), TIGHT))
    return max([_length(column.head), *(indent + _length(_words(cell).plain) for cell, indent in table.cells(place))])


def _narrowest(table: Table, place: int, natural: int) -> int:
    if isinstance(table.columns[place], Figures):
        return natural
    texts = [(table.columns[place].head, 0), *((_words(cell).plain, indent) for cell, indent in table.cells(place))]
    return max(TIGHT, *(indent + HANG + min(_longest_word(text), LONG) for text, indent in texts))


def _length(text: str) -> int:
    return max((cell_len(line) for line in text.splitlines()), default=0)


def _longest_word(text: str) -> int:
    return max((cell_len(word) for word in UNBROKEN.findall(text)), default=0)


# ---------------------------------------------------------------- drawing


def _drawn(table: Table, layout: Layout, whole: int) -> Iterator[Text]:
    heads: list[list[Text]] = []
    for place, width in zip(layout.places, layout.widths, strict=True):
        heads.append(wrap(table.columns[place].head, width))
    if any(line.plain for head in heads for line in head):
        tallest = max(map(len, heads))
        yield from _beside(table, layout, [[Text()] * (tallest - len(head)) + head for head in heads])
        yield Text("─" * layout.width)
    for row in table.rows:
        if row is None:
            yield Text()
        elif row.over_all:
            yield from text_lines(_words(row.cells[0]), whole, hang=2)
        else:
            cells = []
            for place, width in zip(layout.places, layout.widths, strict=True):
                cell, indent = row.cells[place], 0 if place else row.indent
                if isinstance(table.columns[place], Figures):
                    cells.append(_stacked(cell, layout.abreast))
                else:
                    cells.append(text_lines(_words(cell), width, first=" " * indent, hang=indent + HANG))
            yield from _beside(table, layout, cells)


def _beside(table: Table, layout: Layout, cells: list[list[Text]]) -> Iterator[Text]:
    """Cells side by side, as many lines as the tallest has; figures to the right."""
    for number in range(max(map(len, cells))):
        line = Text()
        for place, width, lines in zip(layout.places, layout.widths, cells, strict=True):
            own = lines[number] if number < len(lines) else Text()
            blank = " " * (width - cell_len(own.plain))
            line.append(" " * GAP if place != layout.places[0] else "")
            line += Text(blank) + own if isinstance(table.columns[place], Figures) else own + Text(blank)
        yield line


def _listed(table: Table, width: int) -> Iterator[Text]:
    """Every row as a list of heads and cells."""
    for row in table.rows:
        if row is None:
            yield Text()
            continue
        yield from text_lines(_words(row.cells[0]), width, hang=2)
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=False):
            if _words(cell).plain:
                yield from text_lines(_words(cell), width, first=f"  {column.head}: ", hang=4)


def _figures(cell: Cell) -> list[tuple[Part, ...]]:
    return cell if isinstance(cell, list) else [cell] if isinstance(cell, tuple) else [(cell,)]


def _stacked(cell: Cell, abreast: int) -> list[Text]:
    """A cell of figures as lines, with at most ``abreast`` parts on each."""
    lines = []
    for parts in _figures(cell):
        there = [part for part in parts if len(part)]
        lines += [Text(" ").join(map(_text, there[n : n + abreast])) for n in range(0, len(there), abreast)]
    return lines or [Text()]


def _words(cell: Cell) -> Text:
    if isinstance(cell, str | Text):
        return _text(cell)
    return Text("\n").join(Text(" ").join(map(_text, parts)) for parts in _figures(cell))


def _text(part: Part) -> Text:
    return Text(part) if isinstance(part, str) else part.copy()


# ---------------------------------------------------------------- wrapping


def wrap(text: Part, width: int, *, first: int | None = None) -> list[Text]:
    """Text as lines of at most ``width`` characters (the first of ``first``), broken at spaces.

    Numbers, intervals and ranges stay whole. A word longer than a line is broken after a joint (a dot, a stroke), or,
    where it has none, anywhere but inside a number.
    """
    found: list[Text] = []
    room = width if first is None else first
    for line in _text(text).split("\n", allow_blank=True):
        start = end = 0
        for match in UNBROKEN.finditer(line.plain):
            for low, high in _broken(line.plain, match.span(), room, width):
                if end > start and cell_len(line.plain[start:high]) > room:
                    found.append(line[start:end])
                    start, room = low, width
                end = high
        found.append(line[start:end])
        room = width
    return found


def _broken(text: str, span: tuple[int, int], room: int, width: int) -> list[tuple[int, int]]:
    """A word, or the pieces that it falls into where it is longer than a line."""
    low, high = span
    if cell_len(text[low:high]) <= max(min(room, width), 1):
        return [span]
    cuts = [low]
    while cell_len(text[cuts[-1] : high]) > width:
        start = cuts[-1]
        fits = start + 1
        while fits < high and cell_len(text[start : fits + 1]) <= width:
            fits += 1
        inside = range(fits, start, -1)
        joint = next((n for n in inside if text[n - 1] in JOINTS and not _in_number(text, n)), None)
        cuts.append(joint or next((n for n in inside if not _in_number(text, n)), fits))
    return list(pairwise([*cuts, high]))


def _in_number(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    return (before.isdigit() or before in ".,+-\u2212") and (after.isdigit() or after in ".,%M")
