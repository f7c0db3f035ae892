"""``gobetween hindcast``: episodes whose end is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import SEED, WORLDS, Force, Jobs, Json, RunOptions, Seed, Worlds
from sim.cli.output import console, print_json, progress, show_and_save
from sim.scenario.problems import plain

Episodes = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="folders of scenario files with an observed block, or such files")
]
Out = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="folder to write to [default: results/hindcast and the folder's name]")
]


def hindcast(  # noqa: PLR0913, PLR0917 - one argument per option
    paths: Episodes,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Run episodes whose end is known and score what is said of them.

    Brier and log scores beside simple rules, for agreement per issue and for how long it held.
    """
    from sim.study.history.episodes import read_episodes  # noqa: PLC0415
    from sim.study.history.hindcast import collect, manifest_of, run_episodes  # noqa: PLC0415
    from sim.study.saving import check_target  # noqa: PLC0415

    folder = out or "results/hindcast" + (f"-{Path(paths[0]).resolve().stem}" if len(paths) == 1 else "")
    RunOptions(worlds, seed, jobs)  # refuses what cannot be
    episodes, notes = read_episodes(paths)
    check_target(folder, manifest_of(episodes, seed=seed, worlds=worlds, notes=notes), force=force)
    what = f"{len(episodes)} episode{'' if len(episodes) == 1 else 's'}, {worlds:,} worlds in each"
    with progress(worlds * len(episodes), what) as tick:
        fates = run_episodes(episodes, worlds, seed, jobs=jobs, progress=tick)
    found = collect(episodes, fates, seed=seed, notes=notes)

    def show_it() -> None:
        if as_json:
            frames = {name: getattr(found, name) for name in ("rows", "life", "scores", "calibration", "sharpness")}
            print_json(manifest=found.manifest, **frames)
        else:
            found.show(console())
    show_and_save(show_it, lambda: found.save(folder, force=force))
    typer.echo(f"Written to {plain(folder)}", err=as_json)
