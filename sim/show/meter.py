"""How far a long run is: worlds or points done, worlds per second, time left.

A bar on a terminal, a line every ten seconds elsewhere; also while nothing is reported, so that a long stage shows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import progress
from rich.console import Console, RenderableType
from rich.text import Text

LINE_EVERY = 10.0
"""Seconds between lines where there is no terminal."""


@dataclass
class Meter:
    """What a run calls with worlds done and worlds in all.

    With ``total`` it counts from when it is made; without, from the first call on: what was finished before does not
    make a run look fast. ``per_point`` is the worlds of a point, over all processes, where points are counted.
    """

    total: int | None = None
    per_point: int | None = None
    clock: Callable[[], float] = time.monotonic
    done: int = field(default=0, init=False)
    _start: tuple[float, int] | None = field(default=None, init=False)
    _last: float = field(default=0.0, init=False)
    _stage: tuple[float, str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.total is not None:
            self._begin(0)

    def _begin(self, done: int) -> None:
        self._start, self._last = (self.clock(), done), self.clock()

    def __call__(self, done: int, total: int) -> None:
        """Hear how far the run is."""
        if self._start is None or done < self._start[1]:
            self._begin(done)
        self.done, self.total, self._last = done, total, self.clock()

    def stage(self, what: str) -> None:
        """Hear what begins now; it may be something that is not counted in worlds."""
        self._stage = (self.clock(), what)

    def words(self) -> str:
        """``"12 of 40 points, 9,300 worlds/s, 3 min left"``, with what is being done before it where that was said."""
        if self._stage is None:
            return self._counted()
        since, what = self._stage
        if self._last > since:
            return f"{what}: {self._counted()}"
        return f"{what} for {duration(self.clock() - since)}; {self._counted()}"

    def _counted(self) -> str:
        if self._start is None or self.total is None:
            return "starting"
        each, unit = (self.per_point, "points") if self.per_point else (1, "worlds")
        found = f"{self.done // each:,} of {-(-self.total // each):,} {unit}"
        seconds, worlds = self._last - self._start[0], self.done - self._start[1]
        if self.done >= self.total:
            return f"{found} are done; working on the figures"
        if seconds <= 0 or worlds <= 0:
            return found
        left = (self.total - self.done) * seconds / worlds - (self.clock() - self._last)
        return f"{found}, {worlds / seconds:,.0f} worlds/s" + (f", {duration(left)} left" if left > 0 else "")


def duration(seconds: float) -> str:
    """A time as a person says it: ``40 s``, ``12 min``, ``3.5 h``, ``2.1 days``."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def size(count: float) -> str:
    """A number of bytes as a person says it."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


@contextmanager
def shown(console: Console, meter: Meter) -> Iterator[Meter]:
    """Show a meter for as long as a run takes."""
    if console.is_terminal:
        with _Bar(meter, console):
            yield meter
        return
    over = threading.Event()
    lines = threading.Thread(target=_lines, args=(console, meter, over), daemon=True)
    lines.start()
    try:
        yield meter
    finally:
        over.set()
        lines.join()


def _lines(console: Console, meter: Meter, over: threading.Event) -> None:
    said = ""
    while not over.wait(LINE_EVERY):
        if (words := meter.words()) == said:
            continue
        try:
            console.print(said := words, markup=False, highlight=False, soft_wrap=True)
        except (OSError, ValueError):  # nobody reads any more; the run goes on
            return


class _Bar(progress.Progress):
    """A bar that asks the meter ten times a second."""

    def __init__(self, meter: Meter, console: Console) -> None:
        self.meter = meter
        columns = (progress.SpinnerColumn(), progress.BarColumn(bar_width=20), progress.TaskProgressColumn(), _Words(meter))
        super().__init__(*columns, console=console, transient=True)
        self.task = self.add_task("", total=None)

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bar as far as the meter is."""
        if self.task_ids:
            self.update(self.task, completed=self.meter.done, total=self.meter.total)
        return super().get_renderables()


class _Words(progress.ProgressColumn):
    """The words of a meter."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self.meter = meter

    def render(self, task: progress.Task) -> Text:
        """What the meter says now."""
        return Text(self.meter.words())
