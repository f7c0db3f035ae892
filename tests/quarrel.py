"""A small quarrel for tests of single rules: round numbers, no cost at home unless a test adds it, luck that a test decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from sim.model import layout
from sim.model.agents import World
from sim.model.codes import Stream
from sim.model.draws import owner_of
from sim.scenario import Scenario

Changes = Mapping[str, Any]

EAST, WEST = 0, 1


def _side(other: str) -> dict[str, Any]:
    return {
        "role": "disputant",
        "positions": {
            "bridge": {"salience": 1.0, "gains": {"open": 0.8}, "losses": {"open": 0.2}},
            "mill": {"salience": 1.0, "gains": {"shared": 0.4}, "losses": {"shared": 0.2}},
        },
        "optimism": 0.5, "front_optimism": 0.0, "war_cost": 0.0, "recognition": 0.0, "audience_cost": 0.0, "win_set": 1.0,
        "grievance": 0.0, "candour": 0.5, "concession": 1.0, "trust": {other: 0.5, "abbot": 0.6},
    }  # fmt: skip


def _issue(move: str) -> dict[str, Any]:
    return {
        "group": "technical", "options": {"closed": {"status_quo": True}, move: {}},
        "sensitivity": 1.0, "self_enforcing": 0.0, "front": 0.0, "relief": 0.0,
    }  # fmt: skip


def _contact(way: str) -> dict[str, str]:
    return {"talks": way, "signing": way, "implementation": way}


BASE: dict[str, Any] = {
    "title": "A bridge and a mill",
    "start": "2030-01-07",
    "weeks": 30,
    "front_volatility": 0.0,
    "parties": {
        "east": _side("west"),
        "west": _side("east"),
        "abbot": {"role": "mediator", "honesty": 0.8, "leverage": 0.1, "capacity": 1.0, "pull": 0.5},
    },
    "issues": {"bridge": _issue("open"), "mill": _issue("shared")},
    "formats": {
        "direct": {
            "level": "leaders", "contact": _contact("face_to_face"), "visibility": "public", "drafting": "in_turn",
            "settlement": "issue_by_issue", "instrument": "joint", "first_offer": "east",
        },
        "between": {
            "mediators": ["abbot"], "level": "leaders", "contact": _contact("face_to_face"), "visibility": "public",
            "drafting": "single_text", "settlement": "issue_by_issue", "instrument": "mirrored",
        },
    },
    "tables": {"table": {"agenda": ["bridge"], "format": "direct"}},
    "processes": {"talks": {"tables": ["table"]}},
    "behaviour": {
        "irrevocable": 1.0,  # what is given is given
        "stakes_sd": 0.0, "format_sd": 0.0, "text_counts": 0.0, "ambiguity": 0.0, "show": 0.0, "refusal": 0.0, "asked_again": 0.0, "author_adversary": 0.1708, "author_mediator": 0.0567,
    },
}  # fmt: skip

THROUGH = {"tables.table.format": "between"}
"""The same table through the abbot."""


def values(*changes: Changes) -> dict[str, Any]:
    """The base scenario with values put at dotted paths, in order; None takes a key away."""
    data = deepcopy(BASE)
    for change in changes:
        for path, value in change.items():
            *above, last = path.split(".")
            node: Any = data
            for part in above:
                node = node.setdefault(part, {})
            if value is None:
                node.pop(last, None)
            else:
                node[last] = deepcopy(value)
    return data


def scenario(*changes: Changes) -> Scenario:
    return Scenario.from_dict(values(*changes))


def uniform_of(asked: Scenario, luck: Mapping[str, Any]) -> Any:
    """The rule that gives uniform numbers, as a test has it: by stream, one number or one per side; 0.5 where it says nothing.

    At 0.5 logistic noise is zero, so the front rests, judgement is right and no agreement is frailer than another. Streams of
    the events of the world are called "event NAME" and "event NAME held back".
    """
    events = {owner_of("event", name): name for name in asked.file.events}

    def uniform(w: Any, owner: int, stream: int, place: int) -> float:
        name = Stream(stream).name.lower()
        if owner in events:
            name = f"event {events[owner]}{' held back' if stream == Stream.HELD_BACK else ''}"
        said = luck.get(name, 0.5)
        return float(said[place] if isinstance(said, tuple) else said)

    return uniform


def model(*changes: Changes, luck: Mapping[str, Any] | None = None, **of_world: Any) -> World:
    """One world lived by agents, every number as stated, with the luck of a test; nothing has happened yet."""
    asked = scenario(*changes)
    made = World(asked, "talks", stated=True, rules={"uniform": uniform_of(asked, luck or {})}, **of_world)
    made.record.model = made  # type: ignore[attr-defined]
    made.record.do = lambda name, *more: made.rules[name](made.record, *more)  # type: ignore[attr-defined]
    return made


def world(*changes: Changes, luck: Mapping[str, Any] | None = None) -> Any:
    """The same world as rules see it: ``w.do("who_comes", t)`` calls a rule that begins with the world, with the test's luck."""
    return model(*changes, luck=luck).record


def table_of(*changes: Changes, luck: Mapping[str, Any] | None = None) -> tuple[Any, Any]:
    """A world, and its first table."""
    made = world(*changes, luck=luck)
    return made, made.tables[0]


def packages(w: Any, t: Any) -> Any:
    """What can be signed at a table."""
    return w.model.packages[t.index]


def named(w: Any, name: str) -> Any:
    """A table by its name."""
    return w.tables[[t.name for t in w.model.program.tables].index(name)]


def each(w: Any, rule: str, t: Any, *more: Any) -> list[Any]:
    """What a rule of one side gives, side by side."""
    return [w.do(rule, t, me, *more) for me in w.sides]


def seats(t: Any, field: str) -> list[Any]:
    """A field of the seats of a table, side by side."""
    return [getattr(seat, field) for seat in t.seats]


def sides(w: Any, field: str) -> list[Any]:
    """A field of the sides."""
    return [getattr(side, field) for side in w.sides]


def trust(w: Any) -> list[float]:
    """Trust of each side in the other."""
    return [w.sides[EAST].trust[WEST], w.sides[WEST].trust[EAST]]


def sit(w: Any, t: Any) -> None:
    """Both sides sit down."""
    for seat in t.seats:
        seat.ready = 0.0
    w.do("sit_down", t)


def put_in_force(w: Any, t: Any, package: int = 0, leverage: tuple[float, float] = (0.0, 0.0)) -> None:
    """A text is agreed and enters into force at once."""
    sit(w, t)
    agree(w, t, package, leverage)
    w.do("enter_into_force", t)


def agree(w: Any, t: Any, package: int = 0, leverage: tuple[float, float] = (0.0, 0.0)) -> None:
    """A text is agreed."""
    for seat, added in zip(t.seats, leverage, strict=True):
        seat.leverage = added
    w.do("agree", t, packages(w, t), package)


def told(w: Any) -> list[Any]:
    """Kinds of what happened so far, in order."""
    return [incident.kind for incident in w.model.incidents]


def numbers(noun: type, found: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a noun, by where it stands; room that a batch has and one world has not is left out."""
    for name, of, size in layout.fields_of(noun):
        for n, one in enumerate(getattr(found, name)) if size else [(-1, getattr(found, name))]:
            at = f"{path}{name}.{n}" if size else f"{path}{name}"
            yield from [(at, one)] if of in layout.PLAIN else numbers(of, one, f"{at}.")
