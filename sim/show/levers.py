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
from sim.show.written import names, share
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
        f"{label}, as it is. {what}: {_words(base, 'share')} of worlds; worse than without a process: {_words(base, 'harm')}. "
        f"{len(table)} changes of one lever were tried on the same worlds."
    ]
    clear = table[table["verdict"].isin([MORE, LESS])]
    for verdict, end in ((MORE, "up"), (LESS, "down")):
        if len(own := clear[(clear["verdict"] == verdict) & ~clear["imposed"]]):
            first = own.iloc[0]
            said.append(f"Furthest {end}: {change_words(found.scenario, first)}, {_words(first, 'difference')} points.")
    if len(clear) > top:
        said.append(f"{len(clear)} make a clear difference, of which the {top} greatest are shown.")
    for verdict, head in ((UNCLEAR, "No clear difference"), (SAME, "The same in every world")):
        if len(own := table[table["verdict"] == verdict]):
            said.append(f"{head}: {'; '.join(_grouped(found.scenario, own))}.")
    if count := len(found.refused):
        levers = dict.fromkeys(lever_words(found.scenario, str(lever)) for lever in found.refused["lever"])
        why = "since they do not go with the rest (reasons with --json and in refused.csv)"
        said.append(f"{count} not tried, {why}: {', '.join(levers)}.")
    return said


def _grouped(scenario: Scenario, rows: pd.DataFrame) -> list[str]:
    """Changes lever by lever: ``monitoring 0 or 1``; after the name of each format and table where there are several."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows.to_dict("records"):
        own = found.setdefault(_place(row["path"]), {}).setdefault(lever_words(scenario, row["lever"]), [])
        own.append(_value(scenario, row["value"]))
    said = ["; ".join(f"{lever} {' or '.join(values)}" for lever, values in levers.items()) for levers in found.values()]
    if len(found) == 1:
        return said
    return [f"{path_words(place, scenario.file)}, {own}" for place, own in zip(found, said, strict=True)]


def lever_words(scenario: Scenario, lever: str) -> str:
    """A lever as a reader would name it: ``contact, talks``."""
    name, *below = lever.split(".")
    if name == "invited":
        return f"invitation of {names(scenario, 'parties')[below[0]]}"
    return ", ".join((name, *below)).replace("_", " ")


def change_words(scenario: Scenario, row: Any) -> str:
    """``sponsor: none in place of ukraine``."""
    mark = " (imposed)" if row["imposed"] else ""
    value, now = (_value(scenario, row[name]) for name in ("value", "now"))
    return f"{lever_words(scenario, row['lever'])}: {value} in place of {now}{mark}"


def _value(scenario: Scenario, text: str) -> str:
    return plain_words(scenario, json.loads(text))


def plain_words(scenario: Scenario, value: Any) -> str:
    """A value of a lever in words, with the labels of parties, issues and tables."""
    if isinstance(value, list):
        return " and ".join(plain_words(scenario, item) for item in value) or "none"
    if isinstance(value, dict) and "after" in value:
        return f"after {plain_words(scenario, value['after'])} ({value_words(value['when'])})"
    if isinstance(value, dict) and "benefit" in value:
        to, controller = (plain_words(scenario, value[party]) for party in ("to", "controlled_by"))
        return f"{value_words(value['benefit'])} to {to} from {controller}"
    if isinstance(value, dict):
        return ", ".join(f"{plain_words(scenario, key)} {plain_words(scenario, item)}" for key, item in value.items())
    known = {**names(scenario, "tables"), **names(scenario, "issues"), **names(scenario, "parties")}
    return known.get(str(value), value_words(value))


def _table(found: Levers, rows: pd.DataFrame) -> Table:
    metric = METRICS[found.question.metric].lower()
    table = Table(
        "What a change of one lever would do",
        [Words("change"), Figures(f"{metric}, %"), Figures("difference, points"), Figures("worse than none, points")],
    )
    last = ""
    several = rows["path"].str.split(".").str[1].nunique() > 1
    if several:  # by format and table, each with its greatest first
        order = {place: number for number, place in enumerate(dict.fromkeys(_place(row) for row in rows["path"]))}
        rows = rows.iloc[sorted(range(len(rows)), key=lambda n: order[_place(rows["path"].iloc[n])])]
    for row in rows.to_dict("records"):
        if several and (place := _place(row["path"])) != last:
            table.gap()
            table.heading(path_words(place, found.scenario.file))
            last = place
        first, *intervals = share("share", "").estimate(part(row, "share"))
        cells = (figure(row, name) for name in ("difference", "harm_difference"))
        table.row(change_words(found.scenario, row), (first, *map(dim, intervals)), *cells)
    return table


def _place(path: str) -> str:
    return ".".join(path.split(".")[:2])


def figure(row: Any, name: str) -> tuple[str | Text, ...]:
    """A difference of shares with both of its intervals."""
    first, *intervals = share(name, "").difference(part(row, name))
    return (first, *(dim(text) for text in intervals))


def part(row: Any, name: str) -> Any:
    """The figure of a name in a row, as ``written.Figure`` reads it."""
    ends = {end: row.get(f"{name}_{end}", float("nan")) for end in ("low", "high", "assumed_low", "assumed_high")}
    return SimpleNamespace(estimate=row[name], **ends)


def dim(text: str) -> Text:
    """An interval, paler than what it belongs to."""
    return Text(text, style="dim")


def _words(row: Any, name: str) -> str:
    own = share(name, "")
    written = own.difference(part(row, name)) if name.endswith("difference") else own.estimate(part(row, name))
    return " ".join(text for text in written if text)


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
