"""The door, continued: ``gobetween hindcast`` and ``calibrate``. Verbs only, no science."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim import cli

if TYPE_CHECKING:
    from sim.study.history.hindcast import Hindcast

Episodes = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="folders of scenario files with an observed block, or such files")
]
Out = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="folder to write to [default: results/hindcast and the folder's name]")
]


@cli.app.command()
@cli.guarded
def hindcast(  # noqa: PLR0913, PLR0917 - one argument per option
    paths: Episodes,
    worlds: cli.Worlds = cli.WORLDS,
    seed: cli.Seed = cli.SEED,
    jobs: cli.Jobs = 1,
    out: Out = None,
    as_json: cli.Json = False,
) -> None:
    """Run episodes whose end is known and score what is said of them.

    Brier and log scores beside simple rules, for agreement per issue and for how long it held.
    """
    from sim.study.history.episodes import read_episodes  # noqa: PLC0415
    from sim.study.history.hindcast import SCORES, collect, run_episodes  # noqa: PLC0415
    from sim.study.saving import check_target, saved  # noqa: PLC0415

    folder = out or "results/hindcast" + (f"-{Path(paths[0]).resolve().stem}" if len(paths) == 1 else "")
    cli._Run(worlds, seed, jobs, folder, as_json)  # refuses what cannot be
    episodes, notes = read_episodes(paths)
    check_target(folder, of=SCORES)
    what = f"{len(episodes)} episode{'' if len(episodes) == 1 else 's'}, {worlds:,} worlds in each"
    with cli._progress(worlds * len(episodes), what) as tick:
        fates = run_episodes(episodes, worlds, seed, jobs=jobs, progress=tick)
    found = collect(episodes, fates, seed=seed, notes=notes)
    with saved(found.save, folder):
        if as_json:
            typer.echo(_as_json(found))
        else:
            from sim.show.hindcast import show  # noqa: PLC0415

            show(found, cli._console())
    typer.echo(f"Written to {folder}", err=as_json)


def _as_json(found: Hindcast) -> str:
    frames = {name: cli._records(getattr(found, name)) for name in ("rows", "life", "scores", "calibration", "sharpness")}
    document: dict[str, Any] = {"manifest": found.manifest, **frames}
    return json.dumps(document, indent=2, allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    return None if str(value) == "<NA>" else value.item() if hasattr(value, "item") else str(value)


Counted = Annotated[str, typer.Option("--counted", metavar="DIR", help="folder of synthetic conflicts and counts of real ones")]
Into = Annotated[str, typer.Option("--out", metavar="DIR", help="folder to write to")]


Ablate = Annotated[bool, typer.Option("--alternatives", help="hold the model against itself without each of its mechanisms")]
Compared = Annotated[
    list[str] | None,
    typer.Option("--compare", metavar="SCENARIO", help="compare its processes under prior and posterior; may be repeated"),
]


@cli.app.command()
@cli.guarded
def calibrate(  # noqa: PLR0913, PLR0917 - one argument per option
    history: Annotated[str, typer.Argument(metavar="HISTORY", help="folder of scenario files with an observed block")],
    counted: Counted = "scenarios/regularities",
    worlds: cli.Worlds = 16_384,
    seed: cli.Seed = cli.SEED,
    jobs: cli.Jobs = 1,
    out: Into = "results/calibration",
    ablate: Ablate = False,
    compare: Compared = None,
) -> None:
    """Learn behavioural parameters from episodes and from counts of real cases; each affair is also left out in turn.

    Also checks what was not fitted.
    """
    import sim  # noqa: PLC0415
    from sim.show.calibration import show  # noqa: PLC0415
    from sim.study.history.calibration import POSTERIOR  # noqa: PLC0415
    from sim.study.saving import check_target, saved  # noqa: PLC0415

    cli._Run(worlds, seed, jobs, out, False)  # refuses what cannot be
    asked = [sim.load(path) for path in compare or ()]
    check_target(out, of=POSTERIOR)
    what = f"{worlds:,} draws from the priors in every run" + (", then without each mechanism" if ablate else "")
    with cli._progress(1, what) as tick:
        found = sim.calibrate(
            history, counted, worlds=worlds, seed=seed, jobs=jobs, ablate=ablate, compare=asked, progress=tick
        )
    with saved(found.save, out):
        show(found, cli._console())
    typer.echo(f"Written to {out}")
