"""A measured figure, the machine it was measured on, and tables of both."""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "scenarios" / "kursk-2024.yaml"
CHEAP = "second_summit"
"""The process with the least to do: where memory and workers are measured."""

VERSIONS = ("gobetween", "numpy", "mesa", "pandas", "joblib", "numba", "negmas")


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    name: str
    repeats: int
    block: int  # worlds of a block of each process
    sessions: tuple[int, int]  # with 3 and with 10 options
    peers: tuple[int, int]  # sessions of the peer, of the same domains
    memory: tuple[int, int]  # worlds, the smaller first
    points: tuple[int, int]
    workers: int  # worlds
    linear: tuple[int, ...]  # worlds


SIZES = {
    of.name: of
    for of in (
        Sizes("tiny", 1, 32, (16, 2), (2, 1), (64, 128), (1, 2), 64, (64, 128)),
        Sizes("quick", 3, 16_384, (4096, 2048), (20, 4), (50_000, 200_000), (2, 20), 131_072, (10_000, 50_000)),
        Sizes("default", 5, 16_384, (4096, 4096), (40, 10), (50_000, 250_000), (5, 100), 262_144, (10_000, 30_000, 100_000)),
        Sizes("full", 7, 16_384, (4096, 4096), (100, 30), (50_000, 1_000_000), (5, 250), 262_144, (10_000, 100_000, 1_000_000)),
    )
}


@dataclass(frozen=True)
class Figure:
    """What was measured, once per repeat, and what it should be: at least ``least``, at most ``most``, or neither."""

    name: str
    unit: str
    values: tuple[float, ...]
    least: float | None = None
    most: float | None = None
    peer: str = ""
    note: str = ""

    @property
    def measured(self) -> float:
        """Median of the repeats."""
        return median(self.values) if self.values else float("nan")

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target or a measurement."""
        if not self.values or (self.least is None and self.most is None):
            return None
        return (self.least is None or self.measured >= self.least) and (self.most is None or self.measured <= self.most)

    @property
    def target(self) -> str:
        """``at least 1.8``; empty without one."""
        bounds = (("at least", self.least), ("at most", self.most))
        return " and ".join(f"{word} {shown(value)}" for word, value in bounds if value is not None)

    def as_json(self) -> dict[str, Any]:
        """Plain values: the median, the least and the greatest of the repeats, and all of them."""
        return {
            "name": self.name, "unit": self.unit, "measured": self.measured if self.values else None,
            "low": min(self.values, default=None), "high": max(self.values, default=None), "repeats": list(self.values),
            "target": self.target, "met": self.met, "peer": self.peer, "note": self.note,
        }  # fmt: skip


def shown(value: float) -> str:
    """Three figures that count, thousands apart."""
    if value != value:  # noqa: PLR0124 - not a number
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cpu(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, all its threads together, and what the call gave."""
    before = time.process_time()
    found = call()
    return time.process_time() - before, found


def wall(call: Callable[[], Any]) -> float:
    """Seconds on the clock."""
    before = time.perf_counter()
    call()
    return time.perf_counter() - before


def peak() -> float:
    """Most memory this process ever held, in bytes.

    On Linux from its own status: what ``getrusage`` says there starts at the peak of the process that started it.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return float(most if sys.platform == "darwin" else most * 1024)


def machine() -> dict[str, Any]:
    """What kind of machine this is, and what runs on it; neither names nor places."""
    found = {}
    for package in VERSIONS:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "cores": os.cpu_count(), "processor": _processor(), "system": platform.system(),
        "load_before": load, "python": platform.python_version(), "versions": found,
    }  # fmt: skip


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def document(size: str, facts: dict[str, Any], figures: Iterable[Figure]) -> dict[str, Any]:
    """All that is written down of a run."""
    return {"date": date.today().isoformat(), "size": size, "machine": facts, "figures": [f.as_json() for f in figures]}


def write(path: Path, found: dict[str, Any]) -> None:
    """As JSON."""
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def table(found: dict[str, Any], *, markdown: bool = False) -> str:
    """A line per figure: what, measured with its spread, target, met, the peer's."""
    head = ("figure", "measured", "spread", "target", "met", "peer")
    lines = [head]
    for entry in found["figures"]:
        met = {True: "yes", False: "NO", None: ""}[entry["met"]]
        there = entry["measured"] is not None
        value = f"{shown(entry['measured'])} {entry['unit']}".strip() if there else "not measured"
        spread = f"{shown(entry['low'])} to {shown(entry['high'])}" if len(entry["repeats"]) > 1 else ""
        lines.append((entry["name"], value, spread, entry["target"], met, entry["peer"]))
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    rows = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    if markdown:
        rule = ["-" * width for width in widths]
        return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], rule, *rows[1:]])
    notes = [f"{entry['name']}: {entry['note']}" for entry in found["figures"] if entry["note"]]
    return "\n".join(["  ".join(row).rstrip() for row in rows] + ([""] + notes if notes else []))
