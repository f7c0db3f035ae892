"""What the command line prints of a study, as blocks of a page."""

from __future__ import annotations

from typing import Any

from sim.show.report.page import Block, Text
from sim.show.tables import Recorder, Sentence


def recorded(found: Any, *, sentences: bool = False) -> list[Block]:
    """Tables and notes of a study (``Findings``) as they are printed; with ``sentences`` only what was found in words."""
    console = Recorder()
    found.show(console, **({"full": True} if found.kind == "comparison" else {}))  # others have one form
    if sentences:
        return [Text(part.text) for part in console.parts if isinstance(part, Sentence) and part.listed]
    return [
        Text(part.text, aside=True) if isinstance(part, Sentence) else part
        for part in console.parts
        if not (isinstance(part, Sentence) and part.listed)
    ]
