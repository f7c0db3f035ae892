"""What history says of the behavioural parameters: a posterior, what it makes of the record, and checks.

``priors`` says what is believed before, ``reference`` runs the record under it, ``fitting`` and ``inference``
smooth the chances and weigh the draws; a cluster is left out by other weights on the same table, without running
anything again. On demand the model is also held against its ``alternatives``, and scenarios that people use are
compared under the prior and under the posterior (``beside``). ``checks`` asks what no fit has seen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.model.draws import BLOCK, Draws
from sim.model.layout import Array
from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.scenario.loading import load
from sim.scenario.scenario import Scenario
from sim.study.compare import DEFAULT_SEED, Progress, versions
from sim.study.findings import Findings
from sim.study.history import beside, checks, fitting, inference
from sim.study.history.alternatives import ALTERNATIVES, WORLDS, alternatives
from sim.study.history.counted import Study, read_study
from sim.study.history.episodes import Episode, read_episodes
from sim.study.history.fitting import Fit, scored
from sim.study.history.hindcast import observed_hash, score
from sim.study.history.inference import Prior
from sim.study.history.priors import PRIORS
from sim.study.history.reference import Reference, reference

KEPT = 256
"""Rows of the posterior table."""

POSTERIOR = "posterior.csv"
"""The main table of a saved calibration."""

TRUTHS, AMONG = 200, 200_000
"""Simulation-based calibration: truths, and draws among which each finds its place."""


@dataclass(frozen=True)
class Calibration(Findings):
    """What the record says.

    ``parameters``: per parameter prior and posterior range, contraction, and how far the places of known truths are
    from uniform. ``rows``: per line of the record what was seen and the figure under the prior, under the
    posterior, (``left_out``) under the posterior without its affair, and ``predicted``: the last with the discrepancy, see
    ``inference``. ``scores``: the left-out figures beside
    the rules, as in a hindcast. ``posterior``: draws that scenarios may take, one per row. ``checks``: what was not
    fitted, see ``checks``. ``alternatives`` and ``results`` have rows only where they were asked for; see
    ``alternatives.alternatives`` and ``beside.beside``.
    """

    kind = "calibration"

    parameters: pd.DataFrame
    rows: pd.DataFrame
    scores: pd.DataFrame
    posterior: pd.DataFrame
    checks: pd.DataFrame
    alternatives: pd.DataFrame
    results: pd.DataFrame
    manifest: dict[str, Any]

    @property
    def table(self) -> pd.DataFrame:
        """The parameters."""
        return self.parameters

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table that has rows, by the name of its file."""
        names = ("parameters", "rows", "scores", "posterior", "checks", "alternatives", "results")
        return {f"{name}.csv": getattr(self, name) for name in names if len(getattr(self, name))}


def calibrate(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    history: str | os.PathLike[str],
    counted: str | os.PathLike[str],
    *,
    worlds: int = 16_384,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    ablate: bool = False,
    compare: Iterable[str | os.PathLike[str] | Scenario] = (),
    progress: Progress | None = None,
    report: Callable[[str], None] | None = None,
) -> Calibration:
    """Learn the parameters from the episodes of a folder and the counts of another.

    With ``ablate`` the model is also held against its alternatives, in ``alternatives.WORLDS`` worlds at most; the
    processes of each scenario of ``compare`` are also run under prior and posterior, in ``beside.WORLDS`` at most. The
    result depends on the files and these arguments only, not on ``jobs``. ``progress`` is called with worlds done and
    worlds in all, ``report`` with the name of each stage. Raises ScenarioError for wrong input.
    """
    say = report or (lambda _: None)
    worlds, seed, jobs = worlds_of(worlds), seed_of(seed), jobs_of(jobs)
    episodes, _ = read_episodes(history)
    study = read_study(counted)
    asked = [one if isinstance(one, Scenario) else load(one) for one in compare]
    steps = _Steps(progress, len(episodes) + len(study.runs(scored_only=True)), worlds, asked, ablate)
    say("the record under the priors")
    table = reference(episodes, study, worlds=worlds, seed=seed, jobs=jobs, progress=steps.next())
    say("smoothing and weighing")
    learned = fitting.fit(table, seed=seed)
    say("leaving each affair out, finding known truths again")
    found = learn(table, episodes, seed=seed, learned=learned)
    say("checking what was not fitted")
    unseen = checks.checks(table, learned, episodes, posterior=found.posterior, seed=seed)
    said_of = manifest_of(episodes, study, worlds=worlds, seed=seed, ablate=ablate, compare=asked)
    found = replace(found, checks=unseen, manifest=found.manifest | said_of)
    if ablate:
        few = table.only(slice(0, min(worlds, WORLDS)))
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
        self.sizes = [runs * worlds]
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


def learn(table: Reference, episodes: list[Episode], *, seed: int, learned: Fit | None = None) -> Calibration:
    """The posterior of a reference table and what it says."""
    own = fitting.fit(table, seed=seed) if learned is None else learned
    rows = own.figures.assign(tries=table.tries.sum(axis=0))
    chosen = own.theta[inference.resample(own.weight, KEPT)]
    posterior = pd.DataFrame({name: [float(f"{v:.4g}") for v in chosen[:, i]] for i, name in enumerate(table.prior.names)})
    manifest = {
        "kind": "calibration", "seed": seed, "worlds": len(table.theta), "block": BLOCK, "draws": len(own.theta),
        "effective": round(inference.effective(own.weight), 1),
        "effective_left_out": {c: round(inference.effective(w), 1) for c, w in sorted(own.left_out.items())},
        "least_discrepancy": inference.LEAST, "versions": versions(),
    }  # fmt: skip
    nothing = pd.DataFrame()
    return Calibration(_parameters(own, seed), rows, _scores(rows, episodes), posterior, nothing, nothing, nothing, manifest)


def _parameters(own: Fit, seed: int) -> pd.DataFrame:
    theta = np.column_stack([own.theta, own.discrepancy])
    names, spans = (*own.prior.names, "discrepancy"), np.vstack([own.prior.ranges, [0.0, 1.0]])
    why = {name: reason for name, (_, _, reason) in PRIORS.items()} | {"discrepancy": "nothing is known of how often it misses"}
    cases = int(max(row.n for row in own.rows))
    luck = Draws(seed, 0, TRUTHS).uniform("calibration", "records", len(own.rows), cases).transpose(2, 0, 1)
    among, truths = slice(TRUTHS, TRUTHS + AMONG), (own.predicted[:TRUTHS], theta[:TRUTHS])
    places = inference.places(own.predicted[among], theta[among], own.rows, truths, luck.astype(np.float64))
    found = np.sort(places, axis=0)
    steps = np.arange(TRUTHS + 1)[:, None] / TRUTHS
    far = np.maximum(np.abs(steps[1:] - found).max(axis=0), np.abs(found - steps[:-1]).max(axis=0))
    contraction = inference.contraction(theta, own.weight, Prior(names, spans))
    rows = []
    for i, name in enumerate(names):
        at = weighted_quantiles(theta[:, i], own.weight, (0.05, 0.5, 0.95))
        low, high = spans[i]
        rows.append(
            {
                "parameter": name, "prior_low": low, "prior_high": high, "low": at[0], "median": at[1], "high": at[2],
                "contraction": float(contraction[i]), "from_uniform": float(far[i]), "why": why[name],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def weighted_quantiles(values: Array, weight: Array, shares: tuple[float, ...]) -> list[float]:
    """The values below which these shares of the weight lie; ``values`` and ``weight`` are ``(N,)``."""
    order = values.argsort()
    upto = np.cumsum(weight[order])
    places = np.minimum(np.searchsorted(upto, shares), len(upto) - 1)
    return [float(value) for value in values[order[places]]]


def _scores(rows: pd.DataFrame, episodes: list[Episode]) -> pd.DataFrame:
    """Scores of the figures under prior, posterior and left-out posterior, and predicted, on the rows of a hindcast."""
    found = []
    for kind in ("prior", "posterior", "left_out", "predicted"):
        for outcome, probability, cases in scored(rows, kind, episodes):
            found += [{"figures": kind, "outcome": outcome, **line} for line in score(probability, cases, least=1e-3)]
    return pd.DataFrame(found)
