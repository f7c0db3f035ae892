"""Kinds of issue, party and format: what they are written out as, what wins over them, what comes of them.

``python tests/test_kinds.py`` writes the table of ``sim/README.md`` anew.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scenario_texts import errors, write

import sim
from sim.model.draws import Draws, Parameters
from sim.scenario import Scenario, json_schema, load
from sim.scenario.evidence import coverage, ground_of, uncertain
from sim.scenario.kinds import kinds
from sim.scenario.paths import bounds
from sim.scenario.reading import read

ROOT = Path(__file__).parent.parent
README = ROOT / "sim" / "README.md"
TEMPLATE = ROOT / "scenarios" / "template.yaml"
TABLE = re.compile(r"(<!-- kinds: .*? -->\n)(.*?)(<!-- end -->)", re.DOTALL)
LEVELS = ("sensitivity", "self_enforcing", "front", "relief")
WORLDS = 1000


def of_kinds(*, apart: bool) -> Scenario:
    """An issue of every kind, alone and through a go-between: each with a table of its own, or all on one agenda."""
    issues = list(kinds()["issues"])
    agendas = {issue: [issue] for issue in issues} if apart else {"all": issues}
    tables = {
        f"{form}_{name}": {"agenda": agenda, "format": form}
        for form in ("direct", "mediated")
        for name, agenda in agendas.items()
    }
    return Scenario.from_dict(
        {
            "title": "Kinds alone", "start": date(2031, 1, 6), "weeks": 52, "front_volatility": 0.02,
            "issues": {issue: {"kind": issue} for issue in issues},
            "parties": {"north": {"kind": "adversary"}, "south": {"kind": "adversary"}, "port": {"kind": "go_between"}},
            "formats": {"direct": {"kind": "direct"}, "mediated": {"kind": "formulated", "mediators": ["port"]}},
            "tables": tables,
            "processes": {form: {"tables": [name for name in tables if name.startswith(form)]} for form in ("direct", "mediated")},
        }
    )  # fmt: skip


@cache
def shares(*, apart: bool) -> pd.DataFrame:
    """Shares of worlds: metric, process, issue ("" for all)."""
    summary = sim.compare(of_kinds(apart=apart), worlds=WORLDS).summary
    wanted = summary[(summary["table"] == "") & summary["metric"].isin(["came", "agreed", "ratified", "in_force_end"])]
    return wanted[["metric", "process", "issue", "estimate"]]


# ---------------------------------------------------------------- what a kind is written out as


@pytest.mark.parametrize("kind", kinds()["issues"])
def test_every_number_of_an_issue_is_drawn_within_the_range_of_its_kind(kind: str) -> None:
    asked, said = of_kinds(apart=False), kinds()["issues"][kind]
    ranges = {f"issues.{kind}.{level}": said[level]["range"] for level in LEVELS}
    for side in ("north", "south"):
        at = f"parties.{side}.positions.{kind}"
        ranges[f"{at}.salience"] = said["position"]["salience"]["range"]
        for part in ("gains", "losses"):
            ranges |= {f"{at}.{part}.{option}": worth["range"] for option, worth in said["position"][part].items()}
    parameters = Parameters(asked, Draws(2024, 0, 2000))
    for path, (low, high) in ranges.items():
        drawn = np.asarray(parameters(path))
        assert low <= drawn.min() < low + 0.01 * (high - low), path
        assert high - 0.01 * (high - low) < drawn.max() <= high, path
        assert asked.numbers()[path] == pytest.approx((low + high) / 2)
        least, most = bounds(path)
        assert least <= low < high <= most


@pytest.mark.parametrize("kind", kinds()["issues"])
def test_what_is_at_stake_may_be_a_gain_or_a_loss(kind: str) -> None:
    position = kinds()["issues"][kind]["position"]
    assert set(position["gains"]) == set(position["losses"]) < set(kinds()["issues"][kind]["options"])
    for option, gain in position["gains"].items():
        loss = position["losses"][option]
        assert gain["range"][0] < loss["range"][1], "the worst draw is a loss"
        assert gain["range"][1] > loss["range"][0], "the best draw is a gain"


def test_every_number_is_an_assumption_with_a_reason() -> None:
    found = coverage(load(TEMPLATE))
    assert found.missing == ()
    assert found.counts["choice"] == 3  # the weeks, and of the go-between its leverage and the tables it serves
    assert found.counts["assumption"] == len(found.leaves) - 3
    asked = load(TEMPLATE)
    assert all(ground_of(asked, leaf.path)[1].why for leaf in found.leaves)  # type: ignore[index]


def test_more_of_the_same_shares_its_draw() -> None:
    at = "parties.north.positions.access.gains"
    first = uncertain(of_kinds(apart=False))[f"{at}.limited"]
    assert first.every_leaf == (f"{at}.limited", f"{at}.full")
    parameters = Parameters(of_kinds(apart=False), Draws(1, 0, 500))
    assert (np.asarray(parameters(f"{at}.full")) >= np.asarray(parameters(f"{at}.limited"))).all()


def test_a_kind_is_the_same_as_its_numbers_written_by_hand() -> None:
    asked = load(TEMPLATE)
    by_hand = Scenario.from_dict(asked.file.model_dump(exclude_unset=True))
    assert by_hand.hash == asked.hash
    changes = {"parties.north.positions.prisoners.gains.made": 0.9}
    for one, other in ((asked, by_hand), (asked.with_(changes), by_hand.with_(changes))):
        left, right = (sim.compare(scenario, worlds=40).summary.to_csv() for scenario in (one, other))
        assert left == right


# ---------------------------------------------------------------- what wins over it


def changed(changes: dict[str, Any]) -> Scenario:
    data = read(str(TEMPLATE)).data
    data.pop("format", None)
    for part, below in changes.items():
        for name, keys in below.items():
            data[part][name] = {**data[part].get(name, {}), **keys}
    return Scenario.from_dict(data)


def test_a_number_that_is_written_wins_and_takes_nothing_else_with_it() -> None:
    asked = changed(
        {"issues": {"prisoners": {"sensitivity": 0.9}}, "parties": {"north": {"positions": {"prisoners": {"salience": 2.0}}}}}
    )
    before, after = load(TEMPLATE).numbers(), asked.numbers()
    moved = {path: value for path, value in after.items() if before[path] != value}
    assert moved == {"issues.prisoners.sensitivity": 0.9, "parties.north.positions.prisoners.salience": 2.0}
    assert set(coverage(asked).missing) == set(moved), "a number of one's own needs a ground of one's own"
    assert not set(moved) & set(uncertain(asked))


def test_a_range_alone_narrows_the_prior() -> None:
    asked = changed({"provenance": {"issues.prisoners.sensitivity": {"range": [0.6, 0.8]}}})
    assert asked.numbers()["issues.prisoners.sensitivity"] == 0.7
    assert uncertain(asked)["issues.prisoners.sensitivity"].absolute == (0.6, 0.8)
    assert asked.file.provenance["issues.prisoners.sensitivity"].why == kinds()["issues"]["prisoners"]["sensitivity"]["why"]


def test_options_of_ones_own_need_their_worth_and_the_others_keep_theirs() -> None:
    options = {"none": {"status_quo": True}, "made": {}, "all_for_all": {}}
    worth = {"positions": {"prisoners": {"gains": {"all_for_all": 0.9}}}}
    asked = changed({"issues": {"prisoners": {"options": options}}, "parties": {"north": worth, "south": worth}})
    assert set(asked.file.parties["north"].positions["prisoners"].gains) == {"made", "all_for_all"}  # type: ignore[union-attr]
    with pytest.raises(sim.ScenarioError, match=r"parties\.north\.positions\.prisoners.*all_for_all"):
        changed({"issues": {"prisoners": {"options": options}}})


def test_what_is_set_by_hand_is_not_drawn_and_moves_no_other_draw() -> None:
    asked, at = of_kinds(apart=False), "parties.north.positions.access.gains"
    pinned = asked.with_({f"{at}.limited": 0.5})
    one, other = (Parameters(scenario, Draws(3, 0, 50)) for scenario in (asked, pinned))
    assert other(f"{at}.limited") == 0.5
    assert np.array_equal(one(f"{at}.full"), other(f"{at}.full"))


def test_a_scenario_that_extends_one_of_kinds_may_say_a_number(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    child = tmp_path / "child.yaml"
    child.write_text("extends: base.yaml\nissues: {border: {kind: recognition}, prisoners: {relief: 0.5}}\n", encoding="utf-8")
    numbers = load(child).numbers()
    assert numbers["issues.prisoners.relief"] == 0.5
    assert "parties.north.positions.border.gains.mutual" in numbers


# ---------------------------------------------------------------- what comes of it


@pytest.mark.parametrize("apart", [True, False])
def test_no_share_is_nothing_or_all(apart: bool) -> None:
    found = shares(apart=apart)
    assert len(found) == 4 * 2 * (1 + len(kinds()["issues"]))
    if apart:  # that the two come to one of eight tables, in some week, may be so in every world
        found = found[(found["issue"] != "") | (found["metric"] != "came")]
    assert found[(found["estimate"] <= 0) | (found["estimate"] >= 1)].empty


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("process", ["direct", "mediated"])
def test_the_order_of_kinds_is_that_of_the_record(apart: bool, process: str) -> None:
    """Prisoners and access before a general ceasefire, that before territory; each beyond three standard errors where apart."""
    found = shares(apart=apart)
    agreed = found[(found["metric"] == "agreed") & (found["process"] == process)].set_index("issue")["estimate"]
    for more, less in (
        ("prisoners", "general_ceasefire"), ("access", "general_ceasefire"), ("technical_arrangement", "general_ceasefire"),
        ("limited_ceasefire", "general_ceasefire"), ("general_ceasefire", "territory"),
    ):  # fmt: skip
        least = 3 * ((agreed[more] * (1 - agreed[more]) + agreed[less] * (1 - agreed[less])) / WORLDS) ** 0.5 if apart else 0.0
        assert agreed[more] - agreed[less] > least, (more, less)


# ---------------------------------------------------------------- errors, the schema, the documentation


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: prisoners", "kind: prisners", "7: issues.prisoners.kind: unknown kind prisners; did you mean prisoners?"),
        ("kind: prisoners", "kind: 3", "7: issues.prisoners.kind: got 3, expected the name of a kind"),
        ("{kind: go_between}", "{kind: power, role: disputant}", "8: parties.port.role: got 'disputant' with kind power, expected mediator"),
        ("{kind: direct}", "{kind: direct, mediators: [port]}", "9: formats.alone.mediators: got mediators with kind direct"),
        ("{kind: formulated, mediators: [port]}", "{kind: formulated}", "9: formats.through_port.mediators: none with kind formulated"),
        ("{kind: prisoners}", "{kind: prisoners, relief: 2.0}", "7: issues.prisoners.relief: got 2.0, expected a number of at most 1"),
        ("{kind: prisoners}", "{kind: prisoners, relif: 0.2}", "7: issues.prisoners.relif: unknown key; did you mean relief?"),
        ("format: alone", "kind: alone, format: alone", "10: tables.alone.kind: unknown key"),
        ("  weeks:", "  issues.prisoners.relief: {range: [0.4, 0.2]}\n  weeks:", "got 0.4 above 0.2, expected [low, high]"),
        ("{kind: adversary}, south", "{kind: adversary, positions: 3}, south", "8: parties.north.positions: got 3, expected a mapping"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_line(
    tmp_path: Path, old: str, new: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = TEMPLATE.read_text(encoding="utf-8")
    assert old in text
    assert any(words in line for line in errors(write("mine.yaml", text.replace(old, new, 1))))


def test_the_template_is_short_and_an_editor_takes_it() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    text = TEMPLATE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 15
    data = {**read(str(TEMPLATE)).data, "start": "2031-01-06"}
    checker = jsonschema.Draft202012Validator(json_schema())
    assert [error.message for error in checker.iter_errors(data)] == []
    for wrong in ({"kind": "prisners"}, {"label": "without a kind"}):
        assert list(checker.iter_errors({**data, "issues": {"prisoners": wrong}}))


def table() -> str:
    """The kinds of issue as sim/README.md lists them: ranges of what the issue says, and of the text that gives most."""
    rows = ["| kind | sensitivity | self-enforcing | front | relief | gain | loss |", "|---|---|---|---|---|---|---|"]
    for kind, said in kinds()["issues"].items():
        last = list(said["position"]["gains"])[-1]
        worth = [said["position"][part][last] for part in ("gains", "losses")]
        spans = [" to ".join(f"{end:g}" for end in number["range"]) for number in (*(said[level] for level in LEVELS), *worth)]
        rows.append(f"| `{kind}` | {' | '.join(spans)} |")
    return "\n".join(rows) + "\n"


def test_the_documentation_lists_every_kind_of_issue() -> None:
    found = TABLE.search(README.read_text(encoding="utf-8"))
    assert found
    assert found[2] == table(), "stale: `python tests/test_kinds.py` writes the table anew"
    listed = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    assert [kind for part in kinds().values() for kind in part if f"`{kind}`" not in listed] == []


if __name__ == "__main__":
    README.write_text(TABLE.sub(lambda m: m[1] + table() + m[3], README.read_text(encoding="utf-8")), encoding="utf-8")
