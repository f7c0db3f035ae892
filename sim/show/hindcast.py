"""A hindcast as tables on screen: episode by episode what was said of what happened, the scores, what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.show.verdicts import MEASURES, OUTCOMES, RULES, agreed_in_fact, conclusions, in_fact, interval, signed, titles
from sim.show.written import DASH, percent

if TYPE_CHECKING:
    from sim.study.history.hindcast import Hindcast

UNCERTAIN = "?"
"""Behind a probability that rests on hardly any worlds."""


def show(found: Hindcast, console: Console) -> None:
    """Print a hindcast: probabilities by episode, scores beside the rules, sharpness, sentences, notes."""
    parts: list[RenderableType] = [_issues(found)]
    if not found.life.empty:
        parts.append(_lives(found))
    if not found.scores.empty:
        parts += [_scores(found, measure) for measure in MEASURES] + [_sharpness(found)]
    for part in parts:
        console.print(part)
        console.print()
    for sentence in conclusions(found):
        console.print(Text(f"• {sentence}"))
    console.print()
    for note in notes(found):
        console.print(Text(note, style="dim"))


def _table(title: str, heads: list[str], *, words: tuple[int, ...] = (0,)) -> Table:
    """A table whose columns ``words`` hold words, the others figures."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for place, head in enumerate(heads):
        if place in words:
            table.add_column(head, overflow="fold", min_width=9 if place else 20)
        else:
            table.add_column(head, justify="right", no_wrap=True)
    return table


def _issues(found: Hindcast) -> Table:
    heads = ["episode, issue", "in fact", "agreed, %", "to fact, %", "came, %"]
    table = _table("Agreed on the issue (share of worlds)", heads, words=(0, 1))
    names = titles(found.episodes)
    told = {episode.name: episode for episode in found.episodes}
    for name, part in found.rows.groupby("episode", sort=False):
        table.add_row(Text(names[str(name)], style="bold"))
        for row in part.itertuples():
            table.add_row(
                Padding(Text(told[row.episode].label(row.issue)), (0, 0, 0, 2)),
                Text(agreed_in_fact(row)),
                _chance(row),
                Text(percent(row.given), style="" if row.given >= 0.5 else "bold"),
                Text(percent(row.came)),
                end_section=row.Index == part.index[-1],
            )
    return table


def _chance(row: Any) -> Text:
    cell = Text(percent(row.probability)).append(f" [{percent(row.low)}, {percent(row.high)}]", style="dim")
    return cell.append(UNCERTAIN) if "few worlds" in row.flag else cell


def _lives(found: Hindcast) -> Table:
    every = list(dict.fromkeys(found.life["days"]))
    heads = ["episode", "in fact", *(f"day {days}, %" for days in every)]
    table = _table("Had it ended? (share of worlds with an agreement in force)", heads, words=(0, 1))
    names = titles(found.episodes)
    for name, part in found.life.groupby("episode", sort=False):
        rows = list(part.itertuples())
        table.add_row(Text(names[str(name)]), Text(in_fact(rows[0])), *(_ended(row) for row in rows))
    return table


def _ended(row: Any) -> Text:
    if "too short" in row.flag:
        return Text(DASH)
    text = percent(row.probability) + (UNCERTAIN if "few worlds" in row.flag else "")
    return Text(f"({text})", style="dim") if row.weight == 0 else Text(text)


def _scores(found: Hindcast, measure: str) -> Table:
    table = _table(
        f"{MEASURES[measure]} score (0 is best; model less rule below 0: the model is better)",
        ["outcome, rule", "score", "model less rule", ""],
        words=(0, 3),
    )
    own = found.scores[found.scores["measure"] == measure]
    for outcome, part in own.groupby("outcome", sort=False):
        rows, clusters = part["rows"].iloc[0], part["clusters"].iloc[0]
        table.add_row(Text(OUTCOMES[str(outcome)], style="bold"), Text(f"{rows} rows in {clusters} affairs", style="dim"))
        for row in part.itertuples():
            cells = [Text(f"{row.value:.3f}").append(f" {interval(row.low, row.high)}", style="dim")]
            if row.rule == "model":
                cells += [Text(""), Text("")]
            else:
                change = interval(row.difference_low, row.difference_high, sign=True)
                cells += [Text(signed(row.difference)).append(f" {change}", style="dim"), Text(row.verdict)]
            label = Padding(Text(RULES[row.rule].removeprefix("the ")), (0, 0, 0, 2))
            table.add_row(label, *cells, end_section=row.Index == part.index[-1])
    return table


def _sharpness(found: Hindcast) -> Table:
    table = _table(
        "Brier score = miscalibration less discrimination plus uncertainty",
        ["outcome", "rate, %", "spread", "miscal.", "discrim.", "uncert."],
    )
    for row in found.sharpness.itertuples():
        figures = (row.spread, row.miscalibration, row.discrimination, row.uncertainty)
        table.add_row(Text(OUTCOMES[row.outcome]), percent(row.rate), *(f"{round(value, 3) + 0.0:.3f}" for value in figures))
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
