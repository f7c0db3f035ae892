"""Names of a scenario and of its figures in words that a person reads: paths, metrics, ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from sim.show.written import MINUS

KINDS = {"parties": "", "formats": "format", "issues": "issue", "tables": "table", "events": "event", "processes": "process"}
"""What a node is called after its label, by the part of the scenario it stands in."""

MADE_UP = {"dummy": "A dummy, which nothing depends on", "luck": "Luck: which worlds a point got"}
"""What is no quantity of a scenario, in a table of sensitivities."""

SHARES = ("came", "agreed", "ratified", "in_force_26", "in_force_52", "in_force_end", "possible", "worse_than_none")
"""Metrics that are a share of worlds."""

METRICS = {
    "came": "Both sides came", "agreed": "A text agreed", "ratified": "A text ratified", "in_force_26": "In force, week 26",
    "in_force_52": "In force, week 52", "in_force_end": "In force, at the end", "weeks_to_agreement": "Weeks to agreement",
    "weeks_in_force": "Weeks in force", "possible": "Possible, if kept and free of cost at home",
    "worse_than_none": "Ends worse than no process",
}  # fmt: skip


def path_words(path: str, file: Any = None) -> str:
    """A dotted path as words, with the labels of ``file`` (a ScenarioFile) where one is given.

    ``parties.north.trust.south`` reads "North: trust, South", ``formats.open.monitoring`` "Open (format): monitoring".
    """
    if path in MADE_UP:
        return MADE_UP[path]
    kind, *rest = path.split(".")
    if kind == "behaviour" and rest:
        return f"Behaviour: {_plain(rest[-1])}"
    if kind not in KINDS or not rest:
        return _first_up(", ".join(map(_plain, (kind, *rest))))
    name, *below = rest
    head = _first_up(_label(_nodes(file, kind), name)) + (f" ({KINDS[kind]})" if KINDS[kind] else "")
    known = {**_nodes(file, "parties"), **_nodes(file, "issues")}
    said = [_label(known, part) for part in below if not part.isdecimal()]
    if not said and kind == "parties":
        return f"{head}: all else that is stated"
    return f"{head}: {', '.join(said)}" if said else head


def metric_words(metric: str, issue: str = "", file: Any = None) -> str:
    """A metric in words, with its issue where it has one."""
    owner, _, name = metric.partition("_")
    if metric in METRICS:
        words = METRICS[metric]
    elif owner == "surplus":
        words = f"Surplus of {_label(_nodes(file, 'parties'), name)}"
    elif owner == "units":
        words = f"Delivered: {_plain(name)}"
    else:
        words = _first_up(_plain(metric))
    return f"{words}: {_label(_nodes(file, 'issues'), issue)}" if issue else words


def number_words(value: float) -> str:
    """A value as a person would write it: three digits that tell, one of what is below a thousandth, no powers of ten."""
    digits = 1 if abs(value) < 0.001 else 3
    text = f"{value:,.0f}" if abs(value) >= 999.5 else f"{Decimal(f'{value:.{digits}g}'):f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", MINUS)


def value_words(value: Any) -> str:
    """A value of a varied path: a number, a word, or none where the key was taken away."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "none"
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return f"{float(value):,.6f}".rstrip("0").rstrip(".").replace("-", MINUS)
    return str(value).replace("_", " ")


def range_words(path: str, low: float, high: float, file: Any = None) -> str:
    """The ends of an assumption's range, as factors where its ground in ``file`` gives a share of what is stated."""
    ground = file.provenance.get(path) if file is not None else None
    factor = "times " if ground is not None and isinstance(ground.range, float) else ""
    return f"{factor}{number_words(low)} to {number_words(high)}"


def _nodes(file: Any, kind: str) -> Mapping[str, Any]:
    return getattr(file, kind, None) or {}


def _label(nodes: Mapping[str, Any], name: str) -> str:
    return getattr(nodes.get(name), "label", "") or _plain(name)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
