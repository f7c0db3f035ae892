"""Reading a folder with a bilateral domain in the file layout of NegMAS: YAML or JSON files, or Genius XML.

The layout: one file with the outcome space and its issues, and one file per utility function, told apart by
their ``type`` (in XML, by their root). Read are linear additive utilities over issues that can be listed;
what says less than that, or more, is refused with file, line and key. Sides are in the order of their files'
names, as NegMAS has them. Written from the files it makes; nothing of it is imported.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.scenario.bargain import MOST_STEPS, STEPS, Bargainer, Domain
from sim.scenario.checks import MAX_PACKAGES
from sim.scenario.genius import read_genius
from sim.scenario.problems import Key, Lines, ScenarioError, hint, refuse, shown
from sim.scenario.reading import Document, read

MOST_ISSUES, MOST_VALUES = 8, 8

LISTED = ("CategoricalIssue", "DiscreteOrdinalIssue", "DiscreteCardinalIssue", "OrdinalIssue", "CardinalIssue")
RANGE = "ContiguousIssue"
SPACES = ("DiscreteCartesianOutcomeSpace", "CartesianOutcomeSpace")
UTILITY = "LinearAdditiveUtilityFunction"
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "TableFun": ("mapping",), "IdentityFun": (), "LinearFun": ("slope",), "AffineFun": ("slope", "bias"), "ConstFun": ("bias",),
}  # fmt: skip
"""Value functions of an issue, and what each is given by."""


def read_domain(folder: str | os.PathLike[str], *, steps: int = STEPS) -> Domain:
    """The bilateral domain in a folder. Raises ScenarioError, with one line for each thing that is wrong."""
    place = os.fspath(folder)
    if not 1 <= steps <= MOST_STEPS:
        raise refuse(place, f"got {steps} rounds, expected 1 to {MOST_STEPS}")
    documents = [read(path, keys_as_written=True) for path in _files(place, (".yml", ".yaml", ".json"))]
    if not documents:
        documents = [read_genius(path) for path in _files(place, (".xml",))]
    if not documents:
        raise refuse(place, "no .yml, .yaml, .json or .xml file; expected a domain file and two utility functions")
    for document in documents:
        _check_type(document)
    spaces = [d for d in documents if _type(d).endswith("OutcomeSpace")]
    utilities = [d for d in documents if not _type(d).endswith("OutcomeSpace")]
    if len(spaces) != 1:
        raise refuse(place, f"got {_listed(spaces)} with an outcome space, expected exactly one file")
    if len(utilities) != 2:
        raise refuse(place, f"got {_listed(utilities)} with a utility function, expected exactly two files")
    issues = _issues(_Node.of(spaces[0]))
    first, second = (_side(_Node.of(d), issues) for d in utilities)
    name = str(spaces[0].data.get("name") or Path(place).name)
    return Domain(name, tuple(i.name for i in issues), tuple(i.options for i in issues), (first, second), steps)


# ---------------------------------------------------------------- files


def _files(folder: str, endings: tuple[str, ...]) -> list[Path]:
    """Files of a domain, by name; hidden ones and what NegMAS keeps beside them (``_stats``, ``_info``) are left out."""
    try:
        names = sorted(os.listdir(folder))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(folder, f"cannot be read: {reason}; expected a folder with a domain") from None
    return [Path(folder, n) for n in names if n.endswith(endings) and not n.startswith((".", "_")) and n != "pareto.xml"]


def _listed(documents: list[Document]) -> str:
    names = ", ".join(Path(d.lines.file).name for d in documents)
    return f"{len(documents)} file{'' if len(documents) == 1 else 's'}" + (f" ({names})" if names else "")


def _type(document: Document) -> str:
    return str(document.data.get("type", "")).rpartition(".")[2]


def _check_type(document: Document) -> None:
    node = _Node.of(document)
    if not isinstance(node.get("type"), str):
        raise node.refuse("type", "missing; expected the type of the outcome space or of the utility function")
    name = _type(document)
    if name.endswith("OutcomeSpace"):
        if name not in SPACES:
            raise node.refuse("type", f"{shown(name)} cannot be listed issue by issue; expected {SPACES[0]}")
    elif name != UTILITY:
        raise node.refuse("type", f"unknown utility function {shown(name)}{hint(name, [UTILITY, *SPACES])}")


# ---------------------------------------------------------------- what they say


@dataclass(frozen=True)
class _Node:
    """A mapping in one of the files, which knows where it stands."""

    data: dict[str, Any]
    lines: Lines
    key: Key

    @classmethod
    def of(cls, document: Document) -> _Node:
        return cls(document.data, document.lines, ())

    def get(self, name: str) -> Any:
        return self.data.get(name)

    def refuse(self, name: str | Key, message: str) -> ScenarioError:
        below = (name,) if isinstance(name, str) else name
        return ScenarioError([self.lines.problem((*self.key, *below), message)])

    def mapping(self, below: Key, value: Any, expected: str) -> _Node:
        if not isinstance(value, dict):
            raise self.refuse(below, f"got {shown(value)}, expected {expected}")
        return _Node(value, self.lines, (*self.key, *below))

    def list(self, name: str, expected: str) -> list[Any]:
        value = self.get(name)
        if value is None:
            raise self.refuse(name, f"missing; expected {expected}")
        if not isinstance(value, list):
            raise self.refuse(name, f"got {shown(value)}, expected {expected}")
        return value

    def number(self, below: Key, value: Any) -> float:
        """A finite number; infinities and NaN in YAML have been refused on reading."""
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9:
            raise self.refuse(below, f"got {shown(value)}, expected a number")
        return float(value)

    def only(self, known: tuple[str, ...]) -> None:
        """Refuse what would be left unread."""
        for name in self.data:
            if name not in known:
                raise self.refuse(name, f"not read here{hint(name, known)}")


@dataclass(frozen=True)
class _Issue:
    name: str
    options: tuple[str, ...]
    numbers: tuple[float, ...] | None  # where the options are numbers


def _issues(space: _Node) -> list[_Issue]:
    found: list[_Issue] = []
    for index, entry in enumerate(space.list("issues", "a list of issues")):
        node = space.mapping(("issues", index), entry, "an issue with name, type and values")
        found.append(_issue(node, found))
    if not 1 <= len(found) <= MOST_ISSUES:
        raise space.refuse("issues", f"got {len(found)} issues, expected 1 to {MOST_ISSUES}")
    packages = 1
    for issue in found:
        packages *= len(issue.options) + 1
    if packages > MAX_PACKAGES:
        message = f"got {packages:,} packages, with no agreement as an option of each issue; expected at most {MAX_PACKAGES:,}"
        raise space.refuse("issues", message)
    return found


def _issue(node: _Node, before: list[_Issue]) -> _Issue:
    name = node.get("name")
    if not isinstance(name, str) or not name:
        raise node.refuse("name", f"got {shown(name)}, expected the name of the issue")
    if name in [issue.name for issue in before]:
        raise node.refuse("name", f"a second issue called {shown(name)}; expected each once")
    given = node.get("type")
    if not isinstance(given, str):
        raise node.refuse("type", f"missing; expected {', '.join((*LISTED[:1], RANGE))} or another type that can be listed")
    kind = given.rpartition(".")[2]
    if kind not in (*LISTED, RANGE):
        raise node.refuse("type", f"{shown(kind)} cannot be listed; expected one of {', '.join((*LISTED, RANGE))}")
    values = node.list("values", "the values of the issue")
    if kind == RANGE:
        if len(values) != 2 or not all(type(v) is int for v in values) or values[0] > values[1]:
            raise node.refuse("values", "expected two whole numbers, the lowest and the highest value")
        values = list(range(values[0], min(values[1], values[0] + MOST_VALUES) + 1))
    for index, value in enumerate(values):
        if isinstance(value, list | dict) or value is None:
            raise node.refuse(("values", index), f"got {shown(value)}, expected text or a number")
    options = tuple(_written(value) for value in values)
    if not 1 <= len(options) <= MOST_VALUES:
        count = f"{len(options)}" if len(options) < MOST_VALUES or kind != RANGE else f"more than {MOST_VALUES}"
        raise node.refuse("values", f"got {count} values, expected 1 to {MOST_VALUES}")
    if len(set(options)) < len(options):
        raise node.refuse("values", "a value is listed twice; expected each once")
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    return _Issue(name, options, tuple(float(v) for v in values) if numeric else None)


def _written(value: Any) -> str:
    """A value as the keys of a mapping have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _side(node: _Node, issues: list[_Issue]) -> Bargainer:
    node.only(("name", "type", "values", "weights", "bias", "reserved_value", "reserved_outcome", "stability", "id"))
    if node.get("reserved_outcome") is not None:
        raise node.refuse("reserved_outcome", "is not read; expected the worth of no agreement as reserved_value")
    if "reserved_value" not in node.data or node.get("reserved_value") is None:
        raise node.refuse("reserved_value", "missing; expected what no agreement is worth")
    reservation = node.number(("reserved_value",), node.get("reserved_value"))
    bias = node.number(("bias",), node.get("bias") or 0)
    weights = tuple(node.number(key, value) for key, value in _per_issue(node, "weights", issues))
    for weight, (key, _) in zip(weights, _per_issue(node, "weights", issues), strict=True):
        if weight < 0:
            raise node.refuse(key, f"got {weight}, expected 0 or more")
    if not sum(weights) > 0:
        raise node.refuse("weights", "are all zero; expected at least one above")
    values = tuple(
        _values(node.mapping(key, value, "a value function with a type"), issue)
        for (key, value), issue in zip(_per_issue(node, "values", issues), issues, strict=True)
    )
    name = node.get("name")
    label = name if isinstance(name, str) and name else Path(node.lines.file).stem
    return Bargainer(label, weights, values, reservation - bias)


def _per_issue(node: _Node, name: str, issues: list[_Issue]) -> list[tuple[Key, Any]]:
    """What a utility function says per issue, listed in their order or by their names."""
    value = node.get(name)
    noun = {"weights": "weight", "values": "value function"}[name]
    if isinstance(value, dict):
        names = [issue.name for issue in issues]
        for given in value:
            if given not in names:
                raise node.refuse((name, given), f"unknown issue{hint(given, names)}")
        for issue in names:
            if issue not in value:
                raise node.refuse(name, f"no {noun} for issue {issue}; expected one for each issue")
        return [((name, issue), value[issue]) for issue in names]
    listed = node.list(name, f"a {noun} for each issue")
    if len(listed) != len(issues):
        raise node.refuse(name, f"got {len(listed)} for {len(issues)} issues, expected a {noun} for each issue")
    return [((name, index), given) for index, given in enumerate(listed)]


def _values(node: _Node, issue: _Issue) -> tuple[float, ...]:
    """Worth of each option of an issue to a side, by its value function."""
    given = node.get("type")
    if not isinstance(given, str):
        raise node.refuse("type", f"missing; expected the type of the value function, such as {next(iter(FUNCTIONS))}")
    kind = given.rpartition(".")[2]
    if kind not in FUNCTIONS:
        raise node.refuse("type", f"unknown value function {shown(kind)}{hint(kind, FUNCTIONS)}")
    node.only(("type", *FUNCTIONS[kind]))
    if kind == "TableFun":
        return _table(node, issue)
    parts = {"slope": 1.0 if kind == "IdentityFun" else 0.0, "bias": 0.0}
    for part in FUNCTIONS[kind]:
        if part == "slope" and node.get(part) is None:
            raise node.refuse(part, "missing; expected a number")
        parts[part] = node.number((part,), node.get(part) or 0)
    if issue.numbers is None:
        if kind == "ConstFun":
            return tuple(parts["bias"] for _ in issue.options)
        raise node.refuse("type", f"{kind} needs numbers, but issue {issue.name} has words; expected TableFun")
    return tuple(parts["slope"] * number + parts["bias"] for number in issue.numbers)


def _table(node: _Node, issue: _Issue) -> tuple[float, ...]:
    mapping = node.mapping(("mapping",), node.get("mapping"), "a number for each value of the issue")
    for option in mapping.data:
        if option not in issue.options:
            raise mapping.refuse(option, f"is no value of issue {issue.name}{hint(option, issue.options)}")
    for option in issue.options:
        if option not in mapping.data:
            raise mapping.refuse((), f"no worth of {issue.name}: {option}; expected one for each value")
    return tuple(mapping.number((option,), mapping.data[option]) for option in issue.options)
