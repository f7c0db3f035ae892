"""The form of scenario files, by number: which ones can be read, and what to do with one that cannot."""

from __future__ import annotations

from sim.scenario.problems import refuse, shown
from sim.scenario.reading import Document

FORMAT = 1
"""The form that this version reads and writes; a file without a number is of the first."""

CHANGED: dict[int, str] = {}
"""What to change by hand in a file of an older form that can no longer be read, by its number."""


def take_format(document: Document) -> Document:
    """Check a document's ``format`` and take it out; it says how the rest is read and is no part of the scenario.

    Raises ScenarioError for a form of a later version, and for an older one that has to be changed by hand.
    """
    if "format" not in document.data:
        return document
    found = document.data.pop("format")
    file, line = document.lines.at(("format",))
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise refuse(file, f"got {shown(found)}, expected {FORMAT}, the number of the form", line=line, key=("format",))
    if found > FORMAT:
        message = f"got {found}; this version reads forms up to {FORMAT}: read the file with a newer gobetween"
        raise refuse(file, message, line=line, key=("format",))
    if found in CHANGED:
        raise refuse(file, f"got {found}, an older form; for {FORMAT} {CHANGED[found]}", line=line, key=("format",))
    return document
