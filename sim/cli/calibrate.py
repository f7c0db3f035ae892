"""``gobetween calibrate``: learn behavioural parameters."""

from __future__ import annotations

from typing import Annotated

import typer

import sim
from sim.cli.options import SEED, Force, Jobs, RunOptions, Seed, Worlds
from sim.cli.output import console, progress, show_and_save
from sim.scenario.problems import plain

Counted = Annotated[str, typer.Option("--counted", metavar="DIR", help="folder of synthetic conflicts and counts of real ones")]
Into = Annotated[str, typer.Option("--out", metavar="DIR", help="folder to write to")]
Ablate = Annotated[bool, typer.Option("--alternatives", help="hold the model against itself without each of its mechanisms")]
Compared = Annotated[
    list[str] | None,
    typer.Option("--compare", metavar="SCENARIO", help="compare its processes under prior and posterior; may be repeated"),
]


def calibrate(  # noqa: PLR0913, PLR0917 - one argument per option
    history: Annotated[str, typer.Argument(metavar="HISTORY", help="folder of scenario files with an observed block")],
    counted: Counted = "scenarios/regularities",
    worlds: Worlds = 65_536,
    seed: Seed = SEED,
    jobs: Jobs = 1,
    out: Into = "results/calibration",
    force: Force = False,
    ablate: Ablate = False,
    compare: Compared = None,
) -> None:
    """Learn behavioural parameters from episodes and from counts of real cases; each affair is also left out in turn.

    Also checks what was not fitted.
    """
    from sim.study.history.calibration import manifest_of  # noqa: PLC0415
    from sim.study.history.counted import read_study  # noqa: PLC0415
    from sim.study.history.episodes import read_episodes  # noqa: PLC0415
    from sim.study.saving import check_target  # noqa: PLC0415

    RunOptions(worlds, seed, jobs)  # refuses what cannot be
    asked = [sim.load(path) for path in compare or ()]
    episodes, _ = read_episodes(history)
    wanted = manifest_of(episodes, read_study(counted), worlds=worlds, seed=seed, ablate=ablate, compare=asked)
    check_target(out, wanted, force=force)
    what = f"{worlds:,} draws from the priors in every run" + (", then without each mechanism" if ablate else "")
    with progress(None, what) as tick:
        found = sim.calibrate(
            history, counted, worlds=worlds, seed=seed, jobs=jobs, ablate=ablate, compare=asked, progress=tick, report=tick.stage
        )
    show_and_save(lambda: found.show(console()), lambda: found.save(out, force=force))
    typer.echo(f"Written to {plain(out)}")
