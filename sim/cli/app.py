"""The command ``gobetween`` and its verbs."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

import sim
from sim.cli.calibrate import calibrate
from sim.cli.check import check
from sim.cli.compare import compare, run
from sim.cli.design import design
from sim.cli.discover import discover
from sim.cli.errors import guarded, say
from sim.cli.explain import explain
from sim.cli.gather import gather
from sim.cli.hindcast import hindcast
from sim.cli.init import init
from sim.cli.levers import levers
from sim.cli.plot import plot
from sim.cli.regularities import regularities
from sim.cli.report import report
from sim.cli.schema import schema
from sim.cli.sensitivity import sensitivity
from sim.cli.serve import serve
from sim.cli.story import story
from sim.cli.streams import open_streams
from sim.cli.sweep import sweep

WHAT = "Which process gets two sides to come, to agree, to ratify and to keep it? A tool to compare, no forecast."

app: typer.Typer = typer.Typer(
    name="gobetween", add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, help=WHAT
)

VERBS = (
    init, compare, run, report, story, serve, levers, explain, design, plot, check, schema, discover, hindcast, calibrate,
    regularities, sensitivity, sweep, gather,
)  # fmt: skip
for _verb in VERBS:
    app.command()(guarded(_verb))


def main() -> None:
    """The command ``gobetween``."""
    for name in ("SIGTERM", "SIGHUP"):  # the second is not known everywhere, and ignored under nohup
        if (number := getattr(signal, name, None)) and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminated)
    open_streams()
    try:
        app()
    except (KeyboardInterrupt, Exception) as error:
        sys.exit(say(error))


def _terminated(number: int, _: object) -> None:
    sys.exit(128 + number)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gobetween {sim.__version__}")
        raise typer.Exit


@app.callback(help=WHAT)
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version and leave")
    ] = False,
) -> None:
    """What may stand before a verb."""
