"""``gobetween calibrate``: learn behavioural parameters."""

from __future__ import annotations

from typing import Annotated

import typer

import sim
from sim.cli.options import SEED, Jobs, RunOptions, Seed, Worlds
from sim.cli.output import console, progress

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
    worlds: Worlds = 16_384,
    seed: Seed = SEED,
    jobs: Jobs = 1,
    out: Into = "results/calibration",
    ablate: Ablate = False,
    compare: Compared = None,
) -> None:
    """Learn behavioural parameters from episodes and from counts of real cases; each affair is also left out in turn.

    Also checks what was not fitted.
    """
    from sim.show.calibration import show  # noqa: PLC0415
    from sim.study.history.calibration import POSTERIOR  # noqa: PLC0415
    from sim.study.saving import check_target, saved  # noqa: PLC0415

    RunOptions(worlds, seed, jobs)  # refuses what cannot be
    asked = [sim.load(path) for path in compare or ()]
    check_target(out, of=POSTERIOR)
    what = f"{worlds:,} draws from the priors in every run" + (", then without each mechanism" if ablate else "")
    with progress(None, what) as tick:
        found = sim.calibrate(
            history, counted, worlds=worlds, seed=seed, jobs=jobs, ablate=ablate, compare=asked, progress=tick, report=tick.stage
        )
    with saved(found.save, out):
        show(found, console())
    typer.echo(f"Written to {out}")
