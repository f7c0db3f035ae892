"""Hindcast: episodes whose end is known are run, and the probability given to what happened is scored.

One scenario file is one episode; its one process is run as written in many worlds.

* **Agreed on an issue**: the share of worlds in which, within 26 weeks, the first text that entered into force
  at a table moves the issue, or an agreement in force from the start was renewed. A row scored ``agreed_if_came``
  asks what came of talks that took place: where the record says that both sides came, they are put at the table at
  the first occasion; how many would have come by themselves stands beside it, unscored. A row counts once in
  ``agreed``: as ``agreed`` where it is scored so, else as ``agreed_if_came``; the two kinds are also scored apart
  where there are both.
* **Ended by day 30, 90, 360** of an agreement in fact: the share of worlds that have seen its end, among those in
  which one entered into force within 26 weeks and which are run that long. Carried out is no end.
* Where fewer than 20 worlds, or fewer than one in a hundred, meet a condition, the share among them still
  counts (it is smoothed, and one half where there are none: the model then says nothing) and is flagged.

Scores, intervals and rules are those of ``study/history/scoring.py``. **Chance** moves every figure in two ways:
``low`` and ``high`` of a probability are Monte-Carlo error (Wilson 1927) and shrink with more worlds; those of a
score come from resampling affairs and shrink with more history only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.draws import BLOCK, Drawn, Draws, spans
from sim.model.layout import Array
from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.scenario.learned import posterior_hash
from sim.scenario.scenario import Scenario
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS, Progress, run_block, versions
from sim.study.findings import Findings
from sim.study.history import scoring
from sim.study.history.episodes import Episode, Named, Paths, read_episodes
from sim.study.history.fates import A_WEEK, DAYS, HORIZON, Bools, Fates, fates
from sim.study.history.scoring import MEASURES, Cases, Rule, smoothed
from sim.study.outcomes import Estimate, share
from sim.study.workers import as_finished

FEW, FEW_SHARE = 20, 0.01
"""Worlds, and share of worlds, that have to meet a condition before what is said about them goes unflagged."""

MODEL = "model"
ROWS, LIFE, SCORES, CALIBRATION, SHARPNESS = "rows.csv", "life.csv", "scores.csv", "calibration.csv", "sharpness.csv"

_ROWS = (
    "episode", "cluster", "phase", "issue", "group", "scored", "pooled", "observed", "came_observed", "probability", "low",
    "high", "given", "came", "worlds", "flag",
)  # fmt: skip
_LIFE = (
    "episode", "cluster", "phase", "issues", "group", "fate", "days_observed", "days", "observed", "weight", "probability", "low",
    "high", "given", "in_force", "worlds", "flag",
)  # fmt: skip
_SCORES = (
    "measure", "outcome", "rule", "value", "low", "high", "difference", "difference_low", "difference_high", "verdict", "wider",
    "rows", "clusters",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Hindcast(Findings):
    """What a hindcast found.

    ``rows``: per episode and issue what was observed and the probability of agreement (``scored`` empty: run, not
    scored), ``given`` to what happened, and the share of worlds in which the sides ``came`` by themselves. ``life``: per
    agreement and days the probability that it had ended; ``observed`` is missing and ``weight`` zero where the
    record stops before. ``scores``: per measure, outcome and rule the score (less is better), and model minus
    rule as ``difference``. ``calibration`` and ``sharpness``: per outcome.
    """

    kind = "hindcast"

    episodes: Sequence[Named] = field(repr=False)
    seed: int
    count: int
    rows: pd.DataFrame
    life: pd.DataFrame
    scores: pd.DataFrame
    calibration: pd.DataFrame
    sharpness: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The rows."""
        return self.rows

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {ROWS: self.rows, LIFE: self.life, SCORES: self.scores, CALIBRATION: self.calibration, SHARPNESS: self.sharpness}


def hindcast(
    paths: Paths,
    *,
    worlds: int = DEFAULT_WORLDS,
    seed: int = DEFAULT_SEED,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Hindcast:
    """Run the episodes at ``paths`` (files, or folders of them) and score what is said of them.

    The result depends on the files, ``worlds`` and ``seed`` only, for any ``jobs``. Raises ScenarioError for wrong
    input.
    """
    worlds, seed, jobs = worlds_of(worlds), seed_of(seed), jobs_of(jobs)
    episodes, notes = read_episodes(paths)
    return collect(episodes, run_episodes(episodes, worlds, seed, jobs=jobs, progress=progress), seed=seed, notes=notes)


def run_episodes(  # noqa: PLR0913 - what is run, and how
    episodes: list[Episode],
    worlds: int,
    seed: int,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    drawn: Drawn = Draws,
    readiness: bool = True,
) -> list[Fates]:
    """The fates of every episode in ``worlds`` worlds, in the order of episodes.

    Where the record says that both sides came, they are put at the table; with ``readiness`` it is run once more
    as written, for who would come.
    """
    tasks = [(n, b, size) for n in range(len(episodes)) for b, size in spans(worlds)]
    found_of: dict[tuple[int, int], Fates] = {}
    done = 0
    parts = (partial(_run, episodes[n], seed, (b, size), drawn, readiness) for n, b, size in tasks)
    for place, found in as_finished(parts, jobs=jobs):
        n, block, _ = tasks[place]
        found_of[n, block] = found
        done += found.worlds
        if progress is not None:
            progress(done, worlds * len(episodes))
    return [Fates.joined([found_of[n, b] for b, _ in spans(worlds)]) for n in range(len(episodes))]


def _run(episode: Episode, seed: int, span: tuple[int, int], drawn: Drawn, readiness: bool) -> Fates:
    def of(scenario: Scenario) -> Fates:
        return fates(scenario, run_block(scenario, episode.process, seed, *span, drawn).rows)

    found = of(episode.seated())
    if readiness and episode.is_given_coming:
        found = replace(found, ready=of(episode.scenario).met)
    return found


def collect(episodes: list[Episode], found: list[Fates], *, seed: int, notes: list[str] | None = None) -> Hindcast:
    """Probabilities and scores from the fates of every episode."""
    worlds = found[0].worlds
    pairs = list(zip(episodes, found, strict=True))
    rows = pd.DataFrame([row for e, f in pairs for row in issue_rows(e, f)], columns=list(_ROWS))
    life = pd.DataFrame(list(life_rows(pairs)), columns=list(_LIFE))
    life["observed"] = life["observed"].astype("boolean")
    tables: dict[str, list[dict[str, Any]]] = {"scores": [], "calibration": [], "sharpness": []}
    for outcome, probability, cases in outcomes(rows, life):
        least = float(smoothed(0, worlds))
        tables["scores"] += [{"outcome": outcome, **row} for row in score(probability, cases, least=least)]
        for part in scoring.calibration(probability, cases):
            tables["calibration"].append({"outcome": outcome, **asdict(part)})
        said = {"outcome": outcome, "rows": cases.count, "clusters": cases.affairs, "rate": _rate(cases)}
        tables["sharpness"].append(said | asdict(scoring.decompose(probability, cases)))
    return Hindcast(
        episodes=episodes, seed=seed, count=worlds, rows=rows, life=life,
        scores=pd.DataFrame(tables["scores"], columns=list(_SCORES)),
        calibration=pd.DataFrame(tables["calibration"], columns=["outcome", *scoring.Bin.__dataclass_fields__]),
        sharpness=pd.DataFrame(
            tables["sharpness"], columns=["outcome", "rows", "clusters", "rate", *scoring.Decomposition.__dataclass_fields__]
        ),
        notes=list(notes or ()), manifest=manifest_of(episodes, seed=seed, worlds=worlds, notes=notes),
    )  # fmt: skip


def manifest_of(episodes: list[Episode], *, seed: int, worlds: int, notes: list[str] | None = None) -> dict[str, Any]:
    """What is needed to make a hindcast again."""
    return {
        "kind": "hindcast", "seed": seed, "worlds": worlds, "block": BLOCK, "horizon_weeks": HORIZON, "days": list(DAYS),
        "resamples": scoring.RESAMPLES, "episodes": {e.name: e.scenario.hash for e in episodes},
        "titles": {e.name: {"title": e.title, "issues": {i: e.label(i) for i in e.scenario.file.issues}} for e in episodes},
        "observed_hash": observed_hash(episodes), "posterior": posterior_hash(),
        "notes": list(notes or ()), "versions": versions(),
    }  # fmt: skip


def _rate(cases: Cases) -> float:
    return float(np.average(cases.happened, weights=cases.weights))


def observed_hash(episodes: list[Episode]) -> str:
    """SHA-256 of what the record says of some episodes."""
    text = json.dumps([[e.name, e.observed.model_dump(mode="json")] for e in episodes], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------- what the model says


def chance(hits: NDArray[np.bool_], where: NDArray[np.bool_]) -> tuple[float, Estimate]:
    """The smoothed share of ``hits`` among the worlds ``where``, and the share itself with Wilson's interval."""
    count = int(where.sum())
    bounds = share(hits[where]) if count else Estimate(float("nan"), 0.0, 1.0)
    rounded = Estimate(bounds.estimate, round(bounds.low, 12), round(bounds.high, 12))  # exactly 0 or 1 where it should be
    return float(smoothed(int((hits & where).sum()), count)), rounded


def _few(where: NDArray[np.bool_]) -> bool:
    return int(where.sum()) < max(FEW, FEW_SHARE * len(where))


def issue_rows(episode: Episode, found: Fates) -> Iterator[dict[str, Any]]:
    """A row per issue and way of scoring it; of two ways ``agreed`` is the one that is pooled."""
    seen = episode.observed
    asked: list[str] = [kind for kind in ("agreed", "agreed_if_came") if kind in seen.score] or ["nothing"]
    for issue, happened in seen.issues.items():
        for kind in asked:
            conditional = kind == "agreed_if_came"
            where, flags = _given(episode, found, issue) if conditional else (np.ones(found.worlds, bool), [])
            scored = kind in seen.score
            if not scored:
                flags.append("not scored")
            probability, bounds = chance(found.agreed[issue], where)
            yield {
                "episode": episode.name, "cluster": seen.cluster, "phase": seen.phase, "issue": issue,
                "group": episode.group([issue]), "scored": kind if scored else "", "pooled": scored and kind == asked[0],
                "observed": happened, "came_observed": {True: "yes", False: "no", None: ""}[seen.came],
                "probability": probability, "low": bounds.low, "high": bounds.high,
                "given": probability if happened else 1 - probability, "came": float(found.ready[issue].mean()),
                "worlds": int(where.sum()), "flag": "; ".join(flags),
            }  # fmt: skip


def _given(episode: Episode, found: Fates, issue: str) -> tuple[Bools, list[str]]:
    """The worlds that count where it is given that both came, and what to beware of."""
    where = _come_to(episode, found, found.met[issue])
    if episode.is_given_coming and not (where & found.by_themselves).any():
        return where, ["nobody came by itself"]
    return where, ["few worlds came"] if _few(where) else []


def _come_to(episode: Episode, found: Fates, where: Bools) -> Bools:
    """Of some worlds of an episode those in which both would have come by themselves, where coming is given.

    That they came says something of what was at stake. Where there is none, all in which they are put at the table.
    """
    came = where & found.by_themselves
    return came if episode.is_given_coming and came.any() else where


def life_rows(pairs: list[tuple[Episode, Fates]]) -> Iterator[dict[str, Any]]:
    """A row per agreement that is scored ``in_force`` and number of days."""
    scored = [(e, f) for e, f in pairs if "in_force" in e.observed.score]
    days = np.array([np.nan if e.observed.days is None else e.observed.days for e, _ in scored], float)
    running = np.array([e.observed.fate == "running" for e, _ in scored], bool)
    ended = np.array([e.observed.fate == "ended" for e, _ in scored], bool)
    weights = {by: scoring.censoring_weights(days, running, by) for by in DAYS}
    for n, (episode, found) in enumerate(scored):
        seen = episode.observed
        for by in DAYS:
            happened = bool(ended[n] and days[n] <= by)
            weight, where = float(weights[by][n]), _come_to(episode, found, found.followed[by])
            flags = ["few worlds with an agreement in force"] if _few(where) else []
            if weight == 0:
                flags.append("the record stops before")
            elif by // A_WEEK >= episode.scenario.file.weeks:
                weight, flags = 0.0, ["the run is too short"]
            probability, bounds = chance(found.ended[by], where)
            yield {
                "episode": episode.name, "cluster": seen.cluster, "phase": seen.phase, "issues": "+".join(episode.settled),
                "group": episode.group(episode.settled), "fate": seen.fate, "days_observed": days[n], "days": by,
                "observed": happened if weight > 0 else None, "weight": weight, "probability": probability,
                "low": bounds.low, "high": bounds.high,
                "given": (probability if happened else 1 - probability) if weight > 0 else float("nan"),
                "in_force": float(found.in_force.mean()), "worlds": int(where.sum()), "flag": "; ".join(flags),
            }  # fmt: skip


# ---------------------------------------------------------------- what it is worth


def outcomes(rows: pd.DataFrame, life: pd.DataFrame) -> Iterator[tuple[str, Array, Cases]]:
    """Every outcome that has rows: its name, the model's probabilities ``(n,)`` and the cases."""
    kinds = {kind: rows[rows["scored"] == kind] for kind in ("agreed", "agreed_if_came")}
    both = all(len(part) for part in kinds.values())
    parts = {"agreed": rows[rows["pooled"]]}
    if both:
        parts |= {"agreed_outright": kinds["agreed"], "agreed_if_came": kinds["agreed_if_came"]}
    for outcome, part in parts.items():
        if len(part):
            issues = [frozenset([issue]) for issue in part["issue"]]
            yield outcome, part["probability"].to_numpy(dtype=float), _cases(part, issues)
    for by in DAYS:
        part = life[(life["days"] == by) & (life["weight"] > 0)]
        if len(part):
            issues = [frozenset(names.split("+")) for names in part["issues"]]
            yield f"ended_{by}", part["probability"].to_numpy(dtype=float), _cases(part, issues)


def _cases(part: pd.DataFrame, issues: list[frozenset[str]]) -> Cases:
    absent = part["came_observed"].to_numpy() == "no" if "came_observed" in part else np.zeros(len(part), bool)
    weights = part["weight"].to_numpy(dtype=float) if "weight" in part else np.ones(len(part))
    names = {name: part[name].to_numpy(dtype=str) for name in ("cluster", "phase", "group")}
    return Cases(
        happened=part["observed"].to_numpy(dtype=bool), clusters=names["cluster"], phases=names["phase"],
        groups=names["group"], issues=issues, absent=absent, weights=weights,
    )  # fmt: skip


def score(
    probability: Array, cases: Cases, *, least: float, beside: Mapping[str, Array] | None = None
) -> Iterator[dict[str, Any]]:
    """Per measure the model's score, then each rule's, with model minus rule; ``least`` as in ``scoring.baselines``.

    ``beside`` has the probabilities of other models ``(n,)``, by name, which count as rules.
    """
    rules = scoring.baselines(cases, least=least) | {name: Rule(p) for name, p in (beside or {}).items()}
    for measure, losses in MEASURES.items():
        own = losses(probability, cases.happened)
        common = {"measure": measure, "rows": cases.count, "clusters": cases.affairs}
        yield common | {"rule": MODEL, **_mean(own, cases, ""), "verdict": "", "wider": 0}
        for name in rules:
            other = losses(rules[name].probability, cases.happened)
            gap = _mean(own - other, cases, "difference_")
            gap["difference"] = gap.pop("difference_value")
            yield common | {"rule": name, **_mean(other, cases, ""), **gap, "verdict": _verdict(gap), "wider": rules[name].wider}


def _mean(losses: Array, cases: Cases, prefix: str) -> dict[str, float]:
    found = scoring.cluster_mean(losses, cases.clusters, cases.weights)
    return {f"{prefix}value": found.estimate, f"{prefix}low": found.low, f"{prefix}high": found.high}


def _verdict(gap: dict[str, float]) -> str:
    """Won where the whole interval of model minus rule is below zero, lost where it is above."""
    if gap["difference_high"] < 0:
        return "won"
    return "lost" if gap["difference_low"] > 0 else "undecided"
