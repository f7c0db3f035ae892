"""A scenario in two files of its own: what was read and merged, and the claims it rests on.

``scenario.yaml`` beside ``claims.yaml`` is itself a scenario file that loads and runs. What was set by
hand stands in it like any other value; which values those are is kept by whoever archives it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sim.scenario.claims import FILES, read_claims
from sim.scenario.frozen import frozen
from sim.scenario.problems import Lines, refuse
from sim.scenario.reading import read
from sim.scenario.scenario import Scenario, build, hash_of
from sim.scenario.version import FORMAT

SCENARIO = "scenario.yaml"
CLAIMS = "claims.yaml"

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_WORDS = frozenset({"null", "true", "false"})


def pack(scenario: Scenario, before: str = "") -> dict[str, str]:
    """File name, with what stands ``before`` it, to text. Without claims there is no second file."""
    data = {"format": FORMAT, **scenario.document.data}
    files = {}
    if scenario.claims:
        data["evidence"] = [before + CLAIMS]
        claims = {name: claim.model_dump(exclude_defaults=True) for name, claim in scenario.claims.items()}
        source = {"source": {FILES: list(scenario.sources)}} if scenario.sources else {}
        files[before + CLAIMS] = to_yaml({**source, "claims": claims})
    return {before + SCENARIO: to_yaml(data), **files}


def reopen(directory: Path, *, pinned: Iterable[str], before: str = "") -> Scenario:
    """The scenario that ``pack`` wrote to ``directory``, as it stands there now. Raises ScenarioError."""
    path = str(directory / (before + SCENARIO))
    return build(read(path), path, pinned=frozenset(pinned), known=None)


def unpack(directory: Path, *, pinned: Iterable[str], evidence: list[str], expected: str, before: str = "") -> Scenario:
    """The scenario that ``pack`` wrote to ``directory``.

    ``pinned`` holds the paths that were set by hand, ``evidence`` the names of the evidence files as they
    were. Raises ScenarioError where a file is missing or damaged, or is not the one with the hash ``expected``.
    """
    path = str(directory / (before + SCENARIO))
    own = before + CLAIMS
    claims, sources = read_claims([own], Lines(path)) if evidence and (directory / own).exists() else ({}, ())
    kept = frozenset(pinned)
    scenario = reopen(directory, pinned=kept, before=before)
    file = scenario.file.model_copy(update={"evidence": frozen(evidence)})
    found = hash_of(file, claims, kept)
    if found != expected:
        why = f"changed since, or read by another version of gobetween (hash {found[:12]}, expected {expected[:12]})"
        raise refuse(path, f"not as it was run: {why}")
    return Scenario(file, path, found, claims, kept, scenario.document, sources)


def to_yaml(data: dict[str, Any]) -> str:
    """Plain values as YAML that reads back as the same values."""
    return "\n".join(_block(data, 0)) + "\n"


def _block(data: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, value in data.items():
        key = _scalar(name)
        if isinstance(value, dict) and value:
            yield f"{indent}{key}:"
            yield from _block(value, depth + 1)
        else:
            yield f"{indent}{key}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(name)}: {_flow(below)}" for name, below in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(below) for below in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else _quoted(value)
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, allow_nan=False)


def _quoted(text: str) -> str:
    body = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in body)
