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
        **SHY, "formats.between.sponsor": "guild", "behaviour.threshold": 0.6,
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
    "headlines": {**DIRECT, "formats.direct.settlement": "all_or_nothing"},
    "exchange": {**DIRECT, **UNLIKE},
    "misread": {**BETWEEN, **MISREAD, "behaviour.texts": 10.0},
    "misread and not trusted": {**BETWEEN, **MISREAD, "behaviour.texts": 10.0, "behaviour.candour_trust": 0.0},
    "meddled": {
        **BETWEEN, "tables.table.agenda": ["well"], "parties.south.positions.well.gains.rebuilt": 0.5,
        "parties.south.positions.well.losses.rebuilt": 0.26, "parties.north.positions.well.losses.rebuilt": 0.30,
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
    parameter("leak_rate", "direct", "ratified", -1, "a text that becomes known costs at home"),
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
    parameter("trust_gain", "frail", "agreements", +1, "promises kept are believed next time (Kydd 2005)"),
    parameter("trust_loss", "direct", "surplus_north", -1, "broken promises are remembered"),
    parameter("mediator_credit", "frail", "agreements", +1, "mediators gain credit while their agreement is kept"),
    parameter("injury", "frail", "ended_week", -1, "violations that are noticed are resented at renewal"),
    parameter("discouragement", "between", "sessions", -1, "failed talks discourage"),
    parameter("encouragement", "side by side", "second.came_week", -1, "an agreement encourages at the next table"),
    parameter("talking_cost", "between", "surplus_north", -1, "being seen at a table costs"),
]
