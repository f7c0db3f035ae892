"""Charts: what they count, worked by hand, and that no words overlap or leave the page."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.scenario import load
from sim.show.charts import comparison, funnel, life, style, surplus
from sim.study.compare import Result, compare
from sim.study.outcomes import share

WEEKS = 40
SIDES = ["north", "south"]
THIRD = ["elder", "neighbour", "union"]
OPTIONS = ("none", "some", "all")
CONTACTS = ("face_to_face", "separate", "proximity", "remote")
LONG = (
    "Indirect talks through several go-betweens on everything that $either_side & the other has ever put on the table"
)
FAR = "gave up after a breach that was not repaired"


# ---------------------------------------------------------------- a result made by hand


def scenario(
    tables: dict[str, list[str]], issues: list[str], *, words: str = "", absent: tuple[str, ...] = ()
) -> SimpleNamespace:
    """A scenario with only what charts read; the second side is not invited to the tables ``absent`` names."""

    def named(name: str, **more: object) -> SimpleNamespace:
        return SimpleNamespace(label=f"{words} {name}" if words else "", **more)

    every = sorted({t for names in tables.values() for t in names})
    options = {o: named(o) for o in OPTIONS}
    file = SimpleNamespace(
        title=words or "A quarrel",
        start=date(2030, 1, 7),
        weeks=WEEKS,
        parties={s: named(s) for s in [*SIDES, *THIRD]},
        issues={i: named(i, group=("political", "humanitarian")[n % 2], options=options) for n, i in enumerate(issues)},
        processes={p: named(p, tables=names, headline=None) for p, names in tables.items()},
        tables={t: named(t, format=t, agenda=issues, opens=None) for t in every},
        formats={
            t: SimpleNamespace(
                invited={"south": SimpleNamespace(status="not")} if t in absent else {},
                mediators=THIRD[: n % 4],
                sponsor=("south", "another_state", None)[n % 3],
                side_deals=[SimpleNamespace(to="north", controlled_by=("elder", "a_bank")[n % 2])] * (n % 3),
                contact=SimpleNamespace(talks=CONTACTS[n % 4]),
            )
            for n, t in enumerate(every)
        },
    )
    return SimpleNamespace(file=file, disputants=SIDES, mediators=THIRD, pinned=frozenset())


def row(process: str, table: str, world: int, **more: object) -> dict[str, object]:
    """A table in a world where nothing happened, but for what is said."""
    weeks = {f"{w}_week": pd.NA for w in ("occasion", "came", "declared", "agreed", "ratified", "ended")}
    plain = {
        "process": process,
        "table": table,
        "world": world,
        "stage": "apart",
        "first_end": "",
        "reason": "no occasion arose",
        "whose": "nobody",
        "stands_26": False,
        "stands_end": False,
        "text_surplus_north": np.nan,
        "text_surplus_south": np.nan,
        "agreements": 0,
    }
    return plain | weeks | more


def result(
    rows: list[dict[str, object]], asked: SimpleNamespace, *, issues: dict[str, list[str]], count: int
) -> Result:
    """A result of rows; each process has the issues that are listed for it, agreed as often as any text."""
    worlds = pd.DataFrame(rows).astype({c: "Int32" for c in rows[0] if c.endswith("_week")})
    for issue in asked.file.issues:
        worlds[f"moved_{issue}"] = worlds["agreed_week"].notna() | worlds["ratified_week"].notna()
    texts = [", ".join(f"{issue}: {OPTIONS[1 + world % 2]}" for issue in asked.file.issues) for world in worlds["world"]]
    worlds["package"] = np.where(worlds["agreed_week"].notna(), texts, "")
    processes = list(asked.file.processes)
    unknown = {"assumed_low": np.nan, "assumed_high": np.nan}
    summary = [{"process": "", "metric": "", "issue": "", "table": "", "estimate": 0.0, "low": 0.0, "high": 0.0, **unknown}]
    weekly = []
    for process in processes:
        own = worlds[worlds["process"] == process]
        agreed = np.zeros(count, bool)
        agreed[own.loc[own["agreed_week"].notna(), "world"]] = True
        found = share(agreed)
        for issue in issues.get(process, []):
            summary.append(
                {
                    "process": process,
                    "metric": "agreed",
                    "issue": issue,
                    "table": "",
                    **unknown,
                    "estimate": found.estimate,
                    "low": found.low,
                    "high": found.high,
                }
            )
        held = np.linspace(0, agreed.mean(), WEEKS)
        weekly.append(
            pd.DataFrame({"process": process, "week": np.arange(1, WEEKS + 1), "in_force": held, "apart": 1 - held})
        )
    return Result(
        scenario=asked,
        seed=1,
        count=count,
        processes=processes,
        summary=pd.DataFrame(summary),
        worlds=worlds,  # type: ignore[arg-type]
        weekly=pd.concat(weekly),
        reasons=pd.DataFrame(),
    )


def many(processes: int, tables: int, *, words: str = "", agree: float = 0.6, count: int = 60) -> Result:
    """A result of several processes and tables, filled at random from a fixed seed."""
    luck = np.random.default_rng(7)
    agendas = {f"process_{p}": [f"table_{t}" for t in range(tables)] for p in range(processes)}
    issues = [f"issue_{i}" for i in range(5)]
    rows = []
    for process, names in agendas.items():
        for table in names:
            for world in range(count):
                if luck.random() >= agree:
                    rows.append(
                        row(
                            process, table, world, occasion_week=1, reason="had publicly ruled out talks", whose="north"
                        )
                    )
                    continue
                begun, ended = int(luck.integers(2, 20)), luck.random() < 0.5
                rows.append(
                    row(
                        process,
                        table,
                        world,
                        occasion_week=0,
                        came_week=1,
                        agreed_week=begun,
                        ratified_week=begun,
                        ended_week=int(luck.integers(begun, WEEKS)) if ended else pd.NA,
                        stands_26=not ended,
                        stands_end=not ended,
                        stage="in force",
                        reason=FAR if ended else "in force at the end",
                        whose="south" if ended else "nobody",
                        text_surplus_north=luck.normal(0.2, 0.05),
                        text_surplus_south=luck.normal(0.1, 0.05),
                        agreements=1,
                    )
                )
    listed = {p: issues[: 1 + n % 5] for n, p in enumerate(agendas)}
    return result(rows, scenario(agendas, issues, words=words), issues=listed, count=count)


def some_zones(asked: SimpleNamespace, processes: list[str]) -> pd.DataFrame:
    """Three packages per table: one in the zone and on the frontier, one on the frontier, one of neither."""
    parts = []
    for process in processes:
        for table in asked.file.processes[process].tables:
            frame = pd.DataFrame({"north": [0.2, 0.4, -0.5], "south": [0.1, -0.1, -0.6], "package": ["a", "b", "c"]})
            frame["zone"], frame["frontier"] = [True, False, False], [True, True, False]
            frame["nash"] = frame["kalai"] = [True, False, False]
            parts.append(frame.assign(process=process, table=table))
    return pd.concat(parts)


@pytest.fixture(autouse=True)
def _zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surplus, "zones", some_zones)


# ---------------------------------------------------------------- what is counted


def test_funnel_counts_any_table_and_names_the_commonest_reason():
    asked = scenario({"p": ["a", "b"]}, ["i"])
    away = {"occasion_week": 0, "reason": "had publicly ruled out talks", "whose": "north"}
    held = {"occasion_week": 0, "came_week": 1, "agreed_week": 2, "ratified_week": 3, "stage": "in force"}
    rows = [
        row("p", "a", 0, **away),
        row("p", "a", 1, **away),
        row("p", "a", 2, **away),
        row("p", "a", 3, **held, stands_26=True, stands_end=True, reason="in force at the end"),
        row("p", "b", 0),
        row("p", "b", 1, occasion_week=4, reason="feared to be seen talking", whose="south"),
        row("p", "b", 2, **held, ended_week=9, reason="left: the front promised more", whose="south"),
        row("p", "b", 3),
    ]
    found = funnel.steps(result(rows, asked, issues={"p": ["i"]}, count=4), "p")
    shares = {step.name: step.reached.mean() for step in found}
    assert shares == {
        "Both sides invited": 1,
        "An occasion to meet": 1,
        "Both sides came": 0.5,
        "A text agreed": 0.5,
        "Ratified": 0.5,
        "In force, at the end": 0.25,
    }
    came = found[2]
    # World 0 counts for north alone, world 1 half for each side.
    assert (came.lost.sum(), came.reason, came.part) == (2, "north: had publicly ruled out talks", 0.75)
    assert (found[5].lost.sum(), found[5].reason, found[5].part) == (1, "south: left – the front promised more", 1.0)


def test_no_stage_of_a_funnel_is_larger_than_the_one_before_it():
    """A text that entered into force late stands at the end, and not in a week before that: no such week is a stage."""
    asked = scenario({"p": ["a"]}, ["i"])
    held = {"occasion_week": 0, "came_week": 1, "stands_end": True, "reason": "in force at the end"}
    rows = [row("p", "a", world, **held, agreed_week=30, ratified_week=31) for world in range(3)]
    steps = funnel.steps(result(rows, asked, issues={}, count=3), "p")
    assert [step.reached.mean() for step in steps] == [1.0] * 6
    reached = [step.reached.astype(int) for step in funnel.steps(many(processes=1, tables=3), "process_0")]
    assert all((after <= before).all() for before, after in pairwise(reached))


def test_a_funnel_is_about_what_the_process_is_for():
    """Table b has prisoners only and agrees everywhere; the process is for the ceasefire at table a."""
    asked = scenario({"p": ["a", "b"]}, ["ceasefire", "prisoners"])
    asked.file.tables["a"].agenda, asked.file.tables["b"].agenda = ["ceasefire"], ["prisoners"]
    asked.file.processes["p"].headline = ["ceasefire"]
    done = {"occasion_week": 0, "came_week": 1, "agreed_week": 2, "ratified_week": 3, "stands_end": True}
    found = result([row("p", "a", 0), row("p", "b", 0, **done)], asked, issues={}, count=1)
    found.worlds["moved_ceasefire"] = [False, pd.NA]
    found.worlds["moved_prisoners"] = [pd.NA, True]
    assert [step.reached.mean() for step in funnel.steps(found, "p")] == [1, 0, 0, 0, 0, 0]
    assert len(life.lives(found, "p").weeks) == 0
    assert surplus.busiest(found, "p", some_zones(asked, ["p"])).table == "a"


def test_a_hint_is_not_called_an_invitation():
    asked = scenario({"p": ["a"]}, ["i"])
    asked.file.formats["a"].invited = {"south": SimpleNamespace(status="hinted")}
    found = result([row("p", "a", 0, occasion_week=0)], asked, issues={}, count=1)
    assert funnel.steps(found, "p")[0].name == "Invited by a hint"
    assert "south: no invitation but a hint" in funnel._note(found, "p")
    asked.file.formats["a"].invited = {"south": SimpleNamespace(status="formal")}
    assert funnel.steps(found, "p")[0].name == "Both sides invited"


def test_pseudo_values_are_what_each_agreement_adds():
    """Worked by leaving each out in turn."""
    weeks, ended = np.array([1.0, 2, 3, 3, 5]), np.array([True, False, True, True, False])
    found = life.Lives(weeks, ended, np.zeros(5, bool), np.arange(5))
    curve = life.kaplan_meier(found)
    pseudo = life.pseudo_values(found, curve)
    for out in range(5):
        others = np.arange(5) != out
        less = life.kaplan_meier(life.Lives(weeks[others], ended[others], np.zeros(4, bool), np.arange(4)))
        for week, own, whole in zip(curve.weeks, pseudo[:, out], curve.alive, strict=True):
            left = less.alive[less.weeks <= week][-1]
            assert own == pytest.approx(5 * whole - 4 * left)
    nothing_censored = life.Lives(weeks, np.ones(5, bool), np.zeros(5, bool), np.arange(5))
    whole = life.kaplan_meier(nothing_censored)
    assert life.pseudo_values(nothing_censored, whole) == pytest.approx((weeks > whole.weeks[:, None]).astype(float))


def test_funnel_says_who_was_not_invited():
    asked = scenario({"p": ["a"]}, ["i"], absent=("a",))
    found = funnel.steps(result([row("p", "a", 0, occasion_week=0)], asked, issues={}, count=1), "p")
    assert (found[0].reached.mean(), found[0].reason) == (0, "south: was not invited")
    assert not any(step.lost.any() for step in found[1:])


def test_kaplan_meier_by_hand():
    # Weeks 1 ended, 2 censored, 3 ended, 3 ended, 5 censored: 4/5, then 4/5 x 1/3.
    found = life.Lives(np.array([1.0, 2, 3, 3, 5]), np.array([True, False, True, True, False]), np.zeros(5, bool), np.arange(5))
    curve = life.kaplan_meier(found)
    assert curve.weeks.tolist() == [0, 1, 2, 3, 5]
    assert curve.alive == pytest.approx([1, 4 / 5, 4 / 5, 4 / 15, 4 / 15])
    assert curve.followed.tolist() == [5, 5, 4, 3, 1]
    assert curve.median() == 3
    # Greenwood at week 1: variance 1 / (5 x 4) of log 0.8; bounds 0.8 ** exp(+-1.96 * sqrt(0.05) / 0.2231).
    assert (curve.low[1], curve.high[1]) == pytest.approx((0.2038, 0.9692), abs=5e-4)


def test_kaplan_meier_where_all_end_at_once_and_where_none_ends():
    ended = life.kaplan_meier(life.Lives(np.full(30, 4.0), np.ones(30, bool), np.zeros(30, bool), np.arange(30)))
    assert (ended.alive.tolist(), ended.low.tolist(), ended.high.tolist()) == ([1, 0], [1, 0], [1, 1])
    none = life.kaplan_meier(life.Lives(np.full(30, 4.0), np.zeros(30, bool), np.zeros(30, bool), np.arange(30)))
    assert (none.alive.tolist(), none.high.tolist()) == ([1, 1], [1, 1])
    assert np.isnan(none.median())


def test_life_counts_weeks_and_censors_what_is_carried_out():
    asked = scenario({"p": ["a"]}, ["i"])
    rows = [
        row("p", "a", 0, ratified_week=3, ended_week=3, stage="in force"),
        row("p", "a", 1, ratified_week=3, ended_week=10, stage="carried out", first_end="carried out"),
        row("p", "a", 2, ratified_week=3, stage="in force"),
        row("p", "a", 3),
    ]
    found = life.lives(result(rows, asked, issues={}, count=4), "p")
    assert found.weeks.tolist() == [1, 8, WEEKS - 3]
    assert found.ended.tolist() == [True, False, False]
    assert found.carried_out.tolist() == [False, True, False]


def test_busiest_table_has_the_most_texts_and_the_first_where_there_are_none():
    asked = scenario({"p": ["a", "b"]}, ["i"])
    text = {"agreed_week": 2, "text_surplus_north": 0.1, "text_surplus_south": 0.2}
    busy = result([row("p", "a", 0), row("p", "b", 0, **text)], asked, issues={}, count=1)
    quiet = result([row("p", "a", 0), row("p", "b", 0)], asked, issues={}, count=1)
    stated = some_zones(asked, ["p"])
    assert surplus.busiest(busy, "p", stated).table == "b"
    assert surplus.busiest(busy, "p", stated).texts.tolist() == [[0.1, 0.2]]
    assert surplus.busiest(quiet, "p", stated).table == "a"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0%"), (0.0004, "<0.1%"), (0.004, "0.4%"), (0.25, "25%"), (0.996, "99.6%"), (0.9996, ">99.9%"), (1.0, "100%")],
)
def test_percent(value, words):
    assert style.percent(value) == words


def test_wrap_keeps_to_the_width_and_to_the_lines():
    for text in (LONG, "x" * 200, "a b", ""):
        lines = style.wrap(text, 1.5, lines=3).split("\n")
        assert len(lines) <= 3
        assert all(style.text_width(line, style.SIZE) <= 1.5 for line in lines)
    assert style.wrap(LONG, 1.5, lines=2).endswith("…")
    assert style.wrap("two words", 9) == "two words"


# ---------------------------------------------------------------- what is drawn

CASES = {
    "one process, one table": {"processes": 1, "tables": 1},
    "two processes": {"processes": 2, "tables": 2},
    "seven processes, long labels": {"processes": 7, "tables": 2, "words": LONG},
    "twelve processes, twelve tables": {"processes": 12, "tables": 12, "words": "A rather long label of", "count": 20},
    "nobody agrees": {"processes": 3, "tables": 1, "agree": 0.0},
    "one world": {"processes": 2, "tables": 1, "agree": 1.0, "count": 1},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_words_neither_overlap_nor_leave_the_page(case):
    figures = many(**case).plot()
    assert list(figures) == ["funnel", "agreement", "texts", "life", "surplus", "weekly", "network"]
    for name, figure in figures.items():
        assert clashes(figure) == [], name


def written_on(figure: Figure) -> str:
    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))


def test_every_chart_of_a_comparison_names_its_scenario_worlds_and_seed():
    found = many(processes=3, tables=3)
    for name, figure in found.plot().items():
        assert f"A quarrel. {found.count} worlds per process, seed 1;" in written_on(figure), name


def test_sponsors_and_who_delivers_a_side_deal_stand_beside_who_talks():
    said = written_on(drawn("network", many(processes=3, tables=3)))
    assert re.search("Sponsor: .*another state", said)
    assert " a bank " in said


def drawn(chart: str, found: Result) -> Figure:
    """One chart, in the style of all."""
    with style.house_style():
        return comparison.CHARTS[chart](found)


def clashes(figure: Figure) -> list[str]:
    """Pairs of texts that overlap, texts off the page, texts too small to read."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    texts = list(figure.texts)
    for legend in figure.legends:
        texts += legend.get_texts()
    for axes in figure.axes:
        texts += axes.texts
        if axes.axison:
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                texts += [t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
                texts.append(axis.label)
    shown = [(t, t.get_window_extent(renderer)) for t in texts if t.get_visible() and t.get_text()]
    page = figure.bbox
    found = [
        f"off the page: {t.get_text()}" for t, b in shown if b.x0 < 0 or b.y0 < 0 or b.x1 > page.x1 or b.y1 > page.y1
    ]
    found += [f"too small: {t.get_text()}" for t, _ in shown if t.get_fontsize() < 9]
    for (one, a), (two, b) in combinations(shown, 2):
        across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if across > 1 and down > 2:
            found.append(f"overlap: {one.get_text()} / {two.get_text()}")
    return found


def test_written_files_are_the_same_each_time(tmp_path: Path):
    found = many(processes=2, tables=1)
    for folder in ("first", "second"):
        found.plot(tmp_path / folder)
    first = sorted((tmp_path / "first").iterdir())
    assert [f.name for f in first] == sorted(f"{n}.{kind}" for n in comparison.CHARTS for kind in ("png", "svg"))
    assert all(f.read_bytes() == (tmp_path / "second" / f.name).read_bytes() for f in first)


def test_an_issue_on_no_table_of_a_process_is_hatched():
    figure = drawn("agreement", many(processes=2, tables=1))
    hatched = [p for p in figure.axes[0].patches if p.get_hatch()]
    assert len(figure.axes[0].patches) == 4  # two issues by two processes
    assert len(hatched) == 1


def test_an_issue_only_at_a_fall_back_is_marked():
    found = many(processes=1, tables=2)
    fall_back = found.scenario.file.tables["table_1"]
    fall_back.opens = SimpleNamespace(after="table_0", when="failed")
    found.scenario.file.tables["table_0"].agenda = ["issue_1"]
    marked = [t.get_text() for t in drawn("agreement", found).axes[0].texts if t.get_text().endswith("*")]
    assert len(marked) == 1  # issue_0, the one that this process has agreed on
    fall_back.opens = None
    assert not [t for t in drawn("agreement", found).axes[0].texts if t.get_text().endswith("*")]


def test_few_agreements_are_said_and_not_drawn():
    figure = drawn("life", many(processes=1, tables=1, agree=0.2, count=20))
    assert any("too few" in t.get_text() for t in figure.axes[0].texts)
    assert not figure.axes[0].lines


def test_a_missing_state_counts_as_none_of_the_worlds():
    found = many(processes=1, tables=1)
    assert "suspended" not in found.weekly
    assert drawn("weekly", found).axes


def test_charts_of_a_scenario_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    found = compare(load(Path(__file__).parent / "minimal.yaml"), worlds=40)
    for name, figure in found.plot().items():
        assert clashes(figure) == [], name
    for process in found.processes:
        reached = {s.name: s.reached.mean() for s in funnel.steps(found, process)}
        rows = found.summary[(found.summary["process"] == process) & (found.summary["issue"] == "")]
        rows = rows[rows["table"] == ""].set_index("metric")
        for name, metric in {
            "Both sides came": "came",
            "A text agreed": "agreed",
            "Ratified": "ratified",
            "In force, at the end": "in_force_end",
        }.items():
            assert reached[name] == pytest.approx(rows.loc[metric, "estimate"])
