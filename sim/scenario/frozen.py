"""Mappings and lists that cannot be changed, so that what a scenario's hash was taken of stays as it is.

They are dicts and lists to everybody who reads them, to pydantic and to JSON; a copy (``copy``, ``dict(...)``,
``thawed``) may be changed. Workers get them by pickle and they arrive frozen.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, model_validator

WHAT = "a scenario is never changed; with_({path: value}) makes another"


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError(WHAT)


class FrozenDict(dict[Any, Any]):
    """A dict whose entries stay."""

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenDict:
        return self  # as of a number: nothing in it changes


class FrozenList(list[Any]):
    """A list whose items stay."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenList, (list(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenList:
        return self


def frozen(value: Any) -> Any:
    """The same mappings and lists, at any depth, such that nothing in them can be changed."""
    if isinstance(value, dict):
        return FrozenDict({name: frozen(below) for name, below in value.items()})
    if isinstance(value, list):
        return FrozenList([frozen(below) for below in value])
    return value


def thawed(value: Any) -> Any:
    """A copy in plain dicts and lists, to be changed."""
    if isinstance(value, dict):
        return {name: thawed(below) for name, below in value.items()}
    if isinstance(value, list):
        return [thawed(below) for below in value]
    return deepcopy(value)


class Frozen(BaseModel):
    """What is read from a file and never changed, at any depth: unknown keys, NaN and infinities are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)

    @model_validator(mode="after")
    def _freeze(self) -> Frozen:
        for name, value in self.__dict__.items():
            self.__dict__[name] = frozen(value)
        return self
