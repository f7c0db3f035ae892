"""Which lever and parameter moves which outcome, in which declared regime: the table that test_levers.py walks.

A row takes a regime (the scenario in regimes/two-sides.yaml and what differs from it), changes one thing and
names an outcome that moves. The sign is that of theory, or None where theory has none. Behavioural parameters go
from the package's own value to the upper end of their declared range, unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from ruamel.yaml import YAML

from sim.model.draws import Draws
from sim.model.reasons import Reason
from sim.model.tables import Table
from sim.model.world import World
from sim.scenario import Scenario
from sim.scenario.behaviour import Behaviour
from sim.scenario.schema import ScenarioFile

WORLDS = 1000
SEED = 11

Changes = Mapping[str, Any]
Measures = dict[str, NDArray[np.float64]]

# ---------------------------------------------------------------- what a scenario can set


def places(model: type[BaseModel] = ScenarioFile, seen: set[type[BaseModel]] | None = None) -> Iterator[str]:
    """Every place of the schema: ``Class.field``, and ``Class.field=value`` for each value of a choice."""
    seen = set() if seen is None else seen
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        below, choices, other = _opened(field.annotation)
        for value in choices if len(choices) > 1 or other else ():
            yield f"{model.__name__}.{name}={value}"
        if other:
            yield f"{model.__name__}.{name}"
        for inner in below:
            yield from places(inner, seen)


def _opened(annotation: Any) -> tuple[list[type[BaseModel]], list[Any], bool]:
    """Classes below an annotation, values of its choices, and whether it can hold anything else but None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation], [], False
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return [], list(inner), False
    if origin is dict:
        below, choices, other = _opened(inner[1])
        return below, choices, other
    if origin is list or origin is Annotated:
        return _opened(inner[0])
    if origin is Union or type(annotation).__name__ == "UnionType":
        parts = [_opened(part) for part in inner if part is not type(None)]
        return [m for p in parts for m in p[0]], [c for p in parts for c in p[1]], any(p[2] for p in parts)
    return [], [], True


WORDS_ONLY = {
    "ScenarioFile.title": "a heading", "ScenarioFile.about": "prose", "ScenarioFile.start": "the date of week 0, for labels",
    "ScenarioFile.evidence": "files with claims; what rests on them is checked, not run",
    "Option.label": "words", "Issue.label": "words", "Disputant.label": "words", "Mediator.label": "words",
    "Format.label": "words", "Table.label": "words", "Process.label": "words", "Event.label": "words",
    "Issue.group=humanitarian": "for reports", "Issue.group=technical": "for reports", "Issue.group=political": "for reports",
    "Ground.claims": "documents a number", "Ground.why": "documents a number", "Ground.choice": "documents a number",
    "Ground.supports=existence": "documents a number", "Ground.supports=sign": "documents a number",
    "Ground.supports=order": "documents a number", "Ground.supports=magnitude": "documents a number",
}  # fmt: skip
"""Places that describe and move nothing, each with the reason."""

CHECKED_ONLY = {"Issue.tradeable": "restricts agendas when the file is read: such an issue stands alone on a table"}
"""Places that forbid scenarios instead of moving outcomes; each has a test of its own."""

# ---------------------------------------------------------------- regimes

EVEN = {"parties.north.trust.south": 0.6, "parties.south.trust.north": 0.6, "issues.well.self_enforcing": 0.7, "issues.road.self_enforcing": 0.7}

DIRECT = {**EVEN, "behaviour.occasion_rate": 0.4, "formats.direct.visibility": "discreet"}

BETWEEN = {"tables.table.format": "between", "behaviour.occasion_rate": 0.4}

RELUCTANT = {
    **EVEN, "weeks": 16, "behaviour.occasion_rate": 0.2, "formats.direct.visibility": "discreet",
    "parties.north.grievance": 0.45, "parties.south.grievance": 0.45,
}  # fmt: skip

SHY = {"tables.table.format": "between", "weeks": 16, "behaviour.occasion_rate": 0.2, "behaviour.threshold": 0.75}

EAGER = {"behaviour.occasion_rate": 1.0, "behaviour.threshold": -1.0}

BANK = {"to": "south", "benefit": 0.15, "controlled_by": "bank", "credibility": 0.8, "delivery": 0.3}

FRAIL = {
    **EAGER, "tables.table.format": "between", "weeks": 60, "formats.between.contact.talks": "face_to_face",
    "formats.between.monitoring": 0.3, "behaviour.violation_rate": 0.05, "behaviour.renewal_temperature": 0.1,
    "parties.north.alternatives.well": {"value": 0.3, "from_week": 30}, "formats.between.side_deals": [BANK],
    "parties.south.trust.bank": 0.8,
}  # fmt: skip

CARRIED = {**BETWEEN, "formats.between.contact.talks": "separate"}

SUMMIT = {
    "level": "leaders",
    "contact": {"talks": "proximity", "signing": "proximity", "implementation": "separate"},
    "visibility": "public", "drafting": "in_turn", "settlement": "issue_by_issue", "instrument": "declaration",
    "convened_by": "north", "hosts_if": "one", "sponsor": "guild",
    "invited": {"south": {"status": "hinted", "believed": 0.5}},
}  # fmt: skip

SUMMIT_FIRST = {
    **SHY, "weeks": 26, "behaviour.threshold": 0.6, "formats.summit": SUMMIT, "formats.between.sponsor": "guild", "tables.table.agenda": ["well"],
    "tables.summit": {"agenda": ["well", "road"], "format": "summit", "meets": 0}, "processes.talks.tables": ["table", "summit"],
    "parties.south.sponsor_discount.guild": 0.3,
}  # fmt: skip

BESIDE = {"tables.second": {"agenda": ["road"], "format": "between"}, "processes.talks.tables": ["table", "second"]}

AFTER = {
    **DIRECT, **BESIDE, "weeks": 26, "tables.second.format": "direct", "tables.table.agenda": ["well"],
    "tables.second.opens": {"after": "table", "when": "failed"}, "behaviour.judgement": 0.12,
}  # fmt: skip

FORMAT = {
    "level": "ministers", "contact": {"talks": "remote", "signing": "remote", "implementation": "remote"},
    "visibility": "discreet", "drafting": "in_turn", "settlement": "issue_by_issue", "instrument": "joint",
}  # fmt: skip

UNLIKE = {
    "parties.north.positions.well.salience": 3.0, "parties.south.positions.road.salience": 3.0,
    "parties.north.positions.road.salience": 0.7, "parties.south.positions.well.salience": 0.7,
}  # fmt: skip

MISREAD = {
    "parties.north.candour": 0.0, "parties.south.candour": 0.0,
    "parties.north.positions.well": {"salience": 0.5, "gains": {"shared": 0.1, "rebuilt": 0.4}, "losses": {"rebuilt": 0.6}},
    "parties.north.positions.road": {"salience": 3.0, "gains": {"open": 0.1, "guarded": 0.8}, "losses": {"guarded": 0.1}},
    "parties.south.positions.well": {"salience": 3.0, "gains": {"shared": 0.1, "rebuilt": 0.8}, "losses": {"rebuilt": 0.1}},
    "parties.south.positions.road": {"salience": 0.5, "gains": {"open": 0.1, "guarded": 0.4}, "losses": {"guarded": 0.6}},
}  # fmt: skip
"""Each gives up little on what the other wants most, but an outsider who weighs the matters alike would not think so."""

SPLIT = {
    "parties.north.positions.road": {"salience": 1.0, "gains": {"open": 0.1, "guarded": 0.1}, "losses": {"open": 0.35, "guarded": 0.5}},
}

TORN = {
    "tables.table.agenda": ["well"], "parties.elder.interests": {},
    "parties.north.positions.well": {"salience": 1.0, "gains": {"shared": 0.45, "rebuilt": 0.7}, "losses": {"shared": 0.1, "rebuilt": 0.1}},
    "parties.south.positions.well": {"salience": 1.0, "gains": {"shared": 0.7, "rebuilt": 0.45}, "losses": {"shared": 0.1, "rebuilt": 0.1}},
}

FROM_AFAR = ["separate", "remote", "proximity", "face_to_face"]

AFFRONT = {"week": 2, "grievance": {"north": 0.4}}

REGIMES: dict[str, Changes] = {
    "direct": DIRECT,
    "between": BETWEEN,
    "reluctant": RELUCTANT,
    "shy": SHY,
    "frail": FRAIL,
    "carried": CARRIED,
    "shy and carried": {**SHY, "formats.between.contact.talks": "separate"},
    "by line": {**RELUCTANT, "formats.direct.contact.talks": "remote"},
    "slow line": {**DIRECT, "formats.direct.contact.talks": "remote"},
    "officials": {**RELUCTANT, "formats.direct.level": "technical"},
    "in secret": {**RELUCTANT, "formats.direct.visibility": "secret", "parties.north.audience_cost": 1.0},
    "in public": {**RELUCTANT, "formats.direct.visibility": "public"},
    "denied": {**RELUCTANT, "formats.direct.visibility": "public", "formats.direct.denied_by": ["north"], "weeks": 30},
    "sponsored": {
        **SHY, "formats.between.sponsor": "guild", "formats.direct.sponsor": "guild", "behaviour.threshold": 0.6,
        "parties.north.sponsor_discount.guild": 0.4, "parties.south.sponsor_discount.guild": 0.2,
    },
    "hinted": {**RELUCTANT, "formats.direct.invited.south": {"status": "hinted", "believed": 0.8}},
    "sworn off": {**RELUCTANT, "weeks": 26, "events.vow": {"week": 0, "commitment": {"north": 1.0}}},
    "affronted": {**RELUCTANT, "events.affront": AFFRONT},
    "summit first": SUMMIT_FIRST,
    "impatient": {**CARRIED, "behaviour.patience": 6.0},
    "announced": {**DIRECT, "formats.direct.instrument": "announced"},
    "declared": {**DIRECT, "formats.direct.instrument": "declaration"},
    "dealt": {**FRAIL, "formats.between.side_deals": [{**BANK, "controlled_by": "smith"}]},
    "lapsing": {**FRAIL, "formats.between.silence": "lapse"},
    "side by side": {**BETWEEN, **BESIDE, "tables.table.agenda": ["well"], "parties.elder.capacity": 1.0},
    "one after another": AFTER,
    "split": {**DIRECT, **SPLIT},
    "headlines": {
        **DIRECT, **SPLIT, "formats.direct.settlement": "all_or_nothing", "issues.well.headline": True, "issues.road.headline": False,
    },
    "torn": {**BETWEEN, **TORN},
    "torn between two": {**DIRECT, **TORN},
    "proud": {
        **RELUCTANT, "parties.north.recognition": 1.0, "parties.south.recognition": 1.0, "behaviour.mandate_gap": 0.02,
    },
    "exchange": {**DIRECT, **UNLIKE},
    "misread": {**BETWEEN, **MISREAD, "behaviour.texts": 10.0},
    "misread and not trusted": {**BETWEEN, **MISREAD, "behaviour.texts": 10.0, "behaviour.candour_trust": 0.0},
    "linked": {**DIRECT, "parties.north.linkages": [{"options": {"well": "shared", "road": "open"}, "value": 0.2}]},
    "conditional": {**DIRECT, "parties.north.conditional_offers": [{"offer": {"well": "rebuilt"}, "only_if": {"road": "open"}}]},
    "meddled": {
        **BETWEEN, "tables.table.agenda": ["well"], "parties.south.positions.well.gains.rebuilt": 0.5,
        "parties.south.positions.well.losses.rebuilt": 0.25, "parties.north.positions.well.losses.rebuilt": 0.27,
    },
    "much meddled": {
        **BETWEEN, "behaviour.mediator_interest": 4.0, "parties.elder.interests.well.values": {"rebuilt": 1.0},
        "parties.elder.interests.road": {"salience": 1.0, "values": {"guarded": 1.0}},
    },
    "eager": {**EAGER, "tables.table.format": "between", "weeks": 26},
    "at a summit": {
        **RELUCTANT, "formats.summit": {**SUMMIT, "hosts_if": "both", "sponsor": "north"}, "tables.table.format": "summit",
    },
    "raided": {**BETWEEN, "events.raid": {"rate": 0.5, "grievance": {"north": 0.3}, "issues": ["well"]}},
    "raining": {**RELUCTANT, "events.rain": {"week": 0}},
    "raining on the shy": {**SHY, "events.rain": {"week": 0, "issues": ["well"]}},
    "raining on the sponsor": {**SHY, "formats.between.sponsor": "guild", "behaviour.threshold": 0.6, "events.rain": {"week": 0},
        "parties.north.sponsor_discount.guild": 0.2},
    "raining on talks": {**DIRECT, "events.rain": {"week": 0, "issues": ["well", "road"]}},
    "twins": {**DIRECT, **BESIDE, "tables.second": {"agenda": ["well", "road"], "format": "direct"}},
    "waiting": {
        **AFTER, "formats.nobody": {**FORMAT, "invited": {"south": {"status": "not"}}},
        "tables.third": {"agenda": ["border"], "format": "nobody"}, "processes.talks.tables": ["table", "second", "third"],
    },
    "provoked": {**BETWEEN, "events.raid": {"rate": 0.3, "grievance": {"north": 0.2}}},
}
"""What differs from regimes/two-sides.yaml, by path."""

# ---------------------------------------------------------------- running


class Luck(Draws):
    """The same draws as ever, kept: all rows see the same luck."""

    def uniform(self, owner: str, stream: str, *shape: int) -> NDArray[np.float32]:
        return _uniform(self.worlds, owner, stream, shape)


@lru_cache(maxsize=256)
def _uniform(worlds: int, owner: str, stream: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return Draws(SEED, 0, worlds).uniform(owner, stream, *shape)


@lru_cache(maxsize=1)
def _base() -> dict[str, Any]:
    text = (Path(__file__).parent / "regimes" / "two-sides.yaml").read_text(encoding="utf-8")
    base: dict[str, Any] = YAML(typ="safe").load(text)
    return base


def scenario(*changes: Changes) -> Scenario:
    """The base scenario with values put at paths, in order; None takes a key away."""
    data = deepcopy(_base())
    for change in changes:
        for path, value in change.items():
            *above, last = path.split(".")
            node: Any = data
            for part in above:
                node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
            if value is None:
                node.pop(last, None)
            else:
                node[int(last) if isinstance(node, list) else last] = deepcopy(value)
    return Scenario.from_dict(data)


def run(*changes: Changes, drawn: bool = False) -> Measures:
    """What came of all worlds in the only process, per measure ``(R,)``; weeks that never came count as the last."""
    world = World(scenario(*changes), "talks", Luck(SEED, 0, WORLDS), stated=not drawn).run()
    found: Measures = {"weeks": world.in_force.astype(float)}
    if len(world.tables) > 1:
        found["lag"] = np.abs(world.tables[0].outcome.came - world.tables[1].outcome.came).astype(float)
    for table in world.tables:
        prefix = "" if table is world.tables[0] else f"{table.name}."
        found |= {prefix + name: values for name, values in measure(world, table).items()}
    return found


def measure(world: World, table: Table) -> Measures:
    """The outcomes of one table, ``(R,)`` each; NaN where there is nothing to measure."""
    outcome = table.outcome
    found: Measures = {}
    for first in ("occasion", "came", "declared", "agreed", "ratified", "ended"):
        week = getattr(outcome, first)
        found[first] = (week >= 0).astype(float)
        found[f"{first}_week"] = np.where(week >= 0, week, world.weeks).astype(float)
    for count in (
        "sessions", "texts", "fell", "fell_first", "fell_second", "agreements", "suspensions", "repairs",
        "renewals", "shorter", "refused", "violations", "contested", "in_force",
    ):  # fmt: skip
        found[count] = getattr(outcome, count).astype(float)
    found["delivery"] = outcome.delivery
    found["surplus_north"], found["surplus_south"] = outcome.surplus.T
    found["text_north"], found["text_south"] = outcome.agreed_surplus.T
    found["text_joint"] = outcome.agreed_surplus.sum(axis=1)
    found |= {f"units_{unit}": amount for unit, amount in outcome.units.items()}
    found |= {f"reason_{reason.name.lower()}": (outcome.reason == reason).astype(float) for reason in Reason}
    for column, issue in enumerate(table.agenda.issues):
        text = outcome.package >= 0
        found[f"moved_{issue}"] = np.where(text, table.agenda.moved[np.maximum(outcome.package, 0), column], 0.0)
    return found


# ---------------------------------------------------------------- rows


@dataclass(frozen=True)
class Row:
    """One thing that is changed, in a regime, and the outcome that moves."""

    places: tuple[str, ...]
    regime: str
    outcome: str
    sign: int | None
    low: Changes
    high: Changes
    why: str
    drawn: bool = False

    def __str__(self) -> str:
        return f"{'/'.join(self.places)} in {self.regime}"


def parameter(name: str, regime: str, outcome: str, sign: int | None, why: str, *, low: float | None = None, high: float | None = None) -> Row:
    """A behavioural parameter, from the regime's value (or ``low``) to the upper end of its range (or ``high``)."""
    top = Behaviour.model_fields[name].json_schema_extra["high"]  # type: ignore[index,call-overload]
    path = f"behaviour.{name}"
    start = {} if low is None else {path: low}
    return Row((f"Behaviour.{name}",), regime, outcome, sign, start, {path: float(high if high is not None else top)}, why)


def lever(place: str, regime: str, outcome: str, sign: int | None, high: Changes, why: str, *, low: Changes | None = None) -> Row:
    """Anything else: from the regime (or ``low``) to ``high``."""
    return Row((place,), regime, outcome, sign, low or {}, high, why)


def ladder(place: str, path: str, values: list[str], regime: str, outcome: str, sign: int | None, why: str) -> list[Row]:
    """The values of a choice in the order in which theory ranks them: each step moves the outcome."""
    return [
        Row((f"{place}={below}", f"{place}={above}"), regime, outcome, sign, {path: below}, {path: above}, why)
        for below, above in pairwise(values)
    ]


HALF = "what fades slower lasts longer"
ROWS: list[Row] = [
    # -------------------------------------------------------- the world moves
    parameter("grievance_half_life", "affronted", "came_week", +1, "an affront keeps a side away as long as it is felt", high=60),
    parameter("optimism_half_life", "between", "sessions", -1, "optimism lost in failed talks keeps the sides away"),
    parameter("commitment_half_life", "sworn off", "came_week", +1, "a public vow binds as long as it is remembered (Fearon 1994)", low=10, high=80),
    parameter("front_value", "frail", "text_joint", -1, "two optimists about the front leave less to agree on (Powell 2006)"),
    parameter("relief_value", "shy", "came", +1, "a hurting stalemate brings sides to the table (Zartman 2000)"),
    # -------------------------------------------------------- who comes
    parameter("occasion_rate", "reluctant", "came_week", -1, "more occasions, sooner talks"),
    parameter("temperature", "reluctant", "came_week", +1, "ready sides stay away more often where choice is noisy (McKelvey, Palfrey 1995)"),
    parameter("threshold", "reluctant", "came_week", +1, "readiness has more to overcome"),
    parameter("motivation", "reluctant", "came_week", -1, "gain in reach draws (Pruitt 2007)"),
    parameter("staying", "provoked", "reason_walked_out", -1, "sides that stay put do not walk out", high=1.0),
    parameter("confidence", "reluctant", "came_week", -1, "here trust is above the usual (Pruitt 2007)"),
    parameter("attraction", "shy", "came", +1, "mediators draw (Zartman 2000)"),
    parameter("grievance_weight", "reluctant", "came_week", +1, "grievance keeps away"),
    parameter("exposure", "reluctant", "came_week", +1, "fear of being seen keeps away (Fearon 1994; Tomz 2007)"),
    parameter("stain", "sponsored", "came", -1, "a discounted sponsor keeps away"),
    parameter("hint_belief", "hinted", "came_week", -1, "who believes a hint can follow it"),
    parameter("mirrored_distance", "shy", "came", -1, "what distance leaves of recognition keeps away"),
    parameter("contact_proximity", "shy", "came", -1, "recognition by contact keeps away"),
    parameter("contact_remote", "by line", "came_week", +1, "recognition by contact keeps away"),
    parameter("contact_separate", "shy and carried", "came", -1, "recognition by contact keeps away"),
    parameter("level_ministers", "reluctant", "came_week", +1, "recognition by level keeps away"),
    parameter("level_technical", "officials", "came_week", +1, "recognition by level keeps away"),
    parameter("visibility_secret", "in secret", "came_week", +1, "exposure keeps away", high=0.2),
    parameter("visibility_discreet", "shy", "came", -1, "exposure keeps away"),
    parameter("denial_cover", "denied", "came_week", -1, "a denial shields from exposure"),
    parameter("denial_exposed", "denied", "text_north", -1, "an exposed denial costs at home", high=0.2),
    parameter("denial_penalty", "denied", "agreed", -1, "an exposed denial makes every concession dearer", high=4),
    parameter("declaration_pull", "summit first", "came", +1, "third parties that declare pull"),
    parameter("declaration_stain", "summit first", "came", -1, "a side that was left out holds it against the sponsor"),
    parameter("declaration_lock_in", "summit first", "agreed_week", +1, "who has declared concedes less", high=0.5),
    # -------------------------------------------------------- talks
    parameter("pace_proximity", "between", "agreed_week", -1, "more rounds a week"),
    parameter("pace_remote", "slow line", "agreed_week", -1, "more rounds a week"),
    parameter("pace_separate", "carried", "agreed_week", -1, "more rounds a week"),
    parameter("patience", "impatient", "sessions", -1, "longer sessions, fewer of them", high=12),
    parameter("offers", "direct", "agreed_week", +1, "slower concession, later agreement (Faratin et al. 1998)"),
    parameter("texts", "frail", "agreed_week", +1, "slower concession, later agreement (Faratin et al. 1998)"),
    parameter("judgement", "direct", "agreed_week", +1, "errors of judgement hide good texts"),
    parameter("clarity", "between", "agreed_week", -1, "an honest mediator clears errors up (Kydd 2003)"),
    parameter("relay_noise", "carried", "agreed_week", +1, "messages get lost"),
    parameter("devaluation_adversary", "reluctant", "agreed_week", +1, "the adversary's text is worth less (Stillinger et al. 1991)"),
    parameter("devaluation_mediator", "between", "agreed_week", +1, "another's text is worth less (Stillinger et al. 1991)"),
    parameter("opponent_weight", "exchange", "agreed_week", -1, "offers that the other likes are accepted sooner (Faratin et al. 1998)", low=0.0),
    parameter("opponent_learning", "exchange", "agreed_week", -1, "who sees that the pie is not fixed finds exchanges sooner (Thompson, Hastie 1990)", low=0.0),
    parameter("candour_trust", "misread", "agreed_week", -1, "mediators who know more draft what is accepted", low=0.0),
    parameter("candour_gain", "misread and not trusted", "agreed_week", -1, "mediators who know more draft what is accepted", low=0.0),
    parameter("estimate_step", "between", "text_joint", None, "a no shifts the next text towards who refused"),
    parameter("mediator_interest", "meddled", "units_litres", +1, "mediators who want the well rebuilt draft so"),
    parameter("leverage_half_life", "between", "surplus_north", +1, "what mediators add lasts longer (Beardsley 2011)"),
    parameter("hardening", "reluctant", "agreed_week", +1, "watched sides concede less"),
    parameter("schelling", "reluctant", "agreed_week", +1, "narrow win-sets concede less (Schelling 1960; Putnam 1988)"),
    parameter("leak_rate", "in secret", "text_joint", -1, "a text that becomes known costs at home", high=0.2),
    # -------------------------------------------------------- accept and ratify
    parameter("assurance", "shy", "came", +1, "a mediator's word takes doubt away (Kydd 2003)"),
    parameter("guarantee", "shy", "came", +1, "oversight takes doubt away (Fearon 1995; Powell 2006)"),
    parameter("unsigned", "announced", "agreed_week", -1, "a text more believed is agreed sooner"),
    parameter("declared", "declared", "agreed_week", -1, "a text more believed is agreed sooner"),
    parameter("concession_cost", "shy", "came", -1, "conceding in public costs"),
    parameter("side_deal_trust", "dealt", "text_south", -1, "who controls the deal is half trusted"),
    parameter("ratification_cost", "between", "ratified", -1, "two-level games (Putnam 1988)"),
    parameter("signing_cost", "direct", "ratified", -1, "signing together costs at home"),
    parameter("mandate_gap", "shy", "came", -1, "officials without a mandate bring home less"),
    parameter("win_set_cost", "shy", "came", -1, "a narrow win-set leaves less to agree on (Putnam 1988)"),
    parameter("cover", "shy", "came", +1, "mediators who answer for a text make it cheaper at home"),
    parameter("ratification_noise", "between", "fell", +1, "more falls that nobody foresaw"),
    parameter("veto_rate", "direct", "fell", +1, "more last-minute withdrawals"),
    # -------------------------------------------------------- in force
    parameter("violation_rate", "direct", "violations", +1, "more violations"),
    parameter("frailty", "frail", "violations", +1, "a wider spread of a log rate has a higher mean"),
    parameter("violation_grievance", "direct", "violations", +1, "grievance breaks promises"),
    parameter("violation_gain", "frail", "violations", -1, "who gains keeps"),
    parameter("infancy", "direct", "violations", +1, "young agreements break"),
    parameter("infancy_weeks", "direct", "violations", +1, "agreements are young for longer"),
    parameter("deterrence", "between", "violations", -1, "monitoring deters"),
    parameter("detection", "direct", "contested", +1, "what is noticed is claimed"),
    parameter("contest", "frail", "suspensions", -1, "a contested claim suspends nothing"),
    parameter("false_claims", "direct", "contested", +1, "unfounded claims are contested too"),
    parameter("violation_drop", "frail", "delivery", -1, "what is withheld is not delivered"),
    parameter("suspension", "frail", "suspensions", +1, "more suspensions"),
    parameter("suspended_delivery", "frail", "units_carts", +1, "more goes on while suspended"),
    parameter("repair", "frail", "repairs", +1, "good offices repair"),
    parameter("collapse", "frail", "ended_week", -1, "suspended agreements are given up"),
    parameter("erosion", "direct", "delivery", -1, "delivery erodes"),
    parameter("erosion_gain", "direct", "delivery", +1, "who gains delivers"),
    parameter("reciprocity", "frail", "surplus_north", -1, "less is answered by less"),
    parameter("side_belief_half_life", "frail", "ended_week", +1, "an undelivered side deal is believed for longer", high=90),
    parameter("exit_rate", "frail", "ended_week", -1, "who only loses leaves"),
    parameter("renewal_temperature", "direct", "refused", +1, "sides that gain refuse more often where choice is noisy"),
    parameter("renewal_effort", "lapsing", "renewals", -1, "speaking up is a hurdle"),
    parameter("renewal_grievance", "frail", "renewals", -1, "grievance refuses"),
    parameter("shortening", "direct", "shorter", +1, "more is read as shrunk"),
    # -------------------------------------------------------- learning
    parameter("trust_gain", "frail", "agreements", +1, "promises kept are believed next time (Kydd 2005)", high=0.1),
    parameter("trust_loss", "direct", "surplus_north", -1, "broken promises are remembered"),
    parameter("mediator_credit", "frail", "agreements", +1, "mediators gain credit while their agreement is kept", high=0.05),
    parameter("injury", "frail", "ended_week", -1, "violations that are noticed are resented at renewal", high=0.3),
    parameter("discouragement", "between", "sessions", -1, "failed talks discourage"),
    parameter("encouragement", "side by side", "second.came_week", -1, "an agreement encourages at the next table"),
    parameter("talking_cost", "between", "surplus_north", -1, "being seen at a table costs"),
    # -------------------------------------------------------- the run and the front
    lever("ScenarioFile.weeks", "direct", "in_force", +1, {"weeks": 50}, "longer runs see agreements live longer"),
    lever("ScenarioFile.front_volatility", "between", "weeks", -1, {"front_volatility": 0.3}, "shifting power undoes agreements (Powell 2006)"),
    lever("ScenarioFile.front_start", "direct", "text_north", -1, {"front_start": 0.3}, "who is winning has an alternative (Powell 2006)"),
    # -------------------------------------------------------- issues
    lever("Option.status_quo", "direct", "moved_well", -1, {
        "parties.elder.interests": {}, "issues.well.options.shut.status_quo": False, "issues.well.options.shared": {"status_quo": True},
        "parties.north.positions.well": {"salience": 1.0, "gains": {"rebuilt": 0.3}, "losses": {"rebuilt": 0.2, "shut": 0.4}},
        "parties.south.positions.well": {"salience": 1.0, "gains": {"rebuilt": 0.1}, "losses": {"rebuilt": 0.2, "shut": 0.4}},
    }, "what already holds needs no text"),
    lever("Option.units", "direct", "units_carts", +1, {"issues.road.options.open.units.carts": 20.0}, "more per week"),
    lever("Option.lasts", "direct", "reason_carried_out", +1, {
        f"issues.{issue}.options.{option}.lasts": 6
        for issue, option in (("well", "shared"), ("well", "rebuilt"), ("road", "open"), ("road", "guarded"))
    }, "what is done once is carried out"),
    lever("Issue.sensitivity", "reluctant", "came_week", +1, {"issues.well.sensitivity": 0.8}, "political costs bite"),
    lever("Issue.self_enforcing", "reluctant", "came_week", -1, {"issues.well.self_enforcing": 1.0}, "an exchange needs no trust"),
    lever("Issue.front", "direct", "text_joint", -1, {"issues.well.front": 0.9}, "two optimists about the front agree on less (Powell 2006)"),
    lever("Issue.relief", "shy", "came", +1, {"issues.well.relief": 0.9}, "a hurting stalemate (Zartman 2000)"),
    lever("Issue.headline", "headlines", "agreed", -1, {"issues.road.headline": True}, "a headline issue has to move"),
    # -------------------------------------------------------- disputants
    lever("Position.salience", "direct", "agreed_week", None, {"parties.north.positions.well.salience": 3.0},
          "weights decide which packages are good"),
    lever("Position.gains", "direct", "agreed_week", -1, {"parties.south.positions.road.gains.guarded": 1.0}, "more to gain"),
    lever("Position.losses", "direct", "agreed_week", +1, {"parties.south.positions.well.losses.shared": 0.3}, "more to lose"),
    lever("Linkage.options", "linked", "units_litres", +1, {
        "parties.north.linkages.0.options": {"well": "rebuilt", "road": "open"},
    }, "the option that is linked is sought"),
    lever("Linkage.value", "linked", "text_north", +1, {"parties.north.linkages.0.value": 0.4}, "worth more together"),
    lever("ConditionalOffer.offer", "conditional", "units_litres", +1, {
        "parties.north.conditional_offers.0.offer": {"well": "shared"},
    }, "the more thorough option is free of the condition"),
    lever("ConditionalOffer.only_if", "conditional", "units_carts", +1, {
        "parties.north.conditional_offers.0.only_if": {"road": "guarded"},
    }, "what is asked for is given"),
    lever("Alternative.value", "frail", "ended_week", -1, {"parties.north.alternatives.well.value": 0.5}, "who can do without leaves"),
    lever("Alternative.from_week", "frail", "ended_week", +1, {"parties.north.alternatives.well.from_week": 50}, "later"),
    lever("Disputant.optimism", "reluctant", "came_week", -1, {"parties.north.optimism": 0.7}, "optimism draws (Pruitt 2007)"),
    lever("Disputant.front_optimism", "direct", "text_north", -1, {"parties.north.front_optimism": 0.5}, "Powell 2006"),
    lever("Disputant.war_cost", "shy", "came", +1, {"parties.north.war_cost": 0.8}, "a hurting stalemate (Zartman 2000)"),
    lever("Disputant.recognition", "reluctant", "came_week", +1, {"parties.north.recognition": 0.8}, "aversion to the other side"),
    lever("Disputant.audience_cost", "reluctant", "came_week", +1, {"parties.north.audience_cost": 0.9}, "Fearon 1994"),
    lever("Disputant.win_set", "shy", "came", +1, {"parties.north.win_set": 0.9}, "a wide win-set (Putnam 1988)"),
    lever("Disputant.grievance", "reluctant", "came_week", +1, {"parties.north.grievance": 0.7}, "grievance keeps away"),
    lever("Disputant.candour", "misread and not trusted", "agreed_week", -1, {
        "parties.north.candour": 0.5, "parties.south.candour": 0.5,
    }, "mediators know more"),
    lever("Disputant.concession", "direct", "agreed_week", +1, {"parties.north.concession": 5.0}, "boulware (Faratin et al. 1998)"),
    lever("Disputant.trust", "reluctant", "came_week", -1, {"parties.north.trust.south": 0.9}, "trust (Pruitt 2007; Powell 2006)"),
    lever("Disputant.sponsor_discount", "sponsored", "came", -1, {"parties.north.sponsor_discount.guild": 0.8}, "discounted"),
    # -------------------------------------------------------- mediators
    lever("Interest.salience", "much meddled", "units_carts", +1, {"parties.elder.interests.road.salience": 5.0}, "what they care for"),
    lever("Interest.values", "meddled", "units_litres", +1, {"parties.elder.interests.well.values.rebuilt": 1.0}, "what they like",
          low={"parties.elder.interests.well.values.rebuilt": 0.3}),
    lever("Mediator.bias", "torn", "text_north", +1, {"parties.elder.bias.north": 0.4}, "a text bent to one side",
          low={"parties.elder.bias.north": 0.0}),
    lever("Mediator.bias", "shy", "came", -1, {"parties.elder.bias.north": 0.9}, "wholly on one side, not believed (Kydd 2003)",
          low={"parties.elder.bias.north": 0.5}),
    lever("Mediator.honesty", "between", "agreed_week", -1, {"parties.elder.honesty": 1.0}, "clears errors up, is believed (Kydd 2003)"),
    lever("Mediator.leverage", "between", "agreed_week", -1, {"parties.elder.leverage": 0.2}, "adds what is missing (Beardsley 2011)"),
    lever("Mediator.capacity", "side by side", "agreed_week", -1, {"parties.elder.capacity": 2.0}, "two tables at full pace"),
    lever("Mediator.pull", "shy", "came", +1, {"parties.elder.pull": 0.9}, "draws (Zartman 2000)"),
    # -------------------------------------------------------- formats
    lever("Format.mediators", "direct", "came_week", -1, {"formats.direct.mediators": ["elder"]}, "mediators draw (Zartman 2000)"),
    *ladder("Invitation.status", "formats.direct.invited.south.status", ["not", "hinted", "formal"], "hinted", "came", +1, "asked"),
    lever("Invitation.believed", "hinted", "came_week", -1, {"formats.direct.invited.south.believed": 1.0}, "believed"),
    lever("Format.sponsor", "sponsored", "came", -1, {}, "a discounted sponsor keeps away",
          low={"formats.between.sponsor": "elder"}),
    *ladder("Format.level", "formats.direct.level", ["technical", "ministers", "leaders"], "proud", "came_week", +1,
            "recognition by level"),
    *ladder("Format.level", "formats.between.level", ["technical", "ministers", "leaders"], "between", "text_joint", +1,
            "a mandate costs less at home"),
    *ladder("ContactLevers.talks", "formats.direct.contact.talks", FROM_AFAR, "reluctant", "came_week", +1, "recognition by contact"),
    *ladder("ContactLevers.talks", "formats.between.contact.talks", FROM_AFAR, "eager", "agreed_week", -1, "pace and noise"),
    *ladder("ContactLevers.signing", "formats.direct.contact.signing", FROM_AFAR, "direct", "agreed_week", +1, "signing together"),
    *ladder("ContactLevers.implementation", "formats.between.contact.implementation", FROM_AFAR, "frail", "repairs", +1,
            "who meets can repair"),
    *ladder("Format.visibility", "formats.direct.visibility", ["secret", "discreet", "public"], "reluctant", "came_week", +1,
            "exposure (Fearon 1994)"),
    lever("Format.denied_by", "denied", "came_week", -1, {}, "denial shields", low={"formats.direct.denied_by": []}),
    *ladder("Format.drafting", "formats.between.drafting", ["in_turn", "single_text"], "between", "agreed_week", None,
            "neither wins by construction"),
    *ladder("Format.settlement", "formats.direct.settlement", ["issue_by_issue", "all_or_nothing"], "split", "agreed", -1,
            "fewer texts can be signed"),
    *ladder("Format.instrument", "formats.between.instrument", ["declaration", "announced", "joint", "mirrored"], "eager",
            "agreed_week", -1, "what is believed, is guaranteed and keeps a distance is agreed sooner"),
    lever("Format.convened_by", "reluctant", "came_week", -1, {"formats.direct.convened_by": "north"}, "who calls comes"),
    *ladder("Format.hosts_if", "formats.summit.hosts_if", ["both", "one"], "at a summit", "declared", +1, "one is enough"),
    Row(("Format.first_offer=lot", "Format.first_offer"), "torn between two", "text_north", None, {},
        {"formats.direct.first_offer": "north"}, "who proposes first, proposes what it can just bear"),
    lever("SideDeal.to", "dealt", "text_north", +1, {"formats.between.side_deals.0.to": "north"}, "who gets it"),
    lever("SideDeal.benefit", "dealt", "text_south", +1, {"formats.between.side_deals.0.benefit": 0.25}, "more to get"),
    lever("SideDeal.controlled_by", "frail", "text_south", -1, {"formats.between.side_deals.0.controlled_by": "smith"},
          "who is less trusted is less believed"),
    lever("SideDeal.credibility", "dealt", "text_south", +1, {"formats.between.side_deals.0.credibility": 1.0}, "believed"),
    lever("SideDeal.delivery", "frail", "ended_week", +1, {"formats.between.side_deals.0.delivery": 1.0}, "delivered, so renewed"),
    lever("SideDeal.seen_by", "frail", "ended_week", -1, {"formats.between.side_deals.0.seen_by": {"south": 0.0}}, "not seen, so refused"),
    lever("Format.monitoring", "frail", "violations", -1, {"formats.between.monitoring": 1.0}, "monitoring deters"),
    lever("Format.monitoring", "shy", "came", +1, {"formats.between.monitoring": 1.0}, "what is overseen is believed (Powell 2006)"),
    lever("Format.term", "frail", "renewals", -1, {"formats.between.term": 30}, "longer terms, fewer renewals"),
    *ladder("Format.silence", "formats.between.silence", ["lapse", "extension"], "frail", "renewals", +1, "silence extends"),
    # -------------------------------------------------------- tables and processes
    lever("Table.agenda", "direct", "agreed_week", None, {"tables.table.agenda": ["well", "road", "border"]},
          "more to exchange, and a more sensitive table"),
    lever("Table.format", "direct", "came_week", None, {"tables.table.format": "between"}, "another format"),
    lever("Opening.after", "waiting", "second.came", -1, {"tables.second.opens.after": "third"}, "a table that never meets opens none"),
    Row(("Opening.when=in_force", "Opening.when=agreed"), "one after another", "second.came_week", -1,
        {"tables.second.opens.when": "in_force"}, {"tables.second.opens.when": "agreed"}, "a text is agreed before it is in force"),
    Row(("Opening.when=failed", "Opening.when=agreed"), "one after another", "second.came", +1,
        {}, {"tables.second.opens.when": "agreed"}, "this table agrees more often than it fails"),
    lever("Table.meets", "reluctant", "came", -1, {"tables.table.meets": 4}, "one meeting is fewer than many occasions"),
    lever("Table.luck", "twins", "lag", -1, {"tables.second.luck": "table"}, "what shares its luck comes in the same week"),
    lever("Process.tables", "twins", "weeks", +1, {}, "two tables bring one agreement sooner than one",
          low={"processes.talks.tables": ["table"]}),
    # -------------------------------------------------------- events
    lever("Event.week", "affronted", "came_week", -1, {"events.affront.week": 14}, "later"),
    lever("Event.rate", "raided", "came_week", +1, {"events.raid.rate": 1.0}, "more often"),
    lever("Event.suppressed_by", "raided", "violations", -1, {"events.raid.suppressed_by": "well"}, "an agreement that holds it back"),
    lever("Event.grievance", "raining", "came_week", +1, {"events.rain.grievance": {"north": 0.3}}, "keeps away"),
    lever("Event.optimism", "raining", "came_week", -1, {"events.rain.optimism": {"north": 0.3}}, "draws"),
    lever("Event.commitment", "raining", "came_week", +1, {"events.rain.commitment": {"north": 0.8}}, "a public vow (Fearon 1994)"),
    lever("Event.front", "raining on talks", "text_north", -1, {"events.rain.front": {"north": 0.4}}, "who is winning"),
    lever("Event.war_cost", "raining on talks", "text_north", +1, {"events.rain.war_cost": {"north": 0.4}}, "a hurting stalemate"),
    lever("Event.stain", "raining on the sponsor", "came", -1, {"events.rain.stain": {"guild": 0.5}}, "a discounted sponsor"),
    lever("Event.pull", "raining on the shy", "came", +1, {"events.rain.pull": 0.4}, "third parties draw"),
    lever("Event.lock_in", "raining on talks", "agreed_week", +1, {"events.rain.lock_in": {"north": 0.5}}, "bound to demands"),
    lever("Event.accuses", "raided", "suspensions", +1, {"events.raid.accuses": "south"}, "a breach is claimed"),
    lever("Event.issues", "raining on the shy", "came", +1, {"events.rain.pull": 0.4, "events.rain.issues": ["well", "road"]}, "about all of the agenda",
          low={"events.rain.pull": 0.4, "events.rain.issues": ["border"]}),
    Row(("Ground.range",), "reluctant", "came_week", +1, {},
        {"provenance": {"parties.north.grievance": {"range": [0.45, 0.9], "why": "assumed"}}}, "grievance is drawn, and higher", drawn=True),
]
