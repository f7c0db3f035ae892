"""Finished parts of a study that was stopped, from which the same study goes on."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim.study.writing import write

Values = TypeVar("Values", bound=np.ndarray[Any, Any])


@dataclass(frozen=True)
class Parts:
    """Parts kept in ``folder``, a file each; where there is none nothing is kept. ``study`` names all that they depend on."""

    study: str = ""
    folder: Path | None = None

    def of(self, name: Any, make: Callable[[], Values]) -> Values:
        """The part of a name (whatever JSON can say): read, if an earlier run has finished it, or made and kept."""
        if self.folder is None:
            return make()
        file = self.folder / f"{hashlib.sha256(json.dumps([self.study, name]).encode()).hexdigest()[:32]}.part"
        kept = _read(file)
        if kept is not None:
            return kept
        found = make()
        write(file, _packed(found))
        return found


def _packed(values: np.ndarray[Any, Any]) -> bytes:
    content = io.BytesIO()
    np.save(content, values, allow_pickle=False)
    return hashlib.sha256(content.getvalue()).digest() + content.getvalue()


def _read(file: Path) -> Any:
    """What was kept, None where nothing was or it is damaged."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        return None
    return np.load(io.BytesIO(content[32:]), allow_pickle=False)
