"""Every verb with every public option, at any width: no digit is lost, no line too long, and what is printed is what is saved.

Each case below runs once, through the command line and with few worlds; what it shows is then shown again at each
width. A verb or an option without a case fails.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
import typer
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.scenario import load
from sim.show.story import story
from sim.show.written import amount, percent, points, weeks
from sim.study.exploration.discovery import find_boxes
from sim.study.history import coverage
from sim.study.history.calibration import TABLES, Calibration

HOME = Path(__file__).parent.parent
MINIMAL = str(HOME / "tests" / "minimal.yaml")
KURSK = str(HOME / "scenarios" / "kursk-2024.yaml")

WIDTHS = (0, 60, 61, 80, 97, 140)
LEAST = 60

TWO = ["--process", "direct_talks", "--process", "both"]
SET = ["--set", "parties.south.grievance=0.3"]
ENERGY = [
    "--set", "tables.turkey_energy={agenda: [energy], format: turkey_channel}",
    "--set", "processes.turkey_energy={label: Energy through Turkey, tables: [turkey_energy]}",
]  # fmt: skip
RUN = ["--worlds", "40", "--seed", "5", "--jobs", "1"]
GRIEVANCE = "parties.north.grievance"

CASES: dict[str, list[str]] = {
    "compare": ["compare", MINIMAL, *RUN, *TWO, "--full", "--out", "OUT"],
    "compare screen": ["compare", MINIMAL, *RUN, *TWO, "--out", "OUT"],
    "compare set": ["compare", MINIMAL, *RUN, *TWO, *SET, "--full", "--out", "OUT"],
    "compare against": ["compare", KURSK, *RUN, "--against", str(HOME / "scenarios" / "no-incursion.yaml"), "--out", "OUT"],
    "compare json": ["compare", MINIMAL, *RUN, "--json", "--out", "OUT"],
    "run": ["run", MINIMAL, *RUN, "--process", "both", *SET, "--full", "--out", "OUT"],
    "run json": ["run", MINIMAL, *RUN, "--json", "--out", "OUT"],
    "serve": ["serve", MINIMAL, "--seed", "5", "--port", "0", "--open"],
    "plot": ["plot", "compare"],
    "report": ["report", "compare", "--out", "OUT"],
    "story": ["story", MINIMAL, "--process", "both", "--world", "3", "--against", "direct_talks", "--form", "markdown", "--seed", "5", *SET],
    "story typical": ["story", MINIMAL, "--typical"],
    "story surprising": ["story", MINIMAL, "--surprising"],
    "check": ["check", MINIMAL, "--strict"],
    "check kursk": ["check", KURSK],
    "init": ["init", "OUT"],
    "schema": ["schema"],
    "discover": ["discover", MINIMAL, *TWO, "--metric", "in_force_end", "--issue", "ferry", "--n", "60", "--seed", "2", "--jobs", "1", *SET, "--out", "OUT"],
    "discover folder": ["discover", "compare", *TWO],
    "hindcast": ["hindcast", "history", "--worlds", "20", "--seed", "5", "--jobs", "1", "--out", "OUT"],
    "hindcast json": ["hindcast", "history", "--worlds", "20", "--json", "--out", "OUT"],
    "calibrate": ["calibrate", "history", "--counted", "counted", *RUN, "--alternatives", "--compare", KURSK, "--out", "OUT"],
    "regularities": ["regularities", "counted", "--worlds", "6", "--seed", "5", "--jobs", "1", "--out", "OUT"],
    "levers": ["levers", MINIMAL, "both", "--metric", "came", "--issue", "ferry", *RUN, *SET, "--out", "OUT"],
    "levers json": ["levers", MINIMAL, "direct_talks", *RUN, "--json", "--out", "OUT"],
    "explain": ["explain", KURSK, "qatar_energy", "turkey_energy", "--metric", "in_force_end", "--issue", "energy", *RUN, *ENERGY, "--out", "OUT"],
    "explain against": ["explain", MINIMAL, "both", "--against", "calm.yaml", *RUN, "--out", "OUT"],
    "design": ["design", MINIMAL, "--issue", "ferry", "--levers", "level,term,sponsor", "--fixed", "term=26", "--never", "level=leaders",
               "--proposals", "12", *RUN, *SET, "--out", "OUT"],
    "design json": ["design", MINIMAL, "--issue", "ferry", "--levers", "term", *RUN, "--json", "--out", "OUT"],
    "explain json": ["explain", MINIMAL, "direct_talks", "both", *RUN, "--json", "--out", "OUT"],
    "sensitivity": ["sensitivity", MINIMAL, *TWO, "--metric", "agreed", "--issue", "ferry", "--method", "given", "--worlds", "100", "--seed", "5", "--jobs", "1", *SET, "--top", "5", "--out", "OUT"],
    "sensitivity morris": [
        "sensitivity", MINIMAL, *TWO, "--method", "morris", "--metric", "weeks_in_force", "--n", "3", "--lucks", "3", "--parameter", GRIEVANCE, "--parameter", "behaviour.mandate_gap",
        "--out", "OUT",
    ],
    "sensitivity plan": ["sensitivity", MINIMAL, *TWO, "--dry-run", "--worlds", "100"],
    "sweep": [
        "sweep", MINIMAL, "--vary", f"{GRIEVANCE}=0.1,0.5", "--vary", "formats.face_to_face.visibility=secret,public", "--design", "grid",
        "--worlds", "10", "--seed", "5", *TWO, "--set", "parties.south.optimism=0.3", "--jobs", "1", "--keep-worlds", "--no-charts", "--out", "OUT",
    ],
    "sweep slice": ["sweep", MINIMAL, "--vary", f"{GRIEVANCE}=0.1:0.5", "--design", "latin", "--n", "2", "--worlds", "10", "--slice", "1/1", "--out", "OUT"],
    "sweep points": ["sweep", MINIMAL, "--points", "points.csv", "--worlds", "10", "--no-charts", "--out", "OUT"],
    "sweep plan": ["sweep", MINIMAL, "--vary", f"{GRIEVANCE}=0.1,0.5", "--worlds", "10", "--cluster", "tcp://127.0.0.1:1", "--dry-run", "--out", "OUT"],
    "gather": ["gather", "sweep slice", "--no-charts"],
}  # fmt: skip
"""Arguments by case, the verb first; OUT stands for a folder of the name of the case. What may replace a folder has --force as well."""

SHOWS = ("console", "hindcast", "regularities", "calibration", "assumptions", "inventory", "boxes", "sweep", "levers", "explain", "design")


@dataclass
class Ran:
    """A case: how it ended, what it said, what it showed, and where it was saved."""

    code: int
    said: str
    errors: str
    shown: list[Callable[[Console], Any]] = field(default_factory=list)
    folder: Path = Path()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ran]]:
    """All cases, run once each; tests stay in the folder that they were run in."""
    home = tmp_path_factory.mktemp("widths")
    before = Path.cwd()
    os.chdir(home)
    try:
        prepare(home)
        with ExitStack() as patches:
            shown = list(listeners(patches))
            found = {name: one(name, shown) for name in CASES}
        yield found
    finally:
        os.chdir(before)


def prepare(home: Path) -> None:
    """Episodes, a study of real cases cut short, and points."""
    shared = home / "history" / "shared"
    shared.mkdir(parents=True)
    for name in ("minimal.yaml", "minimal-claims.yaml"):
        shutil.copy(HOME / "tests" / name, shared)
    for number, said in enumerate(
        (
            "true}, fate: ended, days: 45, score: [agreed, in_force]",
            "false}, score: [agreed_if_came]",
            "true}, fate: running, days: 50, score: [agreed]",
        )
    ):
        observed = f"{{cluster: affair_{number}, phase: before, came: true, issues: {{ferry: {said}}}"
        text = f"extends: shared/minimal.yaml\ntitle: The ferry between North and South in year {number}\nweeks: 60\n"
        text += f"processes: {{direct_talks: null}}\nobserved: {observed}\n"
        (home / "history" / f"episode{number}.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(HOME / "scenarios" / "regularities", home / "counted")
    calm = "extends: history/shared/minimal.yaml\ntitle: Without the shots\nevents: {shooting: null}\n"
    (home / "calm.yaml").write_text(calm, encoding="utf-8")
    (home / "points.csv").write_text(f"{GRIEVANCE}\n0.1\n0.4\n", encoding="utf-8")


def listeners(patches: ExitStack) -> Iterator[list[Callable[[Console], Any]]]:
    """Lists to which the functions that show something add how to show it again; charts are not drawn."""
    shown: list[Callable[[Console], Any]] = []
    for name in SHOWS:
        module = import_module(f"sim.show.{name}")

        def listening(*args: Any, of: Any = module.show, **more: Any) -> Any:
            at = next(place for place, arg in enumerate(args) if isinstance(arg, Console))
            shown.append(lambda console: of(*args[:at], console, *args[at + 1 :], **more))
            return of(*args, **more)

        patches.enter_context(patch.object(module, "show", listening))
    for path in ("sim.study.compare.Result", "sim.study.history.hindcast.Hindcast", "sim.study.history.regularities.Regularities",
                 "sim.study.history.calibration.Calibration", "sim.study.exploration.sensitivity.Sensitivity",
                 "sim.study.advice.levers.Levers", "sim.study.advice.explain.Explanation",
                 "sim.study.advice.design.Designs"):  # fmt: skip
        patches.enter_context(patch(f"{path}.plot", lambda *_, **__: {}))
    patches.enter_context(patch("uvicorn.Server.run", lambda *_, **__: None))
    patches.enter_context(patch("webbrowser.open", lambda _: True))
    patches.enter_context(patch("sim.calibrate", lambda *_, **__: calibrated()))
    patches.enter_context(
        patch("sim.study.history.counted.read_study", short_study(import_module("sim.study.history.counted").read_study))
    )
    yield shown


def calibrated() -> Calibration:
    """The calibration that ships, read from its folder: to make one takes minutes."""
    folder = HOME / "results" / "calibration"
    words = {"verdict": str, "of": str, "statistic": str, "cluster": str}
    made = ("alternatives", "coverage")  # not in that folder
    frames = {name: pd.read_csv(folder / f"{name}.csv", dtype=words) for name in TABLES if name not in made}
    held = [coverage._row("minsk", "affair", 9, np.full(11, 1 / 11), 800), coverage._row("direct", "count", 19, np.full(58, 1 / 58))]
    frames["coverage"] = pd.DataFrame(held, columns=list(coverage.COLUMNS))
    full = {"alternative": "full", "log_evidence": -20.0, "change": 0.0, "error": 0.4, "verdict": "", "agreed_change": 0.0}
    without = full | {"alternative": "no_commitment_problem", "change": -4.0, "verdict": "strong for the mechanism", "agreed_change": 0.031}
    figures = {"agreed_brier": 0.25, "agreed_low": 0.01, "agreed_high": 0.05, "inside_posterior": 6, "inside_left_out": 2, "scenarios": 3}
    frames["alternatives"] = pd.DataFrame([row | figures for row in (full, without)])
    for frame in frames.values():
        for column in frame.columns.intersection(list(words)):
            frame[column] = frame[column].fillna("")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    kept = {key: manifest[key] for key in manifest if key not in {"files", "versions"}}
    return Calibration(**frames, manifest=kept | {"alternatives_worlds": 8192})


def short_study(read: Callable[..., Any]) -> Callable[..., Any]:
    """The study of real cases over fewer weeks."""

    def cut(folder: Any) -> Any:
        found = read(folder)
        counted = found.counted
        groups = {
            name: {n: r.model_copy(update={"within": 20}) for n, r in getattr(counted, name).items()}
            for name in ("rows", "context", "contrasts")
        }
        return type(found)(
            counted.model_copy(update=groups), {name: asked.with_({"weeks": 20}) for name, asked in found.scenarios.items()}
        )

    return cut


def one(name: str, shown: list[list[Callable[[Console], Any]]]) -> Ran:
    """Run a case."""
    (heard,) = shown
    heard.clear()
    arguments = [name if argument == "OUT" else argument for argument in CASES[name]]
    if "--out" in arguments and "--force" in options(arguments[0]):
        arguments.append("--force")
    done = CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "80"})
    return Ran(done.exit_code, done.stdout, done.stderr, list(heard), Path.cwd() / name)


# ---------------------------------------------------------------- every verb, every option


def options(verb: str) -> set[str]:
    """The options of a verb, by their long names."""
    return {option.opts[0] for option in commands()[verb].params if option.param_type_name == "option"}


def commands() -> dict[str, typer.core.TyperCommand]:
    return dict(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]


def test_every_verb_and_every_option_has_a_case() -> None:
    for verb in commands():
        tried = {part for case in CASES.values() if case[0] == verb for part in case}
        assert tried, f"{verb}: no case"
        assert options(verb) - tried - ({"--force"} if "--out" in tried else set()) == set(), f"{verb}: options without a case"


@pytest.mark.parametrize("name", CASES)
def test_a_case_runs(ran: dict[str, Ran], name: str) -> None:
    assert ran[name].code == 0, ran[name].said + ran[name].errors
    verb = CASES[name][0]
    shows = verb in {
        "compare",
        "report",
        "run",
        "check",
        "discover",
        "hindcast",
        "calibrate",
        "regularities",
        "sensitivity",
        "levers",
        "explain",
        "design",
        "sweep",
        "gather",
    }
    plain = {"--json", "--dry-run", "--slice"} & set(CASES[name])
    assert bool(ran[name].shown) == (shows and not plain)


# ---------------------------------------------------------------- widths

FIGURE = re.compile(r"[\[(][-+\u2212\d.,%M? ]*\d[-+\u2212\d.,%M? ]*[\])]|[-+\u2212\u00d7\u00b1]?\d[\d,.:/-]*%?M?")


def figures(text: str) -> Counter[str]:
    """Intervals and numbers in a text, without percent signs, and without what ends a sentence."""
    return Counter(found.strip(".,:/-").replace("%", "") for found in FIGURE.findall(text))


def rendered(show: Callable[[Console], Any], width: int) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show(console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def check_widths(show: Callable[[Console], Any]) -> str:
    """Hold what is shown at every width against the widest; returns what stands at 60 characters."""
    wide = figures(rendered(show, 1000))
    for width in WIDTHS:
        text = rendered(show, width)
        own = figures(text)
        assert set(own) == set(wide), width
        assert not wide - own, width  # a table in parts may say a label again
        long = [line for line in text.splitlines() if cell_len(line) > max(width, LEAST)]
        assert not [line for line in long if os.sep not in line], width
        assert "\u2026" not in text
        assert not re.search(r"\bnan\b|\binf\b|\d[eE][-+\u2212]\d|[-\u2212]0(?![.\d])", text), text
    return rendered(show, 60)


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case[0] not in {"schema", "init", "plot", "story"}]
)
def test_what_is_shown_loses_nothing_at_any_width(ran: dict[str, Ran], name: str) -> None:
    for show in ran[name].shown:
        check_widths(show)


def test_a_story_says_the_same_at_any_width() -> None:
    asked = load(HOME / "scenarios" / "black-sea-2022.yaml")
    whole = story(asked, process="black_sea", world=35, width=1000)
    for width in (60, 80, 140):
        told = story(asked, process="black_sea", world=35, width=width)
        assert told.split() == whole.split()
        assert max(map(cell_len, told.splitlines())) <= width
        assert figures(told) == figures(whole)


def test_boxes_that_are_found_lose_nothing() -> None:
    show = import_module("sim.show.boxes").show
    paths = [GRIEVANCE, "parties.south.grievance", "behaviour.mandate_gap"]
    x = pd.DataFrame(
        {path: [((k * step) % 997) / 997 for k in range(1, 801)] for path, step in zip(paths, (113, 389, 701), strict=True)}
    )
    d = [-0.31 if row[0] > 0.6 and row[1] < 0.5 else 0.4 for row in x.to_numpy()]
    found = find_boxes(x, d, names=("both", "direct_talks"), boxes=2)
    assert len(found.boxes) >= 1
    text = figures(check_widths(lambda console: show(found, console, load(MINIMAL).file)))
    for box in found.boxes.to_dict("records"):
        assert text[f"[{percent(box['density_low'])}, {percent(box['density_high'])}]"]
        assert text[percent(box["coverage"])]
    assert text["0.001"]


# ---------------------------------------------------------------- saved and printed


def saved(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, keep_default_na=True)


def printed(case: Ran) -> Counter[str]:
    return sum((figures(rendered(show, 60)) for show in case.shown), Counter())


def parts(row: Any, write: Callable[..., str], least: float, most: float, *, sign: bool) -> Iterator[str]:
    """A figure and its intervals as they are to be printed, each kept within what can be."""

    def text(value: float, *, sign: bool = False) -> str:
        return write(min(max(value, least), most), sign=sign)

    if pd.isna(row["estimate"]):
        return
    yield text(row["estimate"], sign=sign)
    if not pd.isna(row["low"]):
        yield f"[{text(row['low'])}, {text(row['high'])}]"
    if row["assumed_high"] > row["assumed_low"]:
        yield f"({text(row['assumed_low'])}, {text(row['assumed_high'])})"


SHARES = ("came", "agreed", "ratified", "in_force_26", "in_force_52", "in_force_end", "possible", "worse_than_none")
WHOLE = {
    **dict.fromkeys(SHARES, percent),
    "weeks_to_agreement": weeks,
    "weeks_in_force": weeks,
    "surplus_north": points,
    "surplus_south": points,
}


@pytest.mark.parametrize("name", ["compare", "run"])
def test_a_comparison_prints_what_it_saves(ran: dict[str, Ran], name: str) -> None:
    summary = saved(ran[name].folder, "summary.csv")
    wanted: Counter[str] = Counter()
    for row in summary.to_dict("records"):
        metric = row["metric"].removesuffix("_difference")
        change = metric != row["metric"]
        place, issue = (row.get(column) if isinstance(row.get(column), str) else "" for column in ("table", "issue"))
        write: Callable[..., str] = amount if metric.startswith("units_") else WHOLE[metric]
        wholly = not issue and not place and metric in WHOLE
        on_issue = issue and not place and (metric in {"agreed", "in_force_end"} or metric.startswith("units_")) and not change
        if wholly or on_issue:
            shares = write is percent
            least = (-1.0 if change else 0.0) if shares else float("-inf")
            wanted.update(parts(row, write, least, 1.0 if shares else float("inf"), sign=change))
    assert wanted.total() > 20
    assert wanted - printed(ran[name]) == Counter()
    reasons = saved(ran[name].folder, "reasons.csv")
    assert percent(reasons["share"].max()) in printed(ran[name])


def test_a_hindcast_prints_what_it_saves(ran: dict[str, Ran]) -> None:
    case, wanted = ran["hindcast"], Counter()
    for row in saved(case.folder, "rows.csv").to_dict("records"):
        wanted.update(
            [
                percent(row["probability"]),
                f"[{percent(row['low'])}, {percent(row['high'])}]",
                percent(row["given"]),
                percent(row["came"]),
            ]
        )
    for row in saved(case.folder, "scores.csv").to_dict("records"):
        wanted.update([f"{row['value']:.3f}"])
        if not pd.isna(row["low"]):
            wanted.update([f"[{row['low']:.3f}, {row['high']:.3f}]"])
        if not pd.isna(row["difference"]):
            wanted.update([f"{row['difference']:+.3f}".replace("-", "\u2212")] if row["rule"] != "model" else [])
    assert wanted.total() > 20
    assert wanted - printed(case) == Counter()


def test_regularities_print_what_they_save(ran: dict[str, Ran]) -> None:
    case, wanted = ran["regularities"], Counter()
    table = saved(case.folder, "table.csv")
    for row in table.to_dict("records"):
        wanted.update([f"{row['k']}/{row['n']}"])
        if not pd.isna(row["model"]):
            wanted.update([f"[{percent(row['model_low'])}, {percent(row['model_high'])}]", percent(row["by_lot"])])
    assert len(wanted) >= len(table)
    assert wanted - printed(case) == Counter()


def test_a_calibration_prints_what_it_saves(ran: dict[str, Ran]) -> None:
    case, wanted = ran["calibrate"], Counter()
    for row in saved(case.folder, "parameters.csv").to_dict("records"):
        wanted.update([f"{row['from_uniform']:.2f}", percent(row["contraction"])])
    scores = saved(case.folder, "scores.csv")
    scores = scores[
        (scores["measure"] == "brier") & (scores["figures"] == "left_out") & (scores["rule"] != "model")
    ]
    for row in scores[scores["outcome"].isin(["agreed", "ended_360"])].to_dict("records"):
        wanted.update([f"{row['value']:.3f}", f"{row['difference']:+.3f}".replace("-", "\u2212")])
    for row in saved(case.folder, "results.csv").query("metric == 'agreed'").to_dict("records"):
        wanted.update([percent(row["prior"]), percent(row["posterior"]), percent(row["change"], sign=True)])
    del wanted["<0.1"]  # printed so, and no figure of its own
    assert wanted - printed(case) == Counter()


@pytest.mark.parametrize("name", ["sensitivity", "sensitivity morris"])
def test_sensitivities_print_what_they_save(ran: dict[str, Ran], name: str) -> None:
    table = saved(ran[name].folder, "sensitivity.csv")
    top = table[(table["role"] == "assumption") & table["index"].isin(["effect", "mu"])].head(5)
    write = weeks if name == "sensitivity morris" else percent
    wanted = Counter(write(value, sign=True) for value in top["estimate"])
    assert wanted
    assert wanted - printed(ran[name]) == Counter()


@pytest.mark.parametrize("name", ["sweep", "sweep points"])
def test_a_sweep_prints_what_it_saves(ran: dict[str, Ran], name: str) -> None:
    wanted: Counter[str] = Counter()
    for row in saved(ran[name].folder, "table.csv").to_dict("records"):
        issue, place = (row.get(column) if isinstance(row.get(column), str) else "" for column in ("issue", "table"))
        if row["metric"] in {"agreed", "in_force_end"} and not issue and not place:
            wanted.update(parts(row, percent, 0.0, 1.0, sign=False))
    assert wanted
    assert wanted - printed(ran[name]) == Counter()


@pytest.mark.parametrize(
    ("name", "tables"),
    [("compare json", ("summary", "reasons")), ("run json", ("summary",)), ("hindcast json", ("rows", "scores"))],
)
def test_json_prints_what_is_saved(ran: dict[str, Ran], name: str, tables: tuple[str, ...]) -> None:
    told = json.loads(ran[name].said)
    for table in tables:
        with (ran[name].folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert len(told[table]) == len(rows) > 0
        for row, said in zip(rows, told[table], strict=True):
            for column, value in row.items():
                if isinstance(said[column], float):
                    assert float(value) == pytest.approx(said[column], rel=1e-5), column


def test_the_script_of_the_readme_prints_metric_and_estimate(tmp_path: Path) -> None:
    text = (HOME / "README.md").read_text(encoding="utf-8")
    first, script, agents, rule = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    script = script.replace("worlds=2000", "worlds=20").replace("jobs=2", "jobs=1").replace('"scenarios/', f'"{HOME}/scenarios/')
    first = first.replace("worlds=2000", "worlds=20").replace("jobs=2", "jobs=1").replace('"scenarios/', f'"{HOME}/scenarios/')
    with redirect_stdout(io.StringIO()) as out:
        exec(first.replace('"results/mine"', f'"{tmp_path}/mine", charts=False'), {})
    assert "After the Kursk incursion: 8 processes, 78 weeks, 20 worlds" in out.getvalue()
    assert (tmp_path / "mine" / "texts.csv").exists()
    with redirect_stdout(io.StringIO()) as out, pd.option_context("display.width", 80):
        space: dict[str, Any] = {}
        exec(script, space)  # what a reader is told to run
    head, *rows = out.getvalue().splitlines()
    assert head.split() == ["metric", "estimate", "low", "high", "assumed_low", "assumed_high"]
    assert max(map(len, [head, *rows])) <= 80
    summary = space["alone"].summary
    own = summary[
        (summary["process"] == "black_sea_model")
        & (summary["metric"] == "agreed")
        & (summary["issue"] == "")
        & (summary["table"] == "")
    ]
    said = {row.split()[0]: float(row.split()[1]) for row in rows}
    assert said["agreed"] == pytest.approx(own["estimate"].iloc[0], abs=6e-4)
    assert len(said) == len(rows) > 8
    with redirect_stdout(io.StringIO()) as out:
        exec(agents, space)
    assert "SIT_DOWN" in out.getvalue()
    exec(rule.replace("jobs=2", "worlds=20"), space)
    assert set(space["tired"].manifest["rules"]) == {"readiness"}
