"""Which process is best at each point of a sweep, by how much, and whether it can be told apart from the others.

The processes of a point share worlds and luck, so what counts is the interval of their paired difference.
A sweep holds it for the first process against each other one. For two others, A and B, only their differences
to the first are known, and how these hang together is not. Standard errors add up at most, whatever the
correlation: se(A - B) <= se(A - F) + se(B - F), and likewise se(A - B) <= se(A) + se(B). The half-width taken
is the smaller of the two sums: never too narrow, often too wide. To have the paired interval of a pair,
name one of the two first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.scenario.arguments import names_of
from sim.scenario.problems import hint, refuse
from sim.study.alike import refuse_unlike

LESS_IS_BETTER = frozenset({"worse_than_none"})

UNPAIRED = "weeks_to_agreement"
"""A median over the worlds with a text: other worlds in each process, so there is no paired margin."""

_OWN = (
    "point", "process", "metric", "issue", "table", "headline", "estimate", "low", "high", "worlds",
    "assumed_low", "assumed_high",
)  # fmt: skip


def best(table: pd.DataFrame, *, metric: str, issue: str = "", processes: Sequence[str] | None = None) -> pd.DataFrame:
    """The best process at each point, a row per point.

    ``table`` is that of a sweep. Columns: ``point``; the varied paths; ``best`` and ``runner_up``; ``estimate``
    of the best; ``margin`` over the runner-up (at least 0, also where less is better) with ``low`` and
    ``high``, its 95% Monte-Carlo interval, and ``assumed_low`` and ``assumed_high``, what the assumptions leave open;
    ``told`` and ``sure``, whether the first or the second of these intervals lies above zero for its margins over
    *all* others. Equal ones go by the order of ``processes``, by default that of the table. Points where
    fewer than two processes have the figure are left out. Raises ScenarioError for a metric or process that the
    table does not have, and for a figure that is about other issues in each process: then name an ``issue``.
    """
    if metric == UNPAIRED or metric.endswith("_difference"):
        raise refuse("metric", f"{metric} has no paired margin; expected a share or a mean, such as agreed or weeks_in_force")
    rows = figures(table, metric, issue)
    names = names_of("processes", processes) if processes is not None else list(dict.fromkeys(rows["process"]))
    for name in names:
        if name not in set(rows["process"]):
            raise refuse("processes", f"unknown process {name}{hint(name, list(dict.fromkeys(rows['process'])))}")
    if len(names) < 2:
        raise refuse("processes", f"got {len(names)}, expected at least two to rank")
    check_points(table, names, metric=metric, issue=issue)
    first = str(table["process"].iloc[0])
    values = _wide(rows, names, "estimate") * (-1.0 if metric in LESS_IS_BETTER else 1.0)
    widths, assumed = (
        _half_widths(table, rows, names=names, first=first, of=(metric, issue, *ends))
        for ends in (("low", "high"), ("assumed_low", "assumed_high"))
    )
    paths = [column for column in table.columns if column not in _OWN]
    said = rows.drop_duplicates("point").set_index("point")[paths]
    found = [_ranked(names, v, w, a) for v, w, a in zip(values.to_numpy(), widths, assumed, strict=True)]
    frame = pd.DataFrame([{"point": point, **row} for point, row in zip(values.index, found, strict=True) if row])
    if frame.empty:
        return pd.DataFrame(columns=["point", *paths, *_RANKED])
    if metric in LESS_IS_BETTER:
        frame["estimate"] = -frame["estimate"]
    frame = frame.join(said, on="point")
    return frame[["point", *paths, *_RANKED]]


_RANKED = ("best", "runner_up", "estimate", "margin", "low", "high", "assumed_low", "assumed_high", "told", "sure")


def figures(table: pd.DataFrame, metric: str, issue: str = "") -> pd.DataFrame:
    """The rows of a metric and issue, all tables together, in the table of a sweep or a comparison.

    Raises ScenarioError if there are none.
    """
    own = table[(table["issue"] == issue) & (table["table"] == "")]
    rows = own[own["metric"] == metric]
    if rows.empty:
        known = sorted(set(own["metric"]))
        words = f"unknown metric {metric}" + (f" of issue {issue}" if issue else "")
        raise refuse("metric", f"{words}{hint(metric, known)}")
    return rows


def check_points(table: pd.DataFrame, names: Sequence[str], *, metric: str, issue: str = "") -> None:
    """Raises ScenarioError where the figures of some processes in a table are about different issues."""
    rows = figures(table, metric, issue)
    about = dict(zip(rows["process"], rows["headline"], strict=True))
    refuse_unlike({name: str(about.get(name, "")).split() for name in names}, shared_issues(table, names), metric)


def shared_issues(table: pd.DataFrame, names: Sequence[str], metric: str = "agreed") -> list[str]:
    """Issues of which a table has this figure for all these processes."""
    own = table[(table["issue"] != "") & (table["metric"] == metric) & (table["table"] == "")]
    having = own.groupby("issue", sort=False)["process"].agg(set)
    return [str(issue) for issue, processes in having.items() if processes.issuperset(names)]


def _wide(rows: pd.DataFrame, names: list[str], column: str) -> pd.DataFrame:
    """A row per point, a column per process; NaN where there is no figure."""
    return rows.pivot(index="point", columns="process", values=column).reindex(columns=names)


def _half_widths(
    table: pd.DataFrame, rows: pd.DataFrame, *, names: list[str], first: str, of: tuple[str, str, str, str]
) -> NDArray[np.float64]:
    """Half the interval of each pair's difference, ``(points, processes, processes)``; see the head of this file.

    ``of`` is the metric, the issue and the columns of the interval's ends.
    """
    metric, issue, low, high = of
    paired = table[(table["metric"] == f"{metric}_difference") & (table["issue"] == issue) & (table["table"] == "")]

    def half(frame: pd.DataFrame) -> NDArray[np.float64]:
        index = _wide(rows, names, "estimate").index
        wide = (_wide(frame, names, high) - _wide(frame, names, low)).reindex(index) / 2
        return np.asarray(wide.to_numpy(dtype=float))

    own, to_first = half(rows), half(paired) if len(paired) else np.full(half(rows).shape, np.nan)
    found = np.full((*own.shape, len(names)), np.nan)
    for a, b in product(range(len(names)), repeat=2):
        if first in (names[a], names[b]):
            found[:, a, b] = to_first[:, b if names[a] == first else a]
        else:
            found[:, a, b] = np.fmin(to_first[:, a] + to_first[:, b], own[:, a] + own[:, b])
    return found


def _ranked(
    names: list[str], values: NDArray[np.float64], widths: NDArray[np.float64], assumed: NDArray[np.float64]
) -> dict[str, Any]:
    """Best, runner-up and margin at one point; empty where fewer than two have a value."""
    order = [k for k in np.argsort(-values, kind="stable") if not np.isnan(values[k])]
    if len(order) < 2:
        return {}
    top, second = order[0], order[1]
    margins = values[top] - values[order[1:]]
    told, sure = (bool(np.all(margins - own[top, order[1:]] > 0)) for own in (widths, assumed))  # not known tells nothing
    half, left_open = widths[top, second], assumed[top, second]
    return {
        "best": names[top], "runner_up": names[second], "estimate": values[top], "margin": margins[0],
        "low": margins[0] - half, "high": margins[0] + half, "assumed_low": margins[0] - left_open,
        "assumed_high": margins[0] + left_open, "told": told, "sure": sure,
    }  # fmt: skip
