"""Structural alternatives: the record under a model that lacks one of its mechanisms, or has another in its place.

An alternative fixes some numbers of every run: behavioural parameters, or numbers of the scenarios by pattern. What
is fixed leaves the prior; the reference table is run again on the same draws and luck and fitted again, and the fit is
held against that of the full model in three ways:

* **Evidence**: log of the mean likelihood over the prior, as tempering finds it. The difference to the full model is a log
  Bayes factor, in the words of Kass and Raftery (1995, *JASA* 90): twice it up to 2 is hardly worth a mention, to 6
  positive, to 10 strong, beyond that very strong. A
  mechanism that is used can still lose: freedom that the record does not need is paid for (Occam's razor).
* **Left-out Brier score**, with the paired difference to the full model resampled by affair.
* **Counts inside** their interval, with all fitted and with each left out.

``error`` of an evidence is Monte-Carlo error (one standard error): a jackknife over halves of the worlds (Tukey 1958),
which is what smoothing on so few worlds leaves open, and the spread between samples of the posterior.

Beware: most rows are about talks that took place, at which both sides are put. A model in which nobody comes is not
punished for it, so each row also says in what share of episodes both come by themselves (``came_prior``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sim.model.layout import Array
from sim.scenario.scenario import Scenario
from sim.study.compare import Progress
from sim.study.history import scoring
from sim.study.history.counted import Study
from sim.study.history.episodes import Episode
from sim.study.history.fitting import Fit, fit, inside, scored
from sim.study.history.priors import PRIORS
from sim.study.history.reference import Reference, reference
from sim.study.workers import in_order

WORLDS = 8192
"""Worlds of an alternative and, for the comparison, of the full model; a calibration has more."""

DRAWS = 2000
"""Draws of the posterior; half of those of a calibration."""

PARTS, PART_DRAWS = 2, 1000
"""Parts of the worlds that the jackknife leaves out in turn, and draws of the posterior from each."""

FULL = "full"
OUTCOMES = ("agreed", "ended_360")


@dataclass(frozen=True)
class Alternative:
    """A mechanism that is taken away: what it is, what is fixed at what (patterns of paths), and why so."""

    label: str
    fixed: Mapping[str, float]
    why: str


def _none(label: str, why: str, *paths: str) -> Alternative:
    return Alternative(label, dict.fromkeys(paths, 0.0), why)


ALTERNATIVES: dict[str, Alternative] = {
    # ------------------------------------------------------------ who comes
    "stakes_known": _none("the stakes are what the scenario says", "nothing in them is unknown", "behaviour.stakes_sd"),
    "no_show": _none("nobody comes to be seen to talk", "a likely text is the only motive", "behaviour.show"),
    "public_refusal": _none("a refusal binds in public only", "it can be walked around unseen", "behaviour.refusal"),
    "no_ripeness": _none("the cost of war moves nobody", "without the hurting stalemate", "behaviour.relief_value"),
    "all_revocable": _none("what is given can be taken back", "who is let down loses nothing", "behaviour.irrevocable"),
    "none_revocable": Alternative(
        "what is given is given", {"behaviour.irrevocable": 1.0}, "without reciprocity in what a text is worth"
    ),
    "no_front": _none("the front is worth nothing", "without the bargaining theory of war", "behaviour.front_value"),
    "no_grievance": _none("grievance keeps nobody away", "feelings do not keep from talks", "behaviour.grievance_weight"),
    "no_pull": _none("mediators draw nobody", "their invitation is like any other", "behaviour.attraction"),
    "no_exposure": _none("being seen to talk costs nothing in coming", "audiences do not mind talks", "behaviour.exposure"),
    "no_recognition": _none("nobody minds dealing as equals", "an equal is whoever sits there", "parties.*.recognition"),
    "mirrored_like_joint": Alternative(
        "signing with mediators spares nothing", {"behaviour.mirrored_distance": 1.0}, "a mirrored text costs as a joint one"
    ),
    "no_discouragement": _none(
        "results change no optimism", "no failure is learnt from", "behaviour.discouragement", "behaviour.encouragement"
    ),
    # ------------------------------------------------------------ talks
    "equal_pace": Alternative(
        "contact does not set the pace",
        dict.fromkeys(("behaviour.pace_proximity", "behaviour.pace_remote", "behaviour.pace_separate"), 1.0),
        "rounds as often as face to face; contact matters through pace alone in talks",
    ),
    "no_devaluation": _none(
        "no reactive devaluation", "a text is judged whoever wrote it",
        "behaviour.author_adversary", "behaviour.author_mediator",
    ),
    "no_error": _none("texts are judged without error", "negotiators know what a text is worth", "behaviour.judgement"),
    "fixed_pie": _none("offers teach nothing of the other", "the belief in a fixed pie stays", "behaviour.opponent_learning"),
    "told_everything": Alternative("mediators are told everything", {"parties.*.candour": 1.0}, "drafts rest on the truth"),
    "told_nothing": _none(
        "mediators are told nothing", "drafts rest on an outsider's guess",
        "parties.*.candour", "behaviour.candour_trust", "behaviour.candour_gain",
    ),
    "no_leverage": _none("mediators add nothing to a text", "no arms are twisted", "parties.*.leverage"),
    "no_partiality": _none(
        "mediators lean nowhere and want nothing", "texts are bent by nobody", "parties.*.bias.*", "behaviour.mediator_interest"
    ),
    "no_hardening": _none(
        "demands do not harden at home", "neither watched concessions nor a narrow win-set stiffen",
        "behaviour.hardening", "behaviour.schelling",
    ),
    # ------------------------------------------------------------ accept and ratify
    "no_commitment_problem": Alternative(
        "nothing hangs on the other's word", {"issues.*.self_enforcing": 1.0}, "all gains arrive with the exchange itself"
    ),
    "no_guarantee": _none("overseers guarantee nothing", "monitoring takes no doubt away", "behaviour.guarantee"),
    "no_assurance": _none("mediators vouch for nobody", "their word is not heard", "behaviour.assurance"),
    "no_home": _none(
        "signing costs nothing at home", "one-level games; what cannot be foreseen stays",
        "behaviour.ratification_cost", "behaviour.signing_cost", "behaviour.win_set_cost", "behaviour.mandate_gap",
        "behaviour.veto_rate", "behaviour.concession_cost",
    ),
    "agenda_counts": _none(
        "a text is read at home by all that was on the agenda", "what it moves is not told apart", "behaviour.text_counts"
    ),
    "as_written": _none("a text is taken as it stands", "nobody reads it in a way of its own", "behaviour.ambiguity"),
    "no_cover": _none("mediators cover nobody at home", "who answers for the text does not matter", "behaviour.cover"),
    "no_side_deals": _none("no side deals", "texts stand for themselves", "formats.*.side_deals.*.benefit"),
    # ------------------------------------------------------------ in force
    "side_deals_believed": Alternative(
        "belief in a side deal never fades", {"behaviour.side_belief_half_life": 520.0}, "no exit over side deals"
    ),
    "constant_hazard": _none(
        "agreements are alike and do not age", "neither infancy nor frailty", "behaviour.infancy", "behaviour.frailty"
    ),
    "blind_violations": _none(
        "breaches by chance alone", "neither grievance nor gain moves them",
        "behaviour.violation_grievance", "behaviour.violation_gain",
    ),
    "no_monitoring": _none("nobody monitors", "no deterrence, detection, guarantee or help in repair", "formats.*.monitoring"),
    "no_repair": _none("a suspended agreement is never repaired", "what is suspended is given up in time", "behaviour.repair"),
    "silence_extends": _none("silence extends a term", "nobody has to ask for more", "behaviour.asked_again"),
    "no_erosion": _none(
        "delivery does not wear off", "neither erosion nor answers in kind", "behaviour.erosion", "behaviour.reciprocity"
    ),
    "no_trust_learnt": _none(
        "trust stays as it was", "nothing is learnt of the other side or of mediators",
        "behaviour.trust_gain", "behaviour.trust_loss", "behaviour.mediator_credit",
    ),
}  # fmt: skip
"""By name, in the order of the week."""


def with_fixed(scenario: Scenario, fixed: Mapping[str, float]) -> Scenario:
    """The scenario with every number that a pattern names set; what is set is not drawn."""
    paths = scenario.numbers()
    changes = {path: value for pattern, value in fixed.items() for path in paths if fnmatchcase(path, pattern)}
    return scenario.with_(changes) if changes else scenario


def runs_under(one: Alternative, episodes: list[Episode], study: Study) -> tuple[list[Episode], Study, int]:
    """Episodes and study under an alternative, and in how many of their scenarios something was fixed."""
    changed = [replace(e, scenario=with_fixed(e.scenario, one.fixed)) for e in episodes]
    scenarios = {name: with_fixed(scenario, one.fixed) for name, scenario in study.scenarios.items()}
    count = sum(new.scenario is not old.scenario for new, old in zip(changed, episodes, strict=True))
    count += sum(scenarios[name] is not study.scenarios[name] for name in scenarios)
    return changed, Study(study.counted, scenarios), count


def fixed_parameters(one: Alternative) -> list[str]:
    """The parameters with a prior that an alternative fixes."""
    return [name for name in PRIORS if any(fnmatchcase(f"behaviour.{name}", pattern) for pattern in one.fixed)]


def alternatives(  # noqa: PLR0913 - what is run, and how
    full: Reference,
    episodes: list[Episode],
    study: Study,
    *,
    seed: int,
    jobs: int = 1,
    asked: Mapping[str, Alternative] = ALTERNATIVES,
    progress: Progress | None = None,
    report: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """A row per alternative, the full model first; ``full`` is the full model's table, whose worlds all are run in.

    ``change`` is its log evidence less that of the full model, with its Monte-Carlo ``error`` (one standard error);
    ``OUTCOME_brier`` the left-out Brier score and ``OUTCOME_change`` its paired difference to the full model's with
    ``_low`` and ``_high`` (95%, by affair); below 0 the alternative is better. ``came_prior`` is the share of worlds and
    episodes in which both came, over the prior. ``scenarios`` counts those in which a number is fixed; with none it is
    the full model by another name. ``report`` hears which one begins.
    """
    say = report or (lambda _: None)
    say("fitting the full model again")
    worlds = len(full.theta)
    yardstick = _Fitted.of(full, episodes, seed, jobs)
    found = [_row(FULL, "the full model", yardstick, yardstick) | {"scenarios": len(episodes) + len(study.scenarios), "why": ""}]
    for number, (name, one) in enumerate(asked.items()):
        say(f"{one.label} ({number + 1} of {len(asked)})")
        changed, other, count = runs_under(one, episodes, study)
        told = None if progress is None else _part(progress, number, len(asked))
        table = reference(changed, other, worlds=worlds, seed=seed, jobs=jobs, progress=told, fixed=fixed_parameters(one))
        own = _Fitted.of(table, changed, seed, jobs)
        found.append(_row(name, one.label, own, yardstick) | {"scenarios": count, "fixed": _said(one), "why": one.why})
    return pd.DataFrame(found)


def _part(progress: Progress, number: int, of: int) -> Progress:
    return lambda done, total: progress(number * total + done, of * total)


def _said(one: Alternative) -> str:
    return "; ".join(f"{pattern} = {value:g}" for pattern, value in one.fixed.items())


# ---------------------------------------------------------------- comparison


@dataclass(frozen=True)
class _Fitted:
    """A fit, the log evidence without each part of the worlds ``(PARTS,)``, and what it says of the episodes, left out."""

    fit: Fit
    parts: Array
    outcomes: dict[str, tuple[Array, scoring.Cases]]
    came: float

    @classmethod
    def of(cls, table: Reference, episodes: list[Episode], seed: int, jobs: int) -> _Fitted:
        own = fit(table, seed=seed, draws=DRAWS)
        calls = (partial(_without, table, part, seed) for part in range(PARTS))
        parts = list(in_order(calls, jobs=jobs))
        said = {name: (p, cases) for name, p, cases in scored(own.figures, "left_out", episodes)}
        came = own.figures.loc[own.figures["kind"] == "came", "prior"]
        return cls(own, np.array(parts), said, float(came.mean()) if len(came) else float("nan"))


def _without(table: Reference, part: int, seed: int) -> float:
    """Log evidence without a part of the worlds."""
    rest = table.only(np.arange(len(table.theta)) % PARTS != part)
    return log_evidence(fit(rest, seed=seed, draws=PART_DRAWS))[0]


def log_evidence(own: Fit) -> tuple[float, float]:
    """Log evidence of a fit, and the standard error that its samples leave."""
    runs = np.array(own.sample.log_evidence)
    return float(runs.mean()), float(runs.std(ddof=1) / np.sqrt(len(runs)))


def jackknifed(own: Array, full: Array) -> float:
    """Standard error of a difference from its values without each part, ``(PARTS,)`` (Tukey 1958)."""
    gap = own - full
    return float(np.sqrt((len(gap) - 1) / len(gap) * ((gap - gap.mean()) ** 2).sum()))


def words(change: float, error: float) -> str:
    """What a change of log evidence says, after Kass and Raftery (1995); nothing within two standard errors."""
    if abs(change) <= max(1.0, 2 * error):
        return "not told apart"
    strength = "positive" if abs(change) <= 3 else "strong" if abs(change) <= 5 else "very strong"
    return f"{strength} {'against' if change > 0 else 'for'} the mechanism"


def _row(name: str, label: str, own: _Fitted, full: _Fitted) -> dict[str, Any]:
    (own_log, own_error), (full_log, full_error) = log_evidence(own.fit), log_evidence(full.fit)
    change = own_log - full_log
    error = float(np.sqrt(own_error**2 + full_error**2 + jackknifed(own.parts, full.parts) ** 2))
    said: dict[str, Any] = {
        "alternative": name, "label": label, "fixed": "", "log_evidence": own_log, "change": change, "error": error,
        "verdict": "" if own is full else words(change, error), "came_prior": own.came,
    }  # fmt: skip
    for outcome in OUTCOMES:
        if outcome in own.outcomes:
            said |= _brier(outcome, own, full)
    for kind in ("posterior", "left_out"):
        said[f"inside_{kind}"] = sum(inside(own.fit.figures, kind))
    return said | {"counts": len(inside(own.fit.figures, "posterior"))}


def _brier(outcome: str, own: _Fitted, full: _Fitted) -> dict[str, float]:
    (said, cases), (other, _) = own.outcomes[outcome], full.outcomes[outcome]
    losses, theirs = scoring.brier(said, cases.happened), scoring.brier(other, cases.happened)
    score = scoring.cluster_mean(losses, cases.clusters, cases.weights).estimate
    gap = scoring.cluster_mean(losses - theirs, cases.clusters, cases.weights)
    return {
        f"{outcome}_brier": score, f"{outcome}_change": gap.estimate, f"{outcome}_low": gap.low, f"{outcome}_high": gap.high
    }  # fmt: skip
