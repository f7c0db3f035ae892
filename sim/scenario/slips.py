"""The commonest slips in a YAML file, in words that say what to do."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.error import MarkedYAMLError

ADVICE = (
    ("mapping values are not allowed", False, "a colon and a space within a text; expected quotes, such as title: \"A: b\""),
    ("character '\\t'", False, "a tab; expected spaces to set a line in"),
    ("cannot start any token", False, "a text begins with a sign that means something to YAML; expected quotes around it"),
    ("could not find expected ':'", True, "no colon and space after a key; expected key: value"),
    ("end of stream while scanning a quoted", True, "a quotation mark is opened here and never closed; expected a second one"),
    ("expected ',' or '}'", True, "a { is opened here and not closed, or a comma is missing; expected {a: 1, b: 2}"),
    ("expected ',' or ']'", True, "a [ is opened here and not closed, or a comma is missing; expected [a, b]"),
    ("found '<scalar>'", False, "a text goes on after its closing quote; expected quotes around all of it, a ' in it doubled"),
    ("expected <block end>", False, "set in otherwise than lines before it; expected the same spaces for keys of one mapping"),
    ("unknown escape character", False, "a backslash in double quotes; expected two of them, or single quotes"),
)  # fmt: skip
"""Part of what the parser says, whether the place is where the construct begins, and what a person can do."""


def explained(error: MarkedYAMLError) -> tuple[str, Any]:
    """What is wrong, in words, and the mark of its place (None if it has none)."""
    said = " ".join(part for part in (error.problem or "unreadable", error.context) if part)
    for part, at_start, advice in ADVICE:
        if part in said:
            return advice, (error.context_mark if at_start else None) or error.problem_mark or error.context_mark
    return said, error.problem_mark or error.context_mark
