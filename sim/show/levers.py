"""What each lever of a process would do, as a table on screen and in a few sentences."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.wording import METRICS, path_words, value_words
from sim.show.written import Figure, names, share
from sim.study.advice.levers import LESS, MORE, SAME, UNCLEAR

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.study.advice.levers import Levers

SHOWN = 20
"""Changes with a clear difference that are printed; all of them are in the table that is saved."""


def show(found: Levers, console: Console, *, top: int = SHOWN) -> None:
    """Print the changes that make a clear difference, name those that do not, and say what the figures are."""
    print_text(console, found.scenario.file.title, style="bold")
    for sentence in sentences(found, top):
        print_text(console, sentence, first="• ", hang=2)
    console.print()
    clear = found.table[found.table["verdict"].isin([MORE, LESS])]
    if len(clear):
        print_table(console, _table(found, clear.head(top)))
        console.print()
    for line in notes(found):
        print_text(console, line, style="dim")


def question_words(scenario: Scenario, metric: str, issue: str) -> str:
    """What is counted: ``A text agreed: Energy``."""
    return METRICS[metric] + (f": {names(scenario, 'issues')[issue]}" if issue else "")


def sentences(found: Levers, top: int = SHOWN) -> list[str]:
    """What was found, made from the figures and nothing else."""
    table, base = found.table, found.base.iloc[0]
    label = names(found.scenario, "processes")[found.process]
    what = question_words(found.scenario, found.question.metric, found.question.issue)
    said = [
        f"{label}, as it is. {what}: {figure_words(base, 'share')} of worlds; worse than without a process: "
        f"{figure_words(base, 'harm')}. {len(table)} changes of one lever were tried on the same worlds."
    ]
    clear = table[table["verdict"].isin([MORE, LESS])]
    for verdict, end in ((MORE, "up"), (LESS, "down")):
        if len(own := clear[(clear["verdict"] == verdict) & ~clear["imposed"]]):
            first = own.iloc[0]
            aside = " of what is not imposed" if clear["imposed"].any() else ""
            gain = figure_words(first, "difference")
            said.append(f"Furthest {end}{aside}: {change_words(found.scenario, first)}, {gain} points.")
    if len(clear) > top:
        said.append(f"{len(clear)} make a clear difference, of which the {top} greatest are shown.")
    for verdict, head in ((UNCLEAR, "No clear difference"), (SAME, "The same in every world")):
        if len(own := table[table["verdict"] == verdict]):
            said.append(f"{head}: {'; '.join(_grouped(found.scenario, own, table))}.")
    if count := len(found.refused):
        levers = dict.fromkeys(lever_words(found.scenario, str(lever)) for lever in found.refused["lever"])
        why = "since they do not go with the rest (reasons with --json and in refused.csv)"
        said.append(f"{count} not tried, {why}: {', '.join(levers)}.")
    return said


def _grouped(scenario: Scenario, rows: pd.DataFrame, every: pd.DataFrame) -> list[str]:
    """Changes lever by lever, with the values only where other changes among ``every`` are of it too: ``monitoring; term none``.

    After the name of each format and table where there are several.
    """
    found: dict[str, list[str]] = {}
    for path, own in rows.groupby("path", sort=False):
        lever = str(own["lever"].iloc[0])
        values = [value_of(scenario, lever, json.loads(value)) for value in own["value"]]
        whole = len(own) == (every["path"] == path).sum() > 1
        said = lever_words(scenario, lever) + ("" if whole else f" {' or '.join(values)}")
        found.setdefault(_place(str(path)), []).append(said)
    listed = {place: "; ".join(own) for place, own in found.items()}
    if every["path"].map(_place).nunique() == 1:
        return list(listed.values())
    return [f"{path_words(place, scenario.file)}: {own}" for place, own in listed.items()]


def lever_words(scenario: Scenario, lever: str) -> str:
    """A lever as a reader would name it: ``contact, talks``."""
    name, *below = lever.split(".")
    if name == "invited":
        return f"invitation of {names(scenario, 'parties')[below[0]]}"
    return ", ".join((name, *below)).replace("_", " ")


def change_words(scenario: Scenario, row: Any) -> str:
    """``sponsor: none in place of ukraine``."""
    mark = " (imposed)" if row["imposed"] else ""
    value, now = (value_of(scenario, row["lever"], json.loads(row[name])) for name in ("value", "now"))
    return f"{lever_words(scenario, row['lever'])}: {value} in place of {now}{mark}"


LABELLED = {
    **dict.fromkeys(("mediators", "sponsor", "denied_by", "convened_by", "first_offer", "side_deals", "invited"), "parties"),
    **dict.fromkeys(("opens", "tables"), "tables"), "agenda": "issues",
}  # fmt: skip
"""Levers whose values are names of a scenario, and of what."""


def value_of(scenario: Scenario, lever: str, value: Any) -> str:
    """A value of a lever in words, with the labels of what it names."""
    if isinstance(value, list):
        return " and ".join(value_of(scenario, lever, item) for item in value) or "none"
    if isinstance(value, dict) and "after" in value:
        return f"after {value_of(scenario, lever, value['after'])} ({value_words(value['when'])})"
    if isinstance(value, dict) and "benefit" in value:
        to, controller = (value_of(scenario, lever, value[party]) for party in ("to", "controlled_by"))
        return f"{value_words(value['benefit'])} to {to} from {controller}"
    if isinstance(value, dict):
        return ", ".join(f"{value_of(scenario, lever, key)} {value_of(scenario, '', item)}" for key, item in value.items())
    known = names(scenario, LABELLED[lever]) if lever in LABELLED else {}
    words = known.get(str(value), value_words(value))
    return f"{words[:1].upper()}{words[1:]}" if lever == "sponsor" and value is not None else words


def _table(found: Levers, rows: pd.DataFrame) -> Table:
    metric = METRICS[found.question.metric].lower()
    table = Table(
        "What a change of one lever would do",
        [Words("change"), Figures(f"{metric}, %"), Figures("difference, points"), Figures("worse than none, points")],
    )
    last = ""
    several = rows["path"].map(_place).nunique() > 1
    if several:  # by format and table, each with its greatest first
        order = {place: number for number, place in enumerate(dict.fromkeys(_place(row) for row in rows["path"]))}
        rows = rows.iloc[sorted(range(len(rows)), key=lambda n: order[_place(rows["path"].iloc[n])])]
    for row in rows.to_dict("records"):
        if several and (place := _place(row["path"])) != last:
            table.gap()
            table.heading(path_words(place, found.scenario.file))
            last = place
        cells = (figure(row, name) for name in ("difference", "harm_difference"))
        table.row(change_words(found.scenario, row), estimate(share("share", ""), row, "share"), *cells)
    return table


def _place(path: str) -> str:
    return ".".join(path.split(".")[:2])


def figure(row: Any, name: str) -> tuple[str | Text, ...]:
    """A difference of shares with both of its intervals."""
    first, *intervals = share(name, "").difference(part(row, name))
    return (first, *map(dim, intervals))


def estimate(how: Figure, row: Any, name: str) -> tuple[str | Text, ...]:
    """A figure with both of its intervals, written as ``how`` says."""
    first, *intervals = how.estimate(part(row, name))
    return (first, *map(dim, intervals))


def part(row: Any, name: str) -> Any:
    """The figure of a name in a row, as ``written.Figure`` reads it."""
    ends = {end: row.get(f"{name}_{end}", float("nan")) for end in ("low", "high", "assumed_low", "assumed_high")}
    return SimpleNamespace(estimate=row[name], **ends)


def dim(text: str) -> Text:
    """An interval, paler than what it belongs to."""
    return Text(text, style="dim")


def figure_words(row: Any, name: str, *, signed: bool | None = None) -> str:
    """A share with both intervals in a sentence; ``signed``, if nothing is said, where its name is that of a difference."""
    how, own = share(name, ""), part(row, name)
    is_signed = name.endswith("difference") if signed is None else signed
    return " ".join(text for text in (how.difference(own) if is_signed else how.estimate(own)) if text)


def notes(found: Levers) -> list[str]:
    """What the figures are, and what they are not."""
    asked, count = found.manifest, len(found.table)
    chance = max(round(count / 20), 1)
    return [
        f"{asked['worlds']:,} worlds, seed {asked['seed']}, the same for every change; differences are to the process as it is. "
        "[ ] 95% Monte-Carlo interval; ( ) what the assumptions leave open, (?) where it does not rise above the noise.",
        f"A difference is called clear where [ ] leaves out zero; of {count} that do nothing some {chance} would by chance.",
        "One lever at a time: two of them together may do more or less than both. Imposed: a side that convenes a meeting comes "
        "to it, and one that is not invited does not; that is put in with the format, not found. No advice and no forecast.",
    ]
