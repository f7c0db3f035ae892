"""Synthetic conflicts in every format, beside what was counted in real ones.

Two things are reported apart. The *table* holds each count against the model as that count was made: hard
cases seek mediators, so worlds weigh by their chance to be counted there. The *contrast* compares formats on
the same worlds, assigned by lot, which is what a format causes in the model; beside it the same difference
as selection would show it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.model.layout import Array
from sim.scenario.arguments import jobs_of, seed_of, worlds_of
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS, Progress, manifest
from sim.study.findings import Findings
from sim.study.history.counted import FILE, Contrast, Row, Study, Who, read_study
from sim.study.history.ratios import Ratio, wilson
from sim.study.history.synthetic import Fates, chance_of_harder, run_fates
from sim.study.outcomes import Estimate

FOLDER = "scenarios/regularities"
RANDOM, SELECTED = "by lot", "selected"
"""How formats come to conflicts."""


@dataclass(frozen=True, repr=False)
class Regularities(Findings):
    """What the synthetic conflicts show beside the counts of real ones.

    ``table`` and ``context`` have a row per count: observed ``k``, ``n``, ``share``, ``low``, ``high`` (Wilson, 95%);
    ``model`` with its Monte-Carlo interval ``model_low``, ``model_high``; ``inside``, whether the model's figure lies in
    the observed interval; and the model's figure with formats by lot and at the ends of the assumed slope.
    ``contrast`` has a row per comparison, format and assignment: the paired ``difference`` to its yardstick.
    """

    kind = "regularities"

    study: Study
    seed: int
    count: int
    table: pd.DataFrame
    context: pd.DataFrame
    contrast: pd.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def inside(self) -> int:
        """Rows of the table whose figure lies in the observed interval."""
        return int(self.table["inside"].sum())

    @property
    def misses(self) -> list[str]:
        """Labels of the rows whose figure does not."""
        return list(self.table.loc[~self.table["inside"], "label"])

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {"table.csv": self.table, "context.csv": self.context, "contrast.csv": self.contrast}


def regularities(
    folder: str | Path = FOLDER, *, worlds: int = DEFAULT_WORLDS, seed: int = DEFAULT_SEED, jobs: int = 1,
    progress: Progress | None = None,
) -> Regularities:  # fmt: skip
    """Run the synthetic conflicts of a folder and hold them against its counts.

    The result depends on the folder's files, ``worlds`` and ``seed`` only. Raises ScenarioError for what is
    wrong with the files, and for fewer than two worlds.
    """
    worlds, seed, jobs = worlds_of(worlds, least=2), seed_of(seed), jobs_of(jobs)
    study = read_study(folder)
    return report(study, run_fates(study, worlds=worlds, seed=seed, jobs=jobs, progress=progress))


def report(study: Study, fates: Fates) -> Regularities:
    """Table, context and contrast of what was run."""
    counted = study.counted
    return Regularities(
        study, fates.seed, fates.worlds, _table(study, fates, counted.rows), _table(study, fates, counted.context),
        _contrasts(study, fates), manifest_of(study, seed=fates.seed, worlds=fates.worlds),
    )  # fmt: skip


def manifest_of(study: Study, *, seed: int, worlds: int) -> dict[str, Any]:
    """What is needed to make a study of regularities again."""
    first = next(iter(study.scenarios.values()))
    return manifest(first, kind="regularities", seed=seed, worlds=worlds, observed=FILE, **study.identity())


# ---------------------------------------------------------------- counts


def row_values(study: Study, fates: Fates, *, slope: float | None = None) -> dict[str, Ratio]:
    """What each scored row counts in every world: name to numerators and denominators, ``(worlds,)`` each.

    A row's figure is the sum of its numerators over that of its denominators; both carry the weight that
    selection gives to the world. ``slope`` replaces the one in the file. For a calibration: regress
    ``Ratio.influence`` (or numerators among cases) on ``fates.drawn``.
    """
    return {name: row_value(study, fates, row, slope=slope) for name, row in study.counted.rows.items()}


def row_value(study: Study, fates: Fates, row: Row, *, slope: float | None = None) -> Ratio:
    """One row's cases in every world: its formats mixed by their weights, worlds weighed by selection."""
    weight = selection_weight(study, fates, row.conflict, row.who, slope=slope)
    window, total = study.counted.conflicts[row.conflict].window, sum(row.formats.values())
    mixed = Ratio(np.zeros(fates.worlds), np.zeros(fates.worlds))
    for process, share in row.formats.items():
        counted = fates.fate[row.conflict, process].counted(row.measure, window, row.within)
        mixed += counted.times(share / total)
    return mixed.times(weight)


def selection_weight(study: Study, fates: Fates, conflict: str, who: Who, *, slope: float | None = None) -> Array:
    """Chance of each conflict to be counted among the harder, or the easier, cases, ``(worlds,)``; one for all."""
    if who == "all":
        return np.ones(fates.worlds)
    steep = study.counted.selection.slope if slope is None else slope
    chance = chance_of_harder(fates.hardness[conflict], study.counted.conflicts[conflict].harder, steep)
    return chance if who == "harder" else 1 - chance


def _table(study: Study, fates: Fates, rows: dict[str, Row]) -> pd.DataFrame:
    gentle, steep = study.counted.selection.range
    found = []
    for name, row in rows.items():
        seen, model = wilson(row.k, row.n), row_value(study, fates, row).estimate()
        found.append(
            {
                "row": name, "label": row.label, "unit": row.unit, "source": row.source, "k": row.k, "n": row.n,
                "share": seen.estimate, "low": seen.low, "high": seen.high,
                "model": model.estimate, "model_low": model.low, "model_high": model.high,
                "inside": bool(seen.low <= model.estimate <= seen.high),
                "by_lot": row_value(study, fates, row, slope=0.0).share,
                "slope_low": row_value(study, fates, row, slope=gentle).share,
                "slope_high": row_value(study, fates, row, slope=steep).share,
            }
        )  # fmt: skip
    return pd.DataFrame(found)


# ---------------------------------------------------------------- contrasts


def contrast(study: Study, fates: Fates, asked: Contrast, process: str, *, slope: float) -> Estimate:
    """Difference of a format to the yardstick; with a slope the yardstick keeps the easier conflicts."""
    window = study.counted.conflicts[asked.conflict].window

    def counted(form: str, who: Who) -> Ratio:
        cases = fates.fate[asked.conflict, form].counted(asked.measure, window, asked.within)
        return cases.times(selection_weight(study, fates, asked.conflict, who, slope=slope))

    return counted(process, "harder").less(counted(asked.formats[0], "easier"))


def _contrasts(study: Study, fates: Fates) -> pd.DataFrame:
    found = []
    for name, asked in study.counted.contrasts.items():
        labels = study.scenarios[asked.conflict].file.processes
        for process in asked.formats[1:]:
            for assignment, slope in ((RANDOM, 0.0), (SELECTED, study.counted.selection.slope)):
                change = contrast(study, fates, asked, process, slope=slope)
                found.append(
                    {
                        "contrast": name, "label": asked.label, "format": process, "format_label": labels[process].label,
                        "yardstick": asked.formats[0], "assignment": assignment,
                        "difference": change.estimate, "low": change.low, "high": change.high,
                    }
                )  # fmt: skip
    return pd.DataFrame(found)
