"""What came of a table, as its record keeps it; ``records`` has the nouns of a world."""

from __future__ import annotations


class Outcome:
    """What came of a table; weeks are -1 where a thing did not happen."""

    occasion: int
    came: int
    declared: int
    agreed: int
    ratified: int
    ended: int
    package: int  # of the first agreement; of the first text, where none was ratified
    stage: int
    reason: int
    whose: int
    alone: int  # but for that reason the side would have come, or stayed
    cited: int  # what the side that stayed away or left would say
    first_end: int  # why the first agreement ended
    sessions: int
    texts: int
    fell: int
    agreements: int
    suspensions: int
    repairs: int
    renewals: int
    shorter: int
    refused: int
    violations: int
    contested: int
    in_force: int  # weeks in force or suspended, all agreements together
    stands_26: int  # in force, suspended or carried out after so many weeks
    stands_52: int
    stands_end: int
    delivery: float  # the smaller share, when the first agreement ended or the run did; nan without one
