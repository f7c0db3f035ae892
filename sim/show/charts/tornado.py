"""Which assumptions a difference between two processes rests on: a bar per assumption, the longest on top.

Drawn from the table of a sensitivity analysis. At the foot stand a dummy, which nothing depends on, and where the
method has it the luck of the worlds: what is no longer than theirs may be noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.show.charts.style import (
    BLUE,
    GREY,
    INK,
    PALE,
    SIZE,
    SKY,
    SMALL,
    VERMILLION,
    Grid,
    Heading,
    Words,
    baselines,
    height_of,
    label,
    page,
    wrap,
)  # fmt: skip
from sim.show.wording import MADE_UP, SHARES, metric_words, number_words, path_words, range_words

if TYPE_CHECKING:
    from sim.study.exploration.sensitivity import Sensitivity

MOST = 15
"""Assumptions that get a bar."""

NAMES, BARS = 3.5, 4.3
"""Inches: width of the names of the assumptions, and of the bars."""

HEADLINE = {"given": ("effect",), "morris": ("mu", "mu_star"), "sobol": ("ST", "S1")}
"""The index that is drawn per method; the second where the first is missing."""

SIGNED = ("effect", "mu")

READ = {
    "effect": "How far the difference moves as an assumption goes from the low to the high end of its range, "
    "all others drawn as ever.",
    "mu": "How far the difference moves, on average, as an assumption goes through its whole range (Morris).",
    "mu_star": "How far the difference moves either way, on average, as an assumption goes through its whole range (Morris).",
    "ST": "Share of the variance of the difference that goes back to an assumption, with all its interplay with others (Sobol).",
    "S1": "Share of the variance of the difference that an assumption explains by itself (Sobol).",
}  # fmt: skip


def figures(found: Sensitivity) -> dict[str, Figure]:
    """The chart by name."""
    file, run = found.scenario.file, found.manifest
    foot = f"{file.title}. {run['worlds']:,} worlds, seed {run['seed']}; 95% intervals; no forecast."
    return {"tornado": draw(found.table, file=file, method=found.method, foot=foot)}


def draw(table: pd.DataFrame, *, file: Any = None, method: str = "", foot: str = "", most: int = MOST) -> Figure:
    """A tornado of one metric, issue and pair of processes.

    ``table`` has a row per method, parameter and index, with ``metric``, ``issue``, ``process``, ``base``,
    ``estimate``, ``low`` and ``high`` (NaN where there is no interval), and perhaps ``range_low`` and
    ``range_high``. ``method`` is by default the last of the table; ``file`` a ScenarioFile for its labels. Raises
    ValueError where the table holds another number of questions than one, or nothing of the method.
    """
    asked = table[["metric", "issue", "process", "base"]].fillna("").drop_duplicates()
    if len(asked) != 1:
        raise ValueError(f"table: got {len(asked)} questions, expected one metric, issue and pair of processes")
    metric, issue, process, base = (str(value) for value in asked.iloc[0])
    rows, index = _chosen(table, method or str(table["method"].iloc[-1]))
    made_up = rows["parameter"].isin(list(MADE_UP))
    noise = _noise(table, rows[made_up])
    ranked = rows[~made_up].sort_values("estimate", key=np.abs, ascending=False, kind="stable")
    top = ranked[ranked["estimate"] != 0].head(most)
    shown = pd.concat([top, rows[made_up]], ignore_index=True)
    names = [wrap(path_words(str(p), file), NAMES - 0.3, size=SIZE, lines=2) for p in shown["parameter"]]
    notes = [_range(row, file) for row in shown.to_dict("records")]
    heights = [max(height_of(n, SIZE) + height_of(t, SMALL) + 0.1, 0.36) for n, t in zip(names, notes, strict=True)]
    percent = metric in SHARES and index not in ("S1", "ST")
    across = _unit(metric, index)
    processes = file.processes if file is not None else {}
    versus = f" against {label(processes, base)}" if base else ""
    left_out = len(ranked) - len(top)
    words = Words(
        f"What the result rests on: {label(processes, process)}{versus}",
        f"{metric_words(metric, issue, file)}. {READ.get(index, '')} The longest bars are on top"
        + (f"; {left_out} shorter or empty ones are left out." if left_out else "."),
        foot or "95% intervals; no forecast.",
    )
    grid = Grid(1, BARS, sum(heights), left=NAMES, right=0.25, bottom=0.75, legend=0.55 if noise else 0.35)
    sheet = page(words, grid, [Heading("")])
    axes = sheet.panels[0]
    _bars(axes, shown, heights, noise=noise, inner=_inner(table, rows, index, shown))
    _names(axes, names, notes, heights)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _tick(v, percent=percent, signed=index in SIGNED)))
    for line, under in baselines(wrap(across, BARS, size=SIZE), SIZE):
        axes.text(0.5, -(0.36 + under) / grid.height, line, ha="center", va="baseline", color=INK, transform=axes.transAxes)
    sheet.legend(_key(index, shown, noise=noise), 2)
    return sheet.figure


def _chosen(table: pd.DataFrame, method: str) -> tuple[pd.DataFrame, str]:
    own = table[table["method"] == method]
    for index in HEADLINE.get(method, tuple(dict.fromkeys(own["index"]))):
        rows = own[own["index"] == index]
        if len(rows):
            return rows, index
    raise ValueError(f"table: got no figures of method {method!r}, expected one of {', '.join(HEADLINE)}")


def _inner(table: pd.DataFrame, rows: pd.DataFrame, index: str, shown: pd.DataFrame) -> dict[str, float]:
    """First-order shares that go inside total ones."""
    if index != "ST":
        return {}
    own = table[(table["method"] == rows["method"].iloc[0]) & (table["index"] == "S1")]
    return {str(p): float(v) for p, v in zip(own["parameter"], own["estimate"], strict=True) if p in set(shown["parameter"])}


def _noise(table: pd.DataFrame, made_up: pd.DataFrame) -> float:
    """How far what is no assumption reaches, either way; 0 where that is not known.

    Of worlds of a run the interval of the dummy; of Morris's trajectories the effect of luck. With Sobol's points
    the dummy is nothing by construction, since they share their luck: there luck has a bar of its own.
    """
    method = "" if made_up.empty else str(made_up["method"].iloc[0])
    if method == "sobol":
        return 0.0
    if method == "morris":
        made_up = table[(table["method"] == method) & (table["index"] == "mu_star") & (table["parameter"] == "luck")]
    ends = made_up[["estimate"] if method == "morris" else ["estimate", "low", "high"]].abs().to_numpy(dtype=float)
    return float(np.nanmax(ends)) if ends.size and not np.isnan(ends).all() else 0.0


def _bars(axes: Axes, shown: pd.DataFrame, heights: list[float], *, noise: float, inner: dict[str, float]) -> None:
    total = sum(heights)
    axes.set_ylim(total, 0)
    ends = shown[["estimate", "low", "high"]].to_numpy(dtype=float)
    low, high = min(0.0, float(np.nanmin(ends))), max(0.0, float(np.nanmax(ends)))
    both = bool((shown["estimate"] < 0).any()) and not inner
    if noise:
        low, high = min(low, -noise) if both else low, max(high, noise)
    room = 0.04 * ((high - low) or 1.0)
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=2)
    for edge in ([noise, -noise] if both else [noise]) if noise else []:
        axes.axvline(edge, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    down = 0.0
    for row, height in zip(shown.to_dict("records"), heights, strict=True):
        middle, estimate = down + height / 2, float(row["estimate"])
        made_up = row["parameter"] in MADE_UP
        colour = "#A8A8A8" if made_up else SKY if inner else BLUE if estimate >= 0 else VERMILLION
        axes.barh(middle, estimate, height=0.2, color=colour, zorder=3)
        if row["parameter"] in inner and not made_up:
            axes.barh(middle, max(inner[row["parameter"]], 0.0), height=0.11, color=BLUE, zorder=4)
        if not (np.isnan(row["low"]) or np.isnan(row["high"])):
            axes.plot([row["low"], row["high"]], [middle, middle], color=INK, linewidth=1.1, zorder=5)
            for end in (row["low"], row["high"]):
                axes.plot([end, end], [middle - 0.05, middle + 0.05], color=INK, linewidth=1.1, zorder=5)
        down += height
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _names(axes: Axes, names: list[str], notes: list[str], heights: list[float]) -> None:
    """Names and ranges, in inches left of the bars."""
    width = axes.get_position().width * axes.figure.get_figwidth()  # type: ignore[union-attr]
    total, down = sum(heights), 0.0
    for name, note, height in zip(names, notes, heights, strict=True):
        top = down + (height - height_of(name, SIZE) - height_of(note, SMALL)) / 2
        for text, size, ink in ((name, SIZE, INK), (note, SMALL, GREY)):
            for line, under in baselines(text, size) if text else []:
                kind = {"ha": "right", "va": "baseline", "fontsize": size, "color": ink, "transform": axes.transAxes}
                axes.text(-0.14 / width, 1 - (top + under) / total, line, **kind)  # type: ignore[arg-type]
            top += height_of(text, size)
        down += height


def _range(row: dict[Any, Any], file: Any) -> str:
    low, high = row.get("range_low", np.nan), row.get("range_high", np.nan)
    if row["parameter"] in MADE_UP or pd.isna(low) or pd.isna(high):
        return ""
    return range_words(str(row["parameter"]), float(low), float(high), file)


def _unit(metric: str, index: str) -> str:
    if index in ("S1", "ST"):
        return "share of the variance"
    what = "points of a hundred worlds" if metric in SHARES else "weeks" if metric.startswith("weeks") else ""
    what = what or ("utility per week" if metric.startswith("surplus") else "units" if metric.startswith("units") else metric)
    return f"change of the difference, {what}"


def _tick(value: float, *, percent: bool, signed: bool) -> str:
    """A value on the axis; what rounding leaves of a tick at zero is zero."""
    shown = round(100 * value if percent else value, 9)
    return f"{'+' if signed and shown > 0 else ''}{number_words(shown)}"


def _key(index: str, shown: pd.DataFrame, *, noise: float) -> list[Any]:
    found: list[Any] = []
    if index == "ST":
        found += [Patch(facecolor=SKY, label="with all interplay"), Patch(facecolor=BLUE, label="by itself")]
    elif index in SIGNED:
        found.append(Patch(facecolor=BLUE, label="higher: the difference grows"))
        if (shown["estimate"] < 0).any():
            found.append(Patch(facecolor=VERMILLION, label="higher: it shrinks"))
    if shown["low"].notna().any():
        found.append(Line2D([], [], color=INK, linewidth=1.1, label="95% interval"))
    if noise:
        found.append(Line2D([], [], color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), label="no longer than this: may be noise"))
    return found
