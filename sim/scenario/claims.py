"""Claims: who said what, when. The evidence files that scenarios rest on."""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.scenario.frozen import Frozen
from sim.scenario.legible import Label, Sentences, cut
from sim.scenario.messages import validate
from sim.scenario.problems import Key, Lines, Problem, ScenarioError, dotted, hint
from sim.scenario.project import check_inside
from sim.scenario.reading import read

Kind = Literal["position", "fact", "event", "precedent", "denial", "commitment", "comment"]
Text = Annotated[str, Field(min_length=1)]


class Claim(Frozen):
    """What somebody said, in our own words; not what is true."""

    who: Label = Field(min_length=1, description="who says it")
    when: date | int | Text = Field(description="the day, the year, or the period in words")
    kind: Kind
    says: Sentences = Field(min_length=1, description="what is said, in our own words")
    quoted: list[Text] = Field(default_factory=list, description="single words quoted as they were said")
    contradicts: list[Text] = Field(default_factory=list, description="ids of claims that say otherwise")
    about: list[Text] = Field(default_factory=list, description="topics")
    sources: list[Text] = Field(default_factory=list, description="where it is to be read")


class EvidenceFile(Frozen):
    """A file of claims and where they come from."""

    source: dict[str, Any] = Field(default_factory=dict, description="title, date and notes of what was read")
    claims: dict[str, Claim] = Field(min_length=1, description="id: claim")


Sources = tuple[dict[str, str], ...]
"""What was read for each evidence file: its title, author, kind and date, as far as the file has them."""

FILES = "files"
"""Key of a ``source`` that has those of several files, as one that was archived."""

SAID = ("title", "author", "kind", "date")


def read_claims(names: list[str], lines: Lines) -> tuple[dict[str, Claim], Sources]:
    """The claims of the evidence files, by id, and what was read. A file is looked for next to the file that names it.

    Raises ScenarioError: a file that cannot be read or is not as it should be, an id used twice, a
    contradiction with a claim that does not exist.
    """
    claims: dict[str, Claim] = {}
    homes: dict[str, Lines] = {}
    sources: list[dict[str, str]] = []
    problems: list[Problem] = []
    for index, name in enumerate(names):
        key: Key = ("evidence", index)
        try:
            file = os.path.normpath(os.path.join(os.path.dirname(lines.at(key)[0]), name))
            check_inside(file, lines.file, lines.at(key), key)
            document = read(file)
            read_from = validate(document.data, document.lines, EvidenceFile)
        except ScenarioError as error:
            problems += [_cited(problem, key, lines) for problem in error.problems]
            continue
        several = read_from.source.get(FILES)
        several = several if isinstance(several, list | tuple) else [read_from.source]
        sources += [{key: cut(str(one[key])) for key in SAID if key in one} for one in several if isinstance(one, dict)]
        for claim_id, claim in read_from.claims.items():
            if claim_id in claims:
                other = dotted(("claims", claim_id))
                file, line = homes[claim_id].at(("claims", claim_id))
                message = f"id used twice; first {other} in {file}:{line}"
                problems.append(document.lines.problem(("claims", claim_id), message))
            claims[claim_id], homes[claim_id] = claim, document.lines
    if not problems:
        problems = _contradictions(claims, homes)
    if problems:
        raise ScenarioError(problems)
    return claims, tuple(one for one in sources if one)


def _cited(problem: Problem, key: Key, lines: Lines) -> Problem:
    """A file that is missing is a problem of the line that names it."""
    return problem if problem.line else lines.problem(key, f"{problem.file}: {problem.message}")


def _contradictions(claims: dict[str, Claim], homes: dict[str, Lines]) -> list[Problem]:
    return [
        homes[claim_id].problem(
            ("claims", claim_id, "contradicts", index), f"unknown claim {other}{hint(other, claims)}"
        )
        for claim_id, claim in claims.items()
        for index, other in enumerate(claim.contradicts)
        if other not in claims
    ]
