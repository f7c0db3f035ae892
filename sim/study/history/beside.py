"""Results that people use, under the prior beside under the posterior: what the record does to a comparison of processes.

Both runs have the same luck and the same draws of everything that the calibration does not speak of, so a change is
paired world by world. What remains of the spread within a run is told as in any comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sim.model.draws import Drawn, spans
from sim.scenario.scenario import Scenario
from sim.study.compare import Piece, Progress, run_block
from sim.study.history.priors import PosteriorDraws, PriorDraws, by_path, prior
from sim.study.outcomes import mean, process_rows
from sim.study.tally import merged, tally_block
from sim.study.workers import in_order

WORLDS = 4096
"""Worlds per process at most."""

METRICS = ("agreed", "weeks_in_force")
BOUNDS = ("estimate", "low", "high", "assumed_low", "assumed_high")


def beside(  # noqa: PLR0913 - what is run, and how
    scenarios: list[Scenario],
    posterior: pd.DataFrame,
    *,
    worlds: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """A row per scenario, process and metric: the figure under the ``prior``, the ``posterior``, and the ``change``.

    Metrics are the share of worlds with a text agreed on a headline issue, weeks in force, and both as paired
    differences to the first process (``_difference``) where that is about the same issues. ``_low`` and ``_high`` are
    Monte-Carlo error; ``_assumed_low`` and ``_assumed_high`` what the drawn numbers leave open (``study/tally.py``). The
    change is paired by world, of a figure or of a difference. ``order`` is the place of the process by that metric among
    those about the same issues, the largest first. ``posterior`` has a draw per row.
    """
    draws: dict[str, Drawn] = {
        "prior": partial(PriorDraws, prior=prior()),
        "posterior": partial(PosteriorDraws, table=by_path(posterior)),
    }
    total, done, found = 2 * worlds * sum(len(one.file.processes) for one in scenarios), 0, []

    def told(now: int) -> None:
        nonlocal done
        done += now
        if progress is not None:
            progress(done, total)

    for scenario in scenarios:
        pieces = {kind: _pieces(scenario, drawn, (worlds, seed, jobs), told) for kind, drawn in draws.items()}
        found.append(_table(scenario, pieces))
    return pd.concat(found, ignore_index=True)


def _pieces(scenario: Scenario, drawn: Drawn, run: tuple[int, int, int], told: Callable[[int], None]) -> dict[str, list[Piece]]:
    worlds, seed, jobs = run
    calls = [(p, b, n) for p in scenario.file.processes for b, n in spans(worlds)]
    found: dict[str, list[Piece]] = {}
    parts = (partial(run_block, scenario, p, seed, b, n, drawn) for p, b, n in calls)
    for piece in in_order(parts, jobs=jobs):
        found.setdefault(piece.process, []).append(piece)
        told(piece.worlds)
    return found


def _table(scenario: Scenario, pieces: dict[str, dict[str, list[Piece]]]) -> pd.DataFrame:
    said = {}
    for kind, own in pieces.items():
        summary = merged(tally_block(scenario, list(block)) for block in zip(*own.values(), strict=True)).table()
        said[kind] = summary[(summary["issue"] == "") & (summary["table"] == "")].set_index(["process", "metric"])
    values = {kind: {name: _by_world(scenario, parts) for name, parts in own.items()} for kind, own in pieces.items()}
    first = next(iter(scenario.file.processes))
    rows: list[dict[str, Any]] = []
    for name in scenario.file.processes:
        for metric in (*METRICS, *(() if name == first else (f"{plain}_difference" for plain in METRICS))):
            if (name, metric) not in said["prior"].index:
                continue  # this process is about other issues than the first
            plain = metric.removesuffix("_difference")
            moved = (values["posterior"][name] - values["prior"][name])[plain]
            if metric != plain:
                moved = moved - (values["posterior"][first] - values["prior"][first])[plain]
            change = mean(moved.to_numpy())
            row: dict[str, Any] = {"scenario": scenario.file.title, "process": name, "metric": metric}
            for kind, table in said.items():
                figures = table.loc[(name, metric)]
                row |= {kind if bound == "estimate" else f"{kind}_{bound}": float(figures[bound]) for bound in BOUNDS}
                if metric == plain:
                    others = table.xs(plain, level="metric")
                    alike = others[others["headline"] == figures["headline"]]
                    row[f"{kind}_order"] = int((alike["estimate"] > figures["estimate"]).sum()) + 1
            rows.append(row | {"change": change.estimate, "change_low": change.low, "change_high": change.high})
    frame = pd.DataFrame(rows)
    for column in ("prior_order", "posterior_order"):
        frame[column] = frame[column].astype("Int64")
    return frame


def _by_world(scenario: Scenario, parts: list[Piece]) -> pd.DataFrame:
    """The metrics of a process, a row per world."""
    frames = [process_rows(part.rows, scenario)[list(METRICS)] for part in parts]
    return pd.concat(frames, ignore_index=True).astype(np.float64)
