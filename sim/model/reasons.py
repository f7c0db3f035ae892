"""Where a table stopped, because of whom, and which term decided it.

Codes are small integers in the engine and the words below wherever a person reads them.
"""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """What a table is doing in one world in one week."""

    APART = 0
    TALKING = 1
    SIGNED = 2  # a text is agreed and not yet ratified
    IN_FORCE = 3
    SUSPENDED = 4


ALLOWED = {
    State.APART: {State.APART, State.TALKING},
    State.TALKING: {State.TALKING, State.SIGNED, State.APART},
    State.SIGNED: {State.SIGNED, State.IN_FORCE, State.APART},
    State.IN_FORCE: {State.IN_FORCE, State.SUSPENDED, State.APART},
    State.SUSPENDED: {State.SUSPENDED, State.IN_FORCE, State.APART},
}
"""The order in which states may follow each other from one week to the next, a step at a time."""


class Stage(IntEnum):
    """How far a table got by the end of a run."""

    APART = 0
    TALKED = 1
    AGREED = 2
    IN_FORCE = 3
    CARRIED_OUT = 4


class Reason(IntEnum):
    """The term that decided."""

    NONE = 0
    # nobody sat down
    NOT_INVITED = 1
    NOT_OPENED = 2
    NO_OCCASION = 3
    NOT_BELIEVED = 4
    LITTLE_TO_GAIN = 5
    PESSIMISM = 6
    RECOGNITION = 7
    GRIEVANCE = 8
    EXPOSURE = 9
    COMMITMENT = 10
    SPONSOR = 11
    # talks did not end in a text
    STILL_TALKING = 20
    NO_ZONE = 21
    IMPASSE = 22
    DEVALUATION = 23
    WALKED_OUT = 24
    NO_ZONE_AT_HOME = 25
    NO_ZONE_DOUBT = 26
    # a text fell at home
    NOT_YET_RATIFIED = 30
    TERMS = 31
    POLITICAL_COST = 32
    LAST_MINUTE = 33
    # an agreement ended
    VIOLATION = 40
    SIDE_DEAL = 41
    DELIVERY = 42
    ALTERNATIVE = 43
    FRONT = 44
    LEVERAGE = 45
    ENDED_GRIEVANCE = 46
    CONDITION = 47
    CHANCE = 48
    # it stands
    HOLDS = 60
    CARRIED_OUT = 61


NO_ZONE = frozenset({Reason.NO_ZONE, Reason.NO_ZONE_AT_HOME, Reason.NO_ZONE_DOUBT})
"""Reasons that are nobody's own: there was nothing to agree on."""

WEIGHED = frozenset({
    *(Reason(code) for code in range(Reason.NOT_BELIEVED, Reason.SPONSOR + 1)), Reason.NOT_INVITED,
    *(Reason(code) for code in range(Reason.SIDE_DEAL, Reason.ENDED_GRIEVANCE + 1)),
})  # fmt: skip
"""Reasons of which it is known whether they decided alone."""

WORDS: dict[Reason, str] = {
    Reason.NONE: "",
    Reason.NOT_INVITED: "was not invited",
    Reason.NOT_OPENED: "the table never opened",
    Reason.NO_OCCASION: "no occasion arose",
    Reason.NOT_BELIEVED: "did not take the invitation to be meant",
    Reason.LITTLE_TO_GAIN: "saw too little to gain",
    Reason.PESSIMISM: "saw no way out by talking",
    Reason.RECOGNITION: "would not recognise the other side",
    Reason.GRIEVANCE: "stayed away in grievance",
    Reason.EXPOSURE: "feared to be seen talking",
    Reason.COMMITMENT: "had publicly ruled out talks",
    Reason.SPONSOR: "held the sponsor against the table",
    Reason.STILL_TALKING: "still talking at the end",
    Reason.NO_ZONE: "no text was better than none for both",
    Reason.NO_ZONE_AT_HOME: "no text was better than none for both, at its cost at home",
    Reason.NO_ZONE_DOUBT: "no text was better than none for both, in doubt that it would be kept",
    Reason.IMPASSE: "would not accept a text in time",
    Reason.DEVALUATION: "rejected a text because of who wrote it",
    Reason.WALKED_OUT: "walked out",
    Reason.NOT_YET_RATIFIED: "not yet ratified at the end",
    Reason.TERMS: "text fell at home: it brought too little",
    Reason.POLITICAL_COST: "text fell at home: it cost too much",
    Reason.LAST_MINUTE: "withdrew at the last minute",
    Reason.VIOLATION: "gave up after a breach that was not repaired",
    Reason.SIDE_DEAL: "left: side deal seen as not delivered",
    Reason.DELIVERY: "left: the other side delivered too little",
    Reason.ALTERNATIVE: "left: had a better alternative of its own",
    Reason.FRONT: "left: the front promised more",
    Reason.LEVERAGE: "left: what mediators had added was used up",
    Reason.ENDED_GRIEVANCE: "left in grievance",
    Reason.CONDITION: "fell with the agreement it hung on",
    Reason.CHANCE: "left for a reason outside the model",
    Reason.HOLDS: "in force at the end",
    Reason.CARRIED_OUT: "carried out",
}

NOBODY, FIRST, SECOND, ALL = -1, 0, 1, 100
"""Whose the reason is: nobody's, a side's by its place in file order, or that of all sides."""
