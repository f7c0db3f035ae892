"""What became of one episode in every world: who came, what was agreed, how long it held.

The bridge between a run and what is known of a case: a world of the model and the record of a case are
read by the same three questions, all within a horizon of half a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.layout import Array
from sim.model.reasons import WORDS, Reason
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Table

Bools = NDArray[np.bool_]

HORIZON = 26
"""Weeks within which the sides have to come, and a text to enter into force."""

DAYS = (30, 90, 360)
"""Days after entry into force at which it is asked whether an agreement has ended."""

A_WEEK = 7


@dataclass(frozen=True)
class Fates:
    """Outcomes per world, all ``(R,)`` bool.

    ``came``: both sides came to any table within the horizon; ``met``: per issue, to one with it on its
    agenda; ``agreed``: per issue, the first text that entered into force at such a table did so within the
    horizon and moves the issue, or the agreement in force from the start was renewed (if suspended: restored).
    ``ready``: as ``met`` where nobody is put at a table. ``in_force``: an agreement entered into force within the
    horizon. ``ended``: per days after that, it was over; one that was carried out is not, whenever that was.
    ``followed``: per days, all was agreed that was in fact, and early enough for the run to see that many days of it;
    ``ended`` says nothing elsewhere.
    """

    came: Bools
    met: dict[str, Bools]
    ready: dict[str, Bools]
    agreed: dict[str, Bools]
    in_force: Bools
    ended: dict[int, Bools]
    followed: dict[int, Bools]

    @property
    def worlds(self) -> int:
        """How many there are."""
        return len(self.came)

    @property
    def by_themselves(self) -> Bools:
        """Both sides came to some table where nobody was put there."""
        return np.logical_or.reduce(list(self.ready.values()))

    @classmethod
    def joined(cls, parts: Sequence[Fates]) -> Fates:
        """Blocks of worlds, in order."""
        first = parts[0]
        return cls(
            came=np.concatenate([p.came for p in parts]),
            met={k: np.concatenate([p.met[k] for p in parts]) for k in first.met},
            ready={k: np.concatenate([p.ready[k] for p in parts]) for k in first.ready},
            agreed={k: np.concatenate([p.agreed[k] for p in parts]) for k in first.agreed},
            in_force=np.concatenate([p.in_force for p in parts]),
            ended={d: np.concatenate([p.ended[d] for p in parts]) for d in first.ended},
            followed={d: np.concatenate([p.followed[d] for p in parts]) for d in first.followed},
        )


def fates(scenario: Scenario, rows: pd.DataFrame) -> Fates:
    """The fates of the worlds in ``rows``, which are those of one process as ``outcomes.table_rows`` makes them.

    With an ``observed`` block its issues are asked about, and the agreement whose life is followed is the
    first to enter into force at a table with an issue that was agreed on in fact; otherwise all issues, all tables.
    Of an agreement only its first life counts. A week in force is seven days: thirty days are four weeks.
    """
    seen, file = scenario.file.observed, scenario.file
    tables = list(dict.fromkeys(rows["table"].astype(str)))
    parts = {t: rows[rows["table"] == t].sort_values("world", kind="stable") for t in tables}
    agendas = {t: set(file.tables[t].agenda) for t in tables}
    issues = list(seen.issues) if seen is not None else list(dict.fromkeys(i for t in tables for i in file.tables[t].agenda))
    came = {t: _weeks(part, "came") < HORIZON for t, part in parts.items()}
    ratified = {t: _weeks(part, "ratified") for t, part in parts.items()}
    met, agreed = {}, {}
    for issue in issues:
        having = [t for t in tables if issue in agendas[t]]
        met[issue] = _any(came[t] for t in having)
        agreed[issue] = _any(_moved(parts[t], issue) & _undertaken(file.tables[t], parts[t], ratified[t]) for t in having)
    settled = {issue for issue, yes in seen.issues.items() if yes} if seen is not None else set()
    lives = [t for t in tables if agendas[t] & settled] or tables
    start = np.stack([ratified[t] for t in lives])
    first, world = start.argmin(axis=0), np.arange(start.shape[1])
    start = start[first, world]
    end = np.stack([_ends(parts[t]) for t in lives])[first, world]
    in_force = start < HORIZON
    with np.errstate(invalid="ignore"):  # infinite less infinite, where there was no agreement
        ended = {d: in_force & (A_WEEK * (end - start) <= d) for d in DAYS}
    as_settled = np.logical_and.reduce([agreed[issue] for issue in settled]) if settled else in_force
    followed = {d: in_force & as_settled & (start + d // A_WEEK < file.weeks) for d in DAYS}
    return Fates(_any(came.values()), met, met, agreed, in_force, ended, followed)


def _undertaken(table: Table, part: pd.DataFrame, ratified: Array) -> Bools:
    """Worlds in which the sides undertook something at a table within the horizon."""
    if table.in_force is None:
        return ratified < HORIZON
    anew = "renewals" if table.in_force.accused is None else "repairs"
    return np.asarray(part[anew].to_numpy() > 0)


def _weeks(part: pd.DataFrame, what: str) -> Array:
    """The week of something in every world, infinite where it did not happen."""
    return np.asarray(part[f"{what}_week"].to_numpy(dtype=float, na_value=np.inf))


def _ends(part: pd.DataFrame) -> Array:
    """The week in which the first agreement ended; infinite where it did not, or was carried out."""
    carried_out = part["first_end"].astype(str).to_numpy() == WORDS[Reason.CARRIED_OUT]
    return np.where(carried_out, np.inf, _weeks(part, "ended"))


def _moved(part: pd.DataFrame, issue: str) -> Bools:
    return np.asarray(part[f"moved_{issue}"].to_numpy(dtype=bool, na_value=False))


def _any(hits: Iterable[Bools]) -> Bools:
    return np.asarray(np.any(np.stack(list(hits)), axis=0))
