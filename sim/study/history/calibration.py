"""What history says of the behavioural parameters: a posterior, what it makes of the record, and checks.

``priors`` says what is believed before, ``reference`` runs the record under it, and again around what was learned;
``fitting`` and ``inference`` smooth the chances and draw from the posterior, with and without each affair. On demand
the model is also held against its ``alternatives``, and scenarios that people use are compared under the prior and under
the posterior (``beside``). ``checks`` asks what no fit has seen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.model.draws import BLOCK
from sim.model.layout import Array
from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.scenario.loading import load
from sim.scenario.scenario import Scenario
from sim.study.compare import DEFAULT_SEED, Progress, versions
from sim.study.findings import Findings
from sim.study.history import beside, checks, coverage, fitting, inference
from sim.study.history.alternatives import ALTERNATIVES, WORLDS, alternatives
from sim.study.history.counted import Study, read_study
from sim.study.history.episodes import Episode, read_episodes
from sim.study.history.fitting import Fit, scored
from sim.study.history.hindcast import observed_hash, run_episodes, score
from sim.study.history.inference import Row
from sim.study.history.priors import PRIORS, RowDraws
from sim.study.history.record import record, reliability
from sim.study.history.reference import COMMON, Line, Reference, lines_of, reference
from sim.study.history.scoring import recalibrated
from sim.study.workers import in_order

KEPT = 256
"""Rows of the posterior table."""

TABLES = (
    "parameters", "rows", "scores", "posterior", "checks", "record", "reliability", "coverage", "alternatives", "results",
)  # fmt: skip
"""Tables of a calibration, each in a file of its name."""

POSTERIOR = "posterior.csv"
"""The main table of a saved calibration."""

PREDECESSOR = "predecessor.csv"
"""In a folder of episodes: what an earlier model said of the same rows, their affairs left out; to be held against."""

AGAIN = 3
"""Quarters of the worlds that are run once more, around the first posterior."""

FROM_PRIOR = 0.1
"""Share of the worlds around the posterior that are drawn from the prior all the same."""

TRUTHS, TRUTH_DRAWS, TRUTH_WALKS, TRUTH_WORLDS = 100, 400, 40, 256
"""Simulation-based calibration: truths, draws of the posterior of each and their walks, worlds in which its cases are counted."""


@dataclass(frozen=True, repr=False)
class Calibration(Findings):
    """What the record says.

    ``parameters``: per parameter prior and posterior range, contraction, and how far the places of known truths are
    from uniform. ``rows``: per line of the record what was seen and the figure under the prior, under the
    posterior, and (``left_out``) under the posterior without its affair. ``scores``: the left-out figures beside
    the rules, as in a hindcast; ``record``: the same in short, by row and by affair; ``reliability``: how often what was given
    a probability happened. ``coverage``: whether intervals for affairs and counts left out hold what they promise.
    ``posterior``: draws that scenarios may take, one per row. ``checks``: what was not fitted, see ``checks``.
    ``alternatives`` and ``results`` have rows only where they were asked for; see ``alternatives.alternatives`` and
    ``beside.beside``.
    """

    kind = "calibration"

    parameters: pd.DataFrame
    rows: pd.DataFrame
    scores: pd.DataFrame
    posterior: pd.DataFrame
    checks: pd.DataFrame
    record: pd.DataFrame
    reliability: pd.DataFrame
    coverage: pd.DataFrame
    alternatives: pd.DataFrame
    results: pd.DataFrame
    manifest: dict[str, Any]

    @property
    def table(self) -> pd.DataFrame:
        """The parameters."""
        return self.parameters

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table that has rows, by the name of its file."""
        return {f"{name}.csv": getattr(self, name) for name in TABLES if len(getattr(self, name))}


def calibrate(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    history: str | os.PathLike[str],
    counted: str | os.PathLike[str],
    *,
    worlds: int = 65_536,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    ablate: bool = False,
    compare: Iterable[str | os.PathLike[str] | Scenario] = (),
    progress: Progress | None = None,
    report: Callable[[str], None] | None = None,
) -> Calibration:
    """Learn the parameters from the episodes of a folder and the counts of another.

    ``worlds`` are run with parameters of the prior, then three quarters as many around the posterior. With ``ablate`` the
    model is also held against its alternatives, in ``alternatives.WORLDS`` worlds at most; the processes of each scenario of
    ``compare`` are also run under prior and posterior, in ``beside.WORLDS`` at most. The result depends on the files and these
    arguments only, not on ``jobs``. ``progress`` is called with worlds done and worlds in all, ``report`` with the name of
    each stage. Raises ScenarioError for wrong input.
    """
    say = report or (lambda _: None)
    worlds, seed, jobs = worlds_of(worlds), seed_of(seed), jobs_of(jobs)
    episodes, _ = read_episodes(history)
    study = read_study(counted)
    asked = [one if isinstance(one, Scenario) else load(one) for one in compare]
    steps = _Steps(progress, len(episodes) + len(study.runs(scored_only=True)), worlds, asked, ablate)
    say("the record under the priors")
    first = reference(episodes, study, worlds=worlds, seed=seed, jobs=jobs, progress=steps.next())
    say("a first posterior")
    near = around(fitting.fit(first, seed=seed), AGAIN * worlds // 4, seed)
    say("the record around the posterior")
    second = reference(episodes, study, worlds=AGAIN * worlds // 4, seed=seed + 1, jobs=jobs, progress=steps.next(), rows=near)
    say("smoothing, drawing, leaving each affair out")
    table = first.with_(second)
    learned = fitting.fit(table, seed=seed)
    found = learn(table, episodes, learned=learned, predecessor=_predecessor(history))
    say("finding known truths again")
    places = places_of_truths(learned, episodes, study, seed=seed, jobs=jobs)
    found = replace(found, parameters=_with_places(found.parameters, places))
    say("checking what was not fitted")
    unseen = checks.checks(learned, episodes, posterior=found.posterior, seed=seed)
    held = coverage.coverage(learned, episodes, seed=seed, jobs=jobs)
    said_of = manifest_of(episodes, study, worlds=worlds, seed=seed, ablate=ablate, compare=asked)
    found = replace(found, checks=unseen, coverage=held, manifest=found.manifest | said_of)
    if ablate:
        few = first.only(slice(0, min(worlds, WORLDS)))
        said = alternatives(few, episodes, study, seed=seed, jobs=jobs, progress=steps.next(), report=say)
        found = replace(found, alternatives=said)
    if asked:
        count = min(worlds, beside.WORLDS)
        say("comparing under priors and posterior")
        both = beside.beside(asked, found.posterior, worlds=count, seed=seed, jobs=jobs, progress=steps.next())
        found = replace(found, results=both)
    return found


def manifest_of(  # noqa: PLR0913 - what a calibration is asked for
    episodes: list[Episode], study: Study, *, worlds: int, seed: int, ablate: bool, compare: list[Scenario]
) -> dict[str, Any]:
    """What is needed to make a calibration again."""
    found = {
        "kind": "calibration", "seed": seed, "worlds": worlds, "block": BLOCK,
        "episodes": {e.name: e.scenario.hash for e in episodes}, "observed_hash": observed_hash(episodes), **study.identity(),
    }  # fmt: skip
    if ablate:
        found["alternatives_worlds"] = min(worlds, WORLDS)
    if compare:
        found |= {"results_worlds": min(worlds, beside.WORLDS), "results": {one.path: one.hash for one in compare}}
    return found


class _Steps:
    """One bar for all that a calibration runs, in worlds."""

    def __init__(self, progress: Progress | None, runs: int, worlds: int, asked: list[Scenario], ablate: bool) -> None:
        self.progress, self.done = progress, 0
        self.sizes = [runs * worlds, runs * (AGAIN * worlds // 4)]
        self.sizes += [runs * min(worlds, WORLDS) * len(ALTERNATIVES)] if ablate else []
        self.sizes += [2 * min(worlds, beside.WORLDS) * sum(len(one.file.processes) for one in asked)] if asked else []
        self.total = sum(self.sizes)

    def next(self) -> Progress | None:
        """Progress of the next step."""
        start, size = self.done, self.sizes.pop(0)
        self.done += size
        told = self.progress
        if told is None:
            return None
        return lambda done, of: told(start + round(size * done / of), self.total)


def around(own: Fit, worlds: int, seed: int) -> Array:
    """Parameters of worlds around a posterior, ``(worlds, P)``: its draws, and a share of the prior for safety."""
    luck = np.random.default_rng([seed, 4])
    found = own.posterior[luck.integers(len(own.posterior), size=worlds)]
    wide = luck.random(worlds) < FROM_PRIOR
    found[wide] = own.prior.at(luck.random((int(wide.sum()), len(own.prior.names))))
    return found


def learn(table: Reference, episodes: list[Episode], *, learned: Fit, predecessor: dict[str, float] | None = None) -> Calibration:
    """The posterior of a reference table and what it says."""
    rows = learned.figures.assign(tries=table.tries.sum(axis=0))
    chosen = learned.posterior[np.linspace(0, len(learned.posterior) - 1, KEPT).astype(np.intp)]
    posterior = pd.DataFrame({name: [float(f"{v:.4g}") for v in chosen[:, i]] for i, name in enumerate(table.prior.names)})
    left = {name: round(own.effective, 1) for name, own in sorted(learned.left_out.items())}
    manifest = {
        "kind": "calibration", "seed": learned.seed, "worlds": len(table.theta), "block": BLOCK, "draws": len(learned.posterior),
        "effective": round(learned.sample.effective, 1), "effective_left_out": left, "least": inference.LEAST,
        "log_evidence": [round(one, 3) for one in learned.sample.log_evidence],
        "log_likelihood_spread": round(fitting.spread(table, learned), 3), "overdispersion": inference.OVERDISPERSION,
        "counts_apart": [round(float(one), 3) for one in np.quantile(learned.apart, (0.05, 0.5, 0.95))],
        "common": COMMON, "versions": versions(),
    }  # fmt: skip
    nothing = pd.DataFrame()
    scores = _scores(rows, episodes, predecessor or {})
    told, alike = record(rows, episodes, predecessor or {}), reliability(rows, episodes)
    return Calibration(
        _parameters(learned), rows, scores, posterior, checks=nothing, record=told, reliability=alike, coverage=nothing,
        alternatives=nothing, results=nothing, manifest=manifest,
    )  # fmt: skip


def _parameters(own: Fit) -> pd.DataFrame:
    before = own.prior.at(np.random.default_rng([own.seed, 5]).random((100_000, len(own.prior.names))))
    rows = []
    for i, name in enumerate(own.prior.names):
        at = np.quantile(own.posterior[:, i], (0.05, 0.5, 0.95))
        low, high = own.prior.ranges[i]
        rows.append(
            {
                "parameter": name, "prior_low": low, "prior_high": high, "low": at[0], "median": at[1], "high": at[2],
                "contraction": 1 - float(own.posterior[:, i].var() / before[:, i].var()), "why": PRIORS[name][2],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _with_places(parameters: pd.DataFrame, places: Array) -> pd.DataFrame:
    """Parameters with how far the places of known truths are from uniform (Kolmogorov and Smirnov), ``from_uniform``."""
    found, steps = np.sort(places, axis=0), np.arange(len(places) + 1)[:, None] / len(places)
    far = np.maximum(np.abs(steps[1:] - found).max(axis=0), np.abs(found - steps[:-1]).max(axis=0))
    wide = parameters.copy()
    wide.insert(list(wide).index("why"), "from_uniform", far)
    return wide


def places_of_truths(own: Fit, episodes: list[Episode], study: Study, *, seed: int, jobs: int = 1) -> Array:
    """Simulation-based calibration (Talts et al. 2018): the place of each truth in its posterior, ``(truths, P)`` in [0, 1].

    Truths are drawn from the prior and their records **simulated**, not smoothed: an affair in a world of its own, episodes
    that both came to by themselves and those that are scored whoever came; counts from worlds of the truth. Then the truth is
    looked for as in the fit. Uniform places say that intervals hold what they promise.
    """
    truths = own.prior.at(np.random.default_rng([seed, 6]).random((TRUTHS, len(own.prior.names))))
    records: list[list[Row]] = [[] for _ in truths]
    for number, affair in enumerate(dict.fromkeys(episode.observed.cluster for episode in episodes)):
        drawn = partial(RowDraws, names=own.prior.names, rows=truths)
        mine = [episode for episode in episodes if episode.observed.cluster == affair]
        fates = run_episodes(mine, TRUTHS, seed + 100 + number, jobs=jobs, drawn=drawn)
        for episode, found in zip(mine, fates, strict=True):
            lines = list(lines_of(episode, found))
            for t, line in enumerate(records):
                line.extend(simulated(lines, t))
    often = np.repeat(truths, TRUTH_WORLDS, axis=0)
    apart = inference.apart(np.random.default_rng([seed, 8]).random((TRUTHS, 1)))
    counted = reference([], study, worlds=len(often), seed=seed + 99, jobs=jobs, rows=often)
    luck = np.random.default_rng([seed, 7])
    for n, row in enumerate(counted.rows):
        if row.kind == "count":
            hits, tries = (part[:, n].reshape(TRUTHS, TRUTH_WORLDS).sum(axis=1) for part in (counted.hits, counted.tries))
            chance = np.clip((hits + 0.5) / (tries + 1.0), inference.LEAST, 1 - inference.LEAST)
            mass = inference.mass_of(row.n, chance, apart)
            cases = luck.binomial(int(row.n), luck.beta(chance * mass, (1 - chance) * mass))
            for t, record in enumerate(records):
                record.append(replace(row, k=float(cases[t])))
    calls = (partial(_place, own, record, truths[t], seed + t) for t, record in enumerate(records))
    return np.array(list(in_order(calls, jobs=jobs)))


def simulated(lines: list[Line], world: int) -> list[Row]:
    """The rows of an episode's record had it come out as in a world; none where it would not be on record."""
    rows = []
    for row, hits, tries in lines:
        if row.kind == "stayed":
            rows.append(replace(row, k=0.0, n=0.0 if hits[world] else row.n))
        elif row.kind == "came":
            if not hits[world]:
                return []
            rows.append(row)
        elif row.kind == "issue" and tries[world]:
            rows.append(replace(row, k=float(hits[world])))
    return rows


def _place(own: Fit, record: list[Row], truth: Array, seed: int) -> Array:
    """The share of a posterior's draws below the truth, ``(P,)``; of an episode the issues are taken one by one."""
    names = [row.name for row in own.rows]
    places = [names.index(row.name) for row in record]
    rows = tuple(record)
    chances = own.chances.only(places)

    def likelihood(shares: Array) -> Array:
        return inference.log_likelihood(rows, *fitting.over_nodes(chances, rows, own.prior.at(shares)), inference.apart(shares))

    found = inference.sample(likelihood, len(own.prior.names) + 1, count=TRUTH_DRAWS, seed=seed, walking=TRUTH_WALKS)
    return np.asarray((own.prior.at(found.shares) < truth).mean(axis=0))


def _predecessor(history: str | os.PathLike[str]) -> dict[str, float]:
    """What an earlier model said of rows, by their names; nothing where the folder has no such file."""
    path = Path(history) / PREDECESSOR
    if not path.is_file():
        return {}
    table = pd.read_csv(path)
    return dict(zip(table["row"], table["left_out"].astype(float), strict=True))


def _scores(rows: pd.DataFrame, episodes: list[Episode], predecessor: dict[str, float]) -> pd.DataFrame:
    """Scores of the figures under prior, posterior and left-out posterior on the rows of a hindcast.

    An earlier model's figures, where there are any, are recalibrated on the other affairs and count as a rule.
    """
    found = []
    old = rows.assign(predecessor=[predecessor.get(name, float("nan")) for name in rows["row"]])
    before = {outcome: p for outcome, p, _ in scored(old, "predecessor", episodes)} if predecessor else {}
    for kind in ("prior", "posterior", "left_out"):
        for outcome, probability, cases in scored(rows, kind, episodes):
            other = before.get(outcome)
            beside_it = {} if other is None or np.isnan(other).any() else {"predecessor": recalibrated(other, cases)}
            lines = score(probability, cases, least=1e-3, beside=beside_it)
            found += [{"figures": kind, "outcome": outcome, **line} for line in lines]
    return pd.DataFrame(found)
