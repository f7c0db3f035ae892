"""A process is measured by what it is for, and compared with others on the same issues: worked by hand, and in whole runs."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from quarrel import Changes, values
from rich.console import Console

import sim
from sim.scenario import Scenario
from sim.scenario.headline import agenda, fallbacks, headline, matched
from sim.scenario.problems import ScenarioError
from sim.show import console
from sim.show.sentences import headlines
from sim.show.written import percent
from sim.study.alike import check_alike
from sim.study.compare import Result
from sim.study.outcomes import moves, on_agenda, reached, wilson

TABLES: Changes = {
    "tables": {
        "leaders": {"agenda": ["bridge"], "format": "direct"},
        "officials": {"agenda": ["mill"], "format": "direct", "opens": {"after": "leaders", "when": "failed"}},
        "experts": {"agenda": ["mill"], "format": "direct", "opens": {"after": "officials", "when": "agreed"}},
        "both": {"agenda": ["bridge", "mill"], "format": "direct"},
        "through": {"agenda": ["bridge", "mill"], "format": "between"},
        "mill": {"agenda": ["mill"], "format": "between"},
    },
    "processes": {
        "top": {"tables": ["leaders", "officials", "experts"]},
        "direct": {"tables": ["both"]},
        "between": {"tables": ["through"]},
        "wide": {"tables": ["both", "mill"], "headline": ["bridge"]},
        "mill": {"tables": ["mill"]},
    },
}


def asked(*more: Changes) -> Scenario:
    return Scenario.from_dict(values(TABLES, *more))


def of(result: Result, process: str, metric: str, issue: str = "", table: str = "") -> Any:
    rows = result.summary
    place = (rows["process"] == process) & (rows["metric"] == metric) & (rows["issue"] == issue) & (rows["table"] == table)
    assert place.sum() <= 1
    return rows[place].iloc[0] if place.any() else None


@pytest.fixture(scope="module")
def result() -> Result:
    """Leaders are put at their table and hold one session; both sides want the mill and neither the bridge."""
    nobody_wants = {f"parties.{side}.positions.bridge": {"salience": 1.0, "losses": {"open": 0.8}} for side in ("east", "west")}
    wanted = {f"parties.{side}.positions.mill": {"salience": 1.0, "gains": {"shared": 0.9}} for side in ("east", "west")}
    return sim.compare(asked(nobody_wants, wanted, {"tables.leaders.seated": True, "weeks": 60}), worlds=60, seed=2)


# ---------------------------------------------------------------- what a process is for


def test_the_headline_is_as_stated_or_all_on_tables_that_are_no_fall_backs() -> None:
    file = asked().file
    assert fallbacks(file, "top") == ["officials", "experts"]  # experts wait for the officials, who wait for a failure
    assert headline(file, "top") == ["bridge"]
    assert agenda(file, "top") == ["bridge", "mill"]
    assert headline(file, "direct") == ["bridge", "mill"]
    assert headline(file, "wide") == ["bridge"]
    assert matched(file, ["direct", "between", "wide"]) == ["bridge", "mill"]
    assert matched(file, ["top", "mill"]) == []


def test_rows_count_texts_on_the_issue_and_seats_at_its_tables() -> None:
    """Four rows: a text on the mill, one on both, talks at the bridge's table only, and talks where it is not on the agenda."""
    rows = pd.DataFrame({
        "moved_bridge": pd.array([False, True, False, pd.NA], dtype="boolean"),
        "moved_mill": pd.array([True, True, pd.NA, False], dtype="boolean"),
        "came_week": pd.array([0, 1, 2, 3], dtype="Int32"),
        "agreed_week": pd.array([1, 2, pd.NA, pd.NA], dtype="Int32"),
        "ratified_week": pd.array([pd.NA, 3, pd.NA, pd.NA], dtype="Int32"),
        "stands_end": [False, True, False, False],
    })  # fmt: skip
    assert on_agenda(rows, ["bridge"]).tolist() == [True, True, True, False]
    assert moves(rows, ["bridge"]).tolist() == [False, True, False, False]
    assert moves(rows, ["bridge", "mill"]).tolist() == [True, True, False, False]
    found = {metric: hit.tolist() for metric, hit in reached(rows, ["bridge"]).items()}
    assert found == {
        "came": [True, True, True, False], "agreed": [False, True, False, False],
        "ratified": [False, True, False, False], "in_force_end": [False, True, False, False],
    }  # fmt: skip


# ---------------------------------------------------------------- a whole run


def test_a_fall_back_is_no_success_of_its_process(result: Result) -> None:
    """The leaders sit down and agree on nothing; their officials agree on the mill."""
    assert of(result, "top", "came").estimate == 1
    assert of(result, "top", "agreed").estimate == 0
    assert of(result, "top", "weeks_in_force").estimate == 0
    assert of(result, "top", "agreed", "mill").estimate > 0.5
    assert of(result, "top", "agreed", "", "officials").estimate > 0.5
    assert of(result, "top", "agreed", "mill", "officials").estimate == of(result, "top", "agreed", "", "officials").estimate
    assert of(result, "top", "agreed", "", "leaders").estimate == 0
    weekly = result.weekly[result.weekly["process"] == "top"]
    assert weekly["in_force"].max() == 0
    assert of(result, "top", "agreed").headline == "bridge"
    assert of(result, "top", "surplus_east").headline == ""


def test_an_easy_issue_at_the_same_table_is_no_success_either(result: Result) -> None:
    assert of(result, "wide", "agreed").estimate == 0
    assert of(result, "wide", "agreed", "mill").estimate > 0.5
    assert of(result, "wide", "came").estimate == of(result, "wide", "came", "bridge").estimate
    assert of(result, "direct", "agreed").estimate == of(result, "direct", "agreed", "mill").estimate
    weeks = result.worlds[result.worlds["process"] == "wide"]
    assert (weeks["process_weeks_in_force"] == 0).all()
    assert weeks["weeks_in_force"].max() > 0


def test_differences_are_there_only_between_figures_about_the_same(result: Result) -> None:
    for metric in ("came", "agreed", "in_force_end", "weeks_in_force"):
        assert of(result, "direct", f"{metric}_difference") is None  # the first is about the bridge, this about both
        assert of(result, "wide", f"{metric}_difference") is not None
    assert of(result, "direct", "agreed_difference", "mill") is not None
    assert of(result, "direct", "surplus_east_difference") is not None  # what it brings a side is one thing in all


def test_versions_are_counted_world_by_world_and_make_up_the_difference(result: Result) -> None:
    found = result.versions("between", "direct").set_index("issue")
    assert list(found.index) == ["bridge", "mill"]
    for issue in found.index:
        ours, theirs = (
            result.outcomes(name)[f"moved_{issue}"].fillna(False).to_numpy(dtype=bool)
            & result.outcomes(name)["agreed_week"].notna().to_numpy()
            for name in ("between", "direct")
        )
        row = found.loc[issue]
        assert (row.better, row.worse, row.same) == (np.mean(ours & ~theirs), np.mean(theirs & ~ours), np.mean(ours == theirs))
        gap = of(result, "between", "agreed", issue).estimate - of(result, "direct", "agreed", issue).estimate
        assert row.better - row.worse == pytest.approx(gap)
        assert row.better_low <= row.better <= row.better_high
    other_way = result.versions("direct", "between").set_index("issue")
    assert other_way["better"].tolist() == found["worse"].tolist()
    assert result.versions("mill", "top")["issue"].tolist() == ["mill"]  # what only one is about is left out


def test_what_is_unlike_is_refused_and_the_shared_issues_are_named(result: Result) -> None:
    with pytest.raises(ScenarioError) as caught:
        check_alike(result.scenario, ["wide", "between"], metric="agreed")
    said = "agreed cannot be compared: wide is about bridge; between is about bridge, mill"
    assert f"{said}; expected an issue that all have: bridge, mill" in str(caught.value)
    with pytest.raises(ScenarioError, match=r"by issue there is no such figure; expected one of came, agreed, .* bridge, mill"):
        check_alike(result.scenario, ["wide", "between"], metric="weeks_in_force")
    with pytest.raises(ScenarioError, match="they have no issue in common"):
        check_alike(result.scenario, ["top", "mill"], metric="agreed")
    check_alike(result.scenario, ["top", "mill"], metric="worse_than_none")
    check_alike(result.scenario, ["wide", "between"], metric="agreed", issue="mill")
    with pytest.raises(ScenarioError, match="agreed cannot be compared"):
        sim.handover(result.scenario, processes=("wide", "between"), metric="agreed")
    with pytest.raises(ScenarioError, match="agreed cannot be compared"):
        sim.discover(result, processes=["wide", "between"])
    points = result.summary.assign(point=0)
    with pytest.raises(ScenarioError, match="expected an issue that all have: bridge, mill"):
        sim.best(points, metric="agreed", processes=["wide", "between"])
    assert len(sim.best(points, metric="agreed", issue="mill", processes=["wide", "between"])) == 1


def test_a_share_of_none_or_all_has_an_end_that_is_exactly_that() -> None:
    low, high = wilson(np.array([0.0, 1.0]), np.array([300.0, 300.0]))
    assert (low[0], high[1]) == (0.0, 1.0)


# ---------------------------------------------------------------- what is said of it


def test_sentences_rank_issue_by_issue_and_leave_fall_backs_out(result: Result) -> None:
    said = headlines(result)
    assert any(sentence.startswith("mill: agreed on most often in ") for sentence in said)
    assert "Agreed on in no world, fall-backs aside: bridge." in said
    (fall_back,) = [sentence for sentence in said if "top" in sentence]
    assert fall_back.startswith("top: agreed on only at a fall-back: mill, ")


def test_what_a_fall_back_agrees_on_is_not_called_nothing(result: Result) -> None:
    """A process that agrees on nothing but a fall-back's issue: no sentence says that it came to no agreement."""
    alone = replace(result, processes=["top"], summary=result.summary[result.summary["process"] == "top"])
    nothing, imposed, fall_back = headlines(alone)
    assert imposed.startswith("Of these imposed by the values put in, and not found, ")
    assert nothing == "Agreed on in no world, fall-backs aside: bridge."
    row = of(result, "top", "agreed", "mill")
    assert fall_back.startswith(f"top: agreed on only at a fall-back: mill, {percent(row.estimate)}% [")


def test_what_could_have_been_is_not_called_imposed(result: Result) -> None:
    could = result.summary[result.summary["process"] == "top"].copy()
    could.loc[(could["metric"] == "possible") & (could["issue"] == "bridge"), "estimate"] = 0.1
    assert not [sentence for sentence in headlines(replace(result, processes=["top"], summary=could)) if "imposed" in sentence]


def test_worlds_are_set_beside_one_another_in_whole_numbers(result: Result) -> None:
    (said,) = (sentence for sentence in headlines(replace(result, processes=["direct", "between"])) if "100 versions" in sentence)
    rows = result.versions("between", "direct").set_index("issue")
    for issue in ("bridge", "mill"):
        assert f"{issue} {100 * rows.loc[issue, 'better']:.0f} and {100 * rows.loc[issue, 'worse']:.0f}" in said
    assert said.endswith("More worlds will not narrow this.")


def test_one_number_does_not_hide_a_change_of_sign() -> None:
    """The second process agrees on the bridge more often and on the mill less often; the sentence says so, by issue."""
    scenario = asked()
    rows = [
        _row("direct", "agreed", "bridge", 0.2), _row("direct", "agreed", "mill", 0.6),
        _row("between", "agreed", "bridge", 0.5), _row("between", "agreed", "mill", 0.56),
        _row("between", "agreed_difference", "bridge", 0.3), _row("between", "agreed_difference", "mill", -0.04),
    ]  # fmt: skip
    rows += [_row(p, "in_force_end", i, 0.1) for p in ("direct", "between") for i in ("bridge", "mill")]
    none = pd.DataFrame()
    result = Result(scenario, 1, 100, ["direct", "between"], pd.DataFrame(rows), none, none, none)
    said = headlines(result)[-1]
    assert "bridge +30 [29, 31] (28, 32)" in said
    assert "mill \u22124 [\u22125, \u22123] (\u22126, \u22122)" in said
    assert said.endswith("which of the two agrees more often depends on the issue.")


def _row(process: str, metric: str, issue: str, estimate: float) -> dict[str, Any]:
    figures = {"estimate": estimate, "low": estimate - 0.01, "high": estimate + 0.01}
    assumed = {"assumed_low": estimate - 0.02, "assumed_high": estimate + 0.02}
    return {"process": process, "metric": metric, "issue": issue, "table": "", "headline": "", **figures, "worlds": 100, **assumed}


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_every_figure_on_screen_stands_with_both_its_intervals(result: Result, width: int) -> None:
    screen = Console(file=io.StringIO(), width=width, highlight=False)
    console.show(result, screen, full=True)
    text = screen.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    plain = " ".join(text.split()).split("worlds, seed")[0]  # notes explain the brackets
    both = len(re.findall(r"\((?:\?|[\u2212<>\d.]+, [\u2212<>\d.]+)\)", plain))
    assert len(re.findall(r"\[[\u2212<>\d.]+, [\u2212<>\d.]+\]", plain)) == both > 50
    assert "(fall-" in plain  # it may break at its hyphen
