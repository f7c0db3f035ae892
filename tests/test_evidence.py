"""Evidence: which entry of provenance covers a number, what supports it, what is drawn per world."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import ScenarioError, load
from sim.scenario.evidence import bounds, coverage, ground_of, uncertain

HERE = Path(__file__).parent
MINIMAL = (HERE / "minimal.yaml").read_text(encoding="utf-8")
CLAIMS = (HERE / "minimal-claims.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(HERE / "minimal-claims.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(old: str, new: str) -> tuple[list[str], int]:
    """Errors of the minimal scenario with ``old`` made ``new``, and the line of the change."""
    assert old in MINIMAL
    Path("a.yaml").write_text(MINIMAL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load("a.yaml")
    return str(caught.value).splitlines(), MINIMAL[: MINIMAL.index(old)].count("\n") + 1


def test_the_most_specific_entry_counts() -> None:
    scenario = load(HERE / "minimal.yaml")
    assert ground_of(scenario, "parties.north.grievance")[0] == "parties.north.grievance"  # type: ignore[index]
    assert ground_of(scenario, "parties.north.war_cost")[0] == "parties.north"  # type: ignore[index]
    assert ground_of(scenario, "issues.ferry.options.weekly.units.passengers")[0] == (  # type: ignore[index]
        "issues.ferry.options.weekly.units"
    )
    assert ground_of(scenario, "formats.face_to_face.level") is None
    assert ground_of(scenario, "parties") is None


def test_prefixes_are_whole_names() -> None:
    scenario = load(HERE / "minimal.yaml")
    assert ground_of(scenario, "parties.northern") is None


def test_behaviour_rests_on_the_package_unless_set() -> None:
    scenario = load(HERE / "minimal.yaml")
    path, ground = ground_of(scenario, "behaviour.temperature") or ("", None)
    assert path == "behaviour.temperature"
    assert ground is not None
    assert isinstance(ground.range, list)
    assert ground.why
    pinned = scenario.with_({"behaviour.temperature": 0.2})
    assert ground_of(pinned, "behaviour.temperature")[1].choice  # type: ignore[index]


def test_coverage_counts_every_number_once(folder: Path) -> None:
    found = coverage(load(HERE / "minimal.yaml"))
    assert len(found.leaves) == len({leaf.path for leaf in found.leaves}) == sum(found.counts.values())
    assert found.missing == ()
    assert found.counts["magnitude"] == 2
    assert found.counts["sign"] == 1
    assert list(found.counts) == ["magnitude", "order", "sign", "existence", "assumption", "choice", "none"]
    Path("a.yaml").write_text(MINIMAL.replace("  parties.elder: {why: invented, range: 0.1}\n", ""), encoding="utf-8")
    assert "parties.elder.pull" in coverage(load("a.yaml")).missing


def test_behaviour_set_in_the_file_needs_a_ground(folder: Path) -> None:
    Path("a.yaml").write_text(MINIMAL + "behaviour: {temperature: 0.2}\n", encoding="utf-8")
    scenario = load("a.yaml")
    assert coverage(scenario).missing == ("behaviour.temperature",)
    assert "behaviour.temperature" not in uncertain(scenario)


def test_an_entry_draws_what_no_other_entry_covers() -> None:
    drawn = uncertain(load(HERE / "minimal.yaml"))
    north = drawn["parties.north"]
    assert north.relative == 0.1
    assert north.absolute is None
    assert "parties.north.war_cost" in north.leaves
    assert "parties.north.grievance" not in north.leaves
    assert "parties.north.positions.ferry.gains.weekly" not in north.leaves
    assert drawn["parties.north.grievance"].absolute == (0.2, 0.4)
    assert "parties.north.positions.ferry.gains.weekly" not in drawn, "its magnitude is supported and has no range"


def test_whole_numbers_and_choices_are_not_drawn() -> None:
    leaves = {leaf for entry in uncertain(load(HERE / "minimal.yaml")).values() for leaf in entry.leaves}
    assert not leaves & {"weeks", "formats.go_between.term", "formats.go_between.monitoring", "events.shooting.week",
                         "parties.north.alternatives.ferry.from_week"}  # fmt: skip


def test_every_number_is_drawn_at_most_once() -> None:
    leaves = [leaf for entry in uncertain(load(HERE / "minimal.yaml")).values() for leaf in entry.leaves]
    assert len(leaves) == len(set(leaves))


def test_behaviour_written_as_a_whole_number_is_drawn() -> None:
    drawn = uncertain(load(HERE / "minimal.yaml"))
    assert drawn["behaviour.grievance_half_life"].absolute == (16.0, 24.0)


def test_pinned_numbers_are_not_drawn() -> None:
    scenario = load(HERE / "minimal.yaml")
    values: dict[str, Any] = {"parties.north.grievance": 0.9, "parties.north.war_cost": 0.5,
                              "behaviour.temperature": 0.2,
                              "parties.south.trust": {"north": 0.1, "elder": 0.1}}  # fmt: skip
    drawn = uncertain(scenario.with_(values))
    assert "parties.north.grievance" not in drawn
    assert "behaviour.temperature" not in drawn
    assert "parties.north.war_cost" not in drawn["parties.north"].leaves
    assert not [leaf for leaf in drawn["parties.south"].leaves if "trust" in leaf]


def test_bounds_are_those_of_the_schema() -> None:
    assert bounds("parties.north.grievance") == (0, 1)
    assert bounds("parties.north.concession") == (0.05, 20)
    assert bounds("parties.north.linkages.0.value") == (-1, 1)
    assert bounds("parties.elder.interests.ferry.values.weekly") == (0, 1)
    assert bounds("issues.ferry.options.weekly.units.passengers") == (0, 1_000_000_000)
    assert bounds("formats.go_between.term") == (1, 520)
    assert bounds("weeks") == (1, 520)
    assert all(math.isfinite(end) for end in bounds("behaviour.temperature"))
    for path in ("parties.north.label", "parties.north.grievence", "", "a..b"):
        with pytest.raises(ScenarioError, match="no number can stand there"):
            bounds(path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("claims: [M01], supports", "claims: [M011], supports",
         "provenance.parties.north.grievance.claims.0: unknown claim M011; did you mean M01?"),
        ("claims: [M01], supports: sign, ", "claims: [M01], ",
         "provenance.parties.north.grievance: claims without supports; expected existence, sign, order or magnitude"),
        ("claims: [M01], supports: sign, ", "supports: sign, ",
         "provenance.parties.north.grievance.supports: supports without claims; expected the ids of claims"),
        ("why: the sinking is blamed on South, ", "",
         "provenance.parties.north.grievance: an assumed size without a reason; expected why"),
        (", range: [0.2, 0.4]", "",
         "provenance.parties.north.grievance: an assumed size without a range; expected a half-width such as 0.25, or"
         " [low, high]"),
        ("[0.2, 0.4]", "[0.4, 0.2]",
         "provenance.parties.north.grievance.range: got 0.4 above 0.2, expected [low, high]"),
        ("[0.2, 0.4]", "[0.35, 0.4]",
         "provenance.parties.north.grievance.range: does not contain the value 0.3; expected low <= value <= high"),
        ("[0.2, 0.4]", "[0.2, 1.4]",
         "provenance.parties.north.grievance.range: got [0.2, 1.4], expected it within 0 to 1"),
        ("parties.elder: {why: invented, range: 0.1}", "parties.elder: {why: invented, range: [0.1, 0.2]}",
         "provenance.parties.elder.range: got [low, high] for not a single number; expected a relative half-width, or"
         " none"),
        ("parties.elder: {", "parties.eldr: {",
         "provenance.parties.eldr: nothing written at this path: unknown 'eldr'; did you mean elder?"),
        ("parties.elder: {", "parties: {",
         "provenance.parties: covers too much; expected a path of at least two parts, such as parties.north"),
        ("weeks: {choice: true, why: less than a year}", "weeks: {choice: true}",
         "provenance.weeks: a choice without a reason; expected why"),
        ("weeks: {choice: true, why: less than a year}", "weeks: {choice: true, why: a, range: 0.1}",
         "provenance.weeks.range: a choice is not drawn; expected no range"),
        ("weeks: {choice: true, why: less than a year}", "weeks: {choice: true, why: a, claims: [M01]}",
         "provenance.weeks.claims: a choice rests on no claim; expected choice or claims"),
        ("evidence: [minimal-claims.yaml]", "evidence: [minimal-claim.yaml]",
         "evidence.0: minimal-claim.yaml: no such file; did you mean minimal-claims.yaml?"),
    ],
)  # fmt: skip
def test_provenance_that_is_wrong(folder: Path, old: str, new: str, expected: str) -> None:
    lines, line = refused(old, new)
    assert f"a.yaml:{line}: {expected}" in lines


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kind: fact", "kind: fcat", "claims.M02.kind: got 'fcat', expected one of position, fact, event, precedent,"
                                     " denial, commitment, comment; did you mean fact?"),
        ("quoted:", "qoted:", "claims.M03.qoted: unknown key; did you mean quoted?"),
        ("contradicts: [M01]", "contradicts: [M011]",
         "claims.M03.contradicts.0: unknown claim M011; did you mean M01?"),
        ("when: 2029\n", "when: [2029]\n", "claims.M02.when: got a list of 1,"
                                           " expected a date such as 2024-08-19 or a whole number or text"),
        ("  M02:", "  M01:", "claims.M01: duplicate key, first on line 5; expected each key once"),
    ],
)  # fmt: skip
def test_evidence_file_that_is_wrong(folder: Path, old: str, new: str, expected: str) -> None:
    Path("minimal-claims.yaml").write_text(CLAIMS.replace(old, new, 1), encoding="utf-8")
    Path("a.yaml").write_text(MINIMAL, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load("a.yaml")
    line = CLAIMS[: CLAIMS.index(old)].count("\n") + 1
    assert str(caught.value) == f"minimal-claims.yaml:{line}: {expected}"


def test_claim_id_used_in_two_files(folder: Path) -> None:
    shutil.copy("minimal-claims.yaml", "more.yaml")
    lines, _ = refused("[minimal-claims.yaml]", "[minimal-claims.yaml, more.yaml]")
    assert lines[0] == "more.yaml:5: claims.M01: id used twice; first claims.M01 in minimal-claims.yaml:5"
