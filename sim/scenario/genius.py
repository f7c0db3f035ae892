"""Genius XML files as the same mappings that NegMAS writes to YAML, with the line of every key.

Read is what NegMAS itself writes: one flat objective; issues with items, or whole numbers from a lower to
an upper bound; in utility functions an evaluation per item, a weight per issue, a reservation value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from sim.scenario.problems import Key, Lines, Place, refuse, shown
from sim.scenario.reading import MAX_BYTES, Document


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    line: int
    inside: list[_Element] = field(default_factory=list)

    def all(self, tag: str) -> list[_Element]:
        return [element for element in self.inside if element.tag == tag]


def read_genius(path: Path) -> Document:
    """A domain or utility file. Raises ScenarioError."""
    root = _parse(path)
    file = str(path)
    if root.tag == "negotiation_template":
        return _domain(file, root)
    if root.tag == "utility_space":
        return _utility(file, root)
    raise refuse(file, f"got <{shown(root.tag)}>, expected <negotiation_template> or <utility_space>", line=root.line)


def _parse(path: Path) -> _Element:
    file = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refuse(file, f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise refuse(file, f"is larger than {MAX_BYTES:,} bytes; expected a domain")
    parser = expat.ParserCreate()
    top = _Element("", {}, 0)
    open_elements = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = _Element(tag, attributes, parser.CurrentLineNumber)
        open_elements[-1].inside.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def doctype(*_: Any) -> None:
        raise refuse(file, "has a document type; expected plain XML", line=parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = start, end, doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise refuse(file, f"not valid XML: {expat.errors.messages[error.code]}", line=error.lineno) from None
    return top.inside[0]


class _Told:
    """A document as it is put together."""

    def __init__(self, file: str, kind: str, line: int) -> None:
        self.file = file
        self.data: dict[str, Any] = {"type": kind}
        self.where: dict[Key, Place] = {(): (file, line)}

    def note(self, key: Key, line: int) -> None:
        self.where[key] = (self.file, line)

    def document(self) -> Document:
        return Document(self.data, Lines(self.file, self.where))


def _objective(file: str, space: _Element) -> _Element:
    objectives = space.all("objective")
    if len(objectives) != 1 or objectives[0].all("objective"):
        raise refuse(file, "expected one flat <objective>", line=space.line)
    return objectives[0]


def _domain(file: str, root: _Element) -> Document:
    spaces = root.all("utility_space")
    if len(spaces) != 1:
        raise refuse(file, f"got {len(spaces)} <utility_space>, expected one", line=root.line)
    told = _Told(file, "DiscreteCartesianOutcomeSpace", root.line)
    told.data["name"] = Path(file).stem
    issues = []
    for index, issue in enumerate(_indexed(file, _objective(file, spaces[0]).all("issue"))):
        told.note(("issues", index), issue.line)
        kind = issue.attributes.get("vtype", issue.attributes.get("type", "discrete"))
        entry: dict[str, Any] = {"name": issue.attributes.get("name")}
        if issue.all("item"):
            entry |= {"type": "CategoricalIssue", "values": [_attribute(file, item, "value") for item in issue.all("item")]}
        elif kind == "integer":
            bounds = [_attribute(file, issue, bound) for bound in ("lowerbound", "upperbound")]
            if not all(re.fullmatch(r"[-+]?[0-9]{1,9}", bound) for bound in bounds):
                raise refuse(file, f"got {bounds[0]} to {bounds[1]}, expected whole numbers", line=issue.line)
            entry |= {"type": "ContiguousIssue", "values": [int(bound) for bound in bounds]}
        else:
            entry |= {"type": {"real": "ContinuousIssue"}.get(kind, kind), "values": []}
        issues.append(entry)
    told.data["issues"] = issues
    return told.document()


def _utility(file: str, space: _Element) -> Document:
    told = _Told(file, "LinearAdditiveUtilityFunction", space.line)
    told.data["name"] = Path(file).stem
    for discount in space.all("discount_factor"):
        if _number(file, discount, "value") not in (0.0, 1.0):  # 0 was written for none as well
            raise refuse(file, "utility is discounted over time; expected a discount factor of 1", line=discount.line)
    objective = _objective(file, space)
    values = []
    for index, issue in enumerate(_indexed(file, objective.all("issue"))):
        told.note(("values", index), issue.line)
        if not issue.all("item"):
            raise refuse(file, "issue without items; expected an evaluation of every value", line=issue.line)
        mapping = {}
        for item in issue.all("item"):
            option = _attribute(file, item, "value")
            if option in mapping:
                raise refuse(file, f"value {shown(option)} is evaluated twice; expected once", line=item.line)
            mapping[option] = _number(file, item, "evaluation")
            told.note(("values", index, "mapping", option), item.line)
        values.append({"type": "TableFun", "mapping": mapping})
    weights = _indexed(file, objective.all("weight"))
    told.note(("values",), objective.line)
    told.note(("weights",), weights[0].line if weights else objective.line)
    for index, weight in enumerate(weights):
        told.note(("weights", index), weight.line)
    told.data |= {"values": values, "weights": [_number(file, weight, "value") for weight in weights]}
    for reservation in space.all("reservation"):
        told.note(("reserved_value",), reservation.line)
        told.data["reserved_value"] = _number(file, reservation, "value")
    return told.document()


def _indexed(file: str, elements: list[_Element]) -> list[_Element]:
    """Elements by their index attribute, which counts from 1."""
    found: dict[str, _Element] = {}
    for element in elements:
        index = _attribute(file, element, "index")
        if index in found:
            raise refuse(file, f"a second <{element.tag}> with index {index}; expected each once", line=element.line)
        found[index] = element
    expected = [str(n) for n in range(1, len(elements) + 1)]
    if sorted(found) != sorted(expected):
        got, first = ", ".join(sorted(found)), elements[0]
        raise refuse(file, f"<{first.tag}> has indices {got}; expected 1 to {len(elements)}", line=first.line)
    return [found[index] for index in expected]


def _attribute(file: str, element: _Element, name: str) -> str:
    if name not in element.attributes:
        raise refuse(file, f"<{element.tag}> without {name}; expected {name}=", line=element.line)
    return element.attributes[name]


def _number(file: str, element: _Element, name: str) -> float:
    text = _attribute(file, element, name)
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) <= 1e9:
        raise refuse(file, f"<{element.tag}>: got {shown(text)} as {name}, expected a finite number", line=element.line)
    return number
