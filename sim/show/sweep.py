"""The figures of a sweep as tables: what was set at each point, and what came of each process there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from sim.show.tables import Cell, Figures, Table, Words, print_table, print_text
from sim.show.wording import metric_words, path_words, value_words
from sim.show.written import Figure, Lookup, names, percent
from sim.study.sweeps.store import TABLE_CSV

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.sweeps.gather import Sweep

METRICS = ("agreed", "in_force_end")
"""What is shown; all others stand in the table of the folder."""

MOST_POINTS = 20
"""Points that are shown; of more the first."""

NOTE = (
    "Share of worlds, %. [ ] 95% Monte-Carlo interval: more worlds narrow it. ( ) what the assumptions leave open: more worlds "
    "do not narrow it. (?) not known, or not to be told from noise with so few worlds."
)


def show(found: Sweep, console: Console) -> None:
    """Print the points, a table per metric with a row per point and a column per process, and where all else stands."""
    paths, count = list(found.manifest["points"]["paths"]), int(found.manifest["points"]["count"])
    points = found.points.head(MOST_POINTS)
    file = found.scenario.file
    print_text(console, file.title, style="bold")
    if len(paths) > 1:
        console.print()
        print_table(console, _points(points, paths, file))
    table = found.table
    table = table[(table["point"] < len(points)) & (table["issue"] == "") & (table["table"] == "")]
    at = {int(point): Lookup(rows) for point, rows in table.groupby("point")}
    labels, processes = names(found.scenario, "processes"), list(found.manifest["processes"])
    head = path_words(paths[0], file) if len(paths) == 1 else "point"
    for metric in (name for name in METRICS if (table["metric"] == name).any()):
        own = Table(metric_words(metric, "", file), [Words(head), *(Figures(labels[name]) for name in processes)])
        figure = Figure(metric, "", percent, "", 1.0)
        for row in points.to_dict("records"):
            cells: list[Cell] = [_cell(figure.estimate(at[row["point"]](name, metric))) for name in processes]
            own.row(value_words(row[paths[0]]) if len(paths) == 1 else str(row["point"]), *cells)
        console.print()
        print_table(console, own)
    if unlike := _unlike(table[table["metric"].isin(METRICS)], labels, names(found.scenario, "issues")):
        console.print()
        print_text(console, unlike)
    console.print()
    where = f"{found.folder / TABLE_CSV}" if found.folder is not None else "the table"
    left = f"the {count - len(points):,} other points and the other figures" if count > len(points) else "the other figures"
    print_text(console, f"{NOTE} {found.manifest['worlds']:,} worlds per point and process, seed {found.manifest['seed']}; "
               f"{left} stand in {where}, a row per point, process, figure and issue.", style="dim")  # fmt: skip


def _unlike(table: pd.DataFrame, labels: dict[str, str], issues: dict[str, str]) -> str:
    """What each process is for, where that is not the same: then columns are not to be ranked."""
    about = {p: tuple(h.split()) for p, h in zip(table["process"], table["headline"], strict=True)}
    if len(set(about.values())) < 2:
        return ""
    each = "; ".join(f"{labels[p]}: {', '.join(issues[i] for i in own)}" for p, own in about.items())
    return f"These processes are for different issues, so compare them issue by issue. Figures are about, in {each}."


def _points(points: Any, paths: list[str], file: Any) -> Table:
    table = Table("Points", [Words("point"), *(Words(path_words(path, file)) for path in paths)])
    for row in points.to_dict("records"):
        table.row(str(row["point"]), *(value_words(row[path]) for path in paths))
    return table


def _cell(parts: tuple[str, str, str]) -> Cell:
    value, *intervals = parts
    return (Text(value), *(Text(part, style="dim") for part in intervals))
