"""Figures as a reader sees them: percent, weeks, units, with their two kinds of uncertainty in brackets.

Square brackets hold the 95% Monte-Carlo interval, round ones what the assumptions leave open.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario

NOT_KNOWN = "(?)"
MINUS, DASH = "\u2212", "\u2013"


def names(scenario: Scenario, kind: str) -> dict[str, str]:
    """Name to label of the parties, processes, issues or tables of a scenario."""
    return {name: item.label or name for name, item in getattr(scenario.file, kind).items()}


def percent(value: float, *, sign: bool = False) -> str:
    """A share as points of a hundred: whole ones, with one decimal below ten and (but in differences) above 99.

    A share is 0 or 100 only where it is exactly that.
    """
    if not sign and 0 < value < 0.0005:
        return "<0.1"
    if not sign and 0.9995 <= value < 1:
        return ">99.9"
    near = abs(100 * value) < 9.95 or (not sign and 99.05 <= 100 * value < 99.95)
    return _rounded(100 * value, sign=sign, fine=near)


def weeks(value: float, *, sign: bool = False) -> str:
    """Weeks, with one decimal below ten."""
    return _rounded(value, sign=sign, fine=abs(value) < 9.95)


def points(value: float, *, sign: bool = False) -> str:
    """Utility in hundredths."""
    return _signed(f"{100 * value:.1f}", sign)


def amount(value: float, *, sign: bool = False) -> str:
    """Natural units: thousands in groups, millions in words."""
    if abs(value) >= 999_500:
        return _signed(f"{value / 1e6:,.2f}M", sign)
    return _rounded(value, sign=sign, fine=abs(value) < 99.5)


def _rounded(value: float, *, sign: bool, fine: bool) -> str:
    digits = 1 if fine and abs(value - round(value)) >= 0.05 else 0
    return _signed(f"{value:,.{digits}f}", sign)


def _signed(text: str, sign: bool) -> str:
    if not text.strip("-0."):
        text = text.lstrip("-")
    elif sign and not text.startswith("-"):
        text = f"+{text}"
    return text.replace("-", MINUS)


@dataclass(frozen=True)
class Figure:
    """How one metric is headed and written. ``most`` bounds what can be: a share is at most 1."""

    metric: str
    head: str
    write: Callable[..., str]
    unit: str = ""
    most: float = math.inf

    def estimate(self, row: Any) -> tuple[str, str, str]:
        """Value, Monte-Carlo interval and range of the assumptions."""
        return self._parts(row, 0.0 if self.most == 1 else -math.inf, sign=False)

    def difference(self, row: Any) -> tuple[str, str, str]:
        """The same of a paired difference, with its sign."""
        return self._parts(row, -self.most, sign=True)

    def _parts(self, row: Any, least: float, *, sign: bool) -> tuple[str, str, str]:
        def text(value: float, *, sign: bool = False) -> str:
            return self.write(min(max(float(value), least), self.most), sign=sign)

        if row is None or math.isnan(row.estimate):
            return DASH, "", ""
        unit = "" if sign else self.unit
        interval = f"[{text(row.low)}, {text(row.high)}]" if not math.isnan(row.low) else "[?]"
        known = row.assumed_high > row.assumed_low  # a range of no width was lost in the noise; NaN is not known either
        assumed = f"({text(row.assumed_low)}, {text(row.assumed_high)})" if known else NOT_KNOWN
        return text(row.estimate, sign=sign) + unit, interval, assumed


def brief(row: Any, *, change: bool = False) -> tuple[str, ...]:
    """A share of a hundred worlds, or with ``change`` a difference, as ``61 ±2`` with the range of the assumptions.

    What stands after ± is the farther end of the Monte-Carlo interval; whole points but next to none or all. Ends of a range that
    are the same in whole points are written once.
    """
    if row is None or math.isnan(row.estimate):
        return (DASH,)
    off = 100 * max(row.high - row.estimate, row.estimate - row.low)
    error = "?" if math.isnan(off) else f"{off:.0f}" if off >= 0.95 else f"{max(off, 0.1):.1f}"
    known = row.assumed_high > row.assumed_low
    ends = dict.fromkeys(_whole(bound, sign=change) for bound in (row.assumed_low, row.assumed_high))
    assumed = f"({','.join(ends)})" if known else NOT_KNOWN
    return f"{_point(row.estimate, sign=change)} ±{error}", assumed


def _point(value: float, *, sign: bool) -> str:
    """A share in whole points, but in tenths next to none or all of the worlds."""
    near = 0 < abs(value) < 0.0095 or (not sign and 0.9905 < value < 1)
    return percent(value, sign=sign) if near else _whole(value, sign=sign)


def _whole(value: float, *, sign: bool) -> str:
    return _signed(f"{100 * value:.0f}", sign)


def share(metric: str, head: str) -> Figure:
    """A figure that is a share of worlds, with a percent sign."""
    return Figure(metric, head, percent, "%", 1.0)


class Lookup:
    """Rows of a summary by process, metric, issue and table."""

    def __init__(self, summary: pd.DataFrame) -> None:
        """Index the rows once; a summary has hundreds."""
        self._rows = {(row.process, row.metric, row.issue, row.table): row for row in summary.itertuples(index=False)}

    def __call__(self, process: str, metric: str, issue: str = "", table: str = "") -> Any:
        """The row, or None."""
        return self._rows.get((process, metric, issue, table))
