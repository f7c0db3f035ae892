"""What the verification found, as a table at its end: check, cases, largest difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Record = Callable[[str, int, str], None]

FOUND = "verification"  # the name of a line among a test's properties, which come back from the workers with its report


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Record:
    """Put a line into the table: ``record(check, cases, largest difference)``."""

    def add(check: str, cases: int, difference: str) -> None:
        record_property(FOUND, [check, cases, difference])

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    found = [line for report in reports for name, line in report.user_properties if name == FOUND]
    if not found:
        return
    lines = [("check", "cases", "largest difference")]
    lines += [(check, f"{cases:,}", difference) for check, cases, difference in found]
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    terminalreporter.section("verification")
    for check, cases, difference in lines:
        terminalreporter.write_line(f"{check:<{widths[0]}}  {cases:>{widths[1]}}  {difference}")
