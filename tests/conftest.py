"""Options of the test suite."""

from __future__ import annotations

import os

import pytest

# Before NumPy is loaded: two workers that share two cores would only wait for each other's threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="write the transcripts in tests/golden anew")
