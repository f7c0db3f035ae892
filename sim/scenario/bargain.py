"""A bilateral bargaining domain as the literature on automated negotiation has it, and the scenario that says the same.

A domain is a few issues with a few values each, and two sides with additive utilities and a reservation
value; there is nothing political in it. The scenario made of it leaves nothing political to happen: two
sides meet alone, every week, offer in turn and concede over time (Faratin, Sierra, Jennings 1998). No
agreement is the status quo of every issue, only complete packages can be agreed, and the reservation value
is what a side has alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ruamel.yaml import YAML

STATUS_QUO = "no_agreement"
STEPS = 100
SPARE_WEEKS = 4
"""Weeks after the last round, in which a text agreed in it enters into force."""

HAIR = 1e-12
"""A reservation value at the worst package is put this much below it, so that rounding does not rule the package out."""

MOST_STEPS = 520 - SPARE_WEEKS
START = date(2030, 1, 7)

NOTHING_POLITICAL: dict[str, float] = {
    "occasion_rate": 1.0, "threshold": -50.0, "temperature": 0.001, "staying": 10.0,
    "judgement": 0.0, "front_value": 0.0, "relief_value": 0.0, "opponent_weight": 0.0,
    "hardening": 0.0, "schelling": 0.0, "win_set_cost": 0.0, "mandate_gap": 0.0,
    "ratification_cost": 0.0, "signing_cost": 0.0, "concession_cost": 0.0,
    "ratification_noise": 0.001, "veto_rate": 0.0,
}  # fmt: skip
"""Behaviour under which both sides always come and stay, judge without error and are not watched at home."""


@dataclass(frozen=True)
class Bargainer:
    """One side: utility of a package is the sum over issues of weight x value of the option."""

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
    steps: int = STEPS


@dataclass(frozen=True)
class _Stated:
    """A side's utility in the units of a scenario: weights sum to one, gains and reservation value in [0, 1]."""

    weights: tuple[float, ...]
    gains: tuple[tuple[float, ...], ...]
    reservation: float
    note: str


def scenario_of(domain: Domain, source: str) -> dict[str, Any]:
    """The scenario, as plain values in the form of a file; ``source`` is what its provenance names.

    A reservation value below the worst package counts as the worst package, which changes nothing: a side
    takes either. Where values do not lie between 0 and 1, a side's utility is shifted and scaled as a whole.
    """
    issues = names_of(domain.issues, "issue")
    options = [names_of(of, "option", taken=[STATUS_QUO]) for of in domain.options]
    sides = names_of((side.name for side in domain.sides), "side")
    stated = [_state(side) for side in domain.sides]
    parties = {
        name: _party(domain, index, stated[index], (issues, options, sides)) for index, name in enumerate(sides)
    }
    behaviour = {**NOTHING_POLITICAL, "offers": float(domain.steps), "patience": float(domain.steps + SPARE_WEEKS)}
    nothing = "a bargaining domain has nothing political in it"
    return {
        "title": domain.name,
        "about": f"Bilateral bargaining domain read from {source}: two sides alone, offers in turn, concession over time.",
        "start": START,
        "weeks": domain.steps + SPARE_WEEKS,
        "front_volatility": 0.0,
        "parties": parties,
        "issues": {name: _issue(domain, k, options[k]) for k, name in enumerate(issues)},
        "formats": {"offers_in_turn": _format(sides[0])},
        "tables": {"table": {"agenda": issues, "format": "offers_in_turn"}},
        "processes": {"bargaining": {"label": "Offers in turn", "tables": ["table"]}},
        "behaviour": behaviour,
        "provenance": {
            "weeks": {"choice": True, "why": f"{domain.steps} rounds, one a week, and time to ratify"},
            "front_volatility": {"choice": True, "why": nothing},
            **{
                f"parties.{name}": {"choice": True, "why": f"utility from {source}{said.note}; {nothing}"}
                for name, said in zip(sides, stated, strict=True)
            },
            **{f"issues.{name}": {"choice": True, "why": nothing} for name in issues},
            "formats.offers_in_turn": {"choice": True, "why": nothing},
            **{f"behaviour.{name}": {"choice": True, "why": nothing} for name in behaviour},
            "behaviour.offers": {"choice": True, "why": "number of rounds"},
        },
    }


def text_of(scenario: dict[str, Any], note: str) -> str:
    """The scenario as the text of a YAML file, under a comment."""
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(scenario, out)
    return "".join(f"# {line}\n" for line in note.splitlines()) + out.getvalue()


def names_of(labels: Iterable[str], noun: str, taken: Iterable[str] = ()) -> list[str]:
    """A key for each label: lower case, digits and underscores, starting with a letter, no two alike."""
    found: list[str] = []
    used = set(taken)
    for label in labels:
        name = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:50]
        name = name if re.match(r"[a-z]", name) else f"{noun}_{name}".rstrip("_")
        number, plain = 2, name
        while name in used:
            name, number = f"{plain}_{number}", number + 1
        used.add(name)
        found.append(name)
    return found


def _state(side: Bargainer) -> _Stated:
    total = sum(side.weights)
    weights = tuple(weight / total for weight in side.weights)
    low = [min(of) for of in side.values]
    high = [max(of) for of in side.values]
    worst = sum(w * v for w, v in zip(weights, low, strict=True))
    reservation = max(side.reservation / total, worst - HAIR)
    if min(low) >= 0 and max(high) <= 1 and reservation <= 1:
        return _Stated(weights, side.values, max(reservation, 0.0), "")
    span = max(*(h - v for h, v in zip(high, low, strict=True)), reservation - worst) or 1.0
    gains = tuple(tuple((v - least) / span for v in of) for of, least in zip(side.values, low, strict=True))
    return _Stated(weights, gains, max((reservation - worst) / span, 0.0), ", shifted and scaled to lie between 0 and 1")


def _party(domain: Domain, index: int, stated: _Stated, names: tuple[list[str], list[list[str]], list[str]]) -> dict[str, Any]:
    issues, options, sides = names
    side = domain.sides[index]
    return {
        "role": "disputant",
        "label": side.name,
        "positions": {
            issue: {"salience": stated.weights[k], "gains": dict(zip(options[k], stated.gains[k], strict=True))}
            for k, issue in enumerate(issues)
        },
        "alternatives": {issue: {"value": stated.reservation} for issue in issues},
        "optimism": 0.0, "front_optimism": 0.0, "war_cost": 0.0, "recognition": 0.0, "audience_cost": 0.0,
        "win_set": 1.0, "grievance": 0.0, "candour": 1.0, "concession": side.concession,
        "trust": {sides[1 - index]: 1.0},
    }  # fmt: skip


def _issue(domain: Domain, k: int, options: list[str]) -> dict[str, Any]:
    worded = {name: {"label": label} for name, label in zip(options, domain.options[k], strict=True)}
    return {
        "label": domain.issues[k],
        "group": "technical",
        "options": {STATUS_QUO: {"label": "no agreement", "status_quo": True}, **worded},
        "sensitivity": 0.0, "self_enforcing": 1.0, "front": 0.0, "relief": 0.0,
    }  # fmt: skip


def _format(first: str) -> dict[str, Any]:
    meet = "face_to_face"
    return {
        "label": "The two alone",
        "level": "leaders",
        "contact": {"talks": meet, "signing": meet, "implementation": meet},
        "visibility": "public",
        "drafting": "in_turn",
        "settlement": "all_or_nothing",
        "instrument": "joint",
        "first_offer": first,
    }
