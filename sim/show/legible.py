"""A scenario whose labels fit a screen or a page: no control characters, no marks of direction, none longer than two lines."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sim.scenario.problems import UNPRINTABLE
from sim.scenario.scenario import Scenario

NOWHERE = re.compile("[\u200e\u200f\ue000-\ue002]")
"""Marks that turn the direction of writing and that a scenario may hold; and those that a page sets labels off with."""

KINDS = ("parties", "issues", "formats", "tables", "processes", "events")
LONGEST, LONGEST_ABOUT = 120, 1200
"""Characters of a label, and of what a scenario says it is about."""


def legible(scenario: Scenario) -> Scenario:
    """The scenario with labels to be shown, the same one where all are; nothing that a rule reads is changed."""
    file = scenario.file
    labels = [file.title]
    for item in (item for kind in KINDS for item in getattr(file, kind).values()):
        labels += [item.label, *(option.label for option in getattr(item, "options", {}).values())]
    if len(file.about) <= LONGEST_ABOUT and all(len(text) <= LONGEST and clean(text) == text for text in labels):
        return scenario
    changed: dict[str, Any] = {kind: {name: _labelled(item) for name, item in getattr(file, kind).items()} for kind in KINDS}
    changed |= {"title": _cut(file.title, LONGEST), "about": _cut(file.about, LONGEST_ABOUT)}
    return replace(scenario, file=file.model_copy(update=changed))


def _labelled(item: Any) -> Any:
    changed: dict[str, Any] = {"label": _cut(item.label, LONGEST)}
    if options := getattr(item, "options", None):
        changed["options"] = {name: _labelled(option) for name, option in options.items()}
    return item.model_copy(update=changed)


def clean(text: str) -> str:
    """A text without control characters and marks of direction."""
    return NOWHERE.sub("", UNPRINTABLE.sub("\ufffd", text))


def _cut(text: str, longest: int) -> str:
    text = " ".join(clean(text).split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
