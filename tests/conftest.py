"""Options of the test suite."""

from __future__ import annotations

import os

import pytest

# Before NumPy is loaded: two workers that share two cores would only wait for each other's threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

LONG = (
    "levers", "targets", "recorded", "agents", "theory", "cli", "charts", "properties", "store", "sensitivity", "sweep_charts", "sweep",
    "reproducible", "regularities", "golden", "hindcast", "benchmarks",
)  # fmt: skip
"""Files that take longest, the longest first: whoever runs files side by side starts with them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="write the transcripts in tests/golden anew")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # before any workers start, so that they find compiled rules
        from sim.model.compiling import once

        once()
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # xdist would start with the files that have most tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {f"test_{name}": number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))
