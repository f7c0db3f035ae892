"""The page of a saved study: sentences by their figures, nothing from elsewhere, labels as words, whole or not there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.scenario.evidence import cited, uncertain
from sim.scenario.legible import LONGEST, clean
from sim.scenario.setting import parse_set
from sim.show import inventory, overview
from sim.show import levers as levers_shown
from sim.show.charts.funnel import steps
from sim.show.obstacles import obstacle_words, stops
from sim.show.report import answer, grounds, others
from sim.show.report.change import how_to
from sim.show.report.hinges import Hinge, Moving, hinges, moving
from sim.show.report.made import page_of, write_report
from sim.show.report.obstacles import clauses, obstacles
from sim.show.report.page import Code, cell_lines, html, sentence
from sim.show.report.stories import stories
from sim.show.tables import Recorder, Table
from sim.show.written import Lookup, names, percent, share
from sim.study.advice.saved import read_explanation, read_levers
from sim.study.compare import Result
from sim.study.manifests import RunFolderError
from sim.study.saving import REPORT
from sim.study.stored import read, redraw

ROOT = Path(__file__).parent.parent
MINIMAL = Path(__file__).parent / "minimal.yaml"
NAN = float("nan")

# ---------------------------------------------------------------- reading a page


class Read(HTMLParser):
    """A page as a reader's browser takes it: elements with attributes outside and inside charts, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.outside: list[tuple[str, dict[str, str | None]]] = []
        self.drawn: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.depth = 0
        self.feed(text)
        self.close()

    @property
    def every(self) -> list[tuple[str, dict[str, str | None]]]:
        return self.outside + self.drawn

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "svg"
        (self.drawn if self.depth else self.outside).append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "svg"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def result() -> Result:
    return sim.compare(sim.load(MINIMAL), worlds=120, seed=3)


@pytest.fixture(scope="module")
def folder(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return result.save(tmp_path_factory.mktemp("saved") / "run", charts=False)


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return html(page_of(folder))


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ((0.18, 0.16, 0.20, 0.015, 0.35), answer.ORDER),
        ((0.18, 0.16, 0.20, 0.12, 0.24), answer.SIZE),
        ((0.5, 0.4, 0.6, 0.25, 0.75), answer.SIZE),  # as wide as the difference itself
        ((0.18, 0.16, 0.20, -0.01, 0.37), answer.TURNS),
        ((-0.18, -0.20, -0.16, -0.37, 0.0), answer.TURNS),
        ((-0.18, -0.20, -0.16, -0.35, -0.01), answer.ORDER),
        ((0.18, 0.16, 0.20, NAN, NAN), answer.UNSURE),
        ((0.01, -0.01, 0.03, 0.001, 0.02), answer.ALIKE),
        ((0.01, 0.0, 0.02, 0.001, 0.02), answer.ALIKE),
        ((0.0, 0.0, 0.0, NAN, NAN), answer.ALIKE),
        ((0.5, NAN, NAN, NAN, NAN), answer.NOT_KNOWN),  # one world
    ],
)
def test_a_difference_is_said_as_far_as_both_intervals_allow(figures: tuple[float, ...], expected: str) -> None:
    row = SimpleNamespace(**dict(zip(("estimate", "low", "high", "assumed_low", "assumed_high"), figures, strict=True)))
    row.worlds = 30
    assert answer.verdict(row) == expected
    row.worlds = 29
    assert answer.verdict(row) == answer.NOT_KNOWN


def test_no_difference_says_nothing() -> None:
    assert answer.verdict(None) == answer.NOT_KNOWN


def with_figures(result: Result, figures: dict[tuple[str, str, str], tuple[float, ...]]) -> Result:
    """The result with other figures at some (process, metric, issue)."""
    summary = result.summary.copy()
    for (process, metric, issue), values in figures.items():
        at = (
            (summary["process"] == process)
            & (summary["metric"] == metric)
            & (summary["issue"] == issue)
            & (summary["table"] == "")
        )
        assert at.sum() == 1
        summary.loc[at, ["estimate", "low", "high", "assumed_low", "assumed_high"]] = values
    return replace(result, summary=summary)


def which(result: Result) -> str:
    return clean(answer.answer(result)[0][1])


FIRST = (0.42, 0.40, 0.45, 0.18, 0.66)
OTHER = (0.61, 0.58, 0.63, 0.36, 0.85)


def test_answer_of_a_clear_difference(result: Result) -> None:
    found = with_figures(result, {
        ("direct_talks", "agreed", ""): FIRST, ("both", "agreed", ""): OTHER,
        ("both", "agreed_difference", ""): (0.18, 0.16, 0.20, 0.015, 0.35),
    })  # fmt: skip
    assert which(found) == (
        "Both side by side agrees more often than Direct talks; the order is likely, the size is not known. A text on The ferry "
        "or The border is agreed in 61% [58, 63] (36, 85) of worlds with Both side by side, in 42% [40, 45] (18, 66) with Direct "
        "talks: a difference of +18 [16, 20] (1.5, 35) in a hundred worlds."
    )


def test_answer_where_the_first_is_ahead(result: Result) -> None:
    found = with_figures(result, {
        ("direct_talks", "agreed", ""): OTHER, ("both", "agreed", ""): FIRST,
        ("both", "agreed_difference", ""): (-0.18, -0.20, -0.16, -0.24, -0.12),
    })  # fmt: skip
    assert which(found).startswith("Direct talks agrees more often than Both side by side; the order is likely, and the size")


def test_answer_without_a_clear_difference(result: Result) -> None:
    found = with_figures(result, {
        ("direct_talks", "agreed", ""): FIRST, ("both", "agreed", ""): (0.43, 0.41, 0.46, 0.2, 0.67),
        ("both", "agreed_difference", ""): (0.011, -0.008, 0.03, -0.15, 0.17),
    })  # fmt: skip
    assert which(found).startswith("Between Both side by side and Direct talks, no clear difference. ")
    assert "more often" not in which(found)


NONE = (0.0, 0.0, 0.031, NAN, NAN)


def test_answer_where_nothing_is_agreed(result: Result) -> None:
    found = with_figures(result, {(p, "agreed", i): NONE for p in result.processes for i in ("", "ferry", "border")})
    none = "Neither Both side by side nor Direct talks brings a text on The ferry or The border in any of 120 worlds"
    assert which(found) == f"{none}."
    assert answer.answer(found)[1][1].startswith("In none of 120 worlds: ")


def test_answer_says_what_is_imposed(result: Result) -> None:
    every = [(p, m, i) for p in result.processes for m in ("agreed", "possible") for i in ("", "ferry", "border")]
    found = with_figures(result, dict.fromkeys(every, NONE))
    assert which(found).endswith("in any of 120 worlds; that is imposed by the values put in, and not found.")
    issues = clean(answer.answer(found)[1][1])
    assert issues == (
        "In none of 120 worlds: The ferry and The border. Of these imposed by the values put in, and not found: The ferry and "
        "The border."
    )


BEST = "The ferry (Both side by side)"


@pytest.mark.parametrize(
    ("ferry", "words"),
    [
        ((0.8, 0.7, 0.9, 0.6, 0.95), f"Agreed in most worlds: {BEST}."),
        ((0.8, 0.7, 0.9, 0.4, 0.95), f"In some worlds, and the assumptions leave open in how many: {BEST}."),
        ((0.8, 0.7, 0.9, NAN, NAN), f"In some worlds, and the assumptions leave open in how many: {BEST}."),
        ((0.55, 0.49, 0.6, 0.52, 0.6), f"In some worlds, and the assumptions leave open in how many: {BEST}."),
    ],
)
def test_most_worlds_is_said_only_where_both_intervals_say_so(result: Result, ferry: tuple[float, ...], words: str) -> None:
    found = with_figures(result, {("both", "agreed", "ferry"): ferry, ("direct_talks", "agreed", "ferry"): (0.1, 0.05, 0.2, NAN, NAN)})
    assert clean(answer.answer(found)[1][1]).startswith(words)


def test_a_share_under_one_in_a_hundred_is_hardly_any(result: Result) -> None:
    rare = {(process, "agreed", "ferry"): (0.004, 0.001, 0.02, 0.0, 0.1) for process in ("both", "direct_talks")}
    assert clean(answer.answer(with_figures(result, rare))[1][1]).startswith("In hardly any: The ferry.")


def test_processes_that_cannot_be_told_apart_are_named_together(result: Result) -> None:
    alike = {(process, "agreed", "ferry"): (at, at - 0.1, at + 0.1, 0.6, 0.95) for process, at in (("both", 0.8), ("direct_talks", 0.75))}
    said = clean(answer.answer(with_figures(result, alike))[1][1])
    assert said.startswith("Agreed in most worlds: The ferry (Both side by side or Direct talks). In brackets the process")


def test_answer_of_a_single_process() -> None:
    found = sim.compare(sim.load(MINIMAL), worlds=40, seed=3, processes=["both"])
    row = found.summary.query("metric == 'agreed' and issue == '' and table == ''").iloc[0]
    assert which(found).startswith(
        f"With Both side by side a text on The ferry or The border is agreed in {100 * row.estimate:.0f}%"
    )
    assert which(found).endswith("There is no other process to compare it with.")
    assert [lead for lead, _ in answer.answer(found)] == ["Which process?", "On which issues?"]


@pytest.mark.parametrize("worlds", [1, 2])
def test_few_worlds_are_no_ground_for_an_order(worlds: int, tmp_path: Path) -> None:
    """Of two worlds that agree, a normal interval would have no width."""
    folder = sim.compare(sim.load(MINIMAL), worlds=worlds, seed=3).save(tmp_path / "run", charts=False)
    text = Read(html(page_of(folder))).text
    assert f"Between Both side by side and Direct talks, {answer.NOT_KNOWN}." in text
    assert "more often than" not in text
    assert ("in 1 simulated world." in text) == (worlds == 1)


def test_versions_are_those_of_the_result(result: Result) -> None:
    row = result.versions("both", "direct_talks").set_index("issue").loc["ferry"]
    said = clean(answer.answer(result)[2][1])
    assert f"On The ferry, in {100 * row.better:.0f} [" in said
    assert "On The border the two never differ." in said
    assert said.endswith("More worlds will not narrow this.")


# ---------------------------------------------------------------- what is agreed on


def test_texts_are_counted_in_worlds(result: Result) -> None:
    rows = result.worlds[result.worlds["process"] == "both"]
    expected = int(((rows["package"] == "ferry: weekly") & (rows["table"] == "ferry_table")).sum())
    found = result.texts[result.texts["process"] == "both"]
    assert found[["table", "text"]].to_numpy().tolist() == [["ferry_table", "ferry: weekly"]]
    assert found["share"].tolist() == [expected / result.count]
    assert expected == 114
    assert result.texts[result.texts["process"] == "direct_talks"].empty


def test_clauses_are_in_the_words_of_the_options(result: Result) -> None:
    assert clauses(result, "direct", "ferry: weekly") == ["The ferry: a ferry a week", "left as it is: The border"]
    assert clauses(result, "direct", "ferry: weekly, border: line") == ["The ferry: a ferry a week", "The border: an agreed line"]


# ---------------------------------------------------------------- what stands in the way


@pytest.mark.parametrize("name", ["scenarios/kursk-2024.yaml", "scenarios/no-incursion.yaml", "tests/minimal.yaml"])
def test_the_report_names_the_obstacle_of_the_screen(name: str) -> None:
    found = sim.compare(sim.load(ROOT / name), worlds=100, seed=2024)
    lookup, parties, labels = Lookup(found.summary), names(found.scenario, "parties"), names(found.scenario, "processes")
    said = dict(obstacles(found, {process: steps(found, process) for process in found.processes}))
    screen = Recorder()
    overview.show(found, screen)
    shown = {str(row.cells[0]): str(row.cells[1]) for part in screen.parts if isinstance(part, Table) and not part.columns[0].head
             for row in part.rows if row is not None and not row.over_all}  # fmt: skip
    assert shown
    for process in found.processes:
        words, obstacle = said[labels[process]], stops(found, lookup, process)
        if obstacle is None:
            assert labels[process] not in shown
            assert words.startswith(("Most worlds are lost where ", "Nothing stops it"))
        else:
            reason = obstacle_words(obstacle, parties)
            assert shown[labels[process]] == f"{reason} {percent(obstacle.share)}"
            assert words.startswith(f"{reason[:1].upper()}{reason[1:]}, in {percent(obstacle.share)}% [")


# ---------------------------------------------------------------- stories, and what it hangs on


def with_ends(result: Result, ends: list[tuple[str, str, str, bool, bool]]) -> Result:
    """The result of direct talks alone whose worlds end so: stage, reason, package, agreed, ratified."""
    worlds = result.worlds[result.worlds["process"] == "direct_talks"].head(len(ends)).copy()
    for place, column in enumerate(("stage", "reason", "package")):
        worlds[column] = [end[place] for end in ends]
    for place, column in ((3, "agreed_week"), (4, "ratified_week")):
        worlds[column] = pd.array([5 if end[place] else None for end in ends], dtype="Int32")
    return replace(result, worlds=worlds, count=len(ends), processes=["direct_talks"])


APART, HELD = ("apart", "no occasion arose", "", False, False), ("in force", "carried out", "ferry: weekly", True, True)
RARE = ("in force", "in force at the end", "border: line", True, True)
FELL = ("text agreed", "withdrew at the last minute", "ferry: weekly", True, False)


@pytest.mark.parametrize(
    ("ends", "typical", "surprising"),
    [
        (
            [APART, HELD, HELD, APART, APART, RARE],
            (0, "apart, no occasion arose. This is so in 3 of 6"),
            (5, "enters into force"),
        ),
        ([HELD, FELL, HELD, APART], (0, "in force, carried out. This is so in 2 of 4"), None),
        ([APART, APART, FELL], (0, "apart, no occasion arose. This is so in 2 of 3"), (2, "a text is agreed")),
        ([APART, APART], (0, "apart, no occasion arose. This is so in 2 of 2"), None),
    ],
)
def test_worlds_are_chosen_by_how_they_end(
    result: Result, ends: list[Any], typical: tuple[int, str], surprising: tuple[int, str] | None
) -> None:
    folds = stories(with_ends(result, ends), "direct_talks")
    first: Any = folds[0]
    assert clean(first.blocks[0].words).startswith(
        f"World {typical[0]} is the first that ends as most do with Direct talks: {typical[1]}"
    )
    assert any(f"World {typical[0]} of seed 3" in line for line in first.blocks[1].lines)
    if surprising is None:
        assert len(folds) == 1
    else:
        second: Any = folds[1]
        assert second.blocks[0].words.startswith(f"World {surprising[0]} is the first of those in which ")
        assert surprising[1] in second.blocks[0].words


def test_what_a_difference_hangs_on_is_told_from_chance(result: Result) -> None:
    """An assumption that decides it alone is found first; of a difference that hangs on none, no finding is made."""
    name = "parameter:parties.south"
    driver = result.drawn[name]
    own = with_outcome(result, driver > pd.Series(driver).median())
    blocks: Any = hinged(own)
    assert blocks[1].rows[0].cells[0][0][0].startswith("South")
    assert blocks[1].rows[0].cells[0][1] == ("parties.south",)
    none: Any = hinged(with_outcome(result, driver > 1e9))
    assert none[0].words == "Nothing moves the difference in agreements, Both side by side less Direct talks, in these worlds."
    luck = pd.Series(range(result.count)).sample(frac=1, random_state=1).to_numpy() % 2 == 0
    noise: Any = hinged(with_outcome(result, luck))
    assert "no finding" in noise[0].words or noise[0].words.startswith("No single assumption")


def hinged(result: Result) -> Any:
    return hinges(result, "direct_talks", "both", moving(result, "direct_talks", "both"))


def with_outcome(result: Result, agreed: Any) -> Result:
    """The result where both tables side by side agree in these worlds only, and direct talks in none."""
    worlds = result.worlds.copy()
    mine = ((worlds["process"] == "both") & (worlds["table"] == "ferry_table")).to_numpy()
    hit = pd.Series(agreed)[worlds.loc[mine, "world"]].to_numpy()
    worlds.loc[mine, "agreed_week"] = pd.array([3 if one else None for one in hit], dtype="Int32")
    worlds.loc[mine, "moved_ferry"] = pd.array(hit, dtype="boolean")
    return replace(result, worlds=worlds)


# ---------------------------------------------------------------- the page


def test_page_holds_its_figures(page: str) -> None:
    text = Read(page).text
    assert "95% [90, 98] (?)" in text
    assert "A tool to compare processes, no forecast" in text
    headings = ["The question", "How to read it", "The answer", "The processes side by side", "Issue by issue"]
    headings += ["What stands in the way", "What is agreed on most often", "What would change the answer", "How sure it is"]
    assert re.findall(r"<h2>([^<]*)</h2>", page) == [*headings, "What it rests on", "How to change one thing", "Details"]
    assert page.count("<h1>") == 1


def test_page_needs_nothing_from_elsewhere(page: str) -> None:
    found = Read(page)
    policy = [a["content"] for tag, a in found.outside if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert {tag for tag, _ in found.every} & {
        "script",
        "link",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "img",
        "foreignobject",
    } == set()
    for tag, attributes in found.every:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("src", "action", "xlink:href"), (tag, name)
            if name == "href":
                assert str(value).startswith(("#", "data:image/png;base64,")), value
            assert "http:" not in str(value), (tag, name, value)
            assert "https:" not in str(value), (tag, name, value)
    assert "@import" not in page
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert str(ROOT) not in page


def test_page_is_sound(page: str) -> None:
    found = Read(page)
    ids = [a["id"] for _, a in found.every if "id" in a]
    assert len(ids) == len(set(ids))
    assert ("html", {"lang": "en"}) in found.outside
    figures = [a for tag, a in found.drawn if tag == "svg"]
    assert len(figures) == 7
    for attributes in figures:
        assert attributes["role"] == "img"
        assert attributes["aria-labelledby"] in ids
    referred = re.findall(r"url\(#([^)]+)\)", page) + [
        str(a["href"])[1:] for _, a in found.drawn if str(a.get("href")).startswith("#")
    ]
    assert set(referred) <= set(ids)
    assert page.count("The figures of this chart") == 7


def test_colours_of_charts_follow_the_ground(page: str) -> None:
    """No ink of the charts is left as it is on paper, but on shades of their own."""
    styles = [str(a.get("style")) for tag, a in Read(page).drawn if tag == "text"]
    assert sum("currentColor" in style for style in styles) > 50
    assert not [style for style in styles if "#222222" in style and "text-anchor: middle" not in style]


def test_same_folder_gives_the_same_page(folder: Path, page: str) -> None:
    assert html(page_of(folder)) == page


# ---------------------------------------------------------------- the seven questions


def test_every_question_at_the_top_leads_to_a_section(page: str) -> None:
    found = Read(page)
    links = [str(a["href"])[1:] for tag, a in found.outside if tag == "a"]
    sections = [a.get("id") for tag, a in found.outside if tag == "section"]
    assert links == [name for name in sections if name]
    assert len(links) == 7


def test_how_to_read_stands_before_the_first_figure(page: str) -> None:
    assert 0 < page.index("How to read a figure") < page.index("[90, 98]")


def test_the_record_is_quoted_as_on_the_screen(page: str) -> None:
    assert overview.record_words() in Read(page).text


def test_issues_have_the_paired_difference_in_a_column(result: Result, page: str) -> None:
    row = Lookup(result.summary)("both", "agreed_difference", "ferry")
    head = r"<th[^>]*>agreed, more than Direct talks</th>"
    assert len(re.findall(head, page)) == 3  # of the processes, and of both issues
    assert f"{percent(row.estimate, sign=True)} [" in Read(page).text


@pytest.mark.parametrize("name", ["kursk-2024", "no-incursion"])
def test_claims_that_contradict_each_other_are_both_listed(name: str) -> None:
    scenario = sim.load(ROOT / f"scenarios/{name}.yaml")
    rows = {str(row.cells[0]): str(row.cells[3]) for row in grounds.claims_cited(scenario)[-1].rows}  # type: ignore[union-attr]
    own = cited(scenario)
    assert {claim for claim, said in rows.items() if grounds.ONLY not in said} == set(own)
    assert {other for claim in own for other in scenario.claims[claim].contradicts} <= set(rows)
    assert len(rows) > len(own)
    assert f"{len(own)} claims are cited, of {len(scenario.claims)} in the evidence files" in str(grounds.grounds(scenario))
    shown, printed = Recorder(), Recorder()
    inventory.show(scenario, shown)
    assert f"claims cited: {len(own)} of {len(scenario.claims)}" in str(shown.parts)
    overview.show(sim.compare(scenario, worlds=20, processes=["direct_officials"]), printed)
    assert f"Rests on {len(own)} claims," in str(printed.parts)


def test_what_was_read_is_named_and_saved_with_the_claims(tmp_path: Path) -> None:
    scenario = sim.load(ROOT / "scenarios/kursk-2024.yaml")
    assert [one["date"] for one in scenario.sources] == ["2024-08-19", "2024-08-19"]
    folder = sim.compare(scenario, worlds=2, processes=["direct_officials"]).save(tmp_path / "run", charts=False)
    assert read(folder).scenario.sources == sim.load(folder / "scenario.yaml").sources == scenario.sources
    said = str(grounds.claims_cited(read(folder).scenario)[0])
    for one in scenario.sources:
        assert one["title"] in said


def test_the_command_that_changes_one_thing_runs(folder: Path, page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = next(words for words in commands(page) if "--set" in words)
    shutil.copytree(folder, tmp_path / "run")
    monkeypatch.chdir(tmp_path / "run")
    found = run(*command[1:])
    assert found.exit_code == 0, found.output
    assert (tmp_path / "run/changed/changes.csv").is_file()


def test_what_moves_the_result_most_is_what_is_changed(result: Result) -> None:
    """A number that is told from chance, at the end of its range that is farther off; else a lever of a format."""
    name = "behaviour.threshold"
    low, high = uncertain(result.scenario)[name].ends
    now, hinge = float(result.scenario.numbers()[name]), Hinge(name, (low, high), 0.3, 0.2, 0.4)

    def key(found: Moving | None) -> str:
        return next(one.words for one in how_to(result, "both", found).blocks if isinstance(one, Code)).split("--set ")[1].split()[0]

    end = high if high - now > now - low else low
    assert key(Moving([hinge], 2, differs=True)) == f"{name}={end:.3g}"
    assert key(Moving([hinge], 100, differs=True)) == key(None)
    assert key(None).startswith("formats.")


# ---------------------------------------------------------------- labels are words

HOSTILE = {
    "markup": "<b>bold</b></td></table><h1>Mine</h1>",
    "script": "\"'><script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ 7 * 7 }}{% raw %}${x}",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u200f[\u200e(abc",
    "long": "x" * 10_000,
    "ours": "\ue000North\ue002\ue001",
}


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE)
def test_labels_change_no_page(label: str, page: str, tmp_path: Path) -> None:
    scenario = sim.load(MINIMAL).with_(
        {
            "title": label, "about": label, "parties.north.label": label, "issues.ferry.label": label,
            "issues.ferry.options.weekly.label": label, "processes.both.label": label, "tables.direct.label": label,
            "events.shooting.label": label,
        }
    )  # fmt: skip
    folder = sim.compare(scenario, worlds=120, seed=3).save(tmp_path / "run", charts=False)
    found, plain = html(page_of(folder)), Read(page)
    read = Read(found)

    def shape(one: Read) -> list[tuple[str, str | None]]:
        """Elements outside charts; what lists the changed labels, and intervals or labels in sentences, aside."""
        aside = {"div", "dt", "dd", "dl", "details", "summary", "pre", "code", "span", "bdi", "p", "strong"}
        return [(tag, attributes.get("class")) for tag, attributes in one.outside if tag not in aside]

    assert shape(read) == shape(plain)
    assert {tag for tag, _ in read.every} <= {tag for tag, _ in plain.every}
    assert not [name for _, attributes in read.every for name in attributes if name.startswith("on")]
    assert not set("\u200e\u200f\ue000\ue001\ue002") & set(found)
    assert len(found) < 1.6 * len(page)


def test_labels_are_cut_at_a_length_that_fits() -> None:
    found = sim.load(MINIMAL).with_({"processes.both.label": "x" * 10_000})
    assert found.file.processes["both"].label == "x" * (LONGEST - 1) + "…"
    assert found.document.data["processes"]["both"]["label"] == "x" * 10_000


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a < b & 'c'", "a &lt; b &amp; &#39;c&#39;"),
        ("so 61% [58, 63] (?) it is", 'so 61% <span class="interval">[58, 63] (?)</span> it is'),
        ("\x1b[31mred\u202e", "\ufffd[31mred\ufffd"),
        ("with \ue000A <b>\ue002!", 'with <bdi class="name">A &lt;b&gt;</bdi>!'),
        ("on \ue001A\ue002", 'on <bdi class="topic">A</bdi>'),
    ],
)
def test_sentences_as_html(words: str, expected: str) -> None:
    assert str(sentence(words)) == expected


def test_words_of_a_cell_keep_their_lines() -> None:
    assert cell_lines("first\nsecond") == [["first"], ["second"]]
    assert cell_lines(("1", "[0, 2]")) == [["1", "[0, 2]"]]


# ---------------------------------------------------------------- the command


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def own(result: Result, tmp_path: Path) -> Path:
    return result.save(tmp_path / "run", charts=False)


def test_harm_stands_beside_every_process(page: str, result: Result) -> None:
    lookup = Lookup(result.summary)
    text = " ".join(Read(page).text.split())
    assert "ends worse than none" in text
    for process in result.processes:
        first, interval, _ = share("worse_than_none", "").estimate(lookup(process, "worse_than_none"))
        assert f"{first} {interval}" in text


def test_command_writes_beside_the_figures(own: Path, page: str) -> None:
    found = run("report", str(own))
    assert (found.exit_code, found.output) == (0, f"Written to {own / REPORT}\n")
    assert (own / REPORT).read_text(encoding="utf-8") == page
    assert run("report", str(own)).exit_code == 0  # an earlier report is replaced
    assert run("report", str(own), "--out", str(own.parent / "new" / "page.html")).exit_code == 0
    assert (own.parent / "new" / "page.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize("name", [REPORT, "summary.csv", "manifest.json", "mine.txt"])
def test_command_replaces_no_other_file(own: Path, name: str) -> None:
    if not (own / name).exists():
        (own / name).write_text("mine")
    before = (own / name).read_bytes()
    found = run("report", str(own), "--out", str(own / name))
    assert found.exit_code == 1
    assert found.output == f"{own / name}: is there and no report of gobetween; name a new file\n"
    assert (own / name).read_bytes() == before


def test_page_is_whole_or_not_there(own: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(own)
    names = {entry.name for entry in own.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.study.writing.os.replace", full)
    found = run("report", str(own))
    assert (found.exit_code, found.output) == (1, f"{own / REPORT}: cannot be written: no space left on the disk\n")
    assert {entry.name for entry in own.iterdir()} == names
    assert (own / REPORT).read_text(encoding="utf-8") == page


def test_damaged_folder_gives_no_page(own: Path) -> None:
    (own / "summary.csv").write_text("process\n")
    found = run("report", str(own))
    assert found.exit_code == 1
    assert found.output == f"{own / 'summary.csv'}: damaged: its checksum does not fit\n"
    assert not (own / REPORT).exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "manifest.json: missing; the folder is not a whole run"), ("none", "no such folder"), ("file", "is a file, expected")],
)
def test_what_is_no_study_gets_a_line(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").write_text("mine")
    found = run("report", str(tmp_path / name))
    assert found.exit_code == 1
    assert words in found.output
    assert found.output.count("\n") == 1


def test_kind_without_a_report_is_named(result: Result, tmp_path: Path) -> None:
    folder = sim.sensitivity(result, processes=("direct_talks", "both")).save(tmp_path / "run", charts=False)
    found = run("report", str(folder))
    assert found.exit_code == 1
    wanted = "comparison, sweep, hindcast, calibration, levers, explanation, design"
    assert found.output == f"{folder}: holds a sensitivity, of which there is no report; expected one of {wanted}\n"


def test_report_of_another_run_does_not_stay(own: Path, result: Result) -> None:
    write_report(own)
    redraw(own)
    result.save(own, charts=False)
    assert (own / REPORT).exists()
    sim.compare(result.scenario, worlds=20, seed=4).save(own, charts=False, force=True)
    assert not (own / REPORT).exists()


def test_somebodys_own_page_stays(own: Path, result: Result) -> None:
    (own / REPORT).write_text("mine")
    sim.compare(result.scenario, worlds=20, seed=4).save(own, charts=False, force=True)
    assert (own / REPORT).read_text() == "mine"


def commands(page: str) -> list[list[str]]:
    """The commands on a page, in words."""
    found = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    return [shlex.split(code.replace("&#34;", '"').replace("&#39;", "'")) for code in found]


def test_command_of_the_page_gives_the_same_figures(tmp_path: Path) -> None:
    changed = sim.load(MINIMAL).with_(
        {"formats.go_between.monitoring": 0.0, "parties.north.trust": {"south": 0.25, "elder": 0.5}}
    )
    result = sim.compare(changed, worlds=60, seed=9, processes=["both", "direct_talks"])
    folder = result.save(tmp_path / "run", charts=False)
    words = commands(html(page_of(folder)))[-1]
    said = {
        key: [words[n + 1] for n, word in enumerate(words) if word == key] for key in ("--worlds", "--seed", "--process", "--set")
    }
    assert words[:3] == ["gobetween", "compare", "scenario.yaml"]
    again = sim.load(folder / "scenario.yaml").with_(dict(parse_set(text) for text in said["--set"]))
    worlds, seed = int(said["--worlds"][0]), int(said["--seed"][0])
    found = sim.compare(again, worlds=worlds, seed=seed, processes=said["--process"])
    pd.testing.assert_frame_equal(found.summary, result.summary)


# ---------------------------------------------------------------- other kinds


def test_page_of_a_sweep(tmp_path: Path) -> None:
    vary = {"formats.go_between.monitoring": [0.0, 1.0]}
    found = sim.sweep(sim.load(MINIMAL), vary, worlds=60, seed=3, processes=["both"], out=tmp_path / "sweep")
    page = html(page_of(tmp_path / "sweep"))
    text = Read(page).text
    row = found.table.query("point == 1 and metric == 'agreed' and issue == '' and table == ''").iloc[0]
    assert "Varied: Through the elder (format): monitoring at 0, 1. Processes: Both side by side." in text
    assert re.search(rf"in {100 * row.estimate:.0f}% \[[\d., ]+\] \(.*?\) of worlds at 1\.", text)
    assert "gobetween sweep scenario.yaml --points points.csv --process both" in text
    assert page.count("<svg") == 1
    assert str(tmp_path) not in page


def test_page_of_a_hindcast(tmp_path: Path) -> None:
    names = ("grain_2022_04", "grain_2022_10", "prisoners_2022_06")
    found = sim.hindcast([ROOT / f"scenarios/history/{name}.yaml" for name in names], worlds=30, seed=1)
    folder = found.save(tmp_path / "hindcast", charts=False)
    page = html(page_of(folder))
    text = Read(page).text
    assert html(others.hindcast(found)).count("<svg") == page.count("<svg") == 2
    for name in names:
        assert " ".join(sim.load(ROOT / f"scenarios/history/{name}.yaml").file.title.split()) in text
    assert "Agreed on the issue (" in text


def test_hindcast_of_an_earlier_version_goes_by_names(tmp_path: Path) -> None:
    from sim.study.history.saved import read_hindcast
    from sim.study.manifests import seal_again

    found = sim.hindcast(ROOT / "scenarios/history/grain_2022_04.yaml", worlds=20, seed=1)
    folder = found.save(tmp_path / "hindcast", charts=False)
    pd.testing.assert_frame_equal(read_hindcast(folder).rows, found.rows, check_dtype=False, atol=1e-5)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({key: value for key, value in manifest.items() if key != "titles"}))
    seal_again(folder)
    assert "grain_2022_04" in html(page_of(folder))
    seal_again(folder, titles={"grain_2022_04": {"title": ["x"]}})
    with pytest.raises(RunFolderError, match="its titles are not those of episodes"):
        page_of(folder)


def test_page_of_the_calibration() -> None:
    page = html(page_of(ROOT / "results/calibration"))
    text = Read(page).text
    parameters = pd.read_csv(ROOT / "results/calibration/parameters.csv")
    informed = parameters[parameters["contraction"] >= 0.6]["parameter"].str.replace("_", " ")
    assert f"of {len(informed)} of {len(parameters)} parameters: {', '.join(informed)}." in text
    assert page.count("<svg") == 1
    assert "gobetween calibrate scenarios/history --worlds 65536 --seed 2024" in text


def test_levers_and_explanations_stand_beside_a_comparison_and_alone(own: Path, result: Result, page: str) -> None:
    assert [words[1] for words in commands(page)[:2]] == ["levers", "explain"]
    scenario = sim.load(own / "scenario.yaml")
    levers = sim.levers(scenario, "both", worlds=60, seed=3)
    levers.save(own / "levers", charts=False)
    sim.explain(scenario, "direct_talks", "both", worlds=60, seed=3).save(own / "explained", charts=False)
    other = scenario.with_({"formats.go_between.monitoring": 0.0})
    sim.levers(other, "both", worlds=20, seed=3).save(own / "other", charts=False)
    text, found = Read(whole := html(page_of(own))).text, read_levers(own / "levers")
    assert "other holds levers of another scenario, which is not shown." in text
    pd.testing.assert_frame_equal(found.table, levers.table, check_dtype=False, atol=1e-5)
    assert "Which single change of Both side by side would help most?" in text
    assert "What makes the difference between Direct talks and Both side by side?" in text
    for sentence_ in levers_shown.sentences(found):
        assert sentence_ in text
        assert sentence_ in Read(html(page_of(own / "levers"))).text
    assert whole.count("<svg") == page.count("<svg") + 2
    ids = re.findall(r' id="([^"]*)"', whole)
    assert len(ids) == len(set(ids))


def test_what_the_command_line_writes_next_to_a_comparison_is_shown(result: Result, tmp_path: Path) -> None:
    home = result.save(tmp_path / "small", charts=False)
    scenario = sim.load(home / "scenario.yaml")
    sim.levers(scenario, "both", worlds=20, seed=3).save(tmp_path / "small-both-levers", charts=False)
    sim.levers(scenario, "both", worlds=20, seed=3).save(tmp_path / "elsewhere-levers", charts=False)
    other = scenario.with_({"formats.go_between.monitoring": 0.0})
    sim.levers(other, "both", worlds=20, seed=3).save(tmp_path / "small-other-levers", charts=False)
    text = Read(html(page_of(home))).text
    assert text.count("Which single change of Both side by side would help most? Counted") == 1
    assert "of another scenario" not in text
    table = tmp_path / "small-both-levers" / "levers.csv"
    table.write_text(table.read_text(encoding="utf-8") + "x", encoding="utf-8")
    text = Read(html(page_of(home))).text
    assert "small-both-levers" in text
    assert "it is not shown" in text


def test_an_explanation_of_two_scenarios_is_saved_with_both(tmp_path: Path) -> None:
    ours, theirs = (sim.load(ROOT / f"scenarios/{name}.yaml") for name in ("kursk-2024", "no-refusal"))
    made = sim.explain(ours, "black_sea_model", against=theirs, worlds=60, seed=3)
    folder = made.save(tmp_path / "run", charts=False)
    found = read_explanation(folder)
    pd.testing.assert_frame_equal(found.table, made.table, check_dtype=False, atol=1e-5)
    assert found.asked.scenarios[1].hash == theirs.hash
    words = commands(html(page_of(folder)))[-1]
    assert words[words.index("--against") + 1] == "against-scenario.yaml"
    again = sim.explain(
        sim.load(folder / "scenario.yaml"), "black_sea_model",
        against=sim.load(folder / "against-scenario.yaml"), worlds=60, seed=3,
    )  # fmt: skip
    pd.testing.assert_frame_equal(again.table, made.table)
    (folder / "against-claims.yaml").write_text("claims: {}\n")
    with pytest.raises(RunFolderError, match="its checksum does not fit"):
        read_explanation(folder)


# ---------------------------------------------------------------- a real one


def test_page_of_a_large_scenario_is_small_and_soon_there(tmp_path: Path) -> None:
    folder = sim.compare(sim.load(ROOT / "scenarios/kursk-2024.yaml"), worlds=200, seed=2024).save(tmp_path / "run", charts=False)
    started = time.perf_counter()
    page = html(page_of(folder))
    assert time.perf_counter() - started < 30
    assert 200_000 < len(page.encode()) < 3_000_000
    text = Read(page).text
    assert "Black Sea model agrees more often than Direct talks, officials" in text
    assert 'A "just peace" on the basis of the "formula"' in text
