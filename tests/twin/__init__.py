"""The plain twin: the week of the engine, one world at a time, in ordinary ``if``s and Python floats.

It is slow and meant to be read. It shares no rule with ``sim.model``: it takes from there only the uniform
numbers and the drawn parameters (``sim.model.draws``) and the codes of states and reasons
(``sim.model.reasons``). To check the engine by eye, read in the order of a week:

    world.py      the week, the front, the events
    people.py     a side, a mediator
    texts.py      packages and what they are worth
    tables.py     a table: its levers, a session, an agreement, the record
    judging.py    what a text is worth to a side, and what it can have without one
    coming.py     who comes
    talking.py    a round of talks
    home.py       ratification, entry into force
    standing.py   an agreement in force
    learning.py   what a week teaches
    compare.py    engine and twin side by side

Ties. Where a side, a mediator or the record has to pick among packages, the first of the best counts, in
the order of enumeration (options in file order, the last issue on the agenda turning fastest); between
reasons, the first of the heaviest in the order in which they are listed; between the two sides, the first
in file order. numpy's argmax does the same. Sums may differ from the engine's in the last digit: comparisons
allow 1e-9, and a choice could flip only where two numbers agree to about 1e-15 and are yet not equal.
"""
