"""Arrays over worlds: worlds are the first axis, and lie side by side in memory.

Every array of a world has its worlds along axis 0 and is kept in Fortran order, so that a rule runs down
long columns of worlds however few sides or packages there are. Gathering and scattering rows through
:func:`at` and :func:`put` keeps that order and is ten times as fast as ``x[rows]`` on two columns.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
"""Numbers of some worlds, ``(n,)``, in ascending order."""

Some = TypeVar("Some", bound=np.generic)


def at(x: NDArray[Some], rows: Rows) -> NDArray[Some]:
    """``x[rows]``: the worlds ``rows`` of an array ``(R, ...)``."""
    return x.T.take(rows, axis=-1).T


def put(x: NDArray[Some], rows: Rows, values: Any) -> None:
    """``x[rows] = values`` for an array ``(R, 2)``; ``values`` is ``(n, 2)``, ``(n, 1)`` or a number."""
    wide = np.ndim(values) == 2
    for column in range(x.shape[1]):
        x[:, column][rows] = values[:, min(column, values.shape[1] - 1)] if wide else values


def pair(first: NDArray[Some], second: NDArray[Some]) -> NDArray[Some]:
    """Two arrays ``(n,)`` side by side, ``(n, 2)``."""
    both = np.empty((2, len(first)), np.result_type(first, second))
    both[0], both[1] = first, second
    return both.T


def choose(x: NDArray[Some], package: NDArray[np.intp]) -> NDArray[Some]:
    """One package per world: ``(n, 2, K)`` and numbers of packages ``(n,)`` to ``(n, 2)``."""
    own = np.arange(len(package))
    return pair(x[own, 0, package], x[own, 1, package])


def zeros(*shape: int) -> Array:
    """Zeros in the order of memory that all arrays over worlds have."""
    return np.zeros(shape, order="F")


def nothing(*shape: int) -> Array:
    """One zero seen everywhere, to be read only."""
    return np.broadcast_to(np.zeros(1), shape)


def is_nothing(x: Array) -> bool:
    """Whether an array is one made by :func:`nothing`: to add it changes no number."""
    return not any(x.strides) and (x.size == 0 or x.item(0) == 0)
