"""How good the model's probabilities of an agreement were on affairs left out of the fit: by row, by affair, without one.

Scores, and how often what was given a probability happened.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.study.history import scoring
from sim.study.history.episodes import Episode
from sim.study.history.fitting import scored
from sim.study.history.scoring import MEASURES, cluster_mean, recalibrated

UNDER = 0.05
"""Probability below which a thing is put as hardly possible."""

RULES = ("half", "regression")
DIGITS = 4
"""Decimals: what a table with six digits of every probability gives again."""


def record(rows: pd.DataFrame, episodes: list[Episode], predecessor: dict[str, float]) -> pd.DataFrame:
    """A row per way of counting and per rule, on agreements once both came, each affair left out of the fit.

    Counted by ``row``, by ``affair`` (each weighs the same), and by row ``without`` the affair that has most of the squared
    error. Scores with intervals; ``auc``, the chance that a row that happened was given more than one that did not; the parts of
    the Brier score, ``miscalibration`` and ``discrimination``; ``under``, the number of rows put under 5%, and ``happened``,
    that of those which happened nevertheless.
    """
    told = {outcome: (p, cases) for outcome, p, cases in scored(rows, "left_out", episodes)}
    if "agreed" not in told:
        return pd.DataFrame()
    own, cases = told["agreed"]
    rules = scoring.baselines(cases, least=1e-3)
    said = {"model": own} | {name: rules[name].probability for name in RULES}
    if predecessor:
        before = {name: p for name, p, _ in scored(rows.assign(before=rows["row"].map(predecessor)), "before", episodes)}
        if not np.isnan(before["agreed"]).any():
            said["predecessor"] = recalibrated(before["agreed"], cases)
    names = np.asarray(cases.clusters, dtype=str)
    errors = pd.Series((own - cases.happened) ** 2).groupby(names).sum()
    heaviest = str(errors.idxmax())
    sizes = pd.Series(names).map(pd.Series(names).value_counts()).to_numpy(dtype=float)
    ways = {"row": np.ones(len(own)), "affair": 1 / sizes, f"row without {heaviest}": (names != heaviest).astype(float)}
    found = []
    for way, weights in ways.items():
        there = weights > 0
        for rule, p in said.items():
            line: dict[str, Any] = {"counted": way, "rule": rule, "rows": int(there.sum()), "affairs": len(set(names[there]))}
            for measure, losses in MEASURES.items():
                mean = cluster_mean(losses(p, cases.happened), names, weights)
                bounds = {measure: mean.estimate, f"{measure}_low": mean.low, f"{measure}_high": mean.high}
                line |= {name: round(value, DIGITS) for name, value in bounds.items()}
            own_cases = replace(cases, weights=weights)
            parts = scoring.decompose(p, own_cases)
            line |= {"auc": round(scoring.area(p, own_cases), DIGITS)}
            line |= {name: round(getattr(parts, name), DIGITS) + 0.0 for name in ("miscalibration", "discrimination")}
            under = there & (p < UNDER)
            found.append(line | {"under": int(under.sum()), "happened": int((under & cases.happened).sum())})
    return pd.DataFrame(found)


def reliability(rows: pd.DataFrame, episodes: list[Episode]) -> pd.DataFrame:
    """Probabilities that are alike, and how often these things happened: a row per bin, counted by row and by affair.

    Each affair is left out of the fit. ``low`` to ``high`` is where the share would lie in 95 of 100 cases were the
    probabilities right (``scoring.calibration``).
    """
    told = {outcome: (p, cases) for outcome, p, cases in scored(rows, "left_out", episodes)}
    if "agreed" not in told:
        return pd.DataFrame()
    p, cases = told["agreed"]
    names = pd.Series(np.asarray(cases.clusters, dtype=str))
    sizes = names.map(names.value_counts()).to_numpy(dtype=float)
    ways = {"row": cases, "affair": replace(cases, weights=cases.weights / sizes)}
    return pd.DataFrame([{"counted": way, **asdict(part)} for way, own in ways.items() for part in scoring.calibration(p, own)])
