"""The behavioural parameters: one set for every scenario, each with its range, unit and reason.

A parameter is drawn per world, uniformly between ``low`` and ``high``, unless a scenario sets it;
setting it fixes it. The values are assumptions: the literature named in ``why`` gives the sign and
at most the order of magnitude.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def param(default: float, low: float, high: float, unit: str, why: str, ge: float = 0, le: float = 1) -> Any:
    """A float field with hard bounds ``ge`` and ``le`` and the range ``low`` to ``high`` drawn per world."""
    extra: dict[str, Any] = {"low": low, "high": high, "unit": unit, "why": why}
    return Field(default, ge=ge, le=le, description=f"{why} [{unit}]", json_schema_extra=extra)


class Behaviour(BaseModel):
    """Behavioural parameters, grouped by the part of the week in which they act."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)

    # ------------------------------------------------------------ the world moves
    grievance_half_life: float = param(20, 16, 24, "weeks", "what an event adds to grievance is half gone after this time", 1, 520)
    optimism_half_life: float = param(26, 20, 32, "weeks", "optimism lost or won returns half way to its base in this time", 1, 520)
    commitment_half_life: float = param(40, 30, 50, "weeks", "a public commitment binds half as much after this time", 1, 520)
    front_value: float = param(0.20, 0.16, 0.24, "utility", "worth of a front read as wholly favourable (bargaining theory of war: Powell 2006)")
    relief_value: float = param(0.15, 0.12, 0.18, "utility", "worth of being relieved of the full cost of the war (hurting stalemate: Zartman 2000)")

    # ------------------------------------------------------------ what is at stake
    stakes_sd: float = param(0.25, 0.15, 0.35, "utility", "spread of what moving an issue is worth to a side about what the scenario says, the issue alone on the table", 0, 1)
    stakes_common: float = param(0.8, 0.8, 0.8, "share", "part of that spread (of its variance) in which both sides are better or worse off together")
    format_sd: float = param(0.05, 0.0, 0.1, "utility", "spread of what a format, by its levers, adds to moving the issues on its table", 0, 1)

    text_counts: float = param(0.5, 0.2, 0.8, "share", "how far a text is read at home by the issues that it moves, and not by all that was on the agenda")

    # ------------------------------------------------------------ who comes
    occasion_rate: float = param(0.23, 0.18, 0.28, "per week", "chance that an occasion to meet arises at a table")
    temperature: float = param(0.15, 0.12, 0.18, "readiness", "noise of the choice to come (quantal response: McKelvey, Palfrey 1995)", 0.001, 5)
    threshold: float = param(0.5, 0.45, 0.55, "readiness", "readiness at which coming and staying away are as likely", -50, 50)
    motivation: float = param(3.9, 3.4, 4.4, "readiness per utility", "weight of what a likely text brings beyond the alternative (readiness: Pruitt 2007)", 0, 20)
    show: float = param(0.75, 0.3, 1.2, "readiness", "weight of being seen to talk, a reason to come without hope of a text (negotiating for side effects: Ikle 1964)", 0, 10)
    staying: float = param(0.6, 0.5, 0.7, "readiness", "how far readiness must fall below what it was (below zero, if it was higher) before a side walks out", 0, 10)
    confidence: float = param(0.5, 0.4, 0.6, "readiness", "weight of trust in the other side (readiness: Pruitt 2007)", 0, 5)
    attraction: float = param(0.5, 0.4, 0.6, "readiness", "weight of the mediators' pull (ripeness: Zartman 2000)", 0, 5)
    grievance_weight: float = param(1.6, 1.4, 1.8, "readiness", "weight of grievance, times public sensitivity", 0, 10)
    exposure: float = param(1.0, 0.8, 1.2, "readiness", "weight of audience cost when seen to talk (Fearon 1994; Tomz 2007)", 0, 10)
    refusal: float = param(1.0, 0.3, 1.7, "readiness", "weight of a public refusal of talks, by sensitivity, contact and level, whether talks are seen or not", 0, 10)
    stain: float = param(0.5, 0.4, 0.6, "readiness", "weight of a sponsor that is held against the table", 0, 10)
    hint_belief: float = param(0.4, 0.3, 0.5, "share", "how far a hint is believed compared with a formal invitation")
    mirrored_distance: float = param(0.6, 0.5, 0.7, "factor", "recognition and exposure left when each side signs with the mediators only")
    contact_proximity: float = param(0.5, 0.4, 0.6, "factor", "recognition cost of talks under one roof, face to face = 1")
    contact_remote: float = param(0.4, 0.3, 0.5, "factor", "recognition cost of talks by line, face to face = 1")
    contact_separate: float = param(0.2, 0.1, 0.3, "factor", "recognition cost of talks apart, face to face = 1")
    level_ministers: float = param(0.6, 0.5, 0.7, "factor", "recognition cost among ministers, leaders = 1")
    level_technical: float = param(0.25, 0.15, 0.35, "factor", "recognition cost among officials, leaders = 1")
    visibility_secret: float = param(0.05, 0.02, 0.08, "factor", "exposure of secret talks, public = 1")
    visibility_discreet: float = param(0.3, 0.2, 0.4, "factor", "exposure of discreet talks, public = 1")
    denial_cover: float = param(0.5, 0.35, 0.65, "share", "exposure that a public denial takes away while it stands")
    denial_exposed: float = param(0.02, 0.01, 0.03, "per week", "chance that a denial is exposed while talks go on")
    denial_penalty: float = param(1.0, 0.7, 1.3, "factor", "exposure added once a denial is exposed", 0, 10)
    declaration_pull: float = param(0.15, 0.1, 0.2, "readiness", "pull that a declaration of third parties adds at tables on its issues")
    declaration_stain: float = param(0.2, 0.1, 0.3, "share", "how much a declaration adds to the discount of its sponsor by a side that was not invited, or did not believe it")
    declaration_lock_in: float = param(0.1, 0.05, 0.15, "share", "how far those who declare are bound to their opening demands")

    # ------------------------------------------------------------ talks
    pace_proximity: float = param(0.8, 0.7, 0.9, "rounds per week", "pace of talks under one roof, face to face = 1")
    pace_remote: float = param(0.6, 0.5, 0.7, "rounds per week", "pace of talks by line")
    pace_separate: float = param(0.35, 0.28, 0.42, "rounds per week", "pace of talks in which messages are carried")
    patience: float = param(18, 14, 22, "weeks", "length of a session without agreement before it is broken off", 1, 520)
    offers: float = param(8, 7, 9, "rounds", "rounds of a session in which the sides draft in turn; aspiration falls towards the reservation value over them", 1, 1000)
    texts: float = param(4, 3, 5, "rounds", "rounds of a session in which mediators draft a single text", 1, 1000)
    judgement: float = param(0.07, 0.06, 0.08, "utility", "scale of the error in judging a text, once per session", 0, 1)
    clarity: float = param(0.7, 0.6, 0.8, "share", "error of judgement taken away by an honest mediator in the room")
    relay_noise: float = param(0.3, 0.2, 0.4, "share", "error of judgement added when messages are carried between the sides", 0, 5)
    author_adversary: float = param(0.09, 0.04, 0.14, "utility", "what a text loses by being written by an adversary, while it is not trusted at all (reactive devaluation: Stillinger et al. 1991)", 0, 1)
    author_mediator: float = param(0.025, 0.0, 0.05, "utility", "the same for mediators, about a third of it in the experiment", 0, 1)
    opponent_weight: float = param(0.6, 0.45, 0.75, "share", "weight of what the other side likes among offers that are good enough (Faratin et al. 1998)")
    opponent_learning: float = param(0.15, 0.1, 0.2, "per offer", "how fast offers correct the belief that the other wants the opposite (fixed pie: Thompson, Hastie 1990)")
    candour_trust: float = param(0.6, 0.45, 0.75, "share", "candour that full trust in the mediators adds")
    candour_gain: float = param(0.25, 0.15, 0.35, "share", "candour gained when a side says no to a text")
    estimate_step: float = param(0.10, 0.07, 0.13, "utility", "how far a no lowers the mediators' estimate of a side's surplus")
    mediator_interest: float = param(0.5, 0.3, 0.7, "weight", "how far mediators bend a text to what they would like", 0, 10)
    leverage_half_life: float = param(30, 24, 36, "weeks", "what leverage added is half gone after this time (Beardsley 2011)", 1, 520)
    hardening: float = param(0.3, 0.2, 0.4, "share", "aspiration kept up when concessions are seen at home (audience cost x visibility x sensitivity)")
    schelling: float = param(0.2, 0.1, 0.3, "share", "aspiration kept up by a narrow win-set (Schelling 1960; Putnam 1988)")
    leak_rate: float = param(0.03, 0.02, 0.04, "per week", "chance that talks held in secret become known")

    # ------------------------------------------------------------ accept and ratify
    assurance: float = param(0.25, 0.15, 0.35, "share", "doubt that an honest, moderately biased mediator can take away (Kydd 2003, 2006)")
    guarantee: float = param(0.45, 0.3, 0.6, "share", "doubt taken away where promises are made to trusted mediators who oversee them (commitment: Fearon 1995; Powell 2006)")
    irrevocable: float = param(0.5, 0.3, 0.7, "share", "what is given on the other's word that cannot be taken back once it breaks it (Fearon 1998; reciprocity: Axelrod 1984, Keohane 1986)")
    ambiguity: float = param(0.5, 0.2, 0.8, "share", "part of a text that a side can read away where it would cost it on balance, and then does not deliver (constructive ambiguity: Fischhendler 2008)")
    unsigned: float = param(0.8, 0.7, 0.9, "factor", "belief in an announced text that nobody signed")
    declared: float = param(0.4, 0.3, 0.5, "factor", "belief in a declaration")
    concession_cost: float = param(0.5, 0.4, 0.6, "factor", "audience cost of what a text gives up in public", 0, 5)
    side_deal_trust: float = param(0.6, 0.5, 0.7, "share", "part of the belief in a side deal that hangs on trust in who controls it")
    ratification_cost: float = param(0.12, 0.08, 0.16, "utility", "domestic cost of a sensitive text signed in public (two-level games: Putnam 1988)")
    signing_cost: float = param(0.15, 0.1, 0.2, "utility", "domestic cost of signing together with the other side")
    mandate_gap: float = param(0.25, 0.20, 0.30, "utility", "hurdle at home for a text that officials without a mandate agreed")
    win_set_cost: float = param(0.10, 0.05, 0.15, "utility", "hurdle at home for a side with a narrow win-set")
    cover: float = param(0.5, 0.4, 0.6, "share", "domestic cost taken away by trusted mediators who answer for the text")
    ratification_noise: float = param(0.05, 0.04, 0.06, "utility", "scale of what cannot be foreseen at home", 0.001, 1)
    veto_rate: float = param(0.06, 0.04, 0.08, "chance", "chance, per side, of a last-minute withdrawal on a fully sensitive text")

    # ------------------------------------------------------------ in force
    violation_rate: float = param(0.02, 0.015, 0.025, "per week", "rate of violations by a side that gains nothing")
    frailty: float = param(1.4, 1.1, 1.7, "log rate", "spread of the rate of violations between agreements", 0, 5)
    violation_grievance: float = param(0.65, 0.5, 0.8, "log rate", "grievance raises violations, times public sensitivity", 0, 10)
    violation_gain: float = param(5.0, 4.0, 6.0, "log rate per utility", "what a side still gains lowers violations", 0, 50)
    infancy: float = param(5.0, 4.0, 6.0, "factor", "extra violations of a young agreement", 0, 50)
    infancy_weeks: float = param(6.0, 5.0, 7.0, "weeks", "time in which a young agreement settles", 0.5, 520)
    deterrence: float = param(0.4, 0.3, 0.5, "share", "violations that full monitoring deters (implementation commissions: UCDP)")
    detection: float = param(0.3, 0.2, 0.4, "chance", "chance that a violation is detected without monitoring")
    contest: float = param(0.6, 0.5, 0.7, "chance", "chance that a claim is contested where nobody monitors")
    false_claims: float = param(0.01, 0.005, 0.015, "per week", "rate of unfounded claims by a fully aggrieved side where nobody monitors")
    violation_drop: float = param(0.15, 0.1, 0.2, "share", "delivery withheld for good by a violation that goes unnoticed")
    suspension: float = param(0.5, 0.4, 0.6, "chance", "chance that the injured side suspends over a claim that stands")
    suspended_delivery: float = param(0.8, 0.7, 0.9, "share", "delivery that goes on while an agreement is suspended")
    repair: float = param(0.5, 0.4, 0.6, "per week", "chance of repair by trusted mediators with a coordination centre")
    collapse: float = param(0.06, 0.04, 0.08, "per week", "chance that a suspended agreement is given up")
    erosion: float = param(0.015, 0.010, 0.020, "per week", "loss of delivery by a side that gains nothing")
    erosion_gain: float = param(5.0, 4.0, 6.0, "per utility", "what a side still gains slows erosion", 0, 50)
    reciprocity: float = param(0.10, 0.05, 0.15, "per week", "how fast a side lowers its delivery to the other's")
    side_belief_half_life: float = param(30, 24, 36, "weeks", "belief in an undelivered side deal is half gone after this time", 1, 520)
    exit_rate: float = param(0.02, 0.01, 0.03, "per week", "chance of leaving within the term for a side that only loses")
    renewal_temperature: float = param(0.05, 0.04, 0.06, "utility", "noise of the choice to renew", 0.001, 5)
    renewal_effort: float = param(0.05, 0.03, 0.07, "utility", "hurdle where silence means lapse")
    asked_again: float = param(0.7, 0.4, 1.0, "share", "part of that hurdle where silence means extension")
    renewal_grievance: float = param(0.15, 0.1, 0.2, "utility", "grievance against renewing, times public sensitivity")
    shortening: float = param(0.6, 0.5, 0.7, "share", "gain left, of that promised, below which only half a term is renewed")

    # ------------------------------------------------------------ learning
    trust_gain: float = param(0.008, 0.005, 0.011, "per week", "trust gained from promises kept, times public sensitivity (costly signals: Kydd 2005)")
    trust_loss: float = param(0.25, 0.15, 0.35, "share", "trust lost over a violation; half of it over a contested one or a text that fell")
    mediator_credit: float = param(0.01, 0.005, 0.015, "per week", "trust in mediators gained while their agreement is delivered, lost while a side deal is not")
    injury: float = param(0.10, 0.06, 0.14, "grievance", "grievance added by a violation that is noticed")
    discouragement: float = param(0.28, 0.22, 0.34, "optimism", "optimism lost when talks or ratification fail")
    encouragement: float = param(0.10, 0.06, 0.14, "optimism", "optimism won when an agreement enters into force")
    talking_cost: float = param(0.01, 0.005, 0.015, "utility per week", "cost of being seen at a table, times audience cost, visibility and sensitivity")
