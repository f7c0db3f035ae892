"""Posterior predictive checks: what the fitted model says of things that no fit has seen, beside what was seen.

A statistic of the record is predicted by making the record again: parameters from the posterior, luck anew, the same
number of cases (Rubin 1984; Gelman, Meng, Stern 1996, *Statistica Sinica* 6). ``tail`` is the smaller of the chances of
a figure at least as large, and at most as large, as the one observed: near zero says that the model misses it, one half
that it could hardly be better. Nothing here is scored, and a check that passes on one case says little.

* **Yes or no, and counts** (who came by week 26, ended by day 30 and 90, counts for context): chances are smoothed
  with those of the fit and taken at draws of the posterior.
* **Numbers** (weeks to agreement, suspensions), which no chance describes: the episode is run again with the rows of the
  posterior table, and worlds count in which its agreement entered into force by week 26, as it did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sim.model.draws import Draws
from sim.model.layout import Array
from sim.study.compare import run_block
from sim.study.history.episodes import GROUPS, Episode
from sim.study.history.fates import A_WEEK, HORIZON
from sim.study.history.fitting import Fit
from sim.study.history.inference import Row
from sim.study.history.priors import PosteriorDraws, by_path
from sim.study.history.reference import CONTEXT, DAYS

REPLICATES = 2000
"""Records made again from the posterior."""

WORLDS = 2048
"""Worlds in which an episode is run again for its numbers."""

FEW = 20
"""Worlds below which a prediction of numbers is flagged."""

COLUMNS = ("statistic", "of", "kind", "observed", "predicted", "low", "high", "tail", "note")


def checks(own: Fit, episodes: list[Episode], *, posterior: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A row per statistic: ``observed``, ``predicted`` (median) with the 90% interval ``low`` to ``high``, and ``tail``.

    ``kind`` says what is counted: a number, a share, weeks, or for a single yes or no its chance, of which the interval
    is what the posterior leaves open. ``posterior`` has a draw per row.
    """
    found = [*_counts(own, episodes, seed)]
    for episode in episodes:
        found += _numbers(episode, posterior, seed)
    return pd.DataFrame(found, columns=list(COLUMNS))


# ---------------------------------------------------------------- yes or no, and counts


@dataclass(frozen=True)
class _Again:
    """Chance of each row at draws of the posterior, ``(REPLICATES, rows)``, and its cases made again, alike."""

    names: list[str]
    chance: Array
    hits: Array

    @classmethod
    def of(cls, own: Fit, rows: dict[str, tuple[int, Row]], seed: int) -> _Again:
        places = np.linspace(0, len(own.sample.shares) - 1, REPLICATES).astype(np.intp)
        chance = own.said(own.sample.shares[places])[:, [place for place, _ in rows.values()]]
        luck = Draws(seed, 0, REPLICATES)
        cases = [luck.uniform("checks", name, int(row.n)) for name, (_, row) in rows.items()]
        made = [(own_luck < chance[:, i]).sum(axis=0) for i, own_luck in enumerate(cases)]
        return cls(list(rows), chance, np.column_stack(made).astype(float))

    def total(self, names: list[str]) -> Array:
        """Cases of some rows together, ``(REPLICATES,)``."""
        return np.asarray(self.hits[:, [self.names.index(name) for name in names]].sum(axis=1))


def _counts(own: Fit, episodes: list[Episode], seed: int) -> Iterator[dict[str, Any]]:
    watched = {row.name: (n, row) for n, row in enumerate(own.rows) if row.kind in {"watched", "came"}}
    if not watched:
        return
    rows, again = {name: row for name, (_, row) in watched.items()}, _Again.of(own, watched, seed)
    came = [e for e in episodes if f"{e.name} came" in rows]
    groups = {group: [e for e in came if e.group(e.observed.issues) == group] for group in GROUPS}
    for what, part in ({"all episodes": came} | groups).items():
        if part:
            names = [f"{e.name} came" for e in part]
            seen = sum(rows[name].k for name in names)
            note = f"of {len(names)}; the list holds attempts, and most are in it because both came"
            yield _row(f"both came by week {HORIZON}", what, "number", seen, again.total(names), note)
    for days in sorted({int(name.rsplit(" ", 1)[1]) for name in rows if " ended " in name} - {DAYS}):
        names = [name for name in rows if name.endswith(f" ended {days}")]
        seen = sum(rows[name].k for name in names)
        note = f"of {len(names)} agreements; day {DAYS} alone was fitted"
        yield _row(f"ended by day {days}", "all agreements", "number", seen, again.total(names), note)
    for name, row in rows.items():
        if row.cluster.startswith(CONTEXT):
            made = again.total([name]) / row.n
            yield _row("counts for context", name, "share", row.k / row.n, made, f"{row.k:.0f} of {row.n:.0f}")
    for episode in came:
        name = f"{episode.name} came"
        chance, seen = again.chance[:, again.names.index(name)], rows[name].k
        share = float(chance.mean())
        single = _row(f"both came by week {HORIZON}", episode.name, "chance", seen, chance, "")
        yield single | {"tail": share if seen else 1 - share}


# ---------------------------------------------------------------- numbers


def _numbers(episode: Episode, posterior: pd.DataFrame, seed: int) -> Iterator[dict[str, Any]]:
    seen = episode.observed
    suspended = seen.suspensions is not None and seen.days is not None and "in_force" in seen.score
    if not suspended and seen.agreed_after is None:
        return
    weeks, suspensions = _run_again(episode, posterior, seed)
    note = f"{len(weeks)} worlds in force by week {HORIZON}" + ("; few" if len(weeks) < FEW else "")
    if seen.agreed_after is not None:
        yield _row("weeks to agreement", episode.name, "weeks", seen.agreed_after // A_WEEK, weeks, note)
    if suspended:
        yield _row("suspensions", episode.name, "number", float(seen.suspensions or 0), suspensions, note)


def _run_again(episode: Episode, posterior: pd.DataFrame, seed: int) -> tuple[Array, Array]:
    """Whole weeks from the start to the agreement, and suspensions in the run, per world in force by the horizon.

    Of several tables the one counts whose agreement on what was settled in fact enters into force first. Suspensions are
    those to the end of the run, which lasts about as long as most records.
    """
    rows = run_block(episode.seated(), episode.process, seed, 0, WORLDS, partial(PosteriorDraws, table=by_path(posterior))).rows
    tables = [t for t, spec in episode.scenario.file.tables.items() if set(spec.agenda) & set(episode.settled)]
    rows = rows[rows["table"].isin(tables)]
    rows = rows[rows["ratified_week"].notna() & (rows["ratified_week"] < HORIZON)]
    rows = rows.sort_values(["ratified_week", "world"], kind="stable").drop_duplicates("world")
    return rows["agreed_week"].to_numpy(dtype=float), rows["suspensions"].to_numpy(dtype=float)


def _row(  # noqa: PLR0913, PLR0917 - one argument per column
    statistic: str, of: str, kind: str, observed: float, made: Array, note: str
) -> dict[str, Any]:
    """A row of the table from the statistic in every record made again, ``(n,)``; nothing is predicted from none."""
    said = {"statistic": statistic, "of": of, "kind": kind, "observed": float(observed), "note": note}
    if not len(made):
        return said | dict.fromkeys(("predicted", "low", "high", "tail"), float("nan"))
    low, middle, high = (float(v) for v in np.quantile(made, (0.05, 0.5, 0.95)))
    near = 1e-9  # a share made again need not be the same to the last bit
    tail = min(float((made >= observed - near).mean()), float((made <= observed + near).mean()))
    return said | {"predicted": middle, "low": low, "high": high, "tail": tail}
