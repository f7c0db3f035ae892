"""What history says of the behavioural parameters: priors, a reference table, a posterior, and checks.

Every world draws its own parameters from the priors, so one run of every episode and of every synthetic
conflict is a reference table: parameters, and how each line of the record came out. ``inference`` smooths the
chances and weighs the draws; a cluster is left out by other weights on the same table, without running anything again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.model.arrays import Array
from sim.model.draws import BLOCK, Draws, WeeklyDraws
from sim.scenario.evidence import Uncertainty
from sim.study import saving
from sim.study.compare import DEFAULT_SEED, Progress, versions
from sim.study.history import inference
from sim.study.history.counted import Study, read_study
from sim.study.history.episodes import Episode, read_episodes
from sim.study.history.fates import Fates
from sim.study.history.hindcast import issue_rows as agreed_rows
from sim.study.history.hindcast import life_rows, outcomes, run_episodes, score
from sim.study.history.inference import Chances, Prior, Row
from sim.study.history.regularities import row_values
from sim.study.history.synthetic import run_fates

PRIORS: dict[str, tuple[float, float, str]] = {
    "threshold": (0.0, 1.0, "nothing fixes the level of readiness; from coming by default to staying away by default"),
    "motivation": (2.0, 6.0, "how much a likely text matters beside feelings; half to one and a half of the first guess"),
    "grievance_weight": (0.4, 2.4, "from a minor irritant to the heaviest term"),
    "mirrored_distance": (0.2, 0.95, "signing with mediators may spare most of the cost of recognition or hardly any"),
    "judgement": (0.03, 0.15, "negotiators err by 3 to 15% of what is at stake"),
    "devaluation_adversary": (1.0, 3.5, "around the logit of the experiment (2.44), which was on students"),
    "guarantee": (0.1, 0.8, "mediators who oversee take away little or most of the doubt"),
    "ratification_cost": (0.02, 0.25, "utility; from a formality to a quarter of what is at stake"),
    "mandate_gap": (0.0, 0.4, "officials may speak for their leaders or not at all"),
    "signing_cost": (0.02, 0.3, "utility; as for ratification"),
    "discouragement": (0.1, 0.45, "a failure costs a tenth to half of the optimism there can be"),
    "pace_separate": (0.15, 0.5, "rounds per week; from one in seven weeks to one in two"),
    "relief_value": (0.05, 0.5, "what the end of war costs is worth, from little to half of what is at stake"),
    "irrevocable": (0.0, 1.0, "a side that is let down takes back all that it gave on the other's word, or nothing of it"),
    "renewal_temperature": (0.02, 0.25, "utility; from a cool reckoning to a choice that a quarter of the stakes hardly moves"),
    "violation_rate": (0.005, 0.05, "per week; one in four years to one in twenty weeks"),
}
"""Behavioural parameters that the record may speak of: uniform prior, and why it is so wide."""

DAYS = 360
"""Of the days at which lives are scored, the one that enters the likelihood; the earlier ones say much the same."""

COUNTED = "counted: "
"""Before the name of a row of counts, its cluster."""

COUNTED_VOTE = 0.5
"""Vote of a case counted elsewhere: that synthetic conflicts are like those cases is our reading."""

DRAWS, KEPT = 240_000, 256
"""Draws that are weighed, and rows of the posterior table."""

POSTERIOR = "posterior.csv"
"""The main table of a saved calibration."""

TRUTHS, AMONG = 200, 40_000
"""Simulation-based calibration: truths, and draws among which each finds its place."""


@dataclass(frozen=True)
class PriorDraws(WeeklyDraws):
    """The same draws, but some quantities over the whole of their prior."""

    prior: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def quantity(self, what: Uncertainty) -> Array:
        """Uniform over the prior where there is one, ``(R,)``."""
        if what.name not in self.prior:
            return super().quantity(what)
        low, high = self.prior[what.name]
        return low + (high - low) * self.uniform("parameters", what.name).astype(np.float64)


@dataclass(frozen=True)
class Reference:
    """Draws of the parameters ``theta (N, P)`` and, per row of the record, ``hits`` of ``tries``, ``(N, rows)``."""

    prior: Prior
    theta: Array
    rows: tuple[Row, ...]
    hits: Array
    tries: Array


def prior() -> Prior:
    """The priors as ranges by name."""
    return Prior(tuple(PRIORS), np.array([[low, high] for low, high, _ in PRIORS.values()]))


def reference(  # noqa: PLR0913 - what is run, and how
    episodes: list[Episode], study: Study, *, worlds: int, seed: int, jobs: int = 1, progress: Progress | None = None
) -> Reference:
    """Run every episode and every synthetic conflict with parameters drawn from the priors, one draw per world."""
    ranges = {f"behaviour.{name}": (low, high) for name, (low, high, _) in PRIORS.items()}
    drawn = partial(PriorDraws, prior=ranges)
    each = len(episodes) * worlds
    total = each + worlds * len(study.runs(scored_only=True))

    def after(start: int) -> Progress | None:
        return None if progress is None else lambda done, _: progress(start + done, total)

    fates = run_episodes(episodes, worlds, seed, jobs=jobs, drawn=drawn, progress=after(0), readiness=False)
    synthetic = run_fates(study, worlds=worlds, seed=seed, jobs=jobs, scored_only=True, drawn=drawn, progress=after(each))
    lines = [line for episode, found in zip(episodes, fates, strict=True) for line in _lines(episode, found)]
    counts: dict[str, int] = {}
    for row, _, _ in lines:
        counts[row.cluster] = counts.get(row.cluster, 0) + 1
    # Rows of one affair hang together: m of them count as the root of m.
    lines = [(Row(r.name, r.cluster, r.k, r.n, 1 / np.sqrt(counts[r.cluster])), h, t) for r, h, t in lines]
    for name, ratio in row_values(study, synthetic).items():
        counted = study.counted.rows[name]
        lines.append((Row(name, f"{COUNTED}{name}", counted.k, counted.n, COUNTED_VOTE), ratio.numerator, ratio.denominator))
    draws = Draws(seed, 0, worlds)
    shares = np.column_stack([draws.uniform("parameters", f"behaviour.{name}") for name in PRIORS]).astype(np.float64)
    rows, hits, tries = zip(*lines, strict=True)
    return Reference(prior(), prior().at(shares), rows, np.column_stack(hits), np.column_stack(tries))


def _lines(episode: Episode, found: Fates) -> list[tuple[Row, Array, Array]]:
    """The rows of an episode with their hits and tries, ``(worlds,)`` each."""
    lines = []
    seen = episode.observed
    for row in agreed_rows(episode, found):
        if row["pooled"]:
            where = found.met[row["issue"]] if row["scored"] == "agreed_if_came" else np.ones(found.worlds, bool)
            hits = found.agreed[row["issue"]] & where
            lines.append((Row(f"{episode.name} {row['issue']}", seen.cluster, float(row["observed"]), 1.0), hits, where))
    for life in life_rows([(episode, found)]):
        if life["days"] == DAYS and life["weight"] > 0:
            where = found.followed[DAYS]
            name = f"{episode.name} ended {DAYS}"
            lines.append((Row(name, seen.cluster, float(life["observed"]), 1.0), found.ended[DAYS] & where, where))
    return [(row, hits.astype(float), where.astype(float)) for row, hits, where in lines]


@dataclass(frozen=True)
class Calibration:
    """What the record says.

    ``parameters``: per parameter prior and posterior range, contraction, and how far the places of known truths are
    from uniform. ``rows``: per line of the record what was seen and the figure under the prior, under the
    posterior, and (``left_out``) under the posterior without its affair. ``scores``: the left-out figures beside
    the rules, as in a hindcast. ``posterior``: draws that scenarios may take, one per row.
    """

    parameters: pd.DataFrame
    rows: pd.DataFrame
    scores: pd.DataFrame
    posterior: pd.DataFrame
    manifest: dict[str, Any]

    def save(self, directory: str | os.PathLike[str]) -> Path:
        """Write the four tables and the manifest to a folder, whole or not at all. Raises RunFolderError."""

        def fill(new: Path) -> None:
            for name in ("parameters", "rows", "scores", "posterior"):
                saving.write_csv(new / f"{name}.csv", getattr(self, name))

        return saving.write_folder(directory, fill, self.manifest, of=POSTERIOR)


def calibrate(  # noqa: PLR0913 - the public call; every argument is one a user thinks in
    history: str | os.PathLike[str],
    counted: str | os.PathLike[str],
    *,
    worlds: int = 16_384,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Calibration:
    """Learn the parameters from the episodes of a folder and the counts of another.

    The result depends on the files, ``worlds`` and ``seed`` only. Raises ScenarioError for wrong input.
    """
    episodes, _ = read_episodes(history)
    table = reference(episodes, read_study(counted), worlds=worlds, seed=seed, jobs=jobs, progress=progress)
    return learn(table, episodes, seed=seed)


def learn(table: Reference, episodes: list[Episode], *, seed: int) -> Calibration:
    """The posterior of a reference table and what it says."""
    chances = inference.smooth(table.prior, table.theta, table.hits, table.tries)
    luck = Draws(seed, 0, DRAWS)
    shares = np.column_stack([luck.uniform("calibration", name) for name in table.prior.names]).astype(np.float64)
    theta = table.prior.at(shares)
    said = chances(theta)
    likelihood = inference.log_likelihood(said, table.rows)
    weight = inference.weights(likelihood, table.rows)
    left_out = {c: inference.weights(likelihood, table.rows, without=c) for c in {row.cluster for row in table.rows}}
    rows = pd.DataFrame(
        {
            "row": [r.name for r in table.rows], "cluster": [r.cluster for r in table.rows], "k": [r.k for r in table.rows],
            "n": [r.n for r in table.rows], "vote": [r.vote for r in table.rows], "prior": said.mean(axis=0),
            "posterior": weight @ said, "left_out": [left_out[r.cluster] @ said[:, i] for i, r in enumerate(table.rows)],
            "tries": table.tries.sum(axis=0),
        }
    )  # fmt: skip
    chosen = theta[inference.resample(weight, KEPT)]
    posterior = pd.DataFrame({name: [float(f"{v:.4g}") for v in chosen[:, i]] for i, name in enumerate(table.prior.names)})
    manifest = {
        "kind": "calibration", "seed": seed, "worlds": len(table.theta), "block": BLOCK, "draws": DRAWS,
        "effective": round(inference.effective(weight), 1),
        "effective_left_out": {c: round(inference.effective(w), 1) for c, w in sorted(left_out.items())},
        "discrepancy": inference.DISCREPANCY, "versions": versions(),
    }  # fmt: skip
    return Calibration(_parameters(table, chances, theta, weight, seed), rows, _scores(rows, episodes), posterior, manifest)


def _parameters(table: Reference, chances: Chances, theta: Array, weight: Array, seed: int) -> pd.DataFrame:
    truths = theta[:TRUTHS]
    cases = int(max(row.n for row in table.rows))
    luck = Draws(seed, 0, TRUTHS).uniform("calibration", "records", len(table.rows), cases).transpose(2, 0, 1)
    among = theta[TRUTHS : TRUTHS + AMONG]
    found = np.sort(inference.places(chances, among, table.rows, truths, luck.astype(np.float64)), axis=0)
    steps = np.arange(TRUTHS + 1)[:, None] / TRUTHS
    far = np.maximum(np.abs(steps[1:] - found).max(axis=0), np.abs(found - steps[:-1]).max(axis=0))
    order = theta.argsort(axis=0)
    rows = []
    for i, name in enumerate(table.prior.names):
        upto = np.cumsum(weight[order[:, i]])
        places = np.minimum(np.searchsorted(upto, (0.05, 0.5, 0.95)), len(upto) - 1)
        at = [float(value) for value in theta[order[places, i], i]]
        low, high = table.prior.ranges[i]
        rows.append(
            {
                "parameter": name, "prior_low": low, "prior_high": high, "low": at[0], "median": at[1], "high": at[2],
                "contraction": float(inference.contraction(theta, weight, table.prior)[i]), "from_uniform": float(far[i]),
                "why": PRIORS[name][2],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _scores(rows: pd.DataFrame, episodes: list[Episode]) -> pd.DataFrame:
    """Scores of the figures under prior, posterior and left-out posterior, on the rows of a hindcast."""
    own = rows.set_index("row")
    agreed = pd.DataFrame([row for e in episodes for row in agreed_rows(e, _nobody(e))])
    agreed = agreed[agreed["pooled"]]
    issues = (agreed["episode"] + " " + agreed["issue"]).tolist()
    life = pd.DataFrame(list(life_rows([(e, _nobody(e)) for e in episodes])))
    life["observed"] = life["observed"].astype("boolean")
    life = life[(life["days"] == DAYS) & (life["weight"] > 0)]
    life = life[(life["episode"] + f" ended {DAYS}").isin(own.index)]
    ends = (life["episode"] + f" ended {DAYS}").tolist()
    found = []
    for kind in ("prior", "posterior", "left_out"):
        said = [part.assign(probability=own.loc[names, kind].to_numpy()) for part, names in ((agreed, issues), (life, ends))]
        for outcome, probability, cases in outcomes(*said):
            found += [{"figures": kind, "outcome": outcome, **line} for line in score(probability, cases, least=1e-3)]
    return pd.DataFrame(found)


def _nobody(episode: Episode) -> Fates:
    """Fates of no worlds at all, from which only what was observed is read."""
    none = np.zeros(1, bool)
    issues = dict.fromkeys(episode.observed.issues, none)
    days = dict.fromkeys((30, 90, DAYS), none)
    return Fates(none, issues, issues, issues, none, days, days)
