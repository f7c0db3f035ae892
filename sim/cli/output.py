"""What a verb prints: tables on a console, figures as JSON, how far a run is."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.show.meter import Meter


def console(*, err: bool = False) -> Console:
    """The terminal, or whatever standard output (with ``err`` standard error) is."""
    from sim.show import screen  # noqa: PLC0415 - rich only where something is printed

    return screen.console(err=err)


def print_json(**document: Any) -> None:
    """Print a document; tables in it become lists of rows, and what is no number or not known becomes null."""
    found = {name: value if isinstance(value, dict) else _records(value) for name, value in document.items()}
    typer.echo(json.dumps(found, indent=2, allow_nan=False, default=_plain))


def show_and_save(show: Callable[[], object], save: Callable[[], object]) -> None:
    """Show what was found and only then save it: a full disk loses no figures, and a reader that has gone no folder."""
    try:
        show()
        sys.stdout.flush()
    finally:
        save()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    return [{str(k): None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return None if str(value) == "<NA>" else value.item() if hasattr(value, "item") else str(value)


@contextmanager
def progress(total: int | None, what: str) -> Iterator[Meter]:
    """Say what is run and how far it is: a bar on a terminal, a line every ten seconds elsewhere; on standard error.

    ``total`` is the worlds in all; None where the run itself says how many there are.
    """
    from sim.model.compiling import once  # noqa: PLC0415
    from sim.show.meter import Meter, shown  # noqa: PLC0415

    typer.echo(f"running {what}", err=True)
    once(lambda said: typer.echo(said, err=True))
    with shown(console(err=True), Meter(total)) as meter:
        yield meter
