"""What is kept under proposals and under the formats that are known: a bar each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.show.charts.bars import Bar, draw
from sim.show.charts.style import Words
from sim.show.design import labels
from sim.show.written import names

if TYPE_CHECKING:
    from sim.study.advice.design import Designs


def figures(found: Designs) -> dict[str, Figure]:
    """The chart by name."""
    called, issues = labels(found), names(found.scenario, "issues")
    rows = found.table.sort_values("kept", ascending=False, kind="stable").to_dict("records")
    ends = ("low", "high", "assumed_low", "assumed_high")
    bars = []
    for row in rows:
        a, b, c, d = (float(row[f"kept_{end}"]) for end in ends)
        name = called[row["proposal"]] + (f": {row['wanted']}" if row["wanted"] else ", as known")
        bars.append(Bar(name, 0.0, float(row["kept"]), (a, b, c, d), total=True))
    words = Words(
        f"What to propose for {', '.join(issues[issue] for issue in found.space.issues)}",
        "Share of the issues with an agreement in force at the end, on the same worlds, which had no part in the search.",
        f"{found.scenario.file.title}. "
        f"{found.manifest['worlds']:,} worlds per proposal, seed {found.manifest['seed']}; advice to look at, and no forecast.",
    )
    return {"proposals": draw(words, bars, "kept, share of worlds and issues")}
