"""Scenarios that have some parts of one file and the rest of another, such as its events with the other's parties.

A part is what stands under a name (``events.strike``), or a key of its own at the top (``front_start``), with its ground: what
a number is drawn from goes with it. Words and claims move nothing and are left as they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.scenario.frozen import thawed
from sim.scenario.problems import ScenarioError, refuse
from sim.scenario.reading import Document
from sim.scenario.scenario import Scenario, build
from sim.study.advice.hybrids import MOST, Group, changed

NAMED = ("parties", "issues", "formats", "tables", "processes", "events", "behaviour")
SKIPPED = ("title", "about", "start", "evidence", "observed", "design", "provenance", "format")


def differences(first: Scenario, second: Scenario) -> list[Group]:
    """The parts in which two scenarios differ, in the order of the files; at most MOST.

    Parts that need one another are put together: an issue that has other options in the second with all parties, and formats,
    tables and processes where one of them is in one scenario only. Where more than MOST are left, so are whole sections.
    """
    ours, theirs = _parts(first), _parts(second)
    parts = [part for part in dict.fromkeys((*ours, *theirs)) if ours.get(part) != theirs.get(part)]
    found = [Group(part, {part: json.dumps(ours.get(part))}, {part: json.dumps(theirs.get(part))}) for part in parts]
    options = [{f"issues.{name}": list(issue.options) for name, issue in one.file.issues.items()} for one in (first, second)]
    reworded = [part for part in parts if part.startswith("issues.") and options[0].get(part) != options[1].get(part)]
    if reworded:
        found = _together(found, [part for part in parts if part in reworded or part.startswith("parties.")])
    built = [part for part in parts if part.split(".")[0] in ("formats", "tables", "processes")]
    if any(part not in ours or part not in theirs for part in built):
        found = _together(found, built)
    while len(found) > MOST:
        section, count = Counter(group.name.split(".")[0] for group in found).most_common(1)[0]
        names = [group.name for group in found if group.name.split(".")[0] == section]
        found = _together(found, names if count > 1 else [group.name for group in found[MOST - 1 :]])
    return found


def _together(groups: Sequence[Group], names: Sequence[str]) -> list[Group]:
    """The groups with those of these names as one, in the place of the first of them."""
    own = [group for group in groups if group.name in names]
    if len(own) < 2:
        return list(groups)
    sections = dict.fromkeys(name.split(".")[0] for group in own for name in group.first)
    sides = ({part: said for group in own for part, said in getattr(group, side).items()} for side in ("first", "second"))
    one = Group(" and ".join(sections), *sides)
    return [one if group is own[0] else group for group in groups if group not in own[1:]]


def mixtures(first: Scenario, second: Scenario, process: str, groups: Sequence[Group]) -> Iterator[tuple[Scenario, list[str]]]:
    """The scenario of every mixture, in the order of masks: bit i is set where group i is as in the second file.

    Raises ScenarioError where some of the one does not go with some of the other.
    """
    for mask in range(1 << len(groups)):
        parts = changed(groups, mask)
        data, other = _plain(first), _plain(second)
        for part in parts:
            section, _, name = part.partition(".")
            ours, theirs = (data.setdefault(section, {}), other.get(section) or {}) if name else (data, other)
            key = name or section
            if key in theirs:
                ours[key] = theirs[key]
            else:
                ours.pop(key, None)
        grounds = {path: ground for path, ground in data["provenance"].items() if not _within(path, parts)}
        grounds |= {path: ground for path, ground in other["provenance"].items() if _within(path, parts)}
        data["provenance"] = {path: _free(ground, grounds) for path, ground in grounds.items()}
        pinned = {path for path in first.pinned if not _within(path, parts)} | {p for p in second.pinned if _within(p, parts)}
        try:
            yield build(Document(data, first.document.lines), first.path, pinned=frozenset(pinned), known=None), [process]
        except ScenarioError as error:
            taken = ", ".join(sorted(parts))
            raise refuse("against", f"{taken} does not go with the rest of {first.path}: {error.problems[0]}") from None


def _parts(scenario: Scenario) -> dict[str, Any]:
    """What moves something in a scenario, by part, with the grounds beneath it."""
    file = scenario.file
    tree = file.model_dump(mode="json", exclude=set(SKIPPED))
    found: dict[str, Any] = {}
    for section, below in tree.items():
        found |= {f"{section}.{name}": own for name, own in below.items()} if section in NAMED else {section: below}
    grounds = {path: [ground.range, ground.drawn_with] for path, ground in file.provenance.items() if ground.range is not None}
    return {
        part: [_without_words(value), {path: ground for path, ground in grounds.items() if _within(path, {part})}]
        for part, value in found.items()
    }


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_words(below) for name, below in value.items() if name != "label"}
    return [_without_words(item) for item in value] if isinstance(value, list) else value


def _plain(scenario: Scenario) -> dict[str, Any]:
    """The document of a scenario without what it rests on but for the ranges that numbers are drawn from."""
    data: dict[str, Any] = thawed(scenario.document.data)
    for key in ("evidence", "observed", "design"):
        data.pop(key, None)
    grounds: dict[str, Any] = {}
    for path, ground in scenario.file.provenance.items():
        drawn = {"range": ground.range, "drawn_with": ground.drawn_with}
        grounds[path] = {"why": ground.why or "as stated"} | (drawn if ground.range is not None else {"choice": True})
    return data | {"provenance": grounds}


def _free(ground: dict[str, Any], grounds: Mapping[str, Any]) -> dict[str, Any]:
    """A ground that is drawn with another only where that one is still there."""
    with_other = ground.get("drawn_with")
    return {key: value for key, value in ground.items() if key != "drawn_with" or (with_other and with_other in grounds)}


def _within(path: str, parts: Iterable[str]) -> bool:
    return any(path == part or path.startswith(f"{part}.") for part in parts)
