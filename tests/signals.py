"""Signals of commands that tests start, whatever those of the tests themselves are."""

from __future__ import annotations

import signal


def signals_as_in_a_terminal() -> None:
    """Run in a new process before its command: shells let what runs in the background ignore Ctrl-C and a closed terminal."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
