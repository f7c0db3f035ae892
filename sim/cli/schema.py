"""``gobetween schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from sim.scenario.editor import json_schema  # noqa: PLC0415

    typer.echo(json.dumps(json_schema(), indent=2))
