"""How far a long run is: points done, worlds per second, time left. A bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import progress
from rich.console import Console

LINE_EVERY = 30.0
"""Seconds between lines where there is no terminal: enough for a log, not too much for one."""


@dataclass
class Meter:
    """Counts from the first tick on: what was finished before does not make a run look fast."""

    per_point: int  # worlds of a point, over all processes
    clock: Callable[[], float] = time.monotonic
    _start: tuple[float, int] | None = field(default=None, init=False)

    def words(self, done: int, total: int) -> str:
        """``"12 of 40 points, 9,300 worlds/s, 3 min left"``."""
        now = self.clock()
        if self._start is None or done < self._start[1]:
            self._start = (now, done)
        found = f"{done // self.per_point:,} of {-(-total // self.per_point):,} points"
        seconds, worlds = now - self._start[0], done - self._start[1]
        if seconds <= 0 or worlds <= 0:
            return found
        return f"{found}, {worlds / seconds:,.0f} worlds/s, {duration((total - done) * seconds / worlds)} left"


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
def shown(console: Console, meter: Meter) -> Iterator[Callable[[int, int], None]]:
    """What a run calls with worlds done and worlds in all."""
    if not console.is_terminal:
        last = [meter.clock()]

        def line(done: int, total: int) -> None:
            words, now = meter.words(done, total), meter.clock()
            if now - last[0] >= LINE_EVERY:
                last[0] = now
                console.print(words, markup=False, highlight=False, soft_wrap=True)

        yield line
        return
    words = progress.TextColumn("{task.description}")
    columns = (progress.SpinnerColumn(), progress.BarColumn(), progress.TaskProgressColumn(), words)
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total, description=meter.words(done, total))
