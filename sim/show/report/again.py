"""How to make a study again: the command, and what it was made from."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.show.report.page import Block, Code, Listed, Section, Text

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

TITLE = "How to make it again"


def again(manifest: Mapping[str, Any], command: list[str], where: str) -> Section:
    """The command with what it needs (``where``), the seed, the versions, the hashes."""
    hashes = {
        "scenario_hash": "scenario",
        "observed_hash": "observations",
        "counted_hash": "counts",
        "posterior": "posterior",
        "digest": "manifest",
    }
    versions = ", ".join(f"{name} {number}" for name, number in manifest.get("versions", {}).items())
    pairs = [("Worlds", f"{manifest['worlds']:,}"), ("Seed", str(manifest["seed"])), ("Versions", versions)]
    pairs += [(f"SHA-256 of the {words}", str(manifest[key])) for key, words in hashes.items() if manifest.get(key)]
    said = "The same command, seed and versions give the same numbers, digit for digit."
    blocks: list[Block] = [Text(f"{said} {where}"), Code(shlex.join(command)), Listed(pairs)]
    return Section(TITLE, blocks)


def settings(scenario: Scenario) -> dict[str, Any]:
    """Paths that were set by hand, each with its value; a path covers what is below it."""
    pinned = scenario.pinned
    top = [path for path in sorted(pinned) if not any(path.startswith(f"{above}.") for above in pinned)]
    return {path: _value(scenario.file.model_dump(mode="json"), path) for path in top}


def set_options(scenario: Scenario) -> list[str]:
    """The same as options of a command."""
    return [part for path, value in settings(scenario).items() for part in ("--set", f"{path}={json.dumps(value)}")]


def _value(tree: Any, path: str) -> Any:
    for part in path.split("."):
        tree = tree[int(part)] if isinstance(tree, list) else tree.get(part)
    return tree
