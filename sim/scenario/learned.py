"""The behavioural parameters that history speaks of: draws of their posterior, taken together.

``posterior.csv`` is a table of draws, one per row, made by ``gobetween calibrate`` from the episodes of
``scenarios/history`` and the counts of ``scenarios/regularities``. A world takes a row, so that what the record
says of several parameters at once is kept. A scenario that sets one of them takes it out of the row.
"""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from importlib.resources import files

TABLE, RECORD = "posterior.csv", "record.csv"


@cache
def _text(name: str = TABLE) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


@cache
def posterior() -> dict[str, tuple[float, ...]]:
    """Per parameter its values, in the order of rows."""
    head, *rows = csv.reader(_text().splitlines())
    return {name: tuple(float(row[place]) for row in rows) for place, name in enumerate(head)}


@cache
def posterior_hash() -> str:
    """SHA-256 of the table, as every manifest has it."""
    return hashlib.sha256(_text().encode()).hexdigest()


@cache
def record() -> dict[tuple[str, str], dict[str, float]]:
    """How good the model's probabilities of an agreement were on affairs left out of the fit, by way of counting and by rule.

    ``record.csv`` is written with the posterior; see ``sim.study.history.record``.
    """
    rows = csv.DictReader(_text(RECORD).splitlines())
    return {(row.pop("counted"), row.pop("rule")): {name: float(value) for name, value in row.items()} for row in rows}
