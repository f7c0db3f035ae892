"""Figures that add up: counts and sums of a block of worlds, from which the estimates of a whole run are made.

A block's worlds are summed and forgotten; tallies of blocks merge in any number, so the memory of a run
does not grow with its worlds: shares, means and differences to the first process, paired world by world,
from counts, sums and sums of squares (merged after Chan, Golub, LeVeque 1983), medians of weeks from a
histogram.

Two kinds of uncertainty are kept apart. ``low`` and ``high`` bound Monte-Carlo error: they shrink with more
worlds. ``assumed_low`` and ``assumed_high`` bound what the assumptions leave open: were their true values
known, the figure would lie there in 95% of the cases that their ranges allow; more worlds do not shrink
them. They come from a linear fit of the values per world on the drawn parameters in each block (the spread of
the fitted values less what a fit of noise would show), averaged over blocks; nothing is said with fewer than
three worlds per parameter or where the spread does not rise above the noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.draws import BLOCK
from sim.model.layout import Array
from sim.scenario.headline import headline
from sim.scenario.scenario import Scenario
from sim.study.outcomes import ABOUT_HEADLINE, Z, issue_rows, process_rows, table_frames, wilson
from sim.study.threads import one_thread

if TYPE_CHECKING:
    from sim.study.compare import Piece


class Key(NamedTuple):
    """What a figure is of. ``issue`` and ``table`` are empty for all issues and all tables together.

    ``headline`` has the issues, with spaces between them, that a figure of a process as a whole is about; empty for
    what it brought the sides on all of them. ``kind`` is share, mean or median.
    """

    process: str
    metric: str
    issue: str = ""
    table: str = ""
    headline: str = ""
    kind: str = "mean"


NUMBERS = ("n", "sum", "squares", "lowest", "highest", "signal", "weight")
"""Per figure: worlds, sum, sum of squares about the mean, least and greatest value; the variance between worlds
that the assumptions explain, times a weight, and that weight."""

N, SUM, SQUARES, LOWEST, HIGHEST, SIGNAL, WEIGHT = range(len(NUMBERS))

WEEKS = "weeks_to_agreement"


@dataclass(frozen=True)
class Tally:
    """``numbers`` is (figures, numbers) float64; ``weeks`` has, per process, worlds by week of agreement."""

    worlds: int
    keys: tuple[Key, ...]
    numbers: Array
    weeks: dict[str, NDArray[np.int64]]

    def merge(self, other: Tally) -> Tally:
        """The tally of both; the same figures must be in them. Raises ValueError."""
        if self.keys != other.keys:
            raise ValueError("tallies of different figures cannot be merged")
        a, b = self.numbers, other.numbers
        found = a + b
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = b[:, SUM] / b[:, N] - a[:, SUM] / a[:, N]
            between = gap**2 * a[:, N] * b[:, N] / found[:, N]
            found[:, SQUARES] += np.where((a[:, N] > 0) & (b[:, N] > 0), between, 0.0)
        found[:, LOWEST] = np.fmin(a[:, LOWEST], b[:, LOWEST])
        found[:, HIGHEST] = np.fmax(a[:, HIGHEST], b[:, HIGHEST])
        weeks = {process: counts + other.weeks[process] for process, counts in self.weeks.items()}
        return Tally(self.worlds + other.worlds, self.keys, found, weeks)

    def table(self) -> pd.DataFrame:
        """A row per process, metric, issue and table, with the columns of a comparison's ``summary``."""
        n = self.numbers[:, N]
        kinds = np.array([key.kind for key in self.keys])
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = self.numbers[:, SUM] / n
            half = np.where(n > 1, Z * np.sqrt(self.numbers[:, SQUARES] / (n - 1)) / np.sqrt(n), np.nan)
            low, high = centre - half, centre + half
            wilson_low, wilson_high = wilson(centre, n)
        low, high = np.where(kinds == "share", wilson_low, low), np.where(kinds == "share", wilson_high, high)
        for row in np.flatnonzero(kinds == "median"):
            centre[row], low[row], high[row] = _median(self.weeks[self.keys[row].process])
        # The fit speaks of means: nothing is said of a median.
        assumed_low, assumed_high = (np.where(kinds == "median", np.nan, bound) for bound in self._assumed(centre))
        return pd.DataFrame(
            {
                **{name: [getattr(key, name) for key in self.keys] for name in Key._fields[:-1]},
                "estimate": centre, "low": low, "high": high, "worlds": self.worlds,
                "assumed_low": assumed_low, "assumed_high": assumed_high,
            }
        )  # fmt: skip

    def _assumed(self, centre: Array) -> tuple[Array, Array]:
        with np.errstate(invalid="ignore", divide="ignore"):
            signal = self.numbers[:, SIGNAL] / self.numbers[:, WEIGHT]
            spread = np.where(signal > 0, Z * np.sqrt(signal), np.nan)
        low = np.where(np.isnan(spread), np.nan, np.maximum(centre - spread, self.numbers[:, LOWEST]))
        return low, np.where(np.isnan(spread), np.nan, np.minimum(centre + spread, self.numbers[:, HIGHEST]))

    def as_json(self) -> dict[str, Any]:
        """Plain values; a number that is missing is null."""
        columns = {name: _plain(self.numbers[:, place]) for place, name in enumerate(NUMBERS)}
        weeks = {process: counts.tolist() for process, counts in self.weeks.items()}
        return {"worlds": self.worlds, "keys": list(self.keys), "numbers": columns, "weeks": weeks}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Tally:
        """What ``as_json`` gave, to the last bit."""
        numbers = np.array([data["numbers"][name] for name in NUMBERS], dtype=float).T
        keys = tuple(Key(*key) for key in data["keys"])
        weeks = {process: np.array(counts, dtype=np.int64) for process, counts in data["weeks"].items()}
        return cls(int(data["worlds"]), keys, numbers, weeks)


def _plain(values: Array) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def merged(tallies: Iterable[Tally]) -> Tally:
    """All of them, in order."""
    return reduce(Tally.merge, tallies)


@one_thread
def tally_block(scenario: Scenario, pieces: list[Piece]) -> Tally:
    """The tally of one block of worlds in all processes; differences are to the first of them."""
    fit = _Fit.of(pieces[0].drawn, pieces[0].worlds)
    keys: list[Key] = []
    numbers: list[Array] = []
    weeks: dict[str, NDArray[np.int64]] = {}
    first: dict[Place, pd.DataFrame] = {}
    for piece in pieces:
        frames = _frames(piece, scenario)
        own: list[tuple[Key, Array]] = []
        for place, frame in frames.items():
            for metric in frame:
                own += _figures(piece.process, place, frame[metric], first)
        first = first or frames
        whole = next(frame for (issue, table, about), frame in frames.items() if about)
        agreed = whole[WEEKS].dropna().to_numpy(dtype=np.int64)
        weeks[piece.process] = np.bincount(agreed, minlength=scenario.file.weeks + 1)
        keys += [key for key, _ in own]
        numbers.append(_sums([values for _, values in own], fit))
    return Tally(pieces[0].worlds, tuple(keys), np.concatenate(numbers), weeks)


Place = tuple[str, str, str]
"""Issue, table and headline: what a figure is of, apart from its process and metric."""


def _frames(piece: Piece, scenario: Scenario) -> dict[Place, pd.DataFrame]:
    """Rows per world of a process: as a whole, per issue, per table, and per table and issue."""
    whole = process_rows(piece.rows, scenario)
    about = [metric for metric in whole if metric in ABOUT_HEADLINE]
    issues = " ".join(headline(scenario.file, piece.process))
    found: dict[Place, pd.DataFrame] = {("", "", issues): whole[about], ("", "", ""): whole.drop(columns=about)}
    found |= {(issue, "", ""): frame for issue, frame in issue_rows(piece.rows, scenario).items()}
    for table, frame in table_frames(piece.rows, scenario).items():
        found["", table, ""] = frame
        rows = piece.rows[piece.rows["table"] == table]
        found |= {(issue, table, ""): own for issue, own in issue_rows(rows, scenario).items()}
    return found


def _figures(process: str, place: Place, values: pd.Series, first: dict[Place, pd.DataFrame]) -> list[tuple[Key, Array]]:
    """A metric, and its paired difference to the first process where that has it, of the same issues."""
    metric, own = str(values.name), values.to_numpy(dtype=float)
    kind = "share" if values.dtype == bool else "median" if metric == WEEKS else "mean"
    found: list[tuple[Key, Array]] = [(Key(process, metric, *place, kind), own)]
    if place in first:
        change = own - first[place][metric].to_numpy(dtype=float)
        found.append((Key(process, f"{metric}_difference", *place, "mean"), change))
    return found


WORLDS_EACH = 3
"""Worlds for every uncertain quantity, at least, to tell what the assumptions leave open from noise."""


@dataclass(frozen=True)
class _Fit:
    """The drawn parameters of a block, centred, ``(worlds, parameters)``, and the inverse of their Cholesky factor.

    The sum of squares that they explain needs no orthonormal basis: a QR factorization of a block takes
    longer than its worlds, this one a hundredth of that.
    """

    parameters: Array
    inverse: Array

    @classmethod
    def of(cls, drawn: dict[str, NDArray[Any]], worlds: int) -> _Fit | None:
        """None with too few worlds to fit that many parameters."""
        if not drawn or worlds < WORLDS_EACH * len(drawn):
            return None
        parameters = np.column_stack([values.astype(float) for values in drawn.values()])
        centred = (parameters - parameters.mean(axis=0)) / np.maximum(parameters.std(axis=0), 1e-12)
        try:
            return cls(centred, np.linalg.inv(np.linalg.cholesky(centred.T @ centred)))
        except np.linalg.LinAlgError:  # parameters that hang together, or do not vary
            return cls(np.linalg.qr(centred)[0], np.eye(len(drawn)))

    def explained(self, centred: Array) -> Array:
        """Sum of squares explained of each row of ``(figures, worlds)``."""
        return np.asarray((((centred @ self.parameters) @ self.inverse.T) ** 2).sum(axis=1))


@one_thread
def left_open(values: Array, drawn: Mapping[str, NDArray[Any]]) -> tuple[Array, Array]:
    """Where the means of ``values`` (figures, worlds) lie by what the assumptions leave open, ``(figures,)`` low and high.

    ``drawn`` has what was drawn in these worlds, by name. NaN where nothing can be said, as in a table of figures.
    """
    if not len(values):
        return np.empty(0), np.empty(0)
    keys = tuple(Key("", str(place)) for place in range(len(values)))
    parts = []
    for start in range(0, values.shape[1], BLOCK):
        own = values[:, start : start + BLOCK].astype(float)
        fit = _Fit.of({name: column[start : start + BLOCK] for name, column in drawn.items()}, own.shape[1])
        parts.append(Tally(own.shape[1], keys, _sums(list(own), fit), {}))
    if not parts:
        return np.full(len(values), np.nan), np.full(len(values), np.nan)
    found = merged(parts).table()
    return found["assumed_low"].to_numpy(), found["assumed_high"].to_numpy()


def _sums(figures: list[Array], fit: _Fit | None) -> Array:
    """The numbers of each figure, ``(figures, numbers)``; worlds without a value do not count."""
    values = np.stack(figures)
    there = ~np.isnan(values)
    n = there.sum(axis=1).astype(float)
    filled = np.where(there, values, 0.0)
    total = filled.sum(axis=1)
    centred = np.where(there, filled - (total / np.maximum(n, 1))[:, None], 0.0)
    found = np.zeros((len(values), len(NUMBERS)))
    found[:, N], found[:, SUM], found[:, SQUARES] = n, total, (centred**2).sum(axis=1)
    found[:, LOWEST] = np.where(n > 0, np.where(there, values, np.inf).min(axis=1), np.nan)
    found[:, HIGHEST] = np.where(n > 0, np.where(there, values, -np.inf).max(axis=1), np.nan)
    whole = there.all(axis=1)
    if fit is not None and whole.any():
        worlds, count = fit.parameters.shape
        explained = fit.explained(centred[whole])
        noise = (found[whole, SQUARES] - explained) / (worlds - 1 - count)
        # The noise of a block's share of the spread falls with the square of its worlds.
        found[whole, SIGNAL] = (explained - count * noise) * worlds
        found[whole, WEIGHT] = float(worlds) ** 2
    return found


def _median(counts: NDArray[np.int64]) -> tuple[float, float, float]:
    """Median of weeks and its distribution-free interval of order statistics, from a histogram."""
    n = int(counts.sum())
    if n == 0:
        return float("nan"), float("nan"), float("nan")
    upto = np.cumsum(counts)

    def ranked(place: int) -> float:
        return float(np.searchsorted(upto, place, side="right"))

    half = Z * np.sqrt(n) / 2
    low, high = int(max(0, np.floor(n / 2 - half))), int(min(n - 1, np.ceil(n / 2 + half)))
    return (ranked((n - 1) // 2) + ranked(n // 2)) / 2, ranked(low), ranked(high)
