"""What the tests of scenario files share: the minimal scenario as text, changes to it, and the errors it then gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.scenario import ScenarioError, load

HERE = Path(__file__).parent
MINIMAL = (HERE / "minimal.yaml").read_text(encoding="utf-8")


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def line_of(text: str, part: str) -> int:
    """Line of the first line of ``text`` that contains ``part``."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def errors(path: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == min(len(caught.value.problems), 20) + (len(caught.value.problems) > 20)
    return lines


def changed(old: str, new: str) -> tuple[str, int]:
    """The minimal scenario with its first ``old`` made ``new``, and the line where ``new`` begins."""
    assert old in MINIMAL
    at = MINIMAL.index(old)
    return MINIMAL.replace(old, new, 1), MINIMAL[:at].count("\n") + 1
