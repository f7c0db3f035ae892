"""``gobetween serve``: a page on this machine on which assumptions move and worlds can be read."""

from __future__ import annotations

import contextlib
import secrets
import socket
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CommandError
from sim.cli.options import SEED, RunOptions, Seed, load_scenario, whole_number
from sim.scenario.problems import plain

Asked = Annotated[
    str | None,
    typer.Argument(metavar="[SCENARIO]", help="the scenario to begin with; others of its folder can be chosen"),
]
Port = Annotated[int, typer.Option("--port", parser=whole_number, metavar="P", help="port on 127.0.0.1; 0: one that is free")]
Browse = Annotated[bool, typer.Option("--open/--no-open", help="open it in a browser")]

FIRST = "scenarios/kursk-2024.yaml"


def serve(scenario: Asked = None, seed: Seed = SEED, port: Port = 0, browse: Browse = True) -> None:
    """Show a page on 127.0.0.1: two processes side by side, redrawn while assumptions move; worlds to click and read.

    Ends with Ctrl-C. Only this machine can reach it, and only with the address that is printed.
    """
    if not 0 <= port <= 65_535:
        raise CommandError(f"--port: got {port}, expected 0 to 65535", 2)
    RunOptions(seed=seed)  # refuses what cannot be
    try:
        import uvicorn  # noqa: PLC0415

        from sim.show.page.server import Page, application  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise CommandError(f"serve needs {error.name}: pip install 'gobetween[page]'", 1) from error
    path = Path(scenario or FIRST)
    load_scenario(str(path))
    token = secrets.token_urlsafe(16)
    page = Page(beside(path), first=path.stem, seed=seed)
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise CommandError(f"--port {port}: {error.strerror.lower() if error.strerror else error}", 1) from error
    with listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/{token}/"
        typer.echo(f"{address}\nCtrl-C ends it.")
        if browse:
            webbrowser.open(address)
        how = uvicorn.Config(application(page, token), log_level="warning", access_log=False, server_header=False)
        with contextlib.suppress(KeyboardInterrupt):  # which is how it ends
            uvicorn.Server(how).run(sockets=[listening])


def beside(path: Path) -> dict[str, Path]:
    """The scenario and the others of its folder, by name."""
    others = sorted(path.parent.glob("*.yaml"))
    return {plain(one.stem): one for one in (path, *(one for one in others if one.stem != path.stem))}
