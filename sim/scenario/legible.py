"""Words of a scenario as they are shown, whatever a file holds: without marks of direction, and cut where they are too long."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from sim.scenario.problems import UNPRINTABLE

NOWHERE = re.compile("[\u200e\u200f\ue000-\ue002]")
"""Marks that turn the direction of writing and that a file may hold; and those that a page sets labels off with."""

LONGEST, LONGEST_ABOUT = 120, 1200
"""Characters of a label, and of a text of a few sentences."""


def clean(text: str) -> str:
    """A text without control characters and marks of direction."""
    return NOWHERE.sub("", UNPRINTABLE.sub("\ufffd", text))


def cut(text: str, longest: int = LONGEST) -> str:
    """A clean text, with an ellipsis where it is longer."""
    text = clean(text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


Label = Annotated[str, AfterValidator(lambda text: cut(" ".join(text.split())))]
Sentences = Annotated[str, AfterValidator(lambda text: cut(text, LONGEST_ABOUT))]
