"""Codes of the things that rules name: random streams, incidents, openings, marks of a breach."""

from __future__ import annotations

from enum import IntEnum


class Stream(IntEnum):
    """Named random streams of a table; those of the second group give each side a number of its own."""

    OCCASION = 0
    ROUND = 1
    FIRST = 2
    LEAK = 3
    FRAILTY = 4
    REPAIR = 5
    COLLAPSE = 6

    BELIEVE = 10
    COME = 11
    SHOW = 23
    JUDGE = 12
    EXPOSE = 13
    RATIFY = 14
    VETO = 15
    VIOLATE = 16
    DETECT = 17
    CONTEST = 18
    SUSPEND = 19
    CLAIM = 20
    LEAVE = 21
    RENEW = 22

    FRONT = 30  # of the world
    HAPPENS = 31  # of an event
    HELD_BACK = 32
    FREEZE = 35
    THAW = 36
    STAKE = 33  # of the world; of an issue, to each side
    LEVER = 34  # of a value of a lever


class Opening(IntEnum):
    """What must have happened at another table before one opens."""

    FAILED = 0
    AGREED = 1
    IN_FORCE = 2


class Kind(IntEnum):
    """What an incident is; in brackets what its ``whose`` and ``detail`` say. Its reason is a ``Reason``, or none."""

    EVENT = 1  # (-, event)
    HELD_BACK = 2  # (-, event)
    OCCASION = 3  # both sides decide whether to come
    AWAY = 4  # one side does not (side, -)
    STAY_AWAY = 5  # so there is no meeting (because of whom, -)
    SIT_DOWN = 6  # (-, sum of 2 ** side over those that came to be seen)
    DECLARE = 7
    LEAK = 8
    EXPOSE = 9  # a denial did not stand (side, -)
    OFFER = 10  # (author, package)
    ANSWER = 11  # to another's text (who answers, package); reason: none for yes, impasse or devaluation for no
    DRAFT = 12  # (who refuses, package); reason: none for yes, impasse or devaluation for no
    AGREE = 13  # (-, package)
    FAIL = 14  # (because of whom, -)
    FALL = 15  # (whose capital, -)
    FORCE = 16  # (-, package)
    BREACH = 17  # (side, marks)
    SUSPEND = 18  # (whose breach, -)
    REPAIR = 19
    REFUSE = 20  # (who does not renew, -)
    RENEW = 21  # (-, weeks)
    END = 22  # (who ends it, -)
    FREEZE = 23  # a channel of exchange (-, issue)
    THAW = 24  # (-, issue)


class Motive(IntEnum):
    """Why a side came."""

    SETTLE = 0  # it sees something in a text
    BE_SEEN = 1  # by those whose favour it seeks


class Breach(IntEnum):
    """Marks of a side in a week of breaches, added up."""

    BROKEN = 1
    ACCUSED = 2
    CONTESTED = 4
