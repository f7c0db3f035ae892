"""Which issues are settled in which process: the share of worlds in which a text on an issue is agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from sim.scenario.headline import agenda
from sim.show.charts.style import (
    GREY,
    INK,
    PANEL,
    SIZE,
    SMALL,
    Grid,
    Heading,
    Words,
    baselines,
    footnote,
    height_of,
    label,
    page,
    wrap,
)
from sim.show.written import Lookup, share
from sim.study.outcomes import imposed

if TYPE_CHECKING:
    from sim.study.compare import Result

SHADES = LinearSegmentedColormap.from_list("shares", ["#F4F8FB", "#56A3D0", "#003F66"])
"""One hue from light to dark, so that it also reads in grey."""

CELL, ROW = 1.15, 0.68
"""Inches: the least width of a column and height of a row."""
ISSUES = 2.3
"""Inches: width of the names of issues."""

GROUP = 0.27
"""Inches: height of the line that names a group of issues."""

ABSENT: dict[str, Any] = {"facecolor": "white", "edgecolor": "#C9C9C9", "hatch": "////"}
"""A cell whose issue is on no table of the process."""

IMPOSED = "†"
"""Marks a share that is put in with the values of the scenario and not found."""

FALL_BACK = "*"
"""Marks an issue that a process has only at a table that opens after another has failed."""

GROUPS = ("humanitarian", "technical", "political")


def draw(result: Result) -> Figure:
    """A table of issues by process, each cell a share with its interval."""
    file = result.scenario.file
    found = agreed(result)
    issues = by_group(result, [i for i in file.issues if i in set(found["issue"])])
    cell = CELL if len(result.processes) > 4 else 1.5
    names = [wrap(label(file.processes, p), cell - 0.12, size=SMALL, weight="bold", lines=6) for p in result.processes]
    head = max(height_of(n, SMALL) for n in names) + 0.12
    grouped = _group_starts(result, issues)
    height = head + max(len(issues), 1) * ROW + len(grouped) * GROUP
    grid = Grid(1, cell * len(result.processes), height, left=ISSUES, right=0.1, bottom=0.15, legend=0.35)
    sheet = page(
        Words(
            "Share of worlds in which a text on each issue is agreed",
            """A cell: the share of worlds in which any table of the process agrees a text that moves the issue
            from the status quo, in percent. [ ]: 95% Monte-Carlo interval; more worlds narrow it. ( ): what the
            assumptions leave open; more worlds do not narrow it. (?): not known, or not to be told from noise
            with so few worlds. Agreed is not yet ratified or kept.""",
            footnote(result),
        ),
        grid,
        [Heading("")],
    )
    axes = sheet.panels[0]
    axes.set_xlim(0, grid.width)
    axes.set_ylim(grid.height, 0)
    axes.axis("off")
    for n, name in enumerate(names):
        for line, under in baselines(name, SMALL):
            down = head - 0.1 - height_of(name, SMALL) + under
            axes.text((n + 0.5) * cell, down, line, ha="center", va="baseline", fontsize=SMALL, fontweight="bold")
    if not issues:
        axes.text(0, head + ROW / 2, "No process has an issue on its tables.", va="center", fontsize=SIZE)
    lookup = Lookup(result.summary)
    aside = {(p, i) for p in result.processes for i in set(agenda(file, p)) - set(agenda(file, p, fallback=False))}
    summary = result.summary[imposed(result.summary)]
    put_in = {(r.process, r.issue) for r in summary.itertuples() if r.metric == "agreed" and not r.table}
    down = head
    for issue in issues:
        if issue in grouped:
            down += GROUP
            axes.text(
                -ISSUES,
                down - 0.07,
                grouped[issue],
                ha="left",
                va="baseline",
                fontsize=SMALL,
                color=GREY,
                fontweight="bold",
            )
        name = wrap(label(file.issues, issue), ISSUES - 0.15, size=SIZE, lines=3)
        for line, under in baselines(name, SIZE):
            axes.text(
                -0.1, down + (ROW - height_of(name, SIZE)) / 2 + under, line, ha="right", va="baseline", fontsize=SIZE
            )
        for n, process in enumerate(result.processes):
            _cell(
                axes, Rectangle((n * cell + 0.02, down + 0.02), cell - 0.04, ROW - 0.04), lookup(process, "agreed", issue),
                mark=(FALL_BACK if (process, issue) in aside else "") + (IMPOSED if (process, issue) in put_in else ""),
            )  # fmt: skip
        down += ROW
    keys: list[Any] = [Patch(**ABSENT, linewidth=0.6, label="not on a table of this process")]
    if aside & set(zip(found["process"], found["issue"], strict=True)):
        said = f"{FALL_BACK} only at a fall-back: a table that opens after another has failed"
        keys.append(Line2D([], [], linestyle="", label=said))
    if put_in & set(zip(found["process"], found["issue"], strict=True)):
        keys.append(Line2D([], [], linestyle="", label=f"{IMPOSED} imposed by the values put in, not found"))
    sheet.legend(keys, len(keys))
    return sheet.figure


def _cell(axes: Axes, box: Rectangle, found: Any, *, mark: str) -> None:
    """A share, with its mark, and both intervals on its shade; hatched where there is none."""
    axes.add_patch(box)
    box.set_linewidth(0)
    if found is None:
        box.set(**ABSENT)
        return
    box.set_facecolor(SHADES(found.estimate))
    ink = "white" if _luminance(found.estimate) < 0.45 else INK
    centre, top = box.get_x() + box.get_width() / 2, box.get_y()
    value, *intervals = share("agreed", "").estimate(found)
    lines = zip((value + mark, *intervals), (0.19, 0.37, 0.53), (PANEL, SMALL, SMALL), strict=True)
    for text, down, size in lines:
        bold = "bold" if size == PANEL else "normal"
        axes.text(centre, top + down, text, ha="center", va="baseline", fontsize=size, fontweight=bold, color=ink)


def agreed(result: Result) -> pd.DataFrame:
    """Share agreed, a row per process and issue on its agenda."""
    rows = result.summary
    return rows[(rows["metric"] == "agreed") & (rows["issue"] != "") & (rows["table"] == "")][["process", "issue", "estimate"]]


def by_group(result: Result, issues: list[str]) -> list[str]:
    """Issues in the order of the file, group by group."""
    known = result.scenario.file.issues
    return sorted(issues, key=lambda i: GROUPS.index(known[i].group) if known[i].group in GROUPS else len(GROUPS))


def _group_starts(result: Result, issues: list[str]) -> dict[str, str]:
    """The first issue of each group and the group's name."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for issue in issues:
        group = result.scenario.file.issues[issue].group
        if group not in seen:
            found[issue] = group
            seen.add(group)
    return {issue: f"{group.capitalize()} issues" for issue, group in found.items()}


def _luminance(share: float) -> float:
    red, green, blue = to_rgb(SHADES(share))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
