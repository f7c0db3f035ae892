"""The shape that what any study found has: one main table, and the same few things to do with it."""

from __future__ import annotations

import os
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from sim.study.saving import write_folder, write_table, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

    from sim.scenario.scenario import Scenario

SHOWN_BY = "sim.show.found"
"""The module that prints and draws findings of every kind; by name, since it is above and needed only when it is asked."""


class Findings:
    """What a study found: ``table`` is what it was asked for, ``tables()`` all that is saved, ``manifest`` how it was made."""

    kind: ClassVar[str]
    """Which study it is, as in the manifest."""

    if TYPE_CHECKING:

        @property
        def manifest(self) -> dict[str, Any]:
            """How it was made."""

        @property
        def table(self) -> pd.DataFrame:
            """What the study was asked for."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        raise NotImplementedError

    def documents(self) -> dict[str, str]:
        """Other files that are saved with them, by name."""
        return {}

    def asked_of(self) -> Scenario | None:
        """The scenario that is saved with it, if it is of one."""
        return None

    def how_made(self) -> dict[str, Any]:
        """The manifest of the folder that it is saved to."""
        return self.manifest

    def show(self, console: Console | None = None, **how: Any) -> None:
        """Print it as the command line does, to standard output or a console of rich."""
        import_module(SHOWN_BY).show(self, console, **how)

    def __repr__(self) -> str:
        about = self.asked_of()
        return f"<{self.kind}{f' of {about.file.title}' if about is not None else ''}>"

    def _repr_html_(self) -> str:
        """What a notebook shows of it: what ``show`` prints."""
        words: str = import_module(SHOWN_BY).words(self)
        return f"<pre>{escape(words)}</pre>"

    def plot(self, directory: str | os.PathLike[str] | None = None, **how: Any) -> dict[str, Figure]:
        """Its charts as matplotlib figures by name; written to ``directory`` as PNG and SVG where one is named.

        The same findings give the same bytes.
        """
        found: dict[str, Figure] = import_module(SHOWN_BY).draw(self, None if directory is None else Path(directory), **how)
        return found

    def save(self, directory: str | os.PathLike[str], *, charts: bool = True, force: bool = False) -> Path:
        """Write tables, charts, manifest and scenario to a folder, whole or not at all; returns its full path.

        The same study is replaced, anything else of ours with ``force`` only; files that somebody put beside those of an
        earlier run stay there. Raises RunFolderError.
        """

        def fill(new: Path) -> None:
            for name, frame in self.tables().items():
                write_table(new / name, frame)
            for name, text in self.documents().items():
                write_text(new / name, text)
            if charts:
                self.plot(new)

        return write_folder(directory, fill, self.how_made(), scenario=self.asked_of(), force=force)
