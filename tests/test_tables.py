"""Tables and sentences lose nothing and fit, at any width from 60 characters up."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sim.show.tables import LEAST, Figures, Table, Words, print_table, print_text, table_lines, text_lines, wrap

FIGURES = ("23%", "[20, 25]", "(\u221220, 66)")


def example(columns: int = 5) -> Table:
    """A table with figures in three parts, whose names of rows are long."""
    table = Table("A table", [Words("process, table"), *(Figures(f"figure number {n}") for n in range(columns))], note="Beware.")
    table.heading("Officials of both sides and of the go-betweens, in a room of their own, for as long as it takes")
    for name in ("officials speaking directly, without anybody in between", "formats.black_sea.monitoring"):
        table.row(name, *[FIGURES] * columns, indent=2)
        table.gap()
    return table


def printed(table: Table, width: int) -> str:
    """What stands on a console."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_table(console, table)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [1, 60, 61, 72, 80, 97, 118, 140, 500])
def test_every_part_of_every_figure_is_there_whole_and_no_line_is_too_long(width: int) -> None:
    text = printed(example(), width)
    for part in FIGURES:
        assert text.count(part) == 10
    assert max(map(cell_len, text.splitlines())) <= max(width, LEAST)
    assert "\u2026" not in text


def test_parts_stand_beside_each_other_where_there_is_room_and_below_each_other_where_there_is_not() -> None:
    assert " ".join(FIGURES) in printed(example(2), 140)
    narrow = printed(example(2), 60)
    assert f"{FIGURES[0]} {FIGURES[1]}" in narrow
    assert " ".join(FIGURES) not in narrow
    assert narrow.count("A table") == 1


def test_columns_that_do_not_fit_go_to_further_tables_with_the_first_column() -> None:
    text = printed(example(), 60)
    assert text.count("A table, continued") >= 1
    assert text.count("formats.black_sea.") == text.count("A table")
    assert text.count("Beware.") == 1


def test_a_figure_wider_than_the_line_left_is_listed_and_not_cut() -> None:
    table = Table("Wide", [Words("name"), Figures("figure")])
    table.row("north", "1" * 55)
    text = printed(table, 60)
    assert "1" * 55 not in text.splitlines()[1]
    assert "".join(text.split()).count("1") == 55


def test_labels_are_no_markup() -> None:
    table = Table("[bold]T[/]", [Words("[x]"), Words("[/]")])
    table.row("North [/]", "[sic]")
    table.heading("[red]")
    text = printed(table, 60)
    for part in ("[bold]T[/]", "[x]", "[/]", "North [/]", "[sic]", "[red]"):
        assert part in text


def test_styles_survive() -> None:
    table = Table("", [Words("a"), Figures("b")])
    table.row("x", ("1", Text("[2, 3]", style="dim")))
    line = table_lines(table, 60)[-1]
    (span,) = [span for span in line.spans if "dim" in str(span.style)]
    assert line.plain[span.start : span.end] == "[2, 3]"


def test_sentences_hang_and_keep_intervals_whole() -> None:
    text = (
        "Officials agree in 49% of worlds, a difference of 23 points with an interval of [20, 25] and from 0.2 to 0.4 (-20, 66)."
    )
    for width in range(60, 100):
        lines = [line.plain for line in text_lines(text, width, first="• ", hang=2)]
        assert lines[0].startswith("• O")
        assert all(line.startswith("  ") and not line.startswith("   ") for line in lines[1:])
        assert max(map(len, lines)) <= width
        for whole in ("[20, 25]", "0.2 to 0.4", "(-20, 66)."):
            assert any(whole in line for line in lines)
        assert " ".join(line.removeprefix("• ").strip() for line in lines) == text


def test_a_console_of_no_width_is_taken_for_one_of_60() -> None:
    console = Console(file=io.StringIO(), width=0)
    print_text(console, "word " * 30)
    assert 50 < max(map(len, console.file.getvalue().splitlines())) <= 60


def test_a_unit_does_not_stand_on_a_line_of_its_own() -> None:
    assert [line.plain for line in wrap("in force, week 26, %", 18)] == ["in force, week", "26, %"]


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table("T", [Words("a"), Figures("b")]).row("x")


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("ab1 2.,%[]()\u2212漢-\n"), max_size=120),
    st.integers(min_value=14, max_value=60),
)
def test_wrapping_keeps_every_character_and_every_number(text: str, width: int) -> None:
    lines = [line.plain for line in wrap(text, width)]
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(map(cell_len, lines)) <= width
    numbers = [n for n in re.findall(r"\d+(?:\.\d+)?", text) if len(n) <= width // 3]
    found = re.findall(r"\d+(?:\.\d+)?", "\n".join(lines))
    if all(len(n) < 5 for n in re.findall(r"[\d.,%\u2212-]+", text)):
        assert found == numbers
