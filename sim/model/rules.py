"""All rules by name, and copies of them that call one another, so that any rule can be replaced by another.

A rule is a plain function of one world. ``linked`` gives the rules as Python runs them; ``compiling`` gives the same
rules compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from sim.model import (
    bargaining,
    chance,
    delivery,
    events,
    implementation,
    learning,
    loop,
    ratification,
    readiness,
    stocks,
    transitions,
    valuation,
    week,
    worth,
    zone,
)  # fmt: skip

MODULES: tuple[ModuleType, ...] = (
    chance, valuation, worth, zone, transitions, events, stocks, readiness, bargaining, ratification, delivery, implementation,
    learning, week, loop,
)  # fmt: skip

Rule = Callable[..., Any]


def _own(module: ModuleType) -> dict[str, FunctionType]:
    return {n: f for n, f in vars(module).items() if isinstance(f, FunctionType) and f.__module__ == module.__name__}


RULES: dict[str, FunctionType] = {name: rule for module in MODULES for name, rule in _own(module).items()}
"""Name to function, module by module."""


def names() -> dict[str, Any]:
    """All that rules name: constants, codes, and one another."""
    return {name: thing for module in MODULES for name, thing in vars(module).items() if not name.startswith("__")}


def copied(rule: FunctionType, namespace: dict[str, Any]) -> FunctionType:
    """The same rule, which looks names up in another namespace."""
    found = FunctionType(rule.__code__, namespace, rule.__name__, rule.__defaults__, rule.__closure__)
    found.__annotations__, found.__module__, found.__doc__ = rule.__annotations__, rule.__module__, rule.__doc__
    return found


def linked(replaced: Mapping[str, Rule] | None = None) -> dict[str, Any]:
    """Rules that call one another, some of them replaced. Raises KeyError for a name that no rule has."""
    replaced = replaced or {}
    for name in replaced:
        if name not in RULES:
            raise KeyError(name)
    namespace = names()
    for name, rule in RULES.items():
        namespace[name] = copied(rule, namespace)
    namespace.update(replaced)
    return namespace
