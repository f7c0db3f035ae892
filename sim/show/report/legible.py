"""A scenario whose labels fit a page: no control characters, no marks of direction, none longer than a line or two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.scenario.scenario import Scenario
from sim.show.report.page import clean

KINDS = ("parties", "issues", "formats", "tables", "processes", "events")
LONGEST, LONGEST_ABOUT = 120, 1200
"""Characters of a label, and of what a scenario says it is about."""


def legible(scenario: Scenario) -> Scenario:
    """The scenario with labels for a page; nothing that a rule reads is changed."""
    file = scenario.file
    changed: dict[str, Any] = {kind: {name: _labelled(item) for name, item in getattr(file, kind).items()} for kind in KINDS}
    changed |= {"title": _cut(file.title, LONGEST), "about": _cut(file.about, LONGEST_ABOUT)}
    return replace(scenario, file=file.model_copy(update=changed))


def _labelled(item: Any) -> Any:
    changed: dict[str, Any] = {"label": _cut(item.label, LONGEST)}
    if options := getattr(item, "options", None):
        changed["options"] = {name: _labelled(option) for name, option in options.items()}
    return item.model_copy(update=changed)


def _cut(text: str, longest: int) -> str:
    text = " ".join(clean(text).split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
