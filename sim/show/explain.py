"""What each group of levers has of the difference between two processes, as tables on screen and in sentences."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from sim.show.levers import figure, figure_words, lever_words, value_of
from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.wording import METRICS, path_words
from sim.show.written import DASH, names, percent
from sim.study.advice.explain import ELSEWHERE

if TYPE_CHECKING:
    from sim.study.advice.explain import Explanation

MOMENT = {
    "came": "both came", "agreed": "agreed, of those who came", "ratified": "ratified, of what was agreed",
    "in_force_end": "in force at the end, of what was ratified",
}  # fmt: skip


def show(found: Explanation, console: Console) -> None:
    """Print the shares in sentences and as a table, at which moment the two part, and what the figures are."""
    print_text(console, found.scenario.file.title, style="bold")
    for sentence in sentences(found):
        print_text(console, sentence, first="• ", hang=2)
    console.print()
    for table in (_shares(found), _moments(found)):
        print_table(console, table)
        console.print()
    for line in notes(found):
        print_text(console, line, style="dim")


def sides(found: Explanation) -> tuple[str, str]:
    """The labels of the two that are compared."""
    known = names(found.scenario, "processes")
    first, second = found.asked.processes
    if found.asked.place is None:
        return tuple(f"{known[first]}, {one.file.title}" for one in found.asked.scenarios)  # type: ignore[return-value]
    return known[first], known[second]


def what(found: Explanation) -> str:
    """What is counted: ``A text agreed: Energy, Food``."""
    issues = names(found.scenario, "issues")
    return f"{METRICS[found.asked.metric]}: {', '.join(issues[name] for name in found.asked.issues)}"


def group_words(found: Explanation, row: Any) -> str:
    """A group as a reader would name it."""
    if row["group"] == ELSEWHERE:
        return "all else: other tables, agenda, draws and openings"
    if found.asked.place is not None:
        return str(row["group"])
    file = next((one.file for one in found.asked.scenarios if _is_in(one.file, row["group"])), found.scenario.file)
    return path_words(row["group"], file) if "." in row["group"] else str(row["group"]).replace("_", " ")


def _is_in(file: Any, path: str) -> bool:
    section, _, name = path.partition(".")
    return name in (getattr(file, section, None) or ())


def value_words(found: Explanation, row: Any) -> list[str]:
    """What the levers of a group are in the first and in the second, lever by lever, where they differ."""
    if not row["levers"] or found.asked.place is None:
        return []
    first, second = json.loads(row["first"]), json.loads(row["second"])
    said = []
    for lever in first:
        ours, theirs = first[lever], second[lever]
        if isinstance(ours, dict):  # phases of contact, invitations
            ours, theirs = ({key: own[key] for key in own if first[lever][key] != second[lever][key]} for own in (ours, theirs))
        mine, its = (value_of(found.scenario, lever, value) for value in (ours, theirs))
        said.append(f"{lever_words(found.scenario, lever)} {mine} | {its}")
    return said


def sentences(found: Explanation) -> list[str]:
    """What was found, made from the figures and nothing else: the difference, then a sentence per group."""
    first, second, whole = (row for row in found.summary.to_dict("records"))
    ours, theirs = sides(found)
    said = [
        f"{what(found)}. {theirs}: {figure_words(second, 'share')} of worlds; {ours}: {figure_words(first, 'share')}. "
        f"The difference, {figure_words(whole, 'share', signed=True)} points, is shared out over what they differ in."
    ]
    rows, nothing = found.table.to_dict("records"), (found.table["share_low"] == 0) & (found.table["share_high"] == 0)
    for row in (row for row, none in zip(rows, nothing, strict=True) if not none):
        name = group_words(found, row)
        line = f"{name[:1].upper()}{name[1:]}: {figure_words(row, 'share', signed=True)} points"
        if row["share_low"] <= 0 <= row["share_high"]:
            line += ", no clear part"
        if not pd.isna(row["alone"]):
            alone, last = (percent(row[name], sign=True) for name in ("alone", "last"))
            line += f"; {alone} changed before all others, {last} after them"
        said.append(f"{line}.")
    if nothing.any():
        none = found.table[nothing].to_dict("records")
        said.append(f"No part in any world: {', '.join(group_words(found, row) for row in none)}.")
    return said


def _shares(found: Explanation) -> Table:
    heads = [Figures("share, points"), Figures("changed first, points"), Figures("changed last, points")]
    table = Table("What each has of the difference", [Words("what differs"), *heads])
    for row in found.table.to_dict("records"):
        label = Text(group_words(found, row))
        for line in value_words(found, row):
            label.append(f"\n{line}", style="dim")
        alone = not pd.isna(row["alone"])
        table.row(label, figure(row, "share"), *((figure(row, name) if alone else DASH) for name in ("alone", "last")))
    table.gap()
    table.row(Text("the whole difference", style="bold"), figure(found.summary.iloc[2], "share"), "", "")
    return table


def _moments(found: Explanation) -> Table:
    at = "At the table: at which moment they part" if found.asked.place is not None else "At which moment they part"
    table = Table(at, [Words("moment"), Figures("first, %"), Figures("second, %"), Figures("part, points")])
    for row in found.moments.to_dict("records"):
        rates = (DASH if pd.isna(row[name]) else f"{percent(row[name])}%" for name in ("first_rate", "second_rate"))
        table.row(MOMENT[row["moment"]], *rates, figure(row, "share"))
    return table


def notes(found: Explanation) -> list[str]:
    """What the figures are, and what they are not."""
    asked = found.manifest
    hybrids = f"{len(found.hybrids):,} mixtures of the two" if len(found.hybrids) > 1 else "the two"
    return [
        f"{asked['worlds']:,} worlds, seed {asked['seed']}, the same for {hybrids}. [ ] 95% Monte-Carlo interval; ( ) what the "
        "assumptions leave open, (?) where it does not rise above the noise. Under each name: the first | the second.",
        "A share is the mean over all orders in which the parts may change (Shapley) of what one adds as it does; shares add up "
        "to the difference. They are bookkeeping of this model: no advice, no forecast, no claim that a part does so much alone.",
    ]
