"""Which points of a scenario a sweep visits: grids, Latin hypercubes, Sobol sequences, lists of points.

A point gives a value to each varied path: a lever (``formats.open.visibility``) or an uncertainty
(``parties.north.grievance``). Designs are the same for the same seed; another path more leaves the values
of the paths before it in a Latin hypercube as they were.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Draws
from sim.scenario.arguments import whole as whole_number
from sim.scenario.paths import LostPathError, bounds, follow, shapes
from sim.scenario.problems import Problem, ScenarioError, hint, refuse, shown
from sim.scenario.scenario import Scenario
from sim.scenario.setting import SOURCE, plain_values

MOST_POINTS = 1_000_000
KINDS = ("grid", "latin", "sobol", "points")
VARY = "vary"
EXAMPLE = "expected a list of values, or low and high"

MOST_PROBES = 50
"""Values of a path that are tried before the run, if there are more: the lowest and the highest only."""

Vary = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Span:
    """A range of one number; ``steps`` only in a grid. Whole where the schema takes whole numbers only."""

    low: float
    high: float
    steps: int | None = None
    whole: bool = False

    def size(self, n: int | None) -> int:
        """How many values a grid takes from it."""
        return self.steps if self.steps is not None else n or 0

    def values(self, n: int | None) -> list[float | int]:
        """Evenly spaced values, both ends among them; no more digits than a person would write."""
        inner = [float(f"{v:.12g}") for v in np.linspace(self.low, self.high, self.size(n))[1:-1]]
        found = [self.low, *inner, self.high] if self.size(n) > 1 else [self.low]
        return list(dict.fromkeys(round(v) for v in found)) if self.whole else list(map(float, found))

    def at(self, u: NDArray[np.float64]) -> NDArray[Any]:
        """The values at shares ``u`` in [0, 1) of the range."""
        if self.whole:
            return (self.low + np.floor(u * (self.high - self.low + 1))).astype(np.int64)
        return np.minimum(self.low + (self.high - self.low) * u, self.high)


Axis = Span | tuple[Any, ...]
Column = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True)
class Design:
    """Points by number. ``columns`` holds a value per point, in a grid a value per step of the path."""

    kind: str
    paths: tuple[str, ...]
    columns: tuple[Column, ...]
    count: int

    def point(self, number: int) -> dict[str, Any]:
        """Path to value, None where the key is taken away; in a grid the last path runs fastest."""
        if self.kind != "grid":
            return {path: _item(column[number]) for path, column in zip(self.paths, self.columns, strict=True)}
        found: dict[str, Any] = {}
        for path, column in zip(reversed(self.paths), reversed(self.columns), strict=True):
            number, place = divmod(number, len(column))
            found[path] = column[place]
        return {path: found[path] for path in self.paths}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self.point(number) for number in range(self.count))

    def probes(self) -> list[int]:
        """Points that between them show every value of each path, or its lowest and highest if there are many."""
        found = {0}
        stride = self.count
        for column in self.columns:
            stride //= len(column)
            step = stride if self.kind == "grid" else 1
            found |= {place * step for place in _telling(column)}
        return sorted(found)


def _item(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def values_of(column: Column) -> Sequence[Any]:
    """The values of a column as plain ones."""
    return column.tolist() if isinstance(column, np.ndarray) else column


def _telling(column: Column) -> list[int]:
    first: dict[str, int] = {}
    plain = values_of(column)
    for place, value in enumerate(plain):
        first.setdefault(repr(value), place)
        if len(first) > MOST_PROBES:
            break
    else:
        return list(first.values())
    numbers = [value if isinstance(value, (int, float)) else math.nan for value in plain]
    if any(math.isnan(number) for number in numbers):
        return list(first.values())  # names, not numbers: the first of them
    return [int(np.argmin(numbers)), int(np.argmax(numbers))]


def make_design(scenario: Scenario, vary: Vary, *, kind: str | None = None, n: int | None = None, seed: int = 0) -> Design:
    """The design, its values tried against the scenario. Raises ScenarioError for whatever cannot be.

    ``vary`` is path to values (a list), or to a range: a tuple (low, high) or a mapping of low, high and n;
    for an explicit list of points it is that list. A value of None takes the key away, as in ``Scenario.with_``.
    ``n`` is the number of points of a Latin hypercube or a Sobol sequence, and in a grid the number of steps of each
    range that gives none.
    """
    listed = not isinstance(vary, Mapping)
    kind = kind or ("points" if listed else "grid")
    if kind not in KINDS:
        raise refuse("design", f"unknown design {kind}{hint(kind, KINDS)}")
    if listed != (kind == "points"):
        wanted = "a list of points, each a mapping of path to value" if kind == "points" else "a mapping of path to values"
        raise refuse(VARY, f"design {kind}: expected {wanted}")
    n = None if n is None else whole_number("n", n, least=1, why=": the design would be empty")
    if not isinstance(vary, Mapping):
        design = _points(vary, n)
    else:
        axes = _axes(scenario, vary)
        design = _grid(axes, n) if kind == "grid" else _sampled(kind, axes, n=n, seed=seed)
    _apart(design.paths)
    _try(scenario, design)
    return design


# ---------------------------------------------------------------- what may be varied


def make_axes(scenario: Scenario, vary: Mapping[str, Any]) -> dict[str, Axis]:
    """Path to its range or values, the values and the ends of ranges tried one path at a time. Raises ScenarioError."""
    axes = _axes(scenario, vary)
    _apart(list(axes))
    for path, axis in axes.items():
        for value in (axis.low, axis.high) if isinstance(axis, Span) else axis:
            _set(scenario, {path: value})
    return axes


def _axes(scenario: Scenario, vary: Mapping[str, Any]) -> dict[str, Axis]:
    return {path: _axis(scenario, path, value) for path, value in _paths(vary).items()}


def _paths(vary: Mapping[str, Any]) -> dict[str, Any]:
    if not vary:
        raise refuse(VARY, "nothing is varied: the design would be empty; expected a path and its values")
    for path in vary:
        if not isinstance(path, str) or not path:
            raise refuse(VARY, f"got {shown(path)} as a path, expected text such as parties.north.grievance")
    return dict(vary)


def _axis(scenario: Scenario, path: str, given: Any) -> Axis:
    pair = isinstance(given, tuple) and len(given) == 2 and all(map(_is_number, given))
    if pair:
        return _span(scenario, path, {"low": given[0], "high": given[1]})
    if isinstance(given, Mapping):
        return _span(scenario, path, given)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise refuse(VARY, f"got {shown(given)}, {EXAMPLE}", key=(path,))
    values = tuple(plain_values(given.tolist() if hasattr(given, "tolist") else list(given), f"{VARY} {path}"))
    if not values:
        raise refuse(VARY, f"got no values: the design would be empty; {EXAMPLE}", key=(path,))
    for place, value in enumerate(values):
        if _is_number(value) and not math.isfinite(value):
            raise refuse(VARY, f"got {value} among the values, expected finite numbers", key=(path,))
        if len(values) <= 1000 and value in values[:place] and repr(value) in map(repr, values[:place]):
            raise refuse(VARY, f"got {shown(value)} twice, expected each value once", key=(path,))
    return values


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def _span(scenario: Scenario, path: str, given: Mapping[str, Any]) -> Span:
    odd = [name for name in given if name not in ("low", "high", "n")]
    if odd or not {"low", "high"} <= set(given):
        raise refuse(VARY, f"got {', '.join(map(str, given)) or 'nothing'}, expected low, high and, in a grid, n", key=(path,))
    low, high, steps = given["low"], given["high"], given.get("n")
    if not (_is_number(low) and _is_number(high) and math.isfinite(low) and math.isfinite(high)):
        raise refuse(VARY, f"got the range {shown(low)} to {shown(high)}, expected two finite numbers", key=(path,))
    if not low < high:
        raise refuse(VARY, f"got the range {low} to {high}, expected a low end below the high one", key=(path,))
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 2):
        raise refuse(VARY, f"got n {shown(steps)}, expected at least 2 steps from {low} to {high}", key=(path,))
    whole = _is_whole(scenario, path, given)
    if whole and not (float(low).is_integer() and float(high).is_integer()):
        raise refuse(VARY, f"got the range {low} to {high}, expected whole numbers", key=(path,))
    number = int if whole else float
    return Span(number(low), number(high), None if steps is None else int(steps), whole)


def _is_whole(scenario: Scenario, path: str, given: Mapping[str, Any]) -> bool:
    """Whether only whole numbers stand at ``path``. Raises ScenarioError where no number, or not this range, can be."""
    key = tuple(int(part) if part.isascii() and part.isdigit() else part for part in path.split("."))
    kinds = {kind for kind, _ in shapes(key)}
    if not kinds & {int, float}:
        try:
            follow(scenario.file.model_dump(), path)
        except LostPathError:
            _set(scenario, {path: given["low"]})  # says which name is wrong, and the nearest
        raise refuse(VARY, "got a range where no number can stand; expected a list of values", key=(path,))
    lowest, highest = bounds(path)
    if given["low"] < lowest or given["high"] > highest:
        said = f"got the range {given['low']} to {given['high']}, expected it within {lowest:g} to {highest:g}"
        raise refuse(VARY, said, key=(path,))
    return float not in kinds


def _apart(paths: Sequence[str]) -> None:
    for path in paths:
        around = next((other for other in paths if path.startswith(other + ".")), None)
        if around is not None:
            raise refuse(VARY, f"lies within {around}, which is varied as well; vary one of them", key=(path,))


def _set(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    try:
        return scenario.with_(changes)
    except ScenarioError as error:
        found = [Problem(VARY if p.file.startswith(SOURCE) else p.file, p.line, p.path, p.message) for p in error.problems]
        raise ScenarioError(found) from None


def _try(scenario: Scenario, design: Design) -> None:
    for number in design.probes():
        _set(scenario, design.point(number))


# ---------------------------------------------------------------- designs


def _limit(count: int) -> None:
    if count > MOST_POINTS:
        said = f"{count:,}" if count < 10**15 else "more than 10^15"
        raise refuse("design", f"got {said} points, expected at most {MOST_POINTS:,}")


def _grid(axes: dict[str, Axis], n: int | None) -> Design:
    for path, axis in axes.items():
        if isinstance(axis, Span) and not axis.size(n):
            raise refuse(VARY, f"in a grid the range {axis.low:g} to {axis.high:g} needs a number of steps", key=(path,))
    if n is not None and not any(isinstance(axis, Span) and axis.steps is None for axis in axes.values()):
        raise refuse("n", "got a number of steps, but no range is without one; expected none")
    _limit(math.prod(axis.size(n) if isinstance(axis, Span) else len(axis) for axis in axes.values()))
    columns = tuple(axis.values(n) if isinstance(axis, Span) else axis for axis in axes.values())
    return Design("grid", tuple(axes), columns, math.prod(map(len, columns)))


def _sampled(kind: str, axes: dict[str, Axis], *, n: int | None, seed: int) -> Design:
    if n is None:
        raise refuse("n", f"design {kind} needs a number of points")
    for path, axis in axes.items():
        if isinstance(axis, Span) and axis.steps is not None:
            raise refuse(VARY, f"got n {axis.steps} in design {kind}, where no range has steps of its own", key=(path,))
    _limit(n)
    shares = _latin(list(axes), n, seed) if kind == "latin" else _sobol(list(axes), n, seed)
    columns: list[Column] = []
    for axis, u in zip(axes.values(), shares, strict=True):
        columns.append(axis.at(u) if isinstance(axis, Span) else _chosen(axis, u))
    return Design(kind, tuple(axes), tuple(columns), n)


def _chosen(values: tuple[Any, ...], u: NDArray[np.float64]) -> NDArray[Any]:
    """Each value at an equal share of ``u``; references only, so a million points stay small."""
    found = np.empty(len(u), dtype=object)
    for place, at in enumerate(np.floor(u * len(values)).astype(np.int64).tolist()):
        found[place] = values[at]
    return found


def _uniform(n: int, path: str, stream: str, seed: int) -> NDArray[np.float64]:
    """Uniform draws of a path's own stream, ``(n,)`` float64 in (0, 1)."""
    return Draws(seed, 0, n).uniform(f"design {path}", stream).astype(np.float64)


def _latin(paths: list[str], n: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """A Latin hypercube (McKay, Beckman, Conover 1979): per path one value in each of n equal parts."""
    for path in paths:
        order = np.argsort(np.argsort(_uniform(n, path, "order", seed), kind="stable"), kind="stable")
        yield np.minimum((order + _uniform(n, path, "within", seed)) / n, np.nextafter(1, 0))


def _sobol(paths: list[str], n: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """A Sobol sequence (Sobol 1967), shifted as a whole by a draw per path (Cranley, Patterson 1976)."""
    try:
        qmc = import_module("scipy.stats.qmc")
    except ImportError:
        raise refuse("design", "design sobol needs SciPy; pip install 'gobetween[sensitivity]', or take design latin") from None
    points = qmc.Sobol(len(paths), scramble=False).random_base2((n - 1).bit_length())[:n]
    for column, path in enumerate(paths):
        yield (points[:, column] + _uniform(1, path, "shift", seed)[0]) % 1.0


def _points(given: Any, n: int | None) -> Design:
    if n is not None:
        raise refuse("n", "a list of points has its own number of points; expected no n")
    points = _records(given) if hasattr(given, "to_dict") else list(given)
    if not points:
        raise refuse(VARY, "got no points: the design would be empty")
    _limit(len(points))
    for number, point in enumerate(points):
        if not isinstance(point, Mapping) or not point:
            raise refuse(VARY, f"point {number}: got {shown(point)}, expected a mapping of path to value")
        if point.keys() != points[0].keys():
            odd = sorted(map(str, set(point) ^ set(points[0])))
            raise refuse(VARY, f"point {number}: has not the same paths as point 0: {', '.join(odd[:3])}")
    columns = []
    for path in _paths(points[0]):
        column = [_plain(point[path], path) for point in points]
        for number, value in enumerate(column):
            if _is_number(value) and not math.isfinite(value):
                raise refuse(VARY, f"point {number}: got {shown(value)}, expected a value that can be set", key=(path,))
        columns.append(column)
    return Design("points", tuple(points[0]), tuple(columns), len(points))


def _records(frame: Any) -> list[dict[str, Any]]:
    """The rows of a DataFrame; what is missing among texts is null, but in a column of numbers it stays NaN."""
    missing = {path: frame[path].isna() for path in frame if frame[path].dtype.kind not in "iuf"}
    rows = frame.to_dict("records")
    for path, where in missing.items():
        for number in np.flatnonzero(where):
            rows[number][path] = None
    return list(rows)


def _plain(value: Any, path: str) -> Any:
    return value if type(value) in (float, int, str, bool) else plain_values(value, f"{VARY} {path}")
