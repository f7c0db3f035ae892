"""What grows with a sweep and what must not: memory, time, and time with a second worker.

As a script this is one sweep of a fresh process, which says on its last line what it took::

    python tests/benchmarks/growth.py WORLDS POINTS
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from figures import CHEAP, ROOT, SCENARIO, Figure, Sizes, cpu, peak, wall

import sim

MEMORY = 1e9
"""Bytes."""


@cache
def _scenario() -> sim.Scenario:
    return sim.load(SCENARIO)


def sweep(worlds: int, points: int = 1, jobs: int = 1) -> None:
    """One process at some points of one number, each with that many worlds; the scenario is read once."""
    starts = [0.05 + 0.1 * n / points for n in range(points)]
    sim.sweep(_scenario(), {"front_start": starts}, worlds=worlds, processes=[CHEAP], jobs=jobs)


def fresh(worlds: int, points: int = 1) -> dict[str, Any]:
    """What a sweep takes in a process of its own: peak memory in bytes, CPU seconds after a first small sweep."""
    command = [sys.executable, str(Path(__file__).resolve()), str(worlds), str(points)]
    there = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=there)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def memory(sizes: Sizes) -> list[Figure]:
    """Peak memory for many worlds over that for few, for many points over that for few, and in all."""
    few, many = sizes.memory
    runs = [(fresh(few)["peak"], fresh(many)["peak"]) for _ in range(min(sizes.repeats, 3))]
    low, high = sizes.points
    points = [(fresh(1000, low)["peak"], fresh(1000, high)["peak"]) for _ in range(min(sizes.repeats, 3))]
    most = tuple(b / 1e6 for _, b in runs)
    return [
        Figure(f"memory: {many:,} worlds over {few:,}", "times", tuple(b / a for a, b in runs), most=1.2),
        Figure(f"memory: {high:,} points over {low:,}", "times", tuple(b / a for a, b in points), most=1.2),
        Figure(f"memory: peak with {many:,} worlds", "MB", most, most=MEMORY / 1e6, note=f"process {CHEAP}, resident"),
    ]


def linear(sizes: Sizes) -> list[Figure]:
    """CPU seconds per world at each number of worlds, and how far apart these are.

    In each repeat all numbers of worlds take their turn, each in a process of its own.
    """
    repeats = min(sizes.repeats, 3)
    runs = [[fresh(worlds)["cpu"] / worlds for worlds in sizes.linear] for _ in range(repeats)]
    middle = [median(run[n] for run in runs) for n in range(len(sizes.linear))]
    each = ", ".join(f"{1e6 * m:.1f} at {worlds:,}" for m, worlds in zip(middle, sizes.linear, strict=True))
    name = f"time per world: {sizes.linear[0]:,} to {sizes.linear[-1]:,} worlds"
    apart = max(middle) / min(middle) - 1
    return [Figure(name, "apart", (apart,), most=0.1, note=f"medians of {repeats}, CPU microseconds a world: {each}")]


def workers(sizes: Sizes) -> list[Figure]:
    """How many times as fast two workers are as one; both take turns, and the workers are up before."""
    sweep(64, jobs=2)
    runs = [(wall(lambda: sweep(sizes.workers)), wall(lambda: sweep(sizes.workers, jobs=2))) for _ in range(sizes.repeats)]
    note = f"{sizes.workers:,} worlds of {CHEAP}, on the clock: {median(a for a, _ in runs):.2f} s and {median(b for _, b in runs):.2f} s"
    return [Figure("two workers over one", "times", tuple(a / b for a, b in runs), least=1.8, note=note)]


def main() -> None:
    """One sweep, and what it took."""
    worlds, points = map(int, sys.argv[1:])
    sweep(64)
    spent, _ = cpu(lambda: sweep(worlds, points))
    sys.stdout.write(json.dumps({"cpu": spent, "peak": peak()}) + "\n")


if __name__ == "__main__":
    main()
