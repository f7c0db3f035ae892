"""How many worlds of a year and a half a core runs in a second, in each process of a scenario that ships."""

from __future__ import annotations

from statistics import mean

from figures import SCENARIO, Figure, Sizes, cpu

import sim
from sim.study.compare import DEFAULT_SEED, run_block

TARGET = 20_000


def measure(sizes: Sizes) -> list[Figure]:
    """Worlds a CPU second per process, of all (worlds over seconds) and the mean of the rates.

    What is timed is what a worker does for the worlds that it runs at once: parameters drawn, all weeks, a row per table and world.
    The processes take turns, so that a busy minute of the machine does not fall on one of them.
    """
    scenario = sim.load(SCENARIO)
    processes = list(scenario.file.processes)
    run_block(scenario, processes[0], DEFAULT_SEED, 0, 64)
    seconds: dict[str, list[float]] = {process: [] for process in processes}
    for block in range(sizes.repeats):
        for process in processes:
            spent, _ = cpu(lambda p=process, b=block: run_block(scenario, p, DEFAULT_SEED, 4 * b, sizes.block))
            seconds[process].append(spent)
    unit = "worlds/CPU-s"
    each = {process: tuple(sizes.block / s for s in spent) for process, spent in seconds.items()}
    rounds = list(zip(*seconds.values(), strict=True))
    whole = tuple(sizes.block * len(processes) / sum(spent) for spent in rounds)
    rates = tuple(mean(sizes.block / s for s in spent) for spent in rounds)
    weeks = f"{scenario.file.weeks}-week worlds"
    return [
        *(Figure(f"{weeks}: {process}", unit, values, least=TARGET) for process, values in each.items()),
        Figure(f"{weeks}: all processes", unit, whole, least=TARGET, note="worlds of all processes over their CPU seconds"),
        Figure(f"{weeks}: mean of the rates", unit, rates, least=TARGET),
    ]
