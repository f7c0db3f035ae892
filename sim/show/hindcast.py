"""A hindcast as tables on screen: episode by episode what was said of what happened, the scores, what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.verdicts import (
    MEASURES,
    OUTCOMES,
    RULES,
    agreed_in_fact,
    conclusions,
    counted_words,
    in_fact,
    interval,
    signed,
    titles,
)
from sim.show.written import DASH, percent

if TYPE_CHECKING:
    from sim.study.history.hindcast import Hindcast

UNCERTAIN = "?"
"""Behind a probability that rests on hardly any worlds."""


def show(found: Hindcast, console: Console) -> None:
    """Print a hindcast: probabilities by episode, scores beside the rules, sharpness, sentences, notes."""
    parts = [_issues(found)]
    if not found.life.empty:
        parts.append(_lives(found))
    if not found.scores.empty:
        parts += [_scores(found, measure) for measure in MEASURES] + [_sharpness(found)]
    for part in parts:
        print_table(console, part)
        console.print()
    for sentence in conclusions(found):
        print_text(console, sentence, first="• ", hang=2)
    console.print()
    for note in notes(found):
        print_text(console, note, style="dim")


def _issues(found: Hindcast) -> Table:
    columns: list[Words | Figures] = [
        Words("episode, issue"), Words("in fact"), Figures("agreed, %"), Figures("to fact, %"), Figures("came, %"),
    ]  # fmt: skip
    table = Table("Agreed on the issue (share of worlds)", columns)
    names = titles(found.episodes)
    told = {episode.name: episode for episode in found.episodes}
    for name, part in found.rows.groupby("episode", sort=False):
        table.gap()
        table.heading(names[str(name)])
        for row in part.itertuples():
            to_fact = Text(percent(row.given), style="" if row.given >= 0.5 else "bold")
            label = told[row.episode].label(row.issue)
            table.row(label, agreed_in_fact(row), _chance(row), to_fact, percent(row.came), indent=2)
    return table


def _chance(row: Any) -> tuple[str, Text]:
    value = percent(row.probability) + (UNCERTAIN if "few worlds" in row.flag else "")
    return value, Text(f"[{percent(row.low)}, {percent(row.high)}]", style="dim")


def _lives(found: Hindcast) -> Table:
    every = list(dict.fromkeys(found.life["days"]))
    columns: list[Words | Figures] = [Words("episode"), Words("in fact"), *(Figures(f"day {days}, %") for days in every)]
    table = Table("Had it ended? (share of worlds with an agreement in force)", columns)
    names = titles(found.episodes)
    for name, part in found.life.groupby("episode", sort=False):
        rows = {row.days: row for row in part.itertuples()}
        cells = [_ended(rows[days]) if days in rows else Text() for days in every]
        table.row(names[str(name)], in_fact(next(iter(rows.values()))), *cells)
    return table


def _ended(row: Any) -> Text:
    if "too short" in row.flag:
        return Text(DASH)
    text = percent(row.probability) + (UNCERTAIN if "few worlds" in row.flag else "")
    return Text(f"({text})", style="dim") if row.weight == 0 else Text(text)


def _scores(found: Hindcast, measure: str) -> Table:
    title = f"{MEASURES[measure]} score (0 is best; model less rule below 0: the model is better)"
    table = Table(title, [Words("outcome, rule"), Figures("score"), Figures("model less rule"), Words("")])
    own = found.scores[found.scores["measure"] == measure]
    for outcome, part in own.groupby("outcome", sort=False):
        rows, clusters = part["rows"].iloc[0], part["clusters"].iloc[0]
        table.gap()
        counted = Text(f": {counted_words(rows, 'row')} in {counted_words(clusters, 'affair')}", style="dim")
        table.heading(Text.assemble((OUTCOMES[str(outcome)], "bold"), counted))
        for row in part.itertuples():
            value = (f"{row.value:.3f}", Text(interval(row.low, row.high), style="dim"))
            change: tuple[str | Text, ...] = ("",)
            if row.rule != "model":
                change = (signed(row.difference), Text(interval(row.difference_low, row.difference_high, sign=True), style="dim"))
            table.row(RULES[row.rule].removeprefix("the "), value, change, row.verdict if row.rule != "model" else "", indent=2)
    return table


def _sharpness(found: Hindcast) -> Table:
    heads = ("rate, %", "spread", "miscalibration", "discrimination", "uncertainty")
    title = "Brier score = miscalibration less discrimination plus uncertainty"
    table = Table(title, [Words("outcome"), *map(Figures, heads)])
    for row in found.sharpness.itertuples():
        figures = (row.spread, row.miscalibration, row.discrimination, row.uncertainty)
        table.row(OUTCOMES[row.outcome], percent(row.rate), *(f"{round(value, 3) + 0.0:.3f}" for value in figures))
    return table


def notes(found: Hindcast) -> list[str]:
    """What the figures mean, and what they were made from."""
    said = [
        f"{len(found.episodes)} episodes, {found.count:,} worlds in each, seed {found.seed}. [ ] behind a share: 95% Monte-Carlo "
        "interval; behind a score: 95% interval from resampling affairs.",
        "To fact: the probability given to what happened. Once met: both sides came in fact, so they are put at the table. came: "
        "worlds in which they come by themselves, not scored. ? rests on hardly any worlds. ( ) the record stops before.",
        "Rules see the other affairs only. The three-group rule takes the rate of the issue's group in its phase, and is told "
        "where one side did not come; the model, where both did. Spread: standard deviation of the probabilities.",
    ]
    for rule in ("issue", "group"):
        own = found.scores[(found.scores["rule"] == rule) & (found.scores["outcome"] == "agreed")]
        if len(own) and pd.notna(own["wider"].iloc[0]) and own["wider"].iloc[0] > 0:
            count = int(own["wider"].iloc[0])
            every = own["rows"].iloc[0]
            said.append(f"{count} of {every} rows on issues have no like elsewhere for {RULES[rule]} and take a wider one.")
    return [*said, *(f"{note[0].upper()}{note[1:]}." for note in found.notes)]
