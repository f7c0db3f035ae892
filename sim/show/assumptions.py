"""Which assumptions move a difference, as a table on screen and in a few sentences.

Square brackets hold 95% intervals. An assumption is named in words, and below that as the scenario file names it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from sim.scenario.evidence import uncertain
from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.wording import number_words
from sim.show.written import DASH, amount, names, percent, points, weeks
from sim.study.exploration.indices import HEADLINE

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.study.exploration.sensitivity import Sensitivity

SHOWN = 12

HEADS = {
    "effect": "effect", "mu_star": "size", "mu": "change", "sigma": "spread", "S1": "alone, %", "ST": "in all, %",
}  # fmt: skip
"""Indices as the columns of a table are headed."""

NOT_ASSUMED = {
    "dummy": "(dummy: enters nothing)",
    "luck": "(luck: other worlds' luck)",
}

LEARNED = ((0.1, "hardly"), (0.3, "a little"), (0.6, "in part"), (math.inf, "mostly"))
"""Share of the prior variance below which a word says how far the record informed a parameter."""

SECTIONS = {"behaviour": "Behaviour", "front_start": "Front", "front_volatility": "Front"}


def show(found: Sensitivity, console: Console, *, top: int = SHOWN) -> None:
    """Print the assumptions that move the difference most, dummy and luck, and what the figures say."""
    print_text(console, found.scenario.file.title, style="bold")
    for sentence in sentences(found):
        print_text(console, sentence, first="• ", hang=2)
    console.print()
    print_table(console, _table(found, top))
    console.print()
    print_table(console, _meanings(found, top))
    console.print()
    for line in notes(found):
        print_text(console, line, style="dim")


def question(found: Sensitivity) -> str:
    """What was asked, as in ``agreed, A less B``."""
    labels, asked = names(found.scenario, "processes"), found.manifest
    issue = f" on {names(found.scenario, 'issues')[asked['issue']]}" if asked["issue"] else ""
    base, process = asked["processes"]
    return f"{asked['metric'].replace('_', ' ')}{issue}, {labels[process]} less {labels[base]}"


def sentences(found: Sensitivity) -> list[str]:
    """What was found, made from the figures and nothing else."""
    ranked = found.ranked()
    rows = ranked[ranked["role"] == "assumption"]
    first = rows.iloc[0]
    index, write = str(first["index"]), writer(found, str(first["index"]))
    by = {
        "effect": f"from the low to the high end of its range it moves by {write(first['estimate'], sign=True)}",
        "mu_star": f"through its range it moves by {write(first['estimate'])}, up or down",
        "ST": f"{write(first['estimate'])} of the variance between points goes with it",
    }[index]
    looked, told = found.manifest["looked_at"], found.manifest["told_from_zero"]
    name = in_words(found.scenario, str(first["parameter"]))
    said = [f"The difference ({question(found)}) hangs most on {name}: {by} {_interval(first, write)}."]
    if not told:
        said = [f"The difference ({question(found)}) hangs on no assumption that can be told from zero with so few worlds."]
    chance = looked / (40 if found.method == "sobol" else 20)
    by_chance = f"about {chance:.0f}" if chance >= 1 else "less than one"
    said.append(f"{told} of the {looked} assumptions looked at are told from zero; chance alone would make it {by_chance}.")
    if (share := found.manifest.get("explained")) is not None:
        said.append(
            f"All assumptions together explain {percent(max(share, 0.0))}% of the variance between single worlds (linear fit); "
            "the rest is luck and interplay."
        )
    if found.manifest["screening"]:
        whole = len(found.ranked(found.manifest["screening"])) - 1
        said.append(f"These {len(rows)} came out on top of {whole} in the draws of a run; the others were drawn as usual.")
    return said


def writer(found: Sensitivity, index: str) -> Callable[..., str]:
    """How a figure of an index is written: in the metric's unit, or as a share of variance."""
    if index in ("S1", "ST"):
        return lambda value, sign=False: f"{percent(value, sign=sign)}%"
    metric = found.manifest["metric"]
    if metric == "weeks_in_force":
        return lambda value, sign=False: f"{weeks(value, sign=sign)} weeks"
    if metric.startswith("surplus_"):
        return lambda value, sign=False: f"{points(value, sign=sign)} hundredths"
    if metric.startswith("units_"):
        return lambda value, sign=False: f"{amount(value, sign=sign)} {metric.removeprefix('units_').replace('_', ' ')}"
    return lambda value, sign=False: f"{percent(value, sign=sign)} points"


def in_words(scenario: Scenario, path: str) -> str:
    """An assumption as a reader would name it: ``parties.north.trust.south`` is ``North: trust, South``."""
    if path in NOT_ASSUMED:
        return NOT_ASSUMED[path]
    section, *parts = path.split(".")
    known = {**names(scenario, "parties"), **names(scenario, "issues")}
    if section in SECTIONS or not parts:
        head = SECTIONS.get(section, section.replace("_", " "))
        parts = parts or [section]
    else:
        name, parts = parts[0], parts[1:]
        items = getattr(scenario.file, section, {})
        head = getattr(items.get(name), "label", None) or name.replace("_", " ")
    rest = ", ".join(known.get(part, part.replace("_", " ")) for part in parts)
    return f"{head}: {rest or 'all its numbers'}"


def reach(scenario: Scenario, row: Any) -> str:
    """The range of an assumption: of its value, or of the factor on its values, with a sign before it."""
    if row.role != "assumption":
        return DASH
    factor = "×" if uncertain(scenario)[row.parameter].relative is not None else ""
    return f"{factor}{number_words(row.range_low)} to {number_words(row.range_high)}"


def _table(found: Sensitivity, top: int) -> Table:
    method = found.method
    own = found.table[found.table["method"] == method]
    kept = [str(name) for name in own.loc[own["role"] == "assumption", "parameter"].unique()[:top]]
    kept += [str(name) for name in own.loc[own["role"] != "assumption", "parameter"].unique()]
    indices = list(own["index"].unique())
    table = Table("What moves it most", [Words("assumption"), Figures("range"), *(Figures(HEADS[index]) for index in indices)])
    by = {(row.parameter, row.index_): row for row in own.rename(columns={"index": "index_"}).itertuples(index=False)}
    for name in kept:
        label = Text(in_words(found.scenario, name))
        if name in NOT_ASSUMED:
            table.gap()
        else:
            label.append(f"\n{name}", style="dim")
        cells = (_cell(by[name, index], found, index) for index in indices)
        table.row(label, reach(found.scenario, by[name, indices[0]]), *cells)
    return table


def _meanings(found: Sensitivity, top: int) -> Table:
    """What each of the assumptions is, and whether the record informed it."""
    own = found.table[(found.table["method"] == found.method) & (found.table["role"] == "assumption")]
    table = Table("What they are", [Words("assumption"), Words("what it is"), Words("learned from the record")])
    for row in own.drop_duplicates("parameter").head(top).itertuples():
        table.row(in_words(found.scenario, str(row.parameter)), row.meaning, learned(row.contraction))
    return table


def learned(contraction: float) -> str:
    """How far the record narrowed a parameter's prior, in a word and in percent of its variance."""
    if math.isnan(contraction):
        return "not asked: assumed"
    words = next(word for most, word in LEARNED if contraction < most)
    return f"{words} ({percent(max(contraction, 0.0))}%)"


def _cell(row: Any, found: Sensitivity, index: str) -> tuple[str | Text, ...]:
    write = writer(found, index)
    short = write(row.estimate, sign=index in ("effect", "mu")).split(" ")[0].rstrip("%")
    return (short,) if math.isnan(row.low) else (short, Text(_interval(row._asdict(), write), style="dim"))


def _interval(row: Any, write: Callable[..., str]) -> str:
    low, high = (write(row[end]).split(" ")[0].rstrip("%") for end in ("low", "high"))
    return f"[{low}, {high}]"


def notes(found: Sensitivity) -> list[str]:
    """What the columns mean, and what they were made from."""
    asked = found.manifest
    unit = writer(found, HEADLINE["given"])(0.0).partition(" ")[2]
    made = {
        "given": f"{asked['n']:,} worlds of each process",
        "morris": f"{asked['n']:,} trajectories, {asked['lucks']} worlds a point",
        "sobol": f"{asked['n']:,} base points, {asked['lucks']} worlds a point",
    }[found.method]
    said = [
        f"{made}, seed {asked['seed']}. [ ] 95% interval. Effects and changes in {unit}. A range with × is of a factor on "
        "what is stated."
    ]
    own = found.table.loc[found.table["method"] == found.method, "index"].unique()
    said.append(
        "Learned from the record: share of the prior variance of a behavioural parameter that episodes and counts of real cases "
        "took away (from 256 draws, so to about a tenth near zero); all other numbers are assumed."
    )
    return said + [f"{HEADS[index].split(',')[0]}: {found.explain()[f'{found.method} {index}']}." for index in own]
