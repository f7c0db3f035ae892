"""A calibration drawn: each parameter from its prior to what the record leaves of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.scenario.behaviour import Behaviour
from sim.show.charts.style import BLUE, GREY, INK, PALE, SMALL, Grid, Heading, Words, page, wrap

if TYPE_CHECKING:
    from sim.study.history.calibration import Calibration

ROW = 0.3
"""Inches: height of a line."""

NAMES, AXIS, FACTS = 3.3, 3.4, 1.3
"""Inches: width of the names with their units, of the axis, and of the figures."""


def figures(found: Calibration) -> dict[str, Figure]:
    """The charts by name."""
    return {"parameters": parameters(found)}


def parameters(found: Calibration) -> Figure:
    """Prior and posterior of every parameter on the scale of its prior, the most informed first."""
    rows = found.parameters.sort_values("contraction", ascending=False, kind="stable")
    height = max(len(rows), 1) * ROW
    said = found.manifest
    sheet = page(
        Words(
            "What the record says of the behavioural parameters",
            """Pale: the prior, drawn from end to end; its ends stand beside it. A line: where nine in ten draws of the posterior
            lie, and a dot: its median. To the right the share of the prior variance that the record took away, the most first.
            Where the record is silent the line is nine
            tenths of the pale bar.""",
            f"{said['worlds']:,} draws of the priors, seed {said['seed']}; {said['effective']:,.0f} effective of the posterior.",
        ),
        Grid(1, AXIS, height, left=NAMES, right=FACTS, bottom=0.3, legend=0.4),
        [Heading("")],
    )
    axes = sheet.panels[0]
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    for place, row in enumerate(rows.to_dict("records")):
        _line(axes, (place + 0.5) * ROW, row)
    sheet.legend(
        [
            Patch(facecolor=PALE, label="prior"),
            Line2D([], [], color=BLUE, linewidth=2, label="90% of the posterior"),
            Line2D([], [], marker="o", linestyle="", color=BLUE, label="median"),
        ],
        3,
    )
    return sheet.figure


def _line(axes: Axes, middle: float, row: dict[str, Any]) -> None:
    low, span = row["prior_low"], row["prior_high"] - row["prior_low"]
    at = {name: (row[name] - low) / span for name in ("low", "median", "high")}
    axes.plot([0, 1], [middle] * 2, color=PALE, linewidth=11, solid_capstyle="butt", zorder=1)
    axes.plot([at["low"], at["high"]], [middle] * 2, color=BLUE, linewidth=2, zorder=2)
    axes.plot([at["median"]], [middle], "o", color=BLUE, markersize=6, zorder=3, clip_on=False)
    name = row["parameter"].replace("_", " ")
    known = Behaviour.model_fields.get(row["parameter"])
    extra: Any = known.json_schema_extra if known is not None else {"unit": "chance"}
    unit = str(extra["unit"])
    for inches, text, ink, where in (
        (-NAMES, wrap(f"{name}, {unit}", NAMES - 0.55, size=SMALL, lines=1), INK, "left"),
        (-0.08, f"{low:g}", GREY, "right"),
        (AXIS + 0.08, f"{row['prior_high']:g}", GREY, "left"),
        (AXIS + FACTS - 0.1, f"{round(row['contraction'], 2) + 0.0:.0%}", INK, "right"),
    ):
        axes.text(inches / AXIS, middle, text, ha=where, va="center_baseline", fontsize=SMALL, color=ink)
