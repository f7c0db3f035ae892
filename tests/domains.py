"""A bilateral bargaining domain as the literature on automated negotiation has it, and the scenario that says the same.

A domain is a few issues with a few values each, and two sides with additive utilities and a reservation value; there is nothing
political in it. The scenario made of it leaves nothing political to happen: two sides meet alone, every week, offer in turn and
concede over time (Faratin, Sierra, Jennings 1998). No agreement is the status quo of every issue, only complete packages can be
agreed, and the reservation value is what a side has alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STATUS_QUO = "no_agreement"
SPARE_WEEKS = 4
"""Weeks after the last round, in which a text agreed in it enters into force."""

HAIR = 1e-12
"""A reservation value at the worst package is put this much below it, so that rounding does not rule the package out."""

NOTHING_POLITICAL: dict[str, float] = {
    "occasion_rate": 1.0, "threshold": -50.0, "temperature": 0.001, "staying": 10.0,
    "judgement": 0.0, "front_value": 0.0, "relief_value": 0.0, "opponent_weight": 0.0,
    "hardening": 0.0, "schelling": 0.0, "win_set_cost": 0.0, "mandate_gap": 0.0,
    "ratification_cost": 0.0, "signing_cost": 0.0, "concession_cost": 0.0,
    "ratification_noise": 0.001, "veto_rate": 0.0, "stakes_sd": 0.0, "format_sd": 0.0, "text_counts": 0.0, "ambiguity": 0.0,
    "author_adversary": 0.0, "author_mediator": 0.0, "show": 0.0, "refusal": 0.0,
}  # fmt: skip
"""Behaviour under which both sides always come and stay, judge without error and are not watched at home."""


@dataclass(frozen=True)
class Bargainer:
    """One side: utility of a package is the sum over issues of weight x value of the option; weights sum to one, values lie in [0, 1]."""

    name: str
    weights: tuple[float, ...]  # per issue
    values: tuple[tuple[float, ...], ...]  # per issue, per option
    reservation: float
    concession: float = 1.0


@dataclass(frozen=True)
class Domain:
    """Issues with their options, in order, and the two sides; the side named first proposes first."""

    name: str
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]  # per issue
    sides: tuple[Bargainer, Bargainer]
    steps: int = 100


def scenario_of(domain: Domain) -> dict[str, Any]:
    """The scenario, as plain values in the form of a file.

    A reservation value below the worst package counts as the worst package, which changes nothing: a side takes either.
    """
    meet = "face_to_face"
    names = [side.name for side in domain.sides]
    return {
        "title": domain.name,
        "start": "2030-01-07",
        "weeks": domain.steps + SPARE_WEEKS,
        "front_volatility": 0.0,
        "parties": {side.name: _party(domain, side, names[1 - n]) for n, side in enumerate(domain.sides)},
        "issues": {
            issue: {
                "group": "technical", "options": {STATUS_QUO: {"status_quo": True}, **{name: {} for name in options}},
                "sensitivity": 0.0, "self_enforcing": 1.0, "front": 0.0, "relief": 0.0,
            }
            for issue, options in zip(domain.issues, domain.options, strict=True)
        },
        "formats": {
            "offers_in_turn": {
                "level": "leaders", "contact": {"talks": meet, "signing": meet, "implementation": meet}, "visibility": "public",
                "drafting": "in_turn", "settlement": "all_or_nothing", "instrument": "joint", "first_offer": names[0],
            }
        },
        "tables": {"table": {"agenda": list(domain.issues), "format": "offers_in_turn"}},
        "processes": {"bargaining": {"tables": ["table"]}},
        "behaviour": {**NOTHING_POLITICAL, "offers": float(domain.steps), "patience": float(domain.steps + SPARE_WEEKS)},
    }  # fmt: skip


def _party(domain: Domain, side: Bargainer, other: str) -> dict[str, Any]:
    worst = sum(w * min(of) for w, of in zip(side.weights, side.values, strict=True))
    reservation = max(side.reservation, worst - HAIR, 0.0)
    positions = {
        issue: {"salience": weight, "gains": dict(zip(options, values, strict=True))}
        for issue, options, weight, values in zip(domain.issues, domain.options, side.weights, side.values, strict=True)
    }
    return {
        "role": "disputant", "positions": positions, "alternatives": {issue: {"value": reservation} for issue in domain.issues},
        "optimism": 0.0, "front_optimism": 0.0, "war_cost": 0.0, "recognition": 0.0, "audience_cost": 0.0, "win_set": 1.0,
        "grievance": 0.0, "candour": 1.0, "concession": side.concession, "trust": {other: 1.0},
    }  # fmt: skip
