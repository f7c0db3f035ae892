"""What came of worlds: a row per process, table and world, and from it a row per world of a process or an issue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.batch import CHECKPOINTS, Batch
from sim.model.layout import Array
from sim.model.reasons import ALL, NOBODY, WORDS, Reason, Stage
from sim.scenario.headline import headline
from sim.scenario.scenario import Scenario

Z = 1.959963984540054

STAGES = {
    Stage.APART: "apart", Stage.TALKED: "talked", Stage.AGREED: "text agreed", Stage.IN_FORCE: "in force",
    Stage.CARRIED_OUT: "carried out",
}  # fmt: skip


class _Words:
    """A column of few words, stored as places in a list of them."""

    def __init__(self, words: Iterable[str]) -> None:
        self.dtype = pd.CategoricalDtype(list(words))

    def of(self, places: NDArray[np.int64]) -> pd.Categorical:
        """The words at these places."""
        return pd.Categorical.from_codes(places, dtype=self.dtype)


REASONS = _Words(WORDS[reason] for reason in Reason)
PLACE_OF_REASON = np.zeros(max(Reason) + 1, np.int64)
PLACE_OF_REASON[[int(reason) for reason in Reason]] = np.arange(len(Reason))

GOOD_ENDS = frozenset({WORDS[Reason.HOLDS], WORDS[Reason.CARRIED_OUT]})
"""Reasons that are no failure."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its Monte-Carlo interval."""

    estimate: float
    low: float
    high: float


def wilson(p: Array, n: Array) -> tuple[Array, Array]:
    """Interval of shares ``p`` of ``n`` worlds each (Wilson 1927)."""
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(np.maximum(p * (1 - p), 0.0) / n + Z**2 / (4 * n**2))
    low, high = np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
    return np.where(p == 0, 0.0, low), np.where(p == 1, 1.0, high)  # what rounding leaves of them is not to be read


def share(hits: NDArray[np.bool_]) -> Estimate:
    """A share with Wilson's interval."""
    p = np.asarray(hits.mean())
    low, high = wilson(p, np.asarray(float(len(hits))))
    return Estimate(float(p), float(low), float(high))


def mean(values: Array) -> Estimate:
    """A mean with a normal interval."""
    centre = float(values.mean())
    half = Z * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return Estimate(centre, centre - half, centre + half)


def table_rows(batch: Batch) -> pd.DataFrame:
    """A row per table and world of a batch; weeks are missing where a thing did not happen."""
    parts = []
    sides, weeks, worlds = batch.scenario.disputants, batch.scenario.file.weeks, len(batch.records)
    whose = np.array([NOBODY, *range(len(sides)), ALL])  # ascending
    of_whom, stages = _Words(["nobody", *sides, "both"]), _Words([STAGES.get(s, s.name.lower()) for s in Stage])
    for table in batch.tables:
        outcome = table.outcome
        labels = [table.agenda.name(k) for k in range(len(table.agenda.packages))]
        columns: dict[str, object] = {
            "process": batch.program.process,
            "table": table.name,
            "world": batch.draws.numbers,
            "stage": stages.of(outcome["stage"]),
            "reason": REASONS.of(PLACE_OF_REASON[outcome["reason"]]),
            "whose": of_whom.of(np.searchsorted(whose, outcome["whose"])),
            "alone": outcome["alone"] == 1,
            "cited": REASONS.of(PLACE_OF_REASON[outcome["cited"]]),
            "first_end": REASONS.of(PLACE_OF_REASON[outcome["first_end"]]),
            "package": np.array([*labels, ""], dtype=object)[outcome["package"]],
        }
        for week in ("occasion", "came", "declared", "agreed", "ratified", "ended"):
            columns[f"{week}_week"] = _weeks(outcome[week])
        for count in ("sessions", "texts", "fell"):
            columns[count] = outcome[count].astype(np.int16)
        for n, order in enumerate(("first", "second")):
            columns[f"fell_{order}"] = table.of_side(n, "fell").astype(np.int16)
        for count in ("agreements", "suspensions", "repairs", "renewals", "shorter", "refused", "violations", "contested"):
            columns[count] = outcome[count].astype(np.int16)
        columns["weeks_in_force"] = outcome["in_force"].astype(np.int32)
        columns["process_weeks_in_force"] = batch.records["headline_in_force"].astype(np.int32)
        columns["delivery"] = outcome["delivery"].copy()
        for checkpoint in CHECKPOINTS:
            if checkpoint <= weeks:
                columns[f"stands_{checkpoint}"] = outcome[f"stands_{checkpoint}"] == 1
        columns["stands_end"] = outcome["stands_end"] == 1
        for n, side in enumerate(sides):
            columns[f"surplus_{side}"] = table.of_side(n, "surplus") / weeks
            columns[f"trust_change_{side}"] = batch.trust_change(n)
            columns[f"text_surplus_{side}"] = table.of_side(n, "agreed_surplus").copy()
        for unit, amount in table.units.items():
            columns[f"units_{unit}"] = amount
        moved = np.zeros((worlds, len(table.agenda.issues)), bool)
        has_text = outcome["package"] >= 0
        moved[has_text] = table.agenda.moved[outcome["package"][has_text]]
        for k, issue in enumerate(table.agenda.issues):
            columns[f"moved_{issue}"] = pd.array(moved[:, k], dtype="boolean")
        for k, issue in enumerate(batch.program.issues):
            if batch.scenario.file.issues[issue].stock is not None:
                columns[f"frozen_weeks_{issue}"] = batch.records["issues"][:, k]["stock"]["longest"].astype(np.int32)
        for k, issue in enumerate(table.agenda.issues):
            columns[f"possible_{issue}"] = pd.array(table.records["possible"][:, k] == 1, dtype="boolean")
        parts.append(pd.DataFrame(columns))
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _weeks(weeks: NDArray[np.int64]) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(weeks.astype(np.int32), weeks < 0)


REACHED = {
    "came": "came_week", "agreed": "agreed_week", "ratified": "ratified_week", "in_force_26": "stands_26",
    "in_force_52": "stands_52", "in_force_end": "stands_end",
}  # fmt: skip
"""Metric to the column of ``table_rows`` that says whether a table got so far."""

ABOUT_HEADLINE = frozenset({*REACHED, "possible", "weeks_to_agreement", "weeks_in_force"})
"""Figures of a process that are about its headline issues; what the sides had of it is about all that it does."""


def moves(rows: pd.DataFrame, issues: Iterable[str]) -> NDArray[np.bool_]:
    """Whether the text of each row moves one of these issues, ``(rows,)``."""
    return _any_issue(rows, issues, _yes)


def on_agenda(rows: pd.DataFrame, issues: Iterable[str]) -> NDArray[np.bool_]:
    """Whether the table of each row has one of these issues on its agenda, ``(rows,)``."""
    return _any_issue(rows, issues, _known)


def possible(rows: pd.DataFrame, issues: Iterable[str]) -> NDArray[np.bool_]:
    """Whether one of these issues could be moved at the table of each row, kept in full and free of cost at home, ``(rows,)``."""
    return _any_issue(rows, issues, _yes, "possible")


def _any_issue(
    rows: pd.DataFrame, issues: Iterable[str], of: Callable[[pd.Series], NDArray[np.bool_]], name: str = "moved"
) -> NDArray[np.bool_]:
    found = np.zeros(len(rows), bool)
    for column in [f"{name}_{issue}" for issue in issues if f"{name}_{issue}" in rows]:
        found |= of(rows[column])
    return found


def _yes(column: pd.Series) -> NDArray[np.bool_]:
    """Whether it is so; what is not known is not."""
    if pd.api.types.is_object_dtype(column):
        column = column.astype("boolean")
    return column.to_numpy(dtype=bool, na_value=False)


def _known(column: pd.Series) -> NDArray[np.bool_]:
    """Whether it is known."""
    return column.notna().to_numpy(dtype=bool)


Done = dict[str, NDArray[np.bool_]]
"""Metric to whether each row got so far, ``(rows,)``."""


def done(rows: pd.DataFrame) -> Done:
    """How far the table of each row got, whatever the issue."""
    there = {metric: column for metric, column in REACHED.items() if column in rows}
    return {metric: (_known if column.endswith("_week") else _yes)(rows[column]) for metric, column in there.items()}


def reached(rows: pd.DataFrame, issues: Iterable[str], far: Done | None = None) -> Done:
    """How far the table of each row got with some of its issues; ``far`` is ``done(rows)``, where that is known already.

    The sides came to a table that has one of them on its agenda; the rest counts texts that move one of them.
    """
    issues = list(issues)
    sat, text = on_agenda(rows, issues), moves(rows, issues)
    own = done(rows) if far is None else far
    found = {metric: happened & (sat if metric == "came" else text) for metric, happened in own.items()}
    if any(f"possible_{issue}" in rows for issue in issues):
        found["possible"] = possible(rows, issues)
    return found


def process_rows(rows: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """A row per world of one process: what it brought on its headline issues, and all its tables to the sides.

    ``rows`` is sorted by table, then world.
    """
    worlds = rows["world"].nunique()
    tables = len(rows) // worlds

    def by_world(column: str) -> NDArray[np.float64]:
        return rows[column].to_numpy(dtype=float, na_value=np.nan).reshape(tables, worlds)

    found = reached(rows, headline(scenario.file, str(rows["process"].iloc[0])))
    whole: dict[str, Any] = {metric: hit.reshape(tables, worlds).any(axis=0) for metric, hit in found.items()}
    agreed = np.where(found["agreed"].reshape(tables, worlds), by_world("agreed_week"), np.inf).min(axis=0)
    whole["weeks_to_agreement"] = np.where(np.isfinite(agreed), agreed + 1, np.nan)
    whole["weeks_in_force"] = rows["process_weeks_in_force"].to_numpy()[:worlds]
    for side in scenario.disputants:
        whole[f"surplus_{side}"] = by_world(f"surplus_{side}").sum(axis=0)
    surplus = [whole[f"surplus_{side}"] for side in scenario.disputants]
    trust = [by_world(f"trust_change_{side}")[0] for side in scenario.disputants]
    stands = np.nan_to_num(by_world("stands_end")).any(axis=0)
    whole["worse_than_none"] = worse_than_none(surplus, trust, stands)
    return pd.DataFrame(whole)


LOSS, DISTRUST = 1e-4, 1e-3
"""Average utility per week, and trust, that must be lost before a world counts as worse than without a process."""


def worse_than_none(surplus: Sequence[Array], trust: Sequence[Array], stands: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Worlds that end worse than without a process, ``(worlds,)``; in those of ``stands`` an agreement is left.

    A side has paid for it on balance (``surplus`` of each side); or nothing stands at the end and a side trusts the other less
    than before (``trust``, its change). Without a process there is no surplus and trust stays as it was.
    """
    paid = np.any([own < -LOSS for own in surplus], axis=0)
    embittered = np.any([own < -DISTRUST for own in trust], axis=0)
    return np.asarray(paid | (embittered & ~stands))


def table_frames(rows: pd.DataFrame, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Per table of a process, a row per world: how far it got with anything on its agenda, and for how long."""
    found = {}
    for name, part in rows.groupby("table", sort=False, observed=True):
        own = part.reset_index(drop=True)
        frame = pd.DataFrame(reached(own, scenario.file.tables[str(name)].agenda))
        frame["weeks_in_force"] = own["weeks_in_force"].to_numpy()
        found[str(name)] = frame
    return found


def issue_rows(rows: pd.DataFrame, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Per issue in ``rows`` (of a process, or of one of its tables), a row per world: came, agreed, ratified, at the end, units.

    ``rows`` is sorted by table, then world.
    """
    worlds, far = rows["world"].nunique(), done(rows)
    tables = len(rows) // worlds
    found: dict[str, pd.DataFrame] = {}
    for issue, spec in scenario.file.issues.items():
        if f"moved_{issue}" not in rows or not (here := on_agenda(rows, [issue])).any():
            continue
        hits = reached(rows, [issue], far)
        kept: dict[str, Any] = {m: hits[m].reshape(tables, worlds).any(axis=0) for m in OF_ISSUE if m in hits}
        for unit in sorted({u for o in spec.options.values() for u in o.units}):
            there = rows[f"units_{unit}"].to_numpy(dtype=float, na_value=0.0) if f"units_{unit}" in rows else 0.0
            kept[f"units_{unit}"] = np.where(here, np.nan_to_num(there), 0.0).reshape(tables, worlds).sum(axis=0)
        found[issue] = pd.DataFrame(kept)
    return found


OF_ISSUE = ("came", "agreed", "ratified", "in_force_end", "possible")
"""How far it got, as told of a single issue, and whether it could."""


BY_A_TEXT = frozenset({"agreed", "ratified", "in_force_26", "in_force_52", "in_force_end"})
"""Metrics that no world reaches in which no text could be agreed."""


def is_imposed(metric: str, share: float, could: float) -> bool:
    """Whether a share of worlds is put in with the values of a scenario and not found by the model.

    It is zero where in no world (``could``, the share that is ``possible``) a text would be in the zone even if it were kept in
    full and cost nothing at home; or one where in every world one would be.
    """
    return metric in BY_A_TEXT and share == could and share in {0.0, 1.0}


def imposed(summary: pd.DataFrame) -> list[bool]:
    """The same for each row of a summary."""
    of = [name for name in ("process", "issue", "table", "headline") if name in summary]
    rows = summary.to_dict("records")
    could = {tuple(row[name] for name in of): row["estimate"] for row in rows if row["metric"] == "possible"}
    return [is_imposed(row["metric"], row["estimate"], could.get(tuple(row[n] for n in of), -1.0)) for row in rows]
