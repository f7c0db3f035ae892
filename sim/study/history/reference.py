"""The reference table of a calibration: how each line of the record came out under parameters drawn from their priors.

Every world draws its own parameters, so one run of every episode and of every synthetic conflict is the
table. The same runs say what else they can of the record: lines that are **watched**, so that a fit can be
checked on what it was not fitted to (``checks``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.model.draws import Draws
from sim.model.layout import Array
from sim.study.compare import Progress
from sim.study.history.counted import Study
from sim.study.history.episodes import Episode
from sim.study.history.fates import Bools, Fates
from sim.study.history.hindcast import issue_rows as agreed_rows
from sim.study.history.hindcast import life_rows, run_episodes
from sim.study.history.inference import Prior, Row
from sim.study.history.priors import PriorDraws, prior, ranges
from sim.study.history.regularities import row_value, row_values
from sim.study.history.synthetic import run_fates

DAYS = 360
"""Of the days at which lives are scored, the one that enters the likelihood; the earlier ones say much the same."""

COUNTED = "counted: "
"""Before the name of a row of counts, its cluster."""

CONTEXT = "context: "
"""Before the name of a row of counts that is shown and not scored, its cluster."""

COUNTED_VOTE = 0.5
"""Vote of a case counted elsewhere: that synthetic conflicts are like those cases is our reading."""

Line = tuple[Row, Array, Array]
"""A row of the record with its hits and tries, ``(worlds,)`` each."""


@dataclass(frozen=True)
class Watched:
    """Lines of the record that no fit has seen: as ``rows``, ``hits`` and ``tries`` of a reference table."""

    rows: tuple[Row, ...]
    hits: Array
    tries: Array


@dataclass(frozen=True)
class Reference:
    """Draws of the parameters ``theta (N, P)`` and, per row of the record, ``hits`` of ``tries``, ``(N, rows)``."""

    prior: Prior
    theta: Array
    rows: tuple[Row, ...]
    hits: Array
    tries: Array
    watched: Watched

    def only(self, worlds: slice | Array) -> Reference:
        """The same with some of its draws."""
        seen = Watched(self.watched.rows, self.watched.hits[worlds], self.watched.tries[worlds])
        return Reference(self.prior, self.theta[worlds], self.rows, self.hits[worlds], self.tries[worlds], seen)


def reference(  # noqa: PLR0913 - what is run, and how
    episodes: list[Episode],
    study: Study,
    *,
    worlds: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
    fixed: Collection[str] = (),
) -> Reference:
    """Run every episode and every synthetic conflict with parameters drawn from the priors, one draw per world.

    Parameters that are ``fixed`` by the scenarios themselves have no prior; all others are drawn as without them.
    """
    drawn = partial(PriorDraws, prior=ranges(fixed))
    each = len(episodes) * worlds
    total = each + worlds * len(study.runs(scored_only=True))

    def after(start: int) -> Progress | None:
        return None if progress is None else lambda done, _: progress(start + done, total)

    fates = run_episodes(episodes, worlds, seed, jobs=jobs, drawn=drawn, progress=after(0))
    synthetic = run_fates(study, worlds=worlds, seed=seed, jobs=jobs, scored_only=True, drawn=drawn, progress=after(each))
    pairs = list(zip(episodes, fates, strict=True))
    lines = [line for episode, found in pairs for line in _lines(episode, found)]
    counts: dict[str, int] = {}
    for row, _, _ in lines:
        counts[row.cluster] = counts.get(row.cluster, 0) + 1
    # Rows of one affair hang together: m of them count as the root of m.
    lines = [(Row(r.name, r.cluster, r.k, r.n, 1 / np.sqrt(counts[r.cluster])), h, t) for r, h, t in lines]
    for name, ratio in row_values(study, synthetic).items():
        counted = study.counted.rows[name]
        lines.append((Row(name, f"{COUNTED}{name}", counted.k, counted.n, COUNTED_VOTE), ratio.numerator, ratio.denominator))
    watched = [line for episode, found in pairs for line in _watched(episode, found)]
    run = set(study.runs(scored_only=True))
    for name, asked in study.counted.context.items():
        if {(asked.conflict, form) for form in asked.formats} <= run:
            ratio = row_value(study, synthetic, asked)
            watched.append((Row(name, f"{CONTEXT}{name}", asked.k, asked.n, 0.0), ratio.numerator, ratio.denominator))
    draws, spans = Draws(seed, 0, worlds), prior(fixed)
    shares = np.column_stack([draws.uniform("parameters", f"behaviour.{name}") for name in spans.names]).astype(np.float64)
    return Reference(spans, spans.at(shares), *_columns(lines, worlds), Watched(*_columns(watched, worlds)))


def _columns(lines: list[Line], worlds: int) -> tuple[tuple[Row, ...], Array, Array]:
    empty = [np.empty((worlds, 0))]
    return (
        tuple(row for row, _, _ in lines),
        np.column_stack([hits for _, hits, _ in lines] or empty),
        np.column_stack([tries for _, _, tries in lines] or empty),
    )


def _lines(episode: Episode, found: Fates) -> Iterator[Line]:
    """The rows of an episode that enter the likelihood."""
    seen = episode.observed
    for row in agreed_rows(episode, found):
        if row["pooled"]:
            where = found.met[row["issue"]] if row["scored"] == "agreed_if_came" else np.ones(found.worlds, bool)
            hits = found.agreed[row["issue"]] & where
            yield _line(Row(f"{episode.name} {row['issue']}", seen.cluster, float(row["observed"]), 1.0), hits, where)
    yield from (line for days, line in _lives(episode, found) if days == DAYS)


def _watched(episode: Episode, found: Fates) -> Iterator[Line]:
    """The rows of an episode that do not: whether both sides come by themselves, where they came, and ends at other days."""
    seen = episode.observed
    if episode.is_given_coming:
        row = Row(f"{episode.name} came", seen.cluster, 1.0, 1.0, 0.0)
        yield _line(row, np.logical_or.reduce(list(found.ready.values())), np.ones(found.worlds, bool))
    for days, (row, hits, where) in _lives(episode, found):
        if days != DAYS:
            yield Row(row.name, row.cluster, row.k, row.n, 0.0), hits, where


def _lives(episode: Episode, found: Fates) -> Iterator[tuple[int, Line]]:
    for life in life_rows([(episode, found)]):
        days = int(life["days"])
        if life["weight"] > 0:
            where = found.followed[days]
            row = Row(f"{episode.name} ended {days}", episode.observed.cluster, float(life["observed"]), 1.0)
            yield days, _line(row, found.ended[days] & where, where)


def _line(row: Row, hits: Bools, where: Bools) -> Line:
    return row, hits.astype(float), where.astype(float)
