"""A run beside the unchanged one, or beside another scenario, on one screen: what differs, process by process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from sim.scenario.headline import agenda
from sim.show.tables import Figures, Table, Words
from sim.show.wording import path_words, value_words
from sim.show.written import Lookup, brief, names

if TYPE_CHECKING:
    from sim.study.compare import Result

FEW = 4
"""Changed values that are named one by one, at most."""

WORDS_ONLY = ("title", "about", "extends")
"""Keys of a scenario file that no figure depends on."""

HARDLY = 0.01
"""Share of worlds below which an agreement is told of in one line."""


class Beside:
    """What ``result.changes`` says, in tables and sentences."""

    def __init__(self, result: Result, lookup: Lookup) -> None:
        """Index the changes by process, metric and issue."""
        assert result.changes is not None  # only a run that was set beside another has something to say
        self.result, self.lookup = result, lookup
        frame = result.changes.rename(columns={"estimate": "now", "change": "estimate"})
        self.rows = {(row.process, row.metric, row.issue): row for row in frame.itertuples(index=False)}

    def what_changed(self) -> str:
        """What was set, or which scenario it stands beside."""
        against, file = self.result.manifest["against"], self.result.scenario.file
        changed = {path: values for path, values in against["changed"].items() if path not in WORDS_ONLY}
        if len(changed) > FEW:
            return f"Change from: {against['scenario']} ({len(changed)} values differ)."
        said = [f"{path_words(path, file)} {value_words(new)}, was {value_words(old)}" for path, (old, new) in changed.items()]
        return f"Changed: {'; '.join(said) or 'nothing'}."

    def table(self) -> Table:
        """Per issue the processes in which anything changes: agreed now, and the change, paired by world."""
        labels = names(self.result.scenario, "processes")
        heads = ("agreed now", "change", "change in force, end")
        table = Table("", [Words("Of 100 worlds"), *map(Figures, heads)])
        for issue, label in names(self.result.scenario, "issues").items():
            having = [name for name in self.moved() if (name, "agreed", issue) in self.rows and self._matters(name, issue)]
            if not having:
                continue
            table.heading(Text(label, style="bold"))
            for process in sorted(having, key=lambda name: -abs(self.rows[name, "agreed", issue].estimate)):
                changes = [brief(self.rows[process, metric, issue], change=True) for metric in ("agreed", "in_force_end")]
                table.row(labels[process], brief(self.lookup(process, "agreed", issue)), *changes, indent=1)
        return table

    def unchanged(self) -> list[str]:
        """Processes in which nothing changes in any world, and those for which the change is not to be told from chance."""
        labels = names(self.result.scenario, "processes")
        moved = self.moved()
        still = [labels[name] for name in self._processes() if name not in moved]
        unclear = [labels[name] for name in moved if self._unclear(self.rows[name, "agreed", ""])]
        found = [f"Nothing changes in: {'; '.join(still)}."] if still else []
        return found + ([f"No clear change of what it is for in: {'; '.join(unclear)}."] if unclear else [])

    def _processes(self) -> list[str]:
        return list(dict.fromkeys(process for process, _, _ in self.rows))

    def moved(self) -> list[str]:
        """Processes in which a figure changes in some world: its interval has a width."""
        return [name for name in self._processes() if any(r.high > r.low for (p, _, _), r in self.rows.items() if p == name)]

    def _matters(self, process: str, issue: str) -> bool:
        """Whether a process has an issue on its agenda, fall-backs aside, and agrees on it in more than hardly any world."""
        row = self.rows[process, "agreed", issue]
        return issue in agenda(self.result.scenario.file, process, fallback=False) and max(row.base, row.now) >= HARDLY

    @staticmethod
    def _unclear(row: Any) -> bool:
        return bool(row.low <= 0 <= row.high)
