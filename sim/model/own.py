"""Rules of a user's own, put in place of ours by name: what they must look like, and all that they depend on."""

from __future__ import annotations

import hashlib
import inspect
import textwrap
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from sim.model.rules import RULES
from sim.scenario.problems import ScenarioError, hint, refuse

A_STEP = "a step of your own goes in place of one of sim.WEEK, which it calls first"

OURS = {id(rule): name for name, rule in RULES.items()}


def called_rule(thing: Any) -> str | None:
    """The name of the rule of ours that something is."""
    return OURS.get(id(thing))


def outside(function: FunctionType) -> dict[str, Any]:
    """What a function names and does not hold itself: globals and what it closes over, by name."""
    found = {name: function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return found | {name: cell.cell_contents for name, cell in cells}


def _names(code: CodeType) -> list[str]:
    return [*code.co_names, *(name for part in code.co_consts if isinstance(part, CodeType) for name in _names(part))]


def source_of(function: FunctionType) -> str:
    """The text of a function; its bytecode where no file has it."""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return f"{function.__qualname__}: {function.__code__.co_code.hex()} {function.__code__.co_consts!r}"


@dataclass(frozen=True, eq=False)
class OwnRules:
    """Rules by the names of ours that they take the place of."""

    functions: Mapping[str, FunctionType]
    compiled: bool = True  # as long as nothing is known against it

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> OwnRules | None:
        """Checked by name and arguments; None without any. Raises ScenarioError."""
        if not given:
            return None
        for name, function in given.items():
            if name not in RULES:
                said = f"there is no such rule{hint(str(name), RULES)}"
                raise refuse("rules", f"{said}; {A_STEP}", key=(str(name),))
            expected = list(inspect.signature(RULES[name]).parameters)
            if not isinstance(function, FunctionType):
                raise refuse("rules", f"is no function; expected one of {', '.join(expected)}", key=(name,))
            if function.__code__.co_argcount != len(expected) or function.__code__.co_kwonlyargcount:
                asked = ", ".join(inspect.signature(function).parameters)
                raise refuse("rules", f"is a function of ({asked}); expected one of ({', '.join(expected)})", key=(name,))
        found = cls(dict(given))
        assert found.key  # worked out here, since a worker may not see the source
        return found

    def failed(self, error: Exception) -> ScenarioError:
        """What went wrong in a rule, by its line."""
        files = {function.__code__.co_filename for function in self.functions.values()}
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: {frames[-1].name}: " if frames else ""
        return refuse("rules", f"{place}{type(error).__name__}: {error}", key=(", ".join(self.functions),))

    @cached_property
    def said(self) -> dict[str, str]:
        """All that each rule depends on, as text: its source, defaults, and what it names, functions among it likewise."""
        return {name: "\n".join(_said(function, set())) for name, function in sorted(self.functions.items())}

    @cached_property
    def key(self) -> str:
        """A hash of it."""
        return hashlib.sha256(repr(self.said).encode()).hexdigest()[:32]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnRules) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


def _said(function: FunctionType, known: set[int]) -> list[str]:
    known.add(id(function))
    found = [source_of(function)]
    if function.__defaults__:
        found.append(f"defaults: {function.__defaults__!r}")
    for name, value in sorted(outside(function).items()):
        if called_rule(value):
            found.append(f"{name}: the rule {called_rule(value)}")
        elif isinstance(value, ModuleType):
            found.append(f"{name}: the module {value.__name__}")
        elif isinstance(value, FunctionType):
            found += [f"{name}:", *_said(value, known)] if id(value) not in known else []
        else:
            found.append(f"{name}: {value!r}")
    return found
