"""Linear algebra on one thread: as many as there are cores only wait for one another on matrices of this size."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")

found = cache(ThreadpoolController)
"""The libraries of this process; looking for them takes a while."""


def one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """The same function, with one thread for linear algebra while it runs; the bytes of what it gives do not change."""

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with found().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
