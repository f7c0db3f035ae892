"""YAML 1.2 to plain Python values, with the line of every key and with limits on what is read.

The text is read event by event with ruamel.yaml's pure Python parser, so that depth and size are
known before anything is built: an alias bomb or ten thousand brackets cost nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.scenario.problems import Key, Lines, Place, Problem, ScenarioError, hint, refuse, shown, unprintable
from sim.scenario.slips import explained

MAX_BYTES = 2_000_000
MAX_NODES = 50_000
MAX_DEPTH = 20

_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Document:
    """What a file says: plain values, and the line of every key."""

    data: dict[str, Any]
    lines: Lines


@dataclass(frozen=True)
class _Read:
    """A value as written: a scalar, a list or a mapping of further ones, its line, nodes and height."""

    value: Any
    line: int
    nodes: int = 1
    height: int = 0


def read(path: Path | str, *, keys_as_written: bool = False) -> Document:
    """Read one YAML file whose top level is a mapping; ``path`` is shown in errors as given.

    With ``keys_as_written`` a key such as 0 or true is the text it is written in, and no error. Raises
    ScenarioError for whatever is wrong with the file or its text.
    """
    file = str(path)
    document = parse(_text(Path(path), file), file, keys_as_written=keys_as_written)
    if document is None:
        raise refuse(file, "the file is empty; expected a mapping")
    if not isinstance(document.value, dict):
        kind = "a list" if isinstance(document.value, list) else "a single value"
        raise refuse(file, f"got {kind} at the top, expected a mapping", line=document.line)
    where: dict[Key, Place] = {}
    _places(document, (), (file, where))
    return Document(_values(document), Lines(file, where))


def value_of(text: str, source: str) -> Any:
    """The value of a scalar or a short YAML text, such as ``0.3`` or ``{north: 0.3}``."""
    document = parse(text, source)
    return None if document is None else _values(document)


@lru_cache(maxsize=16)
def parse(text: str, file: str, *, keys_as_written: bool = False) -> _Read | None:
    """The single YAML document in ``text``; None if there is none. Raises ScenarioError.

    The last few texts are kept, as scenarios that share a base and its evidence are often read in a row.
    """
    composer = _Composer(text, file, keys_as_written=keys_as_written)
    document = composer.document()
    if composer.problems:
        raise ScenarioError(composer.problems)
    return document


def _text(path: Path, file: str) -> str:
    try:
        if path.is_dir():
            raise refuse(file, "is a directory; expected a YAML file")
        if not path.exists():
            near = [other.name for other in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
            raise refuse(file, "no such file" + (hint(path.name, near) if near else ""))
        if not path.is_file():
            raise refuse(file, "is not a regular file; expected a YAML file")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if isinstance(error, ScenarioError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(file, f"cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise refuse(file, f"is larger than {MAX_BYTES:,} bytes; expected a scenario")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise refuse(file, "is not UTF-8 text; expected a YAML file", line=line) from None


class _Composer:
    """Builds values from parser events. Duplicate keys, odd keys and tags are noted; the rest raises."""

    def __init__(self, text: str, file: str, *, keys_as_written: bool) -> None:
        self.file = file
        self.keys_as_written = keys_as_written
        self.events = self._events(text)
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Read | None] = {}
        self.nodes = 0

    def _events(self, text: str) -> Iterator[Any]:
        line = 0
        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                line = event.start_mark.line + 1
                yield event
        except MarkedYAMLError as error:
            message, mark = explained(error)
            raise refuse(self.file, f"not valid YAML: {message}", line=mark.line + 1 if mark else line) from None
        except YAMLError as error:
            reason = [*str(getattr(error, "reason", None) or error).splitlines(), "unreadable"][0]
            raise refuse(self.file, f"not valid YAML: {reason}", line=line) from None
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            # The scanner lets exceptions of its own through on odd bytes, such as the escape "\UFFFFFFFF".
            if isinstance(error, ScenarioError):
                raise
            raise refuse(self.file, "not valid YAML: unreadable characters", line=line) from None

    def document(self) -> _Read | None:
        """The first document; a second one is an error."""
        found: _Read | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if found is not None:
                    line = event.start_mark.line + 1
                    raise refuse(self.file, "a second document starts here; expected one", line=line)
                self.anchors = {}
            elif isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent, AliasEvent)):
                empty = isinstance(event, ScalarEvent) and event.value == "" and not event.style
                found = None if empty else self._node(event, ())
        return found

    def _node(self, event: Any, key: Key) -> _Read:
        line = event.start_mark.line + 1
        if len(key) > MAX_DEPTH:
            raise refuse(self.file, f"nested deeper than {MAX_DEPTH}", line=line, key=key[:3])
        if isinstance(event, AliasEvent):
            return self._alias(event, key)
        self._count(1, line)
        tag = getattr(event, "tag", None)
        if tag and tag != "tag:yaml.org,2002:str":
            self._note(line, key, f"tag {shown(str(tag))} is not allowed; expected plain YAML")
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, ScalarEvent):
            made = _Read(self._scalar(event, key), line)
        elif isinstance(event, SequenceStartEvent):
            items: list[_Read] = []
            while not isinstance(item := next(self.events), SequenceEndEvent):
                items.append(self._node(item, (*key, len(items))))
            made = _grown(items, items, line)
        else:
            entries = self._mapping(key)
            made = _grown(entries, list(entries.values()), line)
        if event.anchor:
            self.anchors[event.anchor] = made
        return made

    def _mapping(self, key: Key) -> dict[str, _Read]:
        entries: dict[str, _Read] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            line = event.start_mark.line + 1
            name = self._node(event, (*key, "key")).value
            if self.keys_as_written and isinstance(event, ScalarEvent):
                name = event.value
            below = (*key, name) if isinstance(name, str) else (*key, "key")
            value = self._node(next(self.events), below)
            if not isinstance(name, str):
                self._note(line, key, f"got {shown(name)} as a key, expected text; put it in quotes if it is a name")
            elif name in entries:
                self._note(line, below, f"duplicate key, first on line {entries[name].line}; expected each key once")
            elif name == "<<":
                message = "merge keys are not read; write the keys out or use an alias for the whole value"
                self._note(line, below, message)
            else:
                entries[name] = _Read(value.value, line, value.nodes, value.height)
        return entries

    def _alias(self, event: Any, key: Key) -> _Read:
        line = event.start_mark.line + 1
        target = self.anchors.get(event.anchor)
        if target is None:
            inside = event.anchor in self.anchors
            problem = "refers to itself" if inside else f"has no anchor before it{hint(event.anchor, self.anchors)}"
            raise refuse(self.file, f"alias *{event.anchor} {problem}", line=line, key=key)
        self._count(target.nodes, line)
        if len(key) + target.height > MAX_DEPTH:
            raise refuse(self.file, f"nested deeper than {MAX_DEPTH} by aliases", line=line, key=key)
        return target

    def _count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise refuse(self.file, f"more than {MAX_NODES:,} values, aliases written out", line=line)

    def _note(self, line: int, key: Key, message: str) -> None:
        self.problems.append(refuse(self.file, message, line=line, key=key).problems[0])

    def _scalar(self, event: Any, key: Key) -> Any:
        text, line = event.value, event.start_mark.line + 1
        if wrong := unprintable(text):
            self._note(line, key, wrong)
        if event.style or event.tag:
            return text
        if _NULL.fullmatch(text):
            return None
        if _BOOL.fullmatch(text):
            return text.lower() == "true"
        if _INT.fullmatch(text):
            if len(text) > 100:
                self._note(line, key, f"got a number of {len(text)} digits, expected a number that can be used")
                return 0
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if _FLOAT.fullmatch(text):
            number = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
            if not math.isfinite(number):
                self._note(line, key, f"got {shown(text)}, expected a finite number")
            return number
        if _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:  # such as the 31st of February: the schema says what it expected instead
                return text
        return text


def _grown(value: Any, below: list[_Read], line: int) -> _Read:
    height = 1 + max((node.height for node in below), default=0)
    return _Read(value, line, 1 + sum(node.nodes for node in below), height)


def _values(node: _Read) -> Any:
    if isinstance(node.value, dict):
        return {name: _values(below) for name, below in node.value.items()}
    if isinstance(node.value, list):
        return [_values(below) for below in node.value]
    return node.value


def _places(node: _Read, key: Key, into: tuple[str, dict[Key, Place]]) -> None:
    file, where = into
    where[key] = (file, node.line)
    value = node.value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, below in pairs:
        _places(below, (*key, part), into)
