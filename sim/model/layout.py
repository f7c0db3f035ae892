"""How a noun lies in memory: as an object of plain numbers, or as a record of fixed size.

A noun is a class of annotations (``records``). Its fields are whole numbers or floats of eight bytes, other nouns, or lists
of these, annotated with what they are indexed by, one of the fields of ``Sizes``; so a record has no padding.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from types import SimpleNamespace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from sim.scenario.behaviour import Behaviour

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sizes:
    """Room in a record, by what a list is indexed by. A scenario that needs more gets twice as much, compiled anew."""

    sides: int = 2
    mediators: int = 4  # those at the tables of a process
    actors: int = 8  # mediators, and third parties who control a side deal
    sponsors: int = 2
    tables: int = 8
    issues: int = 12
    options: int = 4  # of an issue
    agenda: int = 4  # issues on a table
    events: int = 12
    side_deals: int = 2  # of a table
    linkages: int = 2  # of a side
    levers: int = 12  # of a format, that have a name for each value
    units: int = 8  # natural units that options of a table bring

    def room_for(self, **needed: int) -> Sizes:
        """Sizes of at least these, doubled where the usual ones do not do."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        for name, least in needed.items():
            while found[name] < least:
                found[name] *= 2
        return replace(self, **found)


SIDES, MEDIATORS, ACTORS, SPONSORS, TABLES, ISSUES, OPTIONS, AGENDA, EVENTS, DEALS, LINKAGES, LEVERS, UNITS = (
    f.name for f in fields(Sizes)
)  # fmt: skip


@cache
def fields_of(noun: type) -> tuple[tuple[str, Any, str], ...]:
    """The fields of a noun: name, what it is or holds a list of, and what the list is indexed by (empty: no list)."""
    if noun is Behaviour:
        return tuple((name, float, "") for name in Behaviour.model_fields)
    found = []
    for name, hint in get_type_hints(noun, include_extras=True).items():
        if get_origin(hint) is Annotated:
            inner, size = get_args(hint)
            found.append((name, get_args(inner)[0], size))
        else:
            found.append((name, hint, ""))
    return tuple(found)


@cache
def dtype_of(noun: type, sizes: Sizes) -> np.dtype[Any]:
    """The record of a noun."""
    if noun in PLAIN:
        return np.dtype(PLAIN[noun])
    found: list[Any] = []
    for name, of, size in fields_of(noun):
        found.append((name, dtype_of(of, sizes), (getattr(sizes, size),)) if size else (name, dtype_of(of, sizes)))
    return np.dtype(found)


PLAIN = {int: np.int64, float: np.float64}


def lived(noun: type, record: np.void, into: Any = None) -> Any:
    """A noun as an object with plain numbers, read from its record; ``into`` an object that is there already."""
    return _object(noun, record.item(), into)


def _object(noun: type, values: Any, into: Any = None) -> Any:
    found = into if into is not None else SimpleNamespace() if noun is Behaviour else noun()
    for (name, of, size), value in zip(fields_of(noun), values, strict=True):
        if size:
            value = value.tolist()  # noqa: PLW2901 - records of records become tuples
            setattr(found, name, value if of in PLAIN else [_object(of, one) for one in value])
        else:
            setattr(found, name, value if of in PLAIN else _object(of, value))
    return found


def write(noun: type, found: Any, record: np.void) -> None:
    """The numbers of an object, put back into its record; room that the object does not use stays as it is."""
    for name, of, size in fields_of(noun):
        value = getattr(found, name)
        if of in PLAIN and size:
            record[name][: len(value)] = value
        elif of in PLAIN:
            record[name] = value
        elif size:
            for n, one in enumerate(value):
                write(of, one, record[name][n])
        else:
            write(of, value, record[name])


Place = tuple[str | int, ...]
"""Where a number stands in a record: names of fields, and numbers in lists."""


def column(records: NDArray[np.void], place: Place) -> NDArray[Any]:
    """What stands at a place in every record, ``(R,)``, to be read or written."""
    found: Any = records
    for step in place:
        found = found[step] if isinstance(step, str) else found[:, step]
    return np.asarray(found)
