"""The reports of a sweep, a hindcast and a calibration: the question, what was found, charts with their figures, tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.show.report.again import again, set_options
from sim.show.report.answer import DISCLAIMER
from sim.show.report.drawn import charts
from sim.show.report.page import Block, Fold, Page, Section, Text
from sim.show.report.recorded import recorded
from sim.show.sweep import METRICS
from sim.show.tables import Figures, Table, Words
from sim.show.wording import metric_words, number_words, path_words, value_words
from sim.show.written import Figure, Lookup, names, percent

if TYPE_CHECKING:
    from sim.study.history.calibration import Calibration
    from sim.study.history.hindcast import Hindcast
    from sim.study.sweeps.gather import Sweep

MOST_ROWS = 400
"""Rows of a table beneath a chart; the rest stands in the folder."""

CAPTIONS = {
    "curves": "How each figure changes along what was varied.",
    "map": "Which process is best where, and by how much.",
    "dots": "Each figure at each point.",
    "calibration": "Do things happen as often as the model says?",
    "episodes": "What was said of each episode, and what happened.",
    "parameters": "Each parameter, from what was believed before to what the record leaves of it.",
}


def sweep(found: Sweep) -> Page:
    """The page of a sweep whose tables are made, without its folder."""
    found = replace(found, asked=found.scenario, kept={"points": found.points, "table": found.table}, folder=None)
    file, points = found.scenario.file, found.manifest["points"]
    paths, worlds = list(points["paths"]), found.manifest["worlds"]
    varied = "; ".join(f"{path_words(path, file)} at {_values(found.points[path])}" for path in paths)
    labels = names(found.scenario, "processes")
    processes = "; ".join(labels[process] for process in found.manifest["processes"])
    question = [
        Text(f"What changes where something else is assumed or done? Varied: {varied}. Processes: {processes}."),
        *([Text(file.about)] if file.about else []),
    ]
    table = found.table
    shown = table[(table["issue"] == "") & (table["table"] == "") & table["metric"].isin(METRICS)]
    columns = [*paths, "process", "metric", "estimate", "low", "high", "assumed_low", "assumed_high"]
    figures = {name: framed("The figures", shown[columns].replace({"process": labels})) for name in ("curves", "map", "dots")}
    options = [part for process in found.manifest["processes"] for part in ("--process", process)]
    command = ["gobetween", "sweep", "scenario.yaml", "--points", "points.csv", *options, *set_options(found.scenario)]
    command += ["--worlds", str(worlds), "--seed", str(found.manifest["seed"]), "--out", "again"]
    return Page(
        file.title,
        f"A sweep over {points['count']:,} points, {worlds:,} simulated worlds at each. {DISCLAIMER}",
        [Section("The question", question), *_ends(found, paths), _charts(found, figures), _main(found)],
        [again(found.manifest, command, "scenario.yaml and points.csv lie in the folder of this study; run it there.")],
    )


def _values(column: pd.Series) -> str:
    every = list(dict.fromkeys(map(value_words, column)))
    return ", ".join(every) if len(every) <= 8 else f"{len(every)} values, {every[0]} to {every[-1]}"


def _ends(found: Sweep, paths: list[str]) -> list[Section]:
    """Where one number is varied: what comes of each process at the first and at the last point."""
    points = found.points
    if len(paths) != 1 or len(points) < 2:
        return []
    labels, table, said = names(found.scenario, "processes"), found.table, []
    at = {int(point): Lookup(rows) for point, rows in table.groupby("point") if point in (0, len(points) - 1)}
    figure = Figure("agreed", "", percent, "%", 1.0)
    ends = {point: value_words(points[paths[0]].iloc[point]) for point in at}
    for process in found.manifest["processes"]:
        parts = [
            f"{' '.join(filter(None, figure.estimate(lookup(process, 'agreed'))))} of worlds at {ends[point]}"
            for point, lookup in at.items()
        ]
        said.append(Text(f"agreed in {', in '.join(parts)}.", lead=labels[process]))
    note = "[ ] is chance: more worlds narrow it. ( ) is what the assumptions leave open. The same worlds are run at every point."
    return [Section("What was found", [*said, Text(note, aside=True)])]


def hindcast(found: Hindcast) -> Page:
    """The page of a hindcast."""
    question = Text(
        f"Of {len(found.episodes)} episodes the end is known. What probability does the model give to what happened, and is it "
        "better than simple rules?"
    )
    figures = {"calibration": framed("The figures", found.calibration), "episodes": framed("The figures", found.rows)}
    command = ["gobetween", "hindcast", "scenarios/history", "--worlds", str(found.count), "--seed", str(found.seed)]
    return Page(
        "What the model says of episodes whose end is known",
        f"A hindcast: {len(found.episodes)} episodes, {found.count:,} simulated worlds in each. {DISCLAIMER}",
        [
            Section("The question", [question]),
            Section("What was found", recorded(found, sentences=True)),
            _charts(found, figures),
            _main(found),
        ],
        [again(found.manifest, command, "scenarios/history stands for the folder of the episodes.")],
    )


def calibration(found: Calibration) -> Page:
    """The page of a calibration."""
    said = found.manifest
    question = Text(
        f"What do {len(said['episodes'])} episodes, and counts of other real cases, say of how the sides of a conflict behave? "
        "Which of the model's behavioural parameters does the record inform, and which rest on what was believed before?"
    )
    command = ["gobetween", "calibrate", "scenarios/history", "--worlds", str(said["worlds"]), "--seed", str(said["seed"])]
    command += ["--alternatives"] if said.get("alternatives_worlds") else []
    command += [part for path in said.get("results", {}) for part in ("--compare", path)]
    informed = found.parameters[found.parameters["contraction"] >= 0.6]["parameter"]
    found_words = (
        f"The record takes three fifths or more of the prior variance of {len(informed)} of {len(found.parameters)} parameters"
        + (f": {', '.join(name.replace('_', ' ') for name in informed)}." if len(informed) else ".")
    )
    return Page(
        "What the record says of the model's parameters",
        f"A calibration: {said['worlds']:,} simulated worlds under the priors. {DISCLAIMER}",
        [
            Section("The question", [question]),
            Section("What was found", [Text(found_words)]),
            _charts(found, {"parameters": framed("The figures", found.parameters)}),
            _main(found),
        ],
        [again(said, [*command, "--out", "again"], "scenarios/history stands for the folder of the episodes.")],
    )


def _charts(found: Any, figures: dict[str, Table]) -> Section:
    drawn: list[Block] = list(charts(found, CAPTIONS, figures))
    return Section("Charts", drawn or [Text("This design has no chart.")])


def _main(found: Any) -> Section:
    """The tables as they are printed: the first one open, the others on demand, notes at the end."""
    blocks = recorded(found)
    tables = [block for block in blocks if isinstance(block, Table)]
    notes = list(dict.fromkeys(block for block in blocks if isinstance(block, Text)))
    others: list[Block] = [Fold(table.title or "Table", [table]) for table in tables[1:]]
    return Section("Tables", [*tables[:1], *others, *notes])


def framed(title: str, frame: pd.DataFrame) -> Table:
    """A data frame as a table, its first rows where there are many."""
    is_number = [pd.api.types.is_numeric_dtype(frame[c]) and not pd.api.types.is_bool_dtype(frame[c]) for c in frame]
    heads = [str(column).replace("_", " ") for column in frame]
    columns = [(Figures if number else Words)(head) for number, head in zip(is_number, heads, strict=True)]
    more = f"The first {MOST_ROWS} of {len(frame):,} rows; the others stand in the folder." if len(frame) > MOST_ROWS else ""
    table = Table(title, columns, note=more)
    for row in frame.head(MOST_ROWS).itertuples(index=False):
        table.row(*(_cell(value, number) for value, number in zip(row, is_number, strict=True)))
    return table


def _cell(value: Any, number: bool) -> str:
    if pd.isna(value):
        return ""
    return number_words(float(value)) if number else metric_words(value) if value in METRICS else str(value)
