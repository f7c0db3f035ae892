"""Figures that pages quote from ``results/``: composed from its tables, held to them. ``python tests/test_figures.py`` writes them anew.

A passage stands between a mark that names it and an end mark; words that say how sure something is hang on the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

HOME = Path(__file__).parent.parent
PASSAGE = r"<!-- {}: written by `python tests/test_figures.py` -->\n(.*?)<!-- end -->\n"
DIRECT, MODEL = "direct_officials", "black_sea_model"


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HOME / "results" / name, keep_default_na=False, na_values=[""]).fillna({"issue": "", "table": ""})


def row(process: str, metric: str, issue: str) -> dict[str, float]:
    """The line of the reference run about a process as a whole."""
    found = table("reference/summary.csv").query("process == @process and metric == @metric and issue == @issue and table == ''")
    return dict(found.iloc[0])


def hundredths(share: float) -> str:
    """As the screen has them: whole from ten on, else one decimal."""
    size = abs(100 * share)
    return f"{100 * share:.0f}" if size >= 9.95 or round(size, 1) == 0 else f"{100 * share:.1f}".removesuffix(".0")


def both(found: dict[str, float]) -> str:
    """Both intervals of a figure."""
    by_chance = f"[{hundredths(found['low'])}, {hundredths(found['high'])}]"
    return f"{by_chance} ({hundredths(found['assumed_low'])}, {hundredths(found['assumed_high'])})".replace("-", "\u2212")


def more(issue: str) -> str:
    """By how much more often the model of 2022 agrees on an issue than officials do, and how sure that is."""
    found = row(MODEL, "agreed_difference", issue)
    sure = found["assumed_low"] > 0 or found["assumed_high"] < 0
    verdict = "the order is likely and the size not known" if sure else "not even the order is sure"
    return f"{hundredths(found['estimate'])} more (before rounding), {both(found)}: {verdict}"


def agreed(process: str, issue: str) -> str:
    return hundredths(row(process, "agreed", issue)["estimate"])


def reference() -> str:
    """What the reference run shows."""
    never = max(
        table("reference/summary.csv").query("metric == 'agreed' and issue in ('ceasefire', 'territory') and table == ''")["estimate"]
    )
    return f"""Officials who speak directly agree on energy in {agreed(DIRECT, "energy")} of 100 worlds, the Black Sea model in {agreed(MODEL, "energy")}:
{more("energy")}.
On food {agreed(DIRECT, "food")} and {agreed(MODEL, "food")}: {more("food")}.
Through single channels energy passes in {agreed("qatar_energy", "energy")} (Qatar) and food in {agreed("turkey_food", "food")} (Turkey). Prisoners are agreed on in
{agreed("return_of_people", "prisoners")} and children in {agreed("return_of_people", "children")} of 100 where they have a table of their own, a ceasefire or territory in at most {hundredths(never)}.
"""


def record() -> str:
    """How the model does on affairs left out of its fit."""
    scores = table("calibration/record.csv").set_index(["counted", "rule"])

    def score(counted: str, rule: str, measure: str = "brier") -> str:
        return f"{scores.loc[(counted, rule), measure]:.2f}"

    mine, half = scores.loc[("row", "model")], scores.loc[("row", "half")]
    ways = {"row": "by row", "affair": "by affair", "row without minsk": "without Minsk"}
    clear = [words for counted, words in ways.items() if scores.loc[(counted, "model"), "brier_high"] < half["brier"]]
    verdict = f"One half is outside of the interval of the Brier score {' and '.join(clear)} only." if clear else "One half is within each interval."
    came = table("calibration/checks.csv").query("statistic == 'both came by week 26' and of == 'all episodes'").iloc[0]
    counts = table("calibration/coverage.csv").query("kind == 'count'")
    return f"""Told that both sides came, its probability of an agreement, on affairs left out of the fit, has a Brier score of {score("row", "model")} by row,
where saying one half has {score("row", "half")} and its predecessor, recalibrated, {score("row", "predecessor")}; by affair {score("affair", "model")} ({score("affair", "predecessor")}), without
the affair of Minsk {score("row without minsk", "model")} ({score("row without minsk", "predecessor")}). The chance that a row that happened is put above one that did not is
{score("row", "model", "auc")} by row and {score("affair", "model", "auc")} by affair ({score("row", "predecessor", "auc")}, {score("affair", "predecessor", "auc")}). {verdict}
Of {mine["under"]:.0f} rows that it puts under 5%, {mine["happened"]:.0f} happened. Both sides come by themselves in {came["predicted"]:.0f} [{came["low"]:.0f}, {came["high"]:.0f}] of {came["observed"]:.0f} talks that took
place. Of {len(counts)} counts of other cases, each left out of the fit, {counts["inside_90"].sum()} lie in the 90% interval that is predicted for them (nine are expected).
"""


PASSAGES: dict[str, tuple[Callable[[], str], list[str]]] = {
    "reference run": (reference, ["README.md", "sim/docs/findings.md"]),
    "record": (record, ["README.md", "sim/docs/findings.md", "scenarios/history/README.md"]),
}


@pytest.mark.parametrize(("name", "page"), [(name, page) for name, (_, pages) in PASSAGES.items() for page in pages])
def test_a_page_quotes_the_figures_that_are_in_the_tables(name: str, page: str) -> None:
    found = re.findall(PASSAGE.format(name), (HOME / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found == [PASSAGES[name][0]()]


if __name__ == "__main__":
    for name, (compose, pages) in PASSAGES.items():
        for page in pages:
            path = HOME / page
            mark = PASSAGE.format(name)
            whole = mark.split(r"\n")[0] + "\n" + compose() + "<!-- end -->\n"
            path.write_text(re.sub(mark, lambda _, whole=whole: whole, path.read_text(encoding="utf-8"), flags=re.DOTALL), encoding="utf-8")
