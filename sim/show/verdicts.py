"""A hindcast in words: what was asked, what was found, in sentences made from the figures, weaknesses first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.show.written import MINUS, percent
from sim.study.history.hindcast import FEW_SHARE

if TYPE_CHECKING:
    from sim.study.history.episodes import Named
    from sim.study.history.hindcast import Hindcast

OUTCOMES = {
    "agreed": "Agreed on the issue",
    "agreed_outright": "Agreed, outright",
    "agreed_if_came": "Agreed, once met",
    "ended_30": "Ended by day 30",
    "ended_90": "Ended by day 90",
    "ended_360": "Ended by day 360",
}
MAIN = ("agreed", "ended_30", "ended_90", "ended_360")
"""Outcomes that sentences and charts are about; the others are parts of the first."""

RULES = {
    "model": "the model", "half": "one half", "overall": "the overall rate", "issue": "the rate of the issue",
    "group": "the three-group rule", "regression": "the regression", "predecessor": "the predecessor",
}  # fmt: skip
MEASURES = {"brier": "Brier", "log": "Log"}

MISSES = 3
ENOUGH = 30
"""Affairs from which intervals that resample them can be trusted (Cameron, Gelbach and Miller 2008: some thirty)."""


def titles(episodes: Sequence[Named]) -> dict[str, str]:
    """Episodes by name: their titles, or their names where several have one title."""
    every = [e.title for e in episodes]
    return {e.name: e.title if every.count(e.title) == 1 else e.name for e in episodes}


def in_fact(row: Any) -> str:
    """What became of an agreement, in words: ``ended, day 34``."""
    return str(row.fate) if pd.isna(row.days_observed) else f"{row.fate}, day {int(row.days_observed)}"


def agreed_in_fact(row: Any) -> str:
    """Whether an issue was agreed on, and how that is scored."""
    scored = {"agreed_if_came": ", once met", "": ", not scored"}.get(row.scored, "")
    return ("agreed" if row.observed else "not agreed") + scored


def signed(value: float) -> str:
    """A difference with its sign, three digits."""
    return "?" if pd.isna(value) else f"{value:+.3f}".replace("-", MINUS)


def interval(low: float, high: float, *, sign: bool = False) -> str:
    """An interval in square brackets; a question mark where there is none."""
    if pd.isna(low):
        return "[?]"
    return f"[{signed(low)}, {signed(high)}]" if sign else f"[{low:.3f}, {high:.3f}]"


def conclusions(found: Hindcast) -> list[str]:
    """What the scores say, per outcome: rules that beat the model, rules it is not told apart from, rules it beats."""
    if found.scores.empty:
        return ["Nothing is scored: no observed block names what its row is scored on."]
    said = [_outcome(part, name) for name, part in found.scores.groupby("outcome", sort=False) if name in MAIN]
    return [*said, *_silent(found), *_misses(found), *_caution(found)]


def _outcome(part: pd.DataFrame, outcome: str) -> str:
    rows, clusters = int(part["rows"].iloc[0]), int(part["clusters"].iloc[0])
    head = f"{OUTCOMES[outcome]} ({counted_words(rows, 'row')}, {counted_words(clusters, 'affair')}): "
    rules = part[part["rule"] != "model"]
    verdicts = rules.pivot_table(index="rule", columns="measure", values="verdict", aggfunc="first", sort=False)
    groups: dict[str, list[str]] = {"loses to": [], "cannot be told apart from": [], "beats": []}
    for rule, words in verdicts.iterrows():
        both = set(words)
        kind = "loses to" if "lost" in both else "beats" if both == {"won"} else "cannot be told apart from"
        decides = {"loses to": "lost", "beats": "won"}.get(kind, "undecided")
        own = rules[(rules["rule"] == rule) & (rules["verdict"] == decides)]
        groups[kind].append(f"{RULES[str(rule)]} ({_gap(own.iloc[0])})")
    clauses = [f"{kind} {_listed(named)}" for kind, named in groups.items() if named]
    return f"{head}the model {'; it '.join(clauses)}."


def _gap(row: Any) -> str:
    """Model less rule in the measure that decides."""
    return f"{MEASURES[row['measure']]} {signed(row.difference)} {interval(row.difference_low, row.difference_high, sign=True)}"


def _silent(found: Hindcast) -> Iterator[str]:
    rows = found.rows[found.rows["scored"] != ""]
    few = int(rows["flag"].str.contains("few worlds").sum())
    if few:
        yield (
            f"In {few} of {len(rows)} rows on an issue hardly any worlds came to the table that was asked about; where none "
            "did, the model says nothing and counts as one half."
        )
    met = rows[(rows["scored"] == "agreed_if_came") & (rows["came_observed"] == "yes")]
    away = int((met["came"] < FEW_SHARE).sum())
    if away:
        yield (
            f"In {away} of {len(met)} rows on talks that took place fewer than one world in a hundred comes to them by itself: "
            "why the sides came there, the model does not say."
        )
    held = found.life[found.life["weight"] > 0]
    few = int(held["flag"].str.contains("few worlds").sum())
    if few:
        yield f"In {few} of {len(held)} rows on how long it held hardly any worlds had an agreement in force."


def _misses(found: Hindcast) -> Iterator[str]:
    """The outcomes that the model expected least."""
    names, told = titles(found.episodes), {e.name: e for e in found.episodes}
    rows = [
        (row.given, f"{names[row.episode]}, {told[row.episode].label(row.issue)}: {'agreed' if row.observed else 'not agreed'}")
        for row in found.rows[found.rows["pooled"]].itertuples()
    ]
    held = found.life[found.life["weight"] > 0]
    rows += [
        (row.given, f"{names[row.episode]}: {'ended' if row.observed else 'not ended'} by day {row.days}")
        for row in held.itertuples()
    ]
    missed = sorted((row for row in rows if row[0] < 0.5), key=lambda row: row[0])[:MISSES]
    if missed:
        yield "Least expected of what happened: " + "; ".join(f"{words} ({_small(given)})" for given, words in missed) + "."


def _small(value: float) -> str:
    return "below 0.1%" if value < 0.001 else f"{percent(value)}%"


def _caution(found: Hindcast) -> Iterator[str]:
    clusters = int(found.scores["clusters"].max())
    if clusters < ENOUGH:
        yield (
            f"Intervals resample {counted_words(clusters, 'affair')}: with fewer than some {ENOUGH} they are too narrow. None is "
            "corrected for the number of comparisons."
        )


def counted_words(number: int, what: str) -> str:
    """So many of something: ``1 row``, ``35 rows``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
