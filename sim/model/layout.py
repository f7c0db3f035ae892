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
    events: int = 8
    side_deals: int = 2  # of a table
    linkages: int = 2  # of a side
    units: int = 8  # natural units that options of a table bring

    def room_for(self, **needed: int) -> Sizes:
        """Sizes of at least these, doubled where the usual ones do not do."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        for name, least in needed.items():
            while found[name] < least:
                found[name] *= 2
        return replace(self, **found)


SIDES, MEDIATORS, ACTORS, SPONSORS, TABLES, ISSUES, OPTIONS, AGENDA, EVENTS, DEALS, LINKAGES, UNITS = (
    f.name for f in fields(Sizes)
)  # fmt: skip


@cache
def dtype_of(noun: type, sizes: Sizes) -> np.dtype[Any]:
    """The record of a noun."""
    if noun is Behaviour:
        return np.dtype([(name, np.float64) for name in Behaviour.model_fields])
    if noun in {int, float}:
        return np.dtype({int: np.int64, float: np.float64}[noun])
    found: list[Any] = []
    for name, hint in get_type_hints(noun, include_extras=True).items():
        of, size = list_of(hint)
        found.append((name, dtype_of(of or hint, sizes), (getattr(sizes, size),)) if of else (name, dtype_of(hint, sizes)))
    return np.dtype(found)


def list_of(hint: Any) -> tuple[Any, str]:
    """What a list holds and is indexed by; nothing for what is no list."""
    if get_origin(hint) is not Annotated:
        return None, ""
    inner, size = get_args(hint)
    return get_args(inner)[0], size


def lived(noun: type, record: np.void, into: Any = None) -> Any:
    """A noun as an object with plain numbers, read from its record; ``into`` an object that is there already."""
    if noun in {int, float}:
        return noun(record)
    found = into if into is not None else SimpleNamespace() if noun is Behaviour else noun()
    assert record.dtype.names
    hints = {} if noun is Behaviour else get_type_hints(noun, include_extras=True)
    for name in record.dtype.names:
        of, size = list_of(hints.get(name, float))
        value = [lived(of, one) for one in record[name]] if size else lived(hints.get(name, float), record[name])
        setattr(found, name, value)
    return found


def write(noun: type, found: Any, record: np.void) -> None:
    """The numbers of an object, put back into its record; room that the object does not use stays as it is."""
    hints = {} if noun is Behaviour else get_type_hints(noun, include_extras=True)
    assert record.dtype.names
    for name in record.dtype.names:
        of, size = list_of(hints.get(name, float))
        kind = of if size else hints.get(name, float)
        if kind in {int, float}:
            record[name] = getattr(found, name)
        elif size:
            for n, one in enumerate(getattr(found, name)):
                write(kind, one, record[name][n])
        else:
            write(kind, getattr(found, name), record[name])
