"""What a change of one lever would do: a bar per change, the greatest difference on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.show.charts.bars import Bar, draw
from sim.show.charts.style import Words
from sim.show.levers import change_words, question_words
from sim.show.written import names
from sim.study.advice.levers import LESS, MORE

if TYPE_CHECKING:
    from sim.study.advice.levers import Levers

MOST = 15
"""Changes that get a bar."""


def figures(found: Levers) -> dict[str, Figure]:
    """The chart by name."""
    clear = found.table[found.table["verdict"].isin([MORE, LESS])]
    rows = (clear if len(clear) else found.table).head(MOST).to_dict("records")
    ends = ("low", "high", "assumed_low", "assumed_high")
    bars = []
    for row in rows:
        a, b, c, d = (float(row[f"difference_{end}"]) for end in ends)
        bars.append(Bar(change_words(found.scenario, row), 0.0, float(row["difference"]), (a, b, c, d)))
    what = question_words(found.scenario, found.question.metric, found.question.issue)
    left_out = len(found.table) - len(rows)
    words = Words(
        f"One lever changed at a time: {names(found.scenario, 'processes')[found.process]}",
        f"{what}: what each change does to the share of worlds, on the same worlds. The greatest are on top; "
        f"{left_out} others are left out.",
        f"{found.scenario.file.title}. "
        f"{found.manifest['worlds']:,} worlds per change, seed {found.manifest['seed']}; no advice and no forecast.",
    )
    return {"levers": draw(words, bars, "change, points of a hundred worlds")}
