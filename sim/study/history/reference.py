"""The reference table of a calibration: how each line of the record came out under parameters drawn for every world.

One run of every episode, seated and as it was convened, and of every synthetic conflict is the table. The same runs say
what else they can of the record: lines that are **watched**, so that a fit can be checked on what it was not fitted to
(``checks``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import numpy as np

from sim.model.chance import SPREAD_OF_LOGISTIC, WORLD_OWNER, uniform
from sim.model.codes import Stream
from sim.model.draws import Drawn, Draws
from sim.model.layout import Array
from sim.scenario.behaviour import Behaviour
from sim.study.compare import Progress
from sim.study.history.counted import Study
from sim.study.history.episodes import Episode
from sim.study.history.fates import Bools, Fates
from sim.study.history.hindcast import issue_rows as agreed_rows
from sim.study.history.hindcast import life_rows, run_episodes
from sim.study.history.inference import Floats, Prior, Row
from sim.study.history.priors import PriorDraws, RowDraws, prior
from sim.study.history.regularities import row_value, row_values
from sim.study.history.synthetic import run_fates

DAYS = 360
"""Of the days at which lives are scored, the one that enters the likelihood; the earlier ones say much the same."""

COUNTED = "counted: "
"""Before the name of a row of counts, its cluster."""

CONTEXT = "context: "
"""Before the name of a row of counts that is shown and not scored, its cluster."""

COMMON = float(Behaviour.model_fields["stakes_common"].default)
"""Part of the variance of the stakes that all sides of a world share."""

Line = tuple[Row, Array, Array]
"""A row of the record with its hits and tries, ``(worlds,)`` each."""


@dataclass(frozen=True)
class Reference:
    """Draws of the parameters ``theta (N, P)``, common stakes ``(N,)``, and per row ``hits`` of ``tries``, ``(N, rows)``."""

    prior: Prior
    theta: Array
    stake: Array
    rows: tuple[Row, ...]
    hits: Floats
    tries: Floats

    @property
    def shock(self) -> Array:
        """What the common stake adds to the gains of all in each world, in utility, ``(N,)``."""
        return self.prior.shock(self.theta, self.stake, COMMON)

    def only(self, worlds: slice | Array) -> Reference:
        """The same with some of its worlds."""
        theta, stake = self.theta[worlds], self.stake[worlds]
        return Reference(self.prior, theta, stake, self.rows, self.hits[worlds], self.tries[worlds])

    def with_(self, other: Reference) -> Reference:
        """The worlds of both."""
        both = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in ("theta", "stake", "hits", "tries")}
        return Reference(self.prior, both["theta"], both["stake"], self.rows, both["hits"], both["tries"])


def common_stakes(seed: int, worlds: int) -> Array:
    """The common stake of each world, in standard deviations, ``(worlds,)``: what ``worth.draw_stakes`` draws."""
    low, high = Draws(seed, 0, worlds).words
    first = (SimpleNamespace(number=n, week=0, branch=0, seed_low=low, seed_high=high) for n in range(worlds))
    share = np.array([uniform(world, WORLD_OWNER, Stream.STAKE, 0) for world in first])  # type: ignore[arg-type]
    return np.asarray(np.log(share / (1 - share)) / SPREAD_OF_LOGISTIC)


def reference(  # noqa: PLR0913 - what is run, and how
    episodes: list[Episode],
    study: Study,
    *,
    worlds: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
    fixed: Collection[str] = (),
    rows: Array | None = None,
) -> Reference:
    """Run every episode and every synthetic conflict, one draw of the parameters per world: from the prior, or from ``rows``.

    ``rows`` is ``(worlds, P)``. Parameters that are ``fixed`` by the scenarios themselves have no prior; all others are drawn
    as without them.
    """
    spans = prior(fixed)
    drawn: Drawn
    if rows is None:
        drawn = partial(PriorDraws, prior=spans)
        luck = Draws(seed, 0, worlds)
        rows = spans.at(np.column_stack([luck.uniform("parameters", f"behaviour.{name}") for name in spans.names]))
    else:
        drawn = partial(RowDraws, names=spans.names, rows=rows)
    each = len(episodes) * worlds
    total = each + worlds * len(study.runs(scored_only=True))

    def after(start: int) -> Progress | None:
        return None if progress is None else lambda done, _: progress(start + done, total)

    fates = run_episodes(episodes, worlds, seed, jobs=jobs, drawn=drawn, progress=after(0))
    synthetic = run_fates(study, worlds=worlds, seed=seed, jobs=jobs, scored_only=True, drawn=drawn, progress=after(each))
    lines = [line for episode, found in zip(episodes, fates, strict=True) for line in lines_of(episode, found)]
    for name, ratio in row_values(study, synthetic).items():
        counted = study.counted.rows[name]
        lines.append((Row(name, f"{COUNTED}{name}", counted.k, counted.n, "count"), ratio.numerator, ratio.denominator))
    run = set(study.runs(scored_only=True))
    for name, asked in study.counted.context.items():
        if {(asked.conflict, form) for form in asked.formats} <= run:
            ratio = row_value(study, synthetic, asked)
            lines.append((Row(name, f"{CONTEXT}{name}", asked.k, asked.n, "watched"), ratio.numerator, ratio.denominator))
    hits, tries = (np.zeros((worlds, len(lines)), np.float32) for _ in range(2))
    for n, (_, hit, tried) in enumerate(lines):
        hits[:, n], tries[:, n] = hit, tried
    return Reference(spans, rows, common_stakes(seed, worlds), tuple(row for row, _, _ in lines), hits, tries)


def lines_of(episode: Episode, found: Fates) -> Iterator[Line]:
    """The rows of an episode: what enters the likelihood, what is scored, and what is only watched."""
    seen, everywhere = episode.observed, np.ones(found.worlds, bool)
    given = found.by_themselves if episode.is_given_coming else everywhere

    def row(name: str, k: float, kind: str, hits: Bools, where: Bools) -> Line:
        made = Row(f"{episode.name} {name}", seen.cluster, k, float(seen.times), kind, episode.name)  # type: ignore[arg-type]
        return made, (hits & where).astype(float), where.astype(float)

    as_recorded = everywhere
    for line in agreed_rows(episode, found):
        if line["pooled"]:
            issue, agreed = line["issue"], bool(line["observed"])
            yield row(issue, float(agreed), "issue", found.agreed[issue], given)
            as_recorded = as_recorded & (found.agreed[issue] == agreed)
    for life in life_rows([(episode, found)]):
        if life["weight"] > 0:
            days, ended = int(life["days"]), bool(life["observed"])
            kind = "life" if days == DAYS else "watched"
            yield row(f"ended {days}", float(ended), kind, found.ended[days], given & found.followed[days])
            if days == DAYS:
                as_recorded = as_recorded & found.followed[days] & (found.ended[days] == ended)
    if as_recorded is not everywhere:
        yield row("as recorded", 1.0, "record", as_recorded, given)
        if episode.is_given_coming:
            yield row("came", 1.0, "came", found.by_themselves, everywhere)
    if "stayed_away" in seen.score:
        yield row("stayed away", float(seen.times), "stayed", found.by_themselves, everywhere)
