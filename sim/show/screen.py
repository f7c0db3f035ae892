"""The terminal that tables are printed to."""

from __future__ import annotations

import io

from rich.console import Console

USUAL_WIDTH = 80


def plain(width: int) -> Console:
    """A console that keeps what is printed in memory, without colours; ``.file.getvalue()`` has it."""
    return Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False, soft_wrap=False)


def console(*, err: bool = False) -> Console:
    """The terminal, or whatever standard output (with ``err`` standard error) is. Words in it are words and no markup."""
    made = Console(markup=False, emoji=False, highlight=False, soft_wrap=False, stderr=err)
    if made.width < 1:  # COLUMNS=0, by which some programs say that they do not know
        made.width = USUAL_WIDTH
    return made
