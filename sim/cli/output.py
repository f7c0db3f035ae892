"""What a verb prints: tables on a console, figures as JSON, how far a run is."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.study.compare import Progress


def console(*, err: bool = False) -> Console:
    """The terminal, or whatever standard output (with ``err`` standard error) is."""
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, soft_wrap=False, stderr=err)


def print_json(**document: Any) -> None:
    """Print a document; tables in it become lists of rows, and what is no number or not known becomes null."""
    found = {name: value if isinstance(value, dict) else _records(value) for name, value in document.items()}
    typer.echo(json.dumps(found, indent=2, allow_nan=False, default=_plain))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    return [{str(k): None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return None if str(value) == "<NA>" else value.item() if hasattr(value, "item") else str(value)


@contextmanager
def progress(total: int, what: str) -> Iterator[Progress]:
    """A bar on a terminal, a single line elsewhere; both on standard error."""
    from rich import progress as bars  # noqa: PLC0415

    terminal = console(err=True)
    if not terminal.is_terminal:
        typer.echo(f"running {what}", err=True)
        yield lambda done, of: None
        return
    columns = (
        bars.SpinnerColumn(), bars.TextColumn("{task.description}"), bars.BarColumn(bar_width=None),
        bars.MofNCompleteColumn(), bars.TextColumn("{task.fields[speed]}"), bars.TimeRemainingColumn(compact=True),
    )  # fmt: skip
    with bars.Progress(*columns, console=terminal, transient=True) as bar:
        task = bar.add_task(what, total=total, speed="")

        def tick(done: int, of: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=done, total=of, speed=f"{done / elapsed:,.0f} worlds/s" if elapsed > 0 else "")

        yield tick
