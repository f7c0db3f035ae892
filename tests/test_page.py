"""The page without a browser: who may ask, what is refused with which words, and that its figures are those of a comparison."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from scenario_texts import MINIMAL as TEXT
from scenario_texts import odd_files

import sim
from sim.scenario import load
from sim.scenario.legible import LONGEST, LONGEST_ABOUT
from sim.scenario.problems import Problem, ScenarioError
from sim.show.page import advice
from sim.show.page.answers import METRICS, WORLDS, Asked
from sim.study.exploration.given import quantities

pytest.importorskip("starlette.testclient", reason="the extra `page` is not installed")

from starlette.testclient import TestClient

from sim.show.page.server import MOST_BYTES, STATIC, Page, Question, application

HOME = Path(__file__).parent.parent
MINIMAL = HOME / "tests" / "minimal.yaml"
TOKEN = "a-token"
OWN = "http://127.0.0.1"
STATIC_FILES = HOME / "sim" / "show" / "page" / "static"
PAIR = ("direct_talks", "both")
GRIEVANCE = "parties.north.grievance"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    broken = tmp_path_factory.mktemp("scenarios") / "broken.yaml"
    broken.write_text("title: Broken\nparties: {}\n", encoding="utf-8")
    page = Page({"minimal": MINIMAL, "broken": broken}, first="minimal", seed=3)
    with TestClient(application(page, TOKEN), base_url=OWN) as made:
        yield made


def ask(client: TestClient, verb: str, **question: Any) -> Any:
    return client.post(f"/{TOKEN}/ask/{verb}", json={"scenario": "minimal", **question})


# ---------------------------------------------------------------- who may ask


def test_everything_is_under_the_token(client: TestClient) -> None:
    for name, (_, kind) in STATIC.items():
        assert client.get(f"/{TOKEN}/{name}").headers["content-type"].startswith(kind)
        assert client.get(f"/{name}").status_code == 404
    assert client.get("/begin").status_code == 404
    assert client.get(f"/{TOKEN}/begin").json() == {"scenarios": ["minimal", "broken"], "first": "minimal", "seed": 3}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 400),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": OWN, "sec-fetch-site": "same-origin"}, 200),
        ({}, 200),
    ],
)
def test_only_its_own_page_may_ask(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.get(f"/{TOKEN}/begin", headers=headers)
    assert answer.status_code == status
    if status != 400:  # the host is refused before anything is said
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_nothing_on_the_page_comes_from_elsewhere_or_is_markup() -> None:
    for file in STATIC_FILES.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]", text.replace("// ", "")), file.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|\son\w+=\"|style=", text), file.name


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("verb", "question", "words"),
    [
        ("figures", {"scenario": "other"}, "unknown scenario; expected one of minimal, broken"),
        ("scenario", {"scenario": "broken"}, "broken.yaml"),
        ("figures", {"processes": ["direct_talk"]}, "did you mean direct_talks"),
        ("figures", {"processes": ["a", "b", "c"]}, "processes"),
        ("figures", {"given": {"parties.north.grievanc": 0.3}}, "did you mean parties.north.grievance"),
        ("figures", {"given": {GRIEVANCE: 5.0}}, "expected"),
        ("figures", {"given": {GRIEVANCE: "NaN"}}, "finite"),
        ("figures", {"seed": -1}, "seed"),
        ("figures", {"worlds": 10**9}, "worlds"),
        ("world", {"process": "both", "world": WORLDS}, "world"),
        ("world", {"process": "none"}, "process"),
    ],
)
def test_what_cannot_be_answered_is_said(client: TestClient, verb: str, question: dict[str, Any], words: str) -> None:
    answer = ask(client, verb, **question)
    assert answer.status_code == 422
    assert words in answer.json()["message"]


def test_other_addresses_and_long_questions_are_refused(client: TestClient) -> None:
    assert ask(client, "nothing").status_code == 404
    assert client.post(f"/{TOKEN}/ask/figures", content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert client.post(f"/{TOKEN}/ask/figures", content=b"{").status_code == 422
    assert client.get(f"/{TOKEN}/ask/figures").status_code == 405


def test_of_waiting_questions_of_a_tab_only_the_latest_is_answered(client: TestClient) -> None:
    first = {"tab": "one", "processes": list(PAIR)}
    assert "processes" in ask(client, "figures", **first, turn=5).json()
    assert ask(client, "figures", **first, turn=4).json() == {"late": True}
    assert "processes" in ask(client, "figures", **(first | {"tab": "another"}), turn=1).json()


# ---------------------------------------------------------------- figures


def test_figures_are_those_of_a_comparison(client: TestClient) -> None:
    found = ask(client, "figures", processes=list(PAIR), seed=3).json()
    result = sim.compare(load(MINIMAL), worlds=WORLDS, seed=3, processes=PAIR)
    rows = result.summary[result.summary["table"] == ""].set_index(["process", "issue", "metric"])
    compared = 0
    for one in found["processes"]:
        for issue, row in one["issues"].items():
            for metric in METRICS:
                own = rows.loc[(one["name"], issue, metric)]
                assert [row[metric][name] for name in ("estimate", "low", "high")] == pytest.approx(own[["estimate", "low", "high"]].tolist())
                assumed = [np.nan, np.nan] if row[metric]["assumed"] is None else row[metric]["assumed"]
                assert assumed == pytest.approx(own[["assumed_low", "assumed_high"]].tolist(), nan_ok=True)
                compared += 1
        far = np.array([int(digit) for digit in one["far"]])
        assert (far >= 2).mean() == pytest.approx(rows.loc[(one["name"], "", "agreed")]["estimate"])
    assert compared > 4
    for issue, gap in found["differences"].items():
        assert gap["estimate"] == pytest.approx(rows.loc[("both", issue, "agreed_difference")]["estimate"])


def test_what_is_given_is_what_the_downloaded_file_says(client: TestClient, tmp_path: Path) -> None:
    known = quantities(load(MINIMAL))
    given = {name: low + 0.25 * (high - low) for name, (low, high) in list(known.items())[:12]} | {"behaviour.threshold": known["behaviour.threshold"][0]}
    found = ask(client, "figures", processes=list(PAIR), seed=3, given=given).json()
    taken = ask(client, "changed", given=given).json()
    for name in ("minimal.yaml", "minimal-claims.yaml"):
        (tmp_path / name).write_bytes((HOME / "tests" / name).read_bytes())
    file = tmp_path / taken["name"]
    file.write_text(taken["text"], encoding="utf-8")
    changed = load(file)
    assert changed.file.title.endswith("(changed)")
    pinned = {path: value for path, value in changed.numbers().items() if load(MINIMAL).numbers().get(path) != value}
    assert len(pinned) >= len(given) - 2
    result = sim.compare(load(MINIMAL).with_(pinned), worlds=WORLDS, seed=3, processes=PAIR)
    agreed = result.summary.query("metric == 'agreed' and table == ''").set_index(["process", "issue"])["estimate"]
    for one in found["processes"]:
        for issue, row in one["issues"].items():
            assert row["agreed"]["estimate"] == pytest.approx(agreed[one["name"], issue], abs=2 / WORLDS)


def test_parameters_stand_with_range_meaning_and_evidence(client: TestClient) -> None:
    found = ask(client, "scenario").json()
    assert found["chosen"] == list(Asked.pair(load(MINIMAL)))
    kinds = [one["kind"] for one in found["parameters"]]
    assert kinds == sorted(kinds, reverse=True)  # of the conflict first
    known = quantities(load(MINIMAL))
    for one in found["parameters"]:
        assert (one["low"], one["high"]) == known[one["name"]]
        assert one["low"] <= one["stated"] <= one["high"]
        assert all(one[words] for words in ("label", "meaning", "evidence"))


def test_what_moves_a_process_is_offered_beside_one_that_never_agrees() -> None:
    scenario = load(MINIMAL).with_({"behaviour.ambiguity": 0.0, "behaviour.stakes_sd": 0.0, "behaviour.judgement": 0.0})
    both = Asked(scenario, PAIR, {}, 3)
    assert not any(row["agreed"]["estimate"] for row in both.figures()["processes"][0]["issues"].values())
    assert both.parameters() == Asked(scenario, PAIR[1:], {}, 3).parameters()


def test_moving_an_assumption_moves_the_figures() -> None:
    scenario = load(MINIMAL)
    low, high = quantities(scenario)["behaviour.threshold"]
    ready, reluctant = (Asked(scenario, PAIR, {"behaviour.threshold": value}, 3).figures() for value in (low, high))
    for more, less in zip(ready["processes"], reluctant["processes"], strict=True):
        for issue in more["issues"]:
            assert more["issues"][issue]["came"]["estimate"] >= less["issues"][issue]["came"]["estimate"]
    assert ready != reluctant
    with pytest.raises(ScenarioError, match="expected"):
        Asked(scenario, PAIR, {"behaviour.threshold": high + 1}, 3)


# ---------------------------------------------------------------- words


def test_what_a_page_is_told_of_words_without_end_is_short(tmp_path: Path) -> None:
    (tmp_path / "steers.yaml").write_text(TEXT.replace("label: North", 'label: "\\e[31m\\u202e"'), encoding="utf-8")
    files = {"odd": odd_files("<script>\u200f" + "x" * 10_000, tmp_path), "steers": tmp_path / "steers.yaml"}
    with TestClient(application(Page(files, first="odd", seed=3), TOKEN), base_url=OWN) as client:
        for verb, question in (("scenario", {}), ("figures", {"processes": PAIR}), ("world", {"process": "both", "world": 7})):
            answer = ask(client, verb, **{"scenario": "odd", **question})
            assert answer.headers["content-type"] == "application/json"
            assert max(map(len, re.findall("<script>x*…?", answer.text))) == (LONGEST_ABOUT if verb == "scenario" else LONGEST)
            assert "\u200f" not in answer.text
        refused = ask(client, "scenario", scenario="steers")
        assert (refused.status_code, refused.json()["message"].isprintable()) == (422, True)
        assert "parties.north.label: holds the control character \\x1b" in refused.json()["message"]


# ---------------------------------------------------------------- one world


def test_a_world_is_the_one_that_was_counted(client: TestClient) -> None:
    scenario = load(MINIMAL)
    found = ask(client, "world", process="both", world=7, seed=3).json()
    assert found["story"] == sim.story(scenario, process="both", world=7, seed=3, width=100)
    assert len(found["weeks"]) == scenario.file.weeks + 1
    assert {state for week in found["weeks"] for state in week["states"]} <= {"apart", "talking", "signed", "in_force", "suspended"}
    low, high = quantities(scenario)[GRIEVANCE]
    given = {GRIEVANCE: low + 0.9 * (high - low)}
    figures = ask(client, "figures", processes=["both"], seed=3, given=given).json()["processes"][0]
    entered = {n for n, far in enumerate(figures["far"][:40]) if int(far) >= 3}
    seen = set()
    for number in range(40):
        weeks = ask(client, "world", process="both", world=number, seed=3, given=given).json()["weeks"]
        if any(state in {"in_force", "suspended"} for week in weeks for state in week["states"]):
            seen.add(number)
    assert seen == entered
    assert 0 < len(entered) < 40


# ---------------------------------------------------------------- longer questions


def found_of(client: TestClient, kind: str, **question: Any) -> dict[str, Any]:
    for _ in range(1200):
        answer = ask(client, kind, **question)
        assert answer.status_code == 200, answer.json()
        if answer.json()["found"] is not None:
            return dict(answer.json()["found"])
        time.sleep(0.05)
    raise AssertionError("nothing was found")


def test_a_longer_question_is_answered_as_by_the_command(client: TestClient) -> None:
    given = {GRIEVANCE: 0.35}
    found = found_of(client, "levers", processes=["direct_talks"], process="direct_talks", seed=3, given=given)
    scenario = load(MINIMAL)
    own = sim.levers(scenario.with_(Asked(scenario, ("direct_talks",), given, 3).settings), "direct_talks", worlds=WORLDS, seed=3)
    clear = own.table[own.table["verdict"].isin(["more", "less"])]
    assert [row["estimate"] for row in found["chart"]["rows"]] == clear["difference"].head(advice.SHOWN).tolist()
    text = io.StringIO()
    own.show(Console(file=text, width=10_000, highlight=False))
    said = " ".join(text.getvalue().split())
    for words in (*found["sentences"], *found["notes"]):
        assert " ".join(words.split()) in said
    (table,) = found["tables"]
    assert len(table["head"]) == 4
    assert all(len(row["cells"]) in {1, 4} for row in table["rows"])


def test_why_two_differ_and_what_to_propose(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advice, "WORLDS", 20)
    monkeypatch.setattr(advice, "PROPOSALS", 12)
    found = found_of(client, "design", issue="ferry", seed=3)
    assert found["sentences"][0].startswith("Asked: what to propose for")
    assert {row["label"] for row in found["chart"]["rows"]} >= {"Proposal 1"}
    answer = ask(client, "explain", processes=list(PAIR), issue="ferry")
    for _ in range(200):
        if answer.status_code != 200 or answer.json()["found"] is not None:
            break
        time.sleep(0.05)
        answer = ask(client, "explain", processes=list(PAIR), issue="ferry")
    wanted = sim.explain(load(MINIMAL), *PAIR, issue="ferry", worlds=20, seed=0)
    assert [row["estimate"] for row in answer.json()["found"]["chart"]["rows"]] == wanted.table["share"].tolist()


@pytest.mark.parametrize(
    ("kind", "question", "words"),
    [
        ("levers", {"process": "direct_talk"}, "did you mean direct_talks"),
        ("levers", {"process": "direct_talks", "issue": "no"}, "unknown issue"),
        ("explain", {"processes": ["both"]}, "expected two that differ"),
        ("design", {}, "choose what is to be agreed"),
    ],
)
def test_a_longer_question_that_cannot_be_answered_is_refused(
    client: TestClient, kind: str, question: dict[str, Any], words: str
) -> None:
    answer = ask(client, kind, **question)
    assert answer.status_code == 422
    assert words in answer.json()["message"]


def test_another_longer_question_ends_the_one_before() -> None:
    page = Page({"minimal": MINIMAL}, first="minimal", seed=3)
    began, held = threading.Event(), threading.Event()

    def slow(told: advice.Told) -> Any:
        began.set()
        held.wait(10)
        told(1, 2)
        pytest.fail("it was not ended")

    first = advice.Study(slow)
    page.study = ("another", first)
    assert began.wait(10)
    page.advise("levers", Question(scenario="minimal", process="direct_talks"))
    held.set()
    first.wait()
    assert (first.found, first.error) == (None, "")
    assert page.study is not None
    page.stop(Question(scenario="minimal"))
    assert page.study is None


def test_a_study_that_fails_says_why() -> None:
    def wrong(_: advice.Told) -> Any:
        raise ScenarioError([Problem("a.yaml", 3, "issues", "no such thing")])

    study = advice.Study(wrong)
    study.wait()
    assert "no such thing" in study.error
    page = Page({"minimal": MINIMAL}, first="minimal", seed=3)
    question = Question(scenario="minimal", process="direct_talks")
    page.advise("levers", question)
    assert page.study is not None
    page.study = (page.study[0], study)
    with pytest.raises(ScenarioError, match="no such thing"):
        page.advise("levers", question)
