"""What the verification found, as a table at its end: check, cases, largest difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Record = Callable[[str, int, str], None]

_FOUND: list[tuple[str, int, str]] = []


@pytest.fixture(scope="session")
def record() -> Record:
    """Put a line into the table: ``record(check, cases, largest difference)``."""

    def add(check: str, cases: int, difference: str) -> None:
        _FOUND.append((check, cases, difference))

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _FOUND:
        return
    lines = [("check", "cases", "largest difference")]
    lines += [(check, f"{cases:,}", difference) for check, cases, difference in _FOUND]
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    terminalreporter.section("verification")
    for check, cases, difference in lines:
        terminalreporter.write_line(f"{check:<{widths[0]}}  {cases:>{widths[1]}}  {difference}")
