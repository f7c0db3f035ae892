"""What the schema refuses, one line each in the words of the file: pydantic's errors translated."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.scenario.paths import model_at, node_at
from sim.scenario.problems import Key, Lines, Problem, ScenarioError, hint, nearest, shown

Model = TypeVar("Model", bound=BaseModel)

_EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
    "string_type": "text",
    "string_unicode": "Unicode text",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
    "date_type": "a date such as 2024-08-19",
    "string_pattern_mismatch": "a name of small letters, digits and underscores that starts with a letter",
}


def validate(data: dict[str, Any], lines: Lines, model: type[Model]) -> Model:
    """``data`` as a ``model``. Raises ScenarioError with every problem, each at its line."""
    if isinstance(data.get("start"), str):  # JSON has no dates and YAML may quote them
        data = {**data, "start": _date(data["start"])}
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(problems(error, data, lines, model=model)) from None


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def problems(error: ValidationError, data: Any, lines: Lines, *, model: type[BaseModel]) -> list[Problem]:
    """One problem per key that pydantic refused, however many alternatives it tried there."""
    found: dict[Key, list[str]] = {}
    alternatives: set[Key] = set()
    for details in error.errors(include_url=False):
        key, tried = _key(details, data)
        found.setdefault(key, [])
        message = _message(details, key, data, model=model)
        if tried:
            alternatives.add(tried[0])
        if message not in found[key]:
            found[key].append(message)
    # Of a union, the alternative that got furthest is the one that was meant.
    for key in [key for key in found if key in alternatives]:
        if any(other[: len(key)] == key and other != key for other in found):
            del found[key]
    return [lines.problem(key, _joined(messages)) for key, messages in found.items()]


def _joined(messages: list[str]) -> str:
    first, *others = messages
    return " or ".join([first, *(other.split("expected ", 1)[-1] for other in others)])


def _key(details: Any, data: Any) -> tuple[Key, list[Key]]:
    """The key in the file, and where pydantic put the names of alternatives it tried in between."""
    loc = details["loc"]
    key: Key = ()
    tried: list[Key] = []
    for index, part in enumerate(loc):
        node = node_at(data, key)
        role = index == 2 and loc[0] == "parties" and part in ("disputant", "mediator")
        there = (isinstance(node, dict) and part in node) or (isinstance(node, list) and isinstance(part, int))
        missing = index == len(loc) - 1 and details["type"] == "missing"
        if not role and (there or missing):
            key = (*key, part)
        elif not role and part != "[key]":
            tried.append(key)
    if details["type"].startswith("union_tag"):
        key = (*key, "role")
    return key, tried


def _message(details: Any, key: Key, data: Any, *, model: type[BaseModel]) -> str:
    kind, got, context = details["type"], details["input"], details.get("ctx", {})
    owner = model_at(key[:-1], data, root=model)
    if kind == "extra_forbidden":
        return "unknown key" + hint(str(key[-1]), owner.model_fields if owner else ())
    if kind == "missing":
        field = owner.model_fields.get(str(key[-1])) if owner else None
        what = field.description if field else None
        return "required key is missing" + (f"; expected {what}" if what else "")
    if kind.startswith("union_tag"):
        role = got.get("role") if isinstance(got, dict) else None
        if role is None:
            return "required key is missing; expected disputant or mediator"
        return f"got {shown(role)}, expected disputant or mediator" + _meant(role, ["disputant", "mediator"])
    if kind == "literal_error":
        allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        return f"got {shown(got)}, expected {_one_of(allowed)}{_meant(got, allowed)}"
    if kind in ("too_short", "too_long"):
        size, limit = context.get("actual_length"), context.get("min_length", context.get("max_length"))
        bound = "at least" if kind == "too_short" else "at most"
        return f"got {size if size is not None else 'too many'} entries, expected {bound} {limit}"
    if "[key]" in details["loc"] and kind == "string_pattern_mismatch":
        return f"got {shown(got)} as a key, expected {_EXPECTED[kind]}"
    if got is None:
        return f"got null, expected {_expected(details)}{_meant_sibling(key, data)}"
    return f"got {shown(got)}, expected {_expected(details)}"


def _expected(details: Any) -> str:
    kind = details["type"]
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    text = details["msg"].removeprefix("Input should be ").replace("greater than or equal to", "at least")
    text = text.replace("less than or equal to", "at most").removeprefix("a valid ")
    return f"a number of {text}" if text.startswith("at ") else text[:1].lower() + text[1:]


def _one_of(allowed: list[str]) -> str:
    return allowed[0] if len(allowed) == 1 else f"one of {', '.join(allowed)}"


def _meant(got: Any, names: list[str]) -> str:
    match = nearest(got, names) if isinstance(got, str) else None
    return f"; did you mean {match}?" if match else ""


def _meant_sibling(key: Key, data: Any) -> str:
    """A null that removed nothing was probably meant for an entry beside it."""
    beside = node_at(data, key[:-1])
    if not key or not isinstance(beside, dict):
        return ""
    return _meant(key[-1], [name for name in beside if name != key[-1]])
