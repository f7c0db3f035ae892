"""From worlds to figures: a row per process, table and world; estimates with intervals; paired differences.

Two kinds of uncertainty are kept apart. ``low`` and ``high`` bound Monte-Carlo error: they shrink with more
worlds. ``assumed_low`` and ``assumed_high`` bound what the assumptions leave open: were their true values
known, the figure would lie there in 95% of the cases that their ranges allow; more worlds do not shrink them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.reasons import BOTH, NOBODY, WORDS, Reason, Stage
from sim.model.world import CHECKPOINTS, World
from sim.scenario.scenario import Scenario

Z = 1.959963984540054

STAGES = {
    Stage.APART: "apart", Stage.TALKED: "talked", Stage.AGREED: "text agreed", Stage.IN_FORCE: "in force",
    Stage.CARRIED_OUT: "carried out",
}  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """A figure with its Monte-Carlo interval and what the assumptions leave open (NaN where not known)."""

    estimate: float
    low: float
    high: float
    assumed_low: float = float("nan")
    assumed_high: float = float("nan")


def share(hits: NDArray[np.bool_]) -> Estimate:
    """A share with Wilson's interval (Wilson 1927)."""
    n = len(hits)
    p = float(hits.mean())
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return Estimate(p, max(0.0, centre - half), min(1.0, centre + half))


def mean(values: NDArray[np.float64]) -> Estimate:
    """A mean with a normal interval."""
    centre = float(values.mean())
    half = Z * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return Estimate(centre, centre - half, centre + half)


def median(values: NDArray[np.float64]) -> Estimate:
    """A median with the distribution-free interval of order statistics; NaN where there are no values."""
    n = len(values)
    if n == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    ordered = np.sort(values)
    half = Z * np.sqrt(n) / 2
    low, high = int(max(0, np.floor(n / 2 - half))), int(min(n - 1, np.ceil(n / 2 + half)))
    return Estimate(float(np.median(ordered)), float(ordered[low]), float(ordered[high]))


class Assumptions:
    """How far a figure hangs on the assumptions: a linear fit of per-world values on the drawn parameters.

    The spread of the fitted values, less what a fit of noise would show (adjusted for the number of
    parameters), is the spread of the expected figure over the ranges of the assumptions. It is a linear
    approximation within the range of the values; nothing is said with fewer than three worlds per parameter or
    where the spread does not rise above the noise.
    """

    def __init__(self, parameters: NDArray[np.float64]) -> None:
        worlds, count = parameters.shape if parameters.size else (len(parameters), 0)
        self._basis: NDArray[np.float64] | None = None
        if count and worlds >= 3 * count:
            centred = (parameters - parameters.mean(axis=0)) / np.maximum(parameters.std(axis=0), 1e-12)
            self._basis = np.linalg.qr(centred)[0]

    def widen(self, estimate: Estimate, values: NDArray[np.float64]) -> Estimate:
        """The same estimate with the range that the assumptions leave open; ``values`` per world, ``(worlds,)``."""
        if self._basis is None or np.isnan(values).any():
            return estimate
        worlds, count = self._basis.shape
        centred = values - values.mean()
        explained = float(((self._basis.T @ centred) ** 2).sum())
        noise = (float((centred**2).sum()) - explained) / (worlds - 1 - count)
        signal = explained - count * noise
        if signal <= 0:
            return estimate
        spread, centre = Z * float(np.sqrt(signal / worlds)), estimate.estimate
        low, high = max(centre - spread, float(values.min())), min(centre + spread, float(values.max()))
        return Estimate(centre, estimate.low, estimate.high, low, high)


def table_rows(world: World, first_world: int) -> pd.DataFrame:
    """A row per table and world of one block of a process; weeks are missing where a thing did not happen."""
    parts = []
    names = {NOBODY: "nobody", BOTH: "both"} | dict(enumerate(world.scenario.disputants))
    for table in world.tables:
        outcome = table.outcome
        labels = [table.agenda.name(k) for k in range(len(table.agenda.packages))]
        columns: dict[str, object] = {
            "process": world.process,
            "table": table.name,
            "world": np.arange(first_world, first_world + world.worlds),
            "stage": pd.Categorical.from_codes(outcome.stage, [STAGES.get(s, s.name.lower()) for s in Stage]),
            "reason": _words(outcome.reason),
            "whose": pd.Categorical([names[int(w)] for w in outcome.whose], ["nobody", *world.scenario.disputants, "both"]),
            "cited": _words(outcome.cited),
            "first_end": _words(outcome.first_end),
            "package": np.array([*labels, ""], dtype=object)[outcome.package],
        }
        for week in ("occasion", "came", "declared", "agreed", "ratified", "ended"):
            columns[f"{week}_week"] = _weeks(getattr(outcome, week))
        for count in (
            "sessions", "texts", "fell", "fell_first", "fell_second", "agreements", "suspensions", "repairs",
            "renewals", "shorter", "refused", "violations", "contested",
        ):  # fmt: skip
            columns[count] = getattr(outcome, count)
        columns["weeks_in_force"] = outcome.in_force
        columns["delivery"] = outcome.delivery
        for checkpoint, stands in outcome.standing.items():
            if checkpoint in CHECKPOINTS:
                columns[f"stands_{checkpoint}"] = stands
            if checkpoint == world.weeks:
                columns["stands_end"] = stands
        for column, side in enumerate(world.scenario.disputants):
            columns[f"surplus_{side}"] = outcome.surplus[:, column] / world.weeks
            columns[f"trust_change_{side}"] = world.sides.trust[:, column] - world.trust_before[:, column]
            columns[f"text_surplus_{side}"] = outcome.agreed_surplus[:, column]
        for unit, amount in outcome.units.items():
            columns[f"units_{unit}"] = amount
        frame = pd.DataFrame(columns)
        moved = np.zeros((world.worlds, len(table.agenda.issues)), bool)
        has_text = outcome.package >= 0
        moved[has_text] = table.agenda.moved[outcome.package[has_text]]
        for k, issue in enumerate(table.agenda.issues):
            frame[f"moved_{issue}"] = pd.array(moved[:, k], dtype="boolean")
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _words(codes: NDArray[np.int8]) -> pd.Categorical:
    order = list(Reason)
    lookup = np.full(max(order) + 1, 0)
    lookup[[int(r) for r in order]] = np.arange(len(order))
    return pd.Categorical.from_codes(lookup[codes], [WORDS[r] for r in order])


def _weeks(weeks: NDArray[np.int32]) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(weeks.astype(np.int32), weeks < 0)


def process_rows(rows: pd.DataFrame, in_force: NDArray[np.int32], scenario: Scenario) -> pd.DataFrame:
    """A row per world of one process: what any of its tables brought. ``rows`` is sorted by table, then world."""
    worlds = rows["world"].nunique()
    tables = len(rows) // worlds

    def by_world(column: str) -> NDArray[np.float64]:
        return rows[column].to_numpy(dtype=float, na_value=np.nan).reshape(tables, worlds)

    found = {"came": ~np.isnan(by_world("came_week")), "agreed": ~np.isnan(by_world("agreed_week"))}
    found["ratified"] = ~np.isnan(by_world("ratified_week"))
    for column in ("stands_26", "stands_52", "stands_end"):
        if column in rows:
            found[column.replace("stands", "in_force")] = by_world(column) > 0
    frame = pd.DataFrame({name: values.any(axis=0) for name, values in found.items()})
    agreed = np.where(np.isnan(by_world("agreed_week")), np.inf, by_world("agreed_week")).min(axis=0)
    frame["weeks_to_agreement"] = np.where(np.isfinite(agreed), agreed + 1, np.nan)
    frame["weeks_in_force"] = in_force
    for side in scenario.disputants:
        frame[f"surplus_{side}"] = by_world(f"surplus_{side}").sum(axis=0)
    frame["worse_than_none"] = worse_than_none(frame, by_world, scenario.disputants)
    return frame


LOSS, DISTRUST = 1e-4, 1e-3
"""Average utility per week, and trust, that must be lost before a world counts as worse than without a process."""


def worse_than_none(frame: pd.DataFrame, by_world: Callable[[str], NDArray[np.float64]], sides: list[str]) -> NDArray[np.bool_]:
    """Worlds that end worse than without a process, ``(worlds,)``.

    A side has paid for it on balance; or nothing stands at the end and a side trusts the other less than
    before. Without a process there is no surplus and trust stays as it was.
    """
    paid = np.any([frame[f"surplus_{s}"] < -LOSS for s in sides], axis=0)
    embittered = np.any([by_world(f"trust_change_{s}")[0] < -DISTRUST for s in sides], axis=0)
    return np.asarray(paid | (embittered & ~frame["in_force_end"].to_numpy(dtype=bool)))


def issue_rows(rows: pd.DataFrame, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Per issue on a process's agenda, a row per world: agreed, ratified, stands at the end, natural units."""
    worlds = rows["world"].nunique()
    found: dict[str, pd.DataFrame] = {}
    for issue, spec in scenario.file.issues.items():
        if f"moved_{issue}" not in rows:
            continue
        units = sorted({u for o in spec.options.values() for u in o.units})
        total = {"agreed": np.zeros(worlds, bool), "ratified": np.zeros(worlds, bool), "in_force_end": np.zeros(worlds, bool)}
        amounts = {f"units_{u}": np.zeros(worlds) for u in units}
        for _, part in rows.groupby("table", sort=False):
            if part[f"moved_{issue}"].isna().all():
                continue
            moved = part[f"moved_{issue}"].to_numpy(dtype=bool, na_value=False)
            total["agreed"] |= moved & part["agreed_week"].notna().to_numpy()
            total["ratified"] |= moved & part["ratified_week"].notna().to_numpy()
            total["in_force_end"] |= moved & part["stands_end"].to_numpy(dtype=bool)
            for unit in units:
                if f"units_{unit}" in part:
                    amounts[f"units_{unit}"] += part[f"units_{unit}"].to_numpy(dtype=float, na_value=0.0)
        found[issue] = pd.DataFrame(total | amounts)
    return found


def estimate(values: pd.Series, assumptions: Assumptions) -> Estimate:
    """The figure of one metric from its values per world: a share, a median (where missing values occur) or a mean."""
    if values.dtype == bool:
        hits = values.to_numpy()
        return assumptions.widen(share(hits), hits.astype(float))
    numbers = values.to_numpy(dtype=float)
    if values.name == "weeks_to_agreement":
        return median(numbers[~np.isnan(numbers)])
    return assumptions.widen(mean(numbers), numbers)


def difference(values: pd.Series, first: pd.Series, assumptions: Assumptions) -> Estimate:
    """Paired difference to the first process, world by world (common random numbers)."""
    change = values.to_numpy(dtype=float) - first.to_numpy(dtype=float)
    both = ~np.isnan(change)
    if not both.any():
        return Estimate(float("nan"), float("nan"), float("nan"))
    if values.name == "weeks_to_agreement":
        return mean(change[both])
    return assumptions.widen(mean(change), change)
