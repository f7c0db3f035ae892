"""What holds in every scenario: generated conflicts, formats random in all levers, a few tables, events."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.model.acceptance import batna, expected_value, keeping, reservation_value
from sim.model.draws import Draws
from sim.model.reasons import ALLOWED, State
from sim.model.tables import Rows, Table
from sim.model.world import World
from sim.scenario import Scenario

SIDES = ("east", "west")
MEDIATORS = ("host", "courier")
CONTACT = ("face_to_face", "proximity", "remote", "separate")
ALMOST = 1e-9

generated = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
"""Examples are not shrunk: a run takes long, and the first one that fails is seen at once."""

# ---------------------------------------------------------------- generated scenarios

shares = st.integers(0, 20).map(lambda n: n / 20)
signed = st.integers(-20, 20).map(lambda n: n / 20)
flags = st.booleans()


@st.composite
def issues(draw: st.DrawFn) -> dict[str, Any]:
    """One to three issues of two to four options."""
    found = {}
    for n in range(draw(st.integers(1, 3))):
        options: dict[str, Any] = {"nothing": {"status_quo": True}}
        for k in range(draw(st.integers(1, 3))):
            options[f"option_{k}"] = {"units": {"loads": 10.0 * (k + 1)}}
            if draw(st.integers(0, 5)) == 0:
                options[f"option_{k}"]["lasts"] = draw(st.integers(1, 6))
        traits = {name: draw(shares) for name in ("sensitivity", "self_enforcing", "front", "relief")}
        found[f"issue_{n}"] = {"group": "technical", "options": options, "headline": draw(flags), **traits}
    return found


@st.composite
def disputants(draw: st.DrawFn, matters: dict[str, Any], side: str) -> dict[str, Any]:
    """A side that has something to gain and to lose on every issue."""
    other = next(s for s in SIDES if s != side)
    party: dict[str, Any] = {"role": "disputant", "concession": draw(st.sampled_from([0.3, 1.0, 3.0]))}
    for trait in ("optimism", "war_cost", "recognition", "audience_cost", "win_set", "grievance", "candour"):
        party[trait] = draw(shares)
    party["front_optimism"] = draw(signed)
    party["trust"] = {name: draw(shares) for name in (other, *MEDIATORS)}
    party["sponsor_discount"] = {other: draw(shares)}
    party["positions"] = {
        issue: {
            "salience": draw(st.sampled_from([0.5, 1.0, 2.0])),
            "gains": {option: draw(shares) for option in list(matter["options"])[1:]},
            "losses": {option: draw(shares) * 0.6 for option in list(matter["options"])[1:]},
        }
        for issue, matter in matters.items()
    }
    if draw(flags):
        party["alternatives"] = {"issue_0": {"value": draw(shares) * 0.5, "from_week": draw(st.integers(0, 12))}}
    if len(matters) > 1 and draw(flags):
        pair = {"issue_0": "option_0", "issue_1": "option_0"}
        party["linkages"] = [{"options": pair, "value": draw(signed)}]
    if len(matters) > 1 and draw(st.integers(0, 3)) == 0:
        party["conditional_offers"] = [{"offer": {"issue_0": "option_0"}, "only_if": {"issue_1": "option_0"}}]
    return party


@st.composite
def formats(draw: st.DrawFn) -> dict[str, Any]:
    """A format, random in all levers."""
    third = draw(st.lists(st.sampled_from(MEDIATORS), unique=True, max_size=2))
    instruments = ["joint", "announced", "declaration", *(["mirrored"] if third else [])]
    instrument = draw(st.sampled_from(instruments))
    form: dict[str, Any] = {
        "mediators": third,
        "instrument": instrument,
        "drafting": draw(st.sampled_from(["in_turn", *(["single_text"] if third else [])])),
        "level": draw(st.sampled_from(["leaders", "ministers", "technical"])),
        "contact": {phase: draw(st.sampled_from(CONTACT)) for phase in ("talks", "signing", "implementation")},
        "visibility": draw(st.sampled_from(["secret", "discreet", "public"])),
        "settlement": draw(st.sampled_from(["issue_by_issue", "all_or_nothing"])),
        "denied_by": draw(st.lists(st.sampled_from(SIDES), unique=True, max_size=2)),
        "first_offer": draw(st.sampled_from(["lot", *SIDES])),
        "hosts_if": draw(st.sampled_from(["both", "one"])) if instrument == "declaration" else "both",
        "monitoring": draw(shares),
        "silence": draw(st.sampled_from(["lapse", "extension"])),
    }
    optional = {"sponsor": SIDES, "convened_by": SIDES, "term": (1, 5, 10)}
    form |= {lever: draw(st.sampled_from(values)) for lever, values in optional.items() if draw(flags)}
    if draw(flags):
        status = draw(st.sampled_from(["formal", "formal", "hinted", "not"]))
        form["invited"] = {draw(st.sampled_from(SIDES)): {"status": status, "believed": draw(shares)}}
    if draw(flags):
        to = draw(st.sampled_from(SIDES))
        deal = {trait: draw(shares) for trait in ("benefit", "credibility", "delivery")}
        form["side_deals"] = [{"to": to, "controlled_by": MEDIATORS[0], "seen_by": {to: draw(shares)}, **deal}]
    return form


@st.composite
def events(draw: st.DrawFn, matters: dict[str, Any]) -> dict[str, Any]:
    """Something that happens, dated or at random."""
    event: dict[str, Any] = {"week": draw(st.integers(-8, 5))} if draw(flags) else {"rate": draw(shares)}
    effects = ["grievance", "optimism", "commitment", "front", "war_cost", "lock_in"]
    for effect in draw(st.lists(st.sampled_from(effects), unique=True, max_size=3)):
        event[effect] = {draw(st.sampled_from(SIDES)): draw(signed)}
    event["pull"] = draw(signed)
    event["issues"] = ["issue_0"]
    for key, names in (("accuses", SIDES), ("suppressed_by", tuple(matters))):
        if draw(flags):
            event[key] = draw(st.sampled_from(names))
    return event


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A whole scenario of one process, as plain values; eager enough for most tables to get somewhere."""
    matters = draw(issues())
    parties: dict[str, Any] = {side: draw(disputants(matters, side)) for side in SIDES}
    for name in MEDIATORS:
        traits = {trait: draw(shares) for trait in ("honesty", "leverage", "pull")}
        interest = {"issue_0": {"salience": 1.0, "values": {"option_0": draw(shares)}}}
        bias = {draw(st.sampled_from(SIDES)): draw(signed)}
        capacity = draw(st.sampled_from([0.5, 1.0, 4.0]))
        parties[name] = {"role": "mediator", "interests": interest, "bias": bias, "capacity": capacity, **traits}
    tables: dict[str, Any] = {}
    forms: dict[str, Any] = {}
    for n in range(draw(st.integers(1, 3))):
        forms[f"format_{n}"] = draw(formats())
        size = draw(st.integers(1, len(matters)))
        tables[f"table_{n}"] = {"agenda": list(matters)[-size:], "format": f"format_{n}"}
        if n and draw(flags):
            tables[f"table_{n}"]["opens"] = {"after": "table_0", "when": draw(st.sampled_from(["failed", "agreed", "in_force"]))}
    return {
        "title": "Generated", "start": "2030-01-07", "weeks": draw(st.integers(6, 20)),
        "front_volatility": draw(shares) * 0.2, "front_start": draw(signed),
        "issues": matters, "parties": parties, "formats": forms, "tables": tables,
        "processes": {"talks": {"tables": list(tables)}},
        "events": {f"event_{n}": draw(events(matters)) for n in range(draw(st.integers(0, 2)))},
        "behaviour": {"occasion_rate": 0.7, "threshold": draw(st.sampled_from([-2.0, 0.0])), "violation_rate": 0.1},
        "provenance": {"parties.east.grievance": {"range": [0.0, 1.0], "why": "generated"}},
    }  # fmt: skip


# ---------------------------------------------------------------- watching a run


def started(data: dict[str, Any], process: str = "talks", worlds: int = 48) -> World:
    return World(Scenario.from_dict(data), process, Draws(3, 0, worlds))


LEADS_TO = {
    "sit down": State.TALKING, "fail": State.APART, "agree": State.SIGNED, "fall": State.APART, "in force": State.IN_FORCE,
    "suspend": State.SUSPENDED, "repair": State.IN_FORCE, "renew": State.IN_FORCE, "end": State.APART,
}  # fmt: skip
"""The state of a table after each step that is told."""


class Watch:
    """Hears of every step of a run and keeps the state of each table by what it hears."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.listener = self.hear
        self.state = {table.name: table.state.copy() for table in world.tables}
        self.stood = {table.name: np.zeros(world.worlds, bool) for table in world.tables}
        """Worlds in which an agreement was in force or suspended at some time this week."""
        self.counts: dict[str, int] = {}

    def hear(self, week: int, name: str, what: str, rows: Rows, _details: dict[str, NDArray[np.integer]]) -> None:
        assert week == self.world.week
        self.counts[what] = self.counts.get(what, 0) + len(rows)
        table = self.world.table(name)
        if what not in LEADS_TO:
            assert (table.state[rows] == self.state[name][rows]).all()
            return
        after = LEADS_TO[what]
        for before in np.unique(self.state[name][rows]):
            assert after in ALLOWED[State(before)], f"{what} from {State(before).name} to {after.name}"
        assert (table.state[rows] == after).all()
        self.state[name][rows] = after
        self.stood[name][rows] |= after >= State.IN_FORCE
        if what == "agree":
            nobody_signs_below_its_alternative(self.world, table, rows)

    def step(self) -> None:
        """One week, in which every state is one that was heard of and nothing is delivered where nothing is in force."""
        for table in self.world.tables:
            self.stood[table.name] = table.state >= State.IN_FORCE
        before = {t.name: deepcopy((t.outcome.in_force, t.outcome.units)) for t in self.world.tables}
        self.world.step()
        for table in self.world.tables:
            assert (table.state == self.state[table.name]).all(), "a state changed and nobody was told"
            weeks, units = before[table.name]
            assert not (table.outcome.in_force - weeks)[~self.stood[table.name]].any()
            assert (table.outcome.in_force - weeks <= 1).all()
            for unit, amount in table.outcome.units.items():
                assert not (amount - units[unit])[~self.stood[table.name]].any()
                assert (amount >= units[unit]).all()


def nobody_signs_below_its_alternative(world: World, table: Table, rows: Rows) -> None:
    """As each side judges the text, error and leverage counted: at least its reservation value, which is at least its BATNA."""
    text = table.values.at(rows).of(table.agreement.package[rows])
    value = expected_value(world, table, rows, text) + table.agreement.leverage[rows]
    judged = value + table.session.error[rows]
    reservation = reservation_value(world, table, rows)
    assert (reservation >= batna(world, table, rows) - ALMOST).all()
    assert (judged >= reservation - ALMOST).all()


def arrays(thing: Any, name: str) -> dict[str, NDArray[Any]]:
    """All arrays of an object and of the dictionaries in it, by name."""
    found: dict[str, NDArray[Any]] = {}
    for key, value in (thing if isinstance(thing, dict) else vars(thing)).items():
        if isinstance(value, np.ndarray):
            found[f"{name} {key}"] = value
        elif isinstance(value, dict):
            found |= arrays(value, f"{name} {key}")
    return found


def everything(world: World) -> dict[str, NDArray[Any]]:
    """Every array of a world that a run changes."""
    found = arrays(world.sides, "sides") | {"front": world.front, "weeks in force": world.in_force}
    for table in world.tables:
        for part in ("outcome", "agreement", "session", "side_deals"):
            found |= arrays(getattr(table, part), f"{table.name} {part}")
        found |= {f"{table.name} {name}": getattr(table, name) for name in ("state", "failed", "pull_bonus", "lock_in")}
    return found


def within_bounds(world: World) -> None:
    """Shares and probabilities lie in [0, 1]."""
    sides = world.sides
    shared = {name: getattr(sides, name) for name in ("optimism", "grievance", "commitment", "trust", "war_cost")}
    shared |= {f"trust in {name}": trust for name, trust in sides.trust_in.items()}
    for table in world.tables:
        shared[f"{table.name} delivered"] = table.agreement.delivered
        shared[f"{table.name} candour"] = table.session.candour
        shared[f"{table.name} service"] = table.service()
        shared[f"{table.name} believed"] = table.levers.believed
        shared[f"{table.name} belief in keeping"] = keeping(world, table, np.arange(world.worlds))
        shared[f"{table.name} credit"] = table.side_deals.credit
    for name, values in shared.items():
        assert ((values >= 0) & (values <= 1)).all(), f"{name} from {values.min()} to {values.max()}"
    assert (np.abs(world.front) <= 1).all()


MISSING = {"delivery": "agreements", "agreed_surplus": "texts"}
"""Outcomes that are not a number where there was nothing to measure, and what has to be there for them to be one."""


def no_nan(world: World) -> None:
    for table in world.tables:
        for name, needs in MISSING.items():
            nothing = getattr(table.outcome, needs) == 0
            missing = np.isnan(getattr(table.outcome, name))
            assert (missing.any(axis=1) if missing.ndim == 2 else missing)[~nothing].sum() == 0, name
    for name, values in everything(world).items():
        if values.dtype.kind == "f" and not any(name.endswith(f"outcome {gap}") for gap in MISSING):
            assert np.isfinite(values).all(), name


# ---------------------------------------------------------------- properties


def test_the_rules_of_a_run_hold_in_every_week_and_runs_get_everywhere() -> None:
    heard: dict[str, int] = {}

    @settings(generated, max_examples=55)
    @given(scenarios())
    def the_rules_hold(data: dict[str, Any]) -> None:
        world = started(data)
        watch = Watch(world)
        while world.week < world.weeks:
            watch.step()
            within_bounds(world)
        world.run()  # closes the books; no week is left
        no_nan(world)
        both_came(world)
        for what, count in watch.counts.items():
            heard[what] = heard.get(what, 0) + count

    the_rules_hold()
    assert {*LEADS_TO, "declare"} <= heard.keys(), "the properties would hold for want of anything happening"


def both_came(world: World) -> None:
    """No agreement without both sides at the table, nor in force without one; a side that is not asked never signs."""
    for table in world.tables:
        outcome = table.outcome
        assert (outcome.came[outcome.agreed >= 0] >= 0).all()
        assert (outcome.agreed[outcome.agreed >= 0] >= outcome.came[outcome.agreed >= 0]).all()
        assert (outcome.ratified[outcome.ratified >= 0] > outcome.agreed[outcome.ratified >= 0]).all()
        assert (outcome.ended[outcome.ratified < 0] < 0).all()
        assert not outcome.in_force[outcome.ratified < 0].any()
        assert not any(amount[outcome.ratified < 0].any() for amount in outcome.units.values())
        if not table.levers.invited.all():
            assert not (outcome.came >= 0).any()


@generated
@given(scenarios(), st.integers(1, 40))
def test_the_first_worlds_of_a_run_are_those_of_a_shorter_run(data: dict[str, Any], worlds: int) -> None:
    few, many = everything(started(data, worlds=worlds).run()), everything(started(data).run())
    assert few.keys() == many.keys()
    for name, values in few.items():
        np.testing.assert_array_equal(values, many[name][:worlds], err_msg=name)


@generated
@given(scenarios(), scenarios())
def test_another_process_changes_no_other_number(data: dict[str, Any], other: dict[str, Any]) -> None:
    richer = deepcopy(data)
    richer["formats"] |= {f"other_{name}": form for name, form in other["formats"].items()}
    richer["tables"]["aside"] = {"agenda": [next(iter(data["issues"]))], "format": "other_format_0"}
    first = next(iter(data["tables"]))
    richer["processes"] = {"before": {"tables": ["aside"]}, **data["processes"], "after": {"tables": [first, "aside"]}}
    alone, beside = everything(started(data).run()), everything(started(richer).run())
    for name, values in alone.items():
        np.testing.assert_array_equal(values, beside[name], err_msg=name)
