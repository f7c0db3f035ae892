"""The episodes of scenarios/history: they load and rest on something, say only what differs, and are what was coded.

Run as a script it writes the table of agreement between the coders in scenarios/history/README.md anew.
"""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from coders import Agreement, in_words, kappa, pooled

from sim.scenario import Scenario, load
from sim.scenario.evidence import coverage
from sim.scenario.merging import merge
from sim.scenario.reading import Document, read
from sim.scenario.schema import Disputant, Format, Observed

FOLDER = Path(__file__).parent.parent / "scenarios" / "history"
README = FOLDER / "README.md"
SILENCE = "silence_2022_04"
"""No attempt but the lack of one: no coder saw it, and only coming is scored."""

EPISODES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != SILENCE)
BASES = [FOLDER.parent / "shared" / "mediators.yaml", *sorted((FOLDER / "shared").glob("*.yaml"))]
SIDES = ("russia", "ukraine")

LOW_TO_HIGH = ("low", "middle", "high")
JUDGED: dict[str, tuple[Any, ...]] = {
    "front": (-2, -1, 0, 1, 2),
    "affront": (0, 1, 2, 3),
    "affront_weeks": tuple(range(9)),
    "refusal": (0, 1, 2),
    "alternative": (0, 1, 2),
}
OF_MEDIATORS: dict[str, tuple[Any, ...]] = {
    "bias": ("russia", "neutral", "ukraine"),
    "honesty": LOW_TO_HIGH,
    "leverage": LOW_TO_HIGH,
    "capacity": LOW_TO_HIGH,
}
BY_RULE: dict[str, tuple[Any, ...] | None] = {
    "level": ("technical", "ministers", "leaders"),
    "contact_talks": None,
    "contact_signing": None,
    "visibility": ("secret", "discreet", "public"),
    "drafting": None,
    "settlement": None,
    "instrument": None,
    "monitoring": (0, 1, 2),
    "term": None,
    "sponsor": None,
    "invited": None,
    "side_deal_to": None,
    "side_deal_step": (0, 1, 2, 3),
}
"""Covariate to its levels in order; None: levels without order. Part 1, 3 and 2 of the codebook."""

FRONT = {-2: -0.30, -1: -0.15, 0: 0.0, 1: 0.15, 2: 0.30}
AFFRONT = {1: 0.10, 2: 0.30, 3: 0.60}
REFUSAL = {1: 0.30, 2: 0.80}
ALTERNATIVE = {1: 0.15, 2: 0.40}
MONITORING = {0: 0.0, 1: 0.20, 2: 0.70}
CREDIBILITY = {1: 0.25, 2: 0.60, 3: 0.95}
OF_LEVEL = {
    "honesty": dict(zip(LOW_TO_HIGH, (0.50, 0.70, 0.90), strict=True)),
    "leverage": dict(zip(LOW_TO_HIGH, (0.03, 0.08, 0.12), strict=True)),
    "capacity": dict(zip(LOW_TO_HIGH, (1.0, 2.0, 3.0), strict=True)),
    "pull": dict(zip(LOW_TO_HIGH, (0.35, 0.45, 0.55), strict=True)),
}
"""The numbers of the codebook's levels."""

STATUS_QUO_ALREADY = {("sea_2024_01", "ukraine")}
"""Alternatives that the positions of the episode count as status quo."""

UNSCORED = {"truce_2023_01", "summit_2023_08", "summit_2024_06", "contact_group_2014_09", "mariupol_2022_05", "olenivka_2022_08"}


@cache
def scenario(name: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml")


def observed(name: str) -> Observed:
    found = scenario(name).file.observed
    assert found is not None
    return found


def convened(name: str) -> Format:
    return scenario(name).file.formats["convened"]


@cache
def sheet(name: str) -> dict[str, Any]:
    return read(FOLDER / "coding" / f"{name}.yaml").data


def levels(name: str) -> dict[str, Any]:
    """The settled levels of an episode."""
    found: dict[str, Any] = sheet("settled")["episodes"][name]["levels"]
    return found


# ---------------------------------------------------------------- the files


def test_what_is_there() -> None:
    assert len(EPISODES) == 35
    assert [path.stem for path in BASES] == ["mediators", "before", "since"]
    for name in ("a", "b", "settled", "blind"):
        assert sorted(sheet(name)["episodes"]) == EPISODES
    phases = [observed(name).phase for name in EPISODES]
    assert (phases.count("before"), phases.count("since")) == (7, 28)


@pytest.mark.parametrize("name", EPISODES)
def test_an_episode_is_one_process_that_rests_on_something(name: str) -> None:
    covered, file = coverage(scenario(name)), scenario(name).file
    assert covered.missing == ()
    grounds = {leaf.ground for leaf in covered.leaves}
    assert [path for path, ground in file.provenance.items() if path not in grounds and not ground.choice] == []
    assert not file.behaviour.model_fields_set
    assert list(file.processes) == ["episode"]
    assert list(file.formats) == ["convened"]
    assert file.processes["episode"].tables == list(file.tables)
    assert observed(name).sources


def whole(path: Path) -> Document:
    """A file over those it extends, before it is checked."""
    own = read(path)
    parent = own.data.pop("extends", None)
    return own if parent is None else merge(whole(path.parent / parent), own)


@cache
def base_of(path: Path) -> dict[str, Any]:
    return whole(path.parent / read(path).data["extends"]).data


def repeated(own: dict[str, Any], base: dict[str, Any], above: str = "") -> list[str]:
    found = []
    for key, value in own.items():
        if key in base:
            both = isinstance(value, dict) and isinstance(base[key], dict) and above != "provenance."
            found += repeated(value, base[key], f"{above}{key}.") if both else [above + key] * (value == base[key])
    return found


@pytest.mark.parametrize("path", [*BASES, *(FOLDER / f"{name}.yaml" for name in EPISODES)], ids=lambda path: path.stem)
def test_it_says_only_what_differs(path: Path) -> None:
    assert repeated(read(path).data, base_of(path)) == []


def test_episodes_extend_the_base_of_their_phase_and_are_short() -> None:
    for name in EPISODES:
        path = FOLDER / f"{name}.yaml"
        assert read(path).data["extends"] == f"shared/{observed(name).phase}.yaml"
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 70, name
        since = scenario(name).file.start.isoformat() >= "2022-02-24"
        assert observed(name).phase == ("since" if since else "before")


# ---------------------------------------------------------------- what was coded


@pytest.mark.parametrize("name", EPISODES)
def test_the_situation_is_as_coded(name: str) -> None:
    file, coded = scenario(name).file, levels(name)
    main = sheet("blind")["episodes"][name]["agenda"][0]
    assert file.front_start == FRONT[coded["front"]]
    for side in SIDES:
        hurt, no = file.events.get(f"affront_{side}"), file.events.get(f"refusal_{side}")
        expected = {side: AFFRONT[coded[f"affront_{side}"]]} if coded[f"affront_{side}"] else None
        assert (hurt and hurt.grievance) == expected
        assert hurt is None or hurt.week == -coded[f"affront_weeks_{side}"]
        expected = {side: REFUSAL[coded[f"refusal_{side}"]]} if coded[f"refusal_{side}"] else None
        assert (no and no.commitment) == expected
        assert no is None or no.week == -1
        party = file.parties[side]
        assert isinstance(party, Disputant)
        step = 0 if (name, side) in STATUS_QUO_ALREADY else coded[f"alternative_{side}"]
        assert {issue: found.value for issue, found in party.alternatives.items()} == ({main: ALTERNATIVE[step]} if step else {})


@pytest.mark.parametrize("name", EPISODES)
def test_the_format_is_as_coded(name: str) -> None:
    form, coded = convened(name), levels(name)
    for lever in ("level", "visibility", "drafting", "settlement", "instrument"):
        assert getattr(form, lever) == coded[lever]
    signing = coded["contact_signing"]
    together = "face_to_face" if coded["monitoring"] == 2 else "separate" if signing == "separate" else "remote"
    assert (form.contact.talks, form.contact.signing, form.contact.implementation) == (coded["contact_talks"], signing, together)
    assert form.monitoring == MONITORING[coded["monitoring"]]
    assert (form.term or "open", form.sponsor or "none") == (coded["term"], coded["sponsor"])
    invited = [side for side in SIDES if side not in form.invited or form.invited[side].status == "formal"]
    assert invited == ([*SIDES] if coded["invited"] == "both" else [coded["invited"]])
    deals = [(deal.to, deal.credibility) for deal in form.side_deals]
    assert deals == ([(coded["side_deal_to"], CREDIBILITY[coded["side_deal_step"]])] if coded["side_deal_step"] else [])


@pytest.mark.parametrize("name", EPISODES)
def test_agenda_mediators_and_timing_are_those_the_coders_saw(name: str) -> None:
    file, seen = scenario(name).file, sheet("blind")["episodes"][name]
    assert (file.start, convened(name).mediators) == (seen["start"], seen["mediators"])
    agendas = [table.agenda for table in file.tables.values()]
    missing = {"ceasefire"} if name == "nuclear_2022_09" else set()  # the zone itself: one issue, not two
    assert sorted(issue for agenda in agendas for issue in agenda) == sorted(set(seen["agenda"]) - missing)
    assert {table.meets for table in file.tables.values()} == {0 if seen["convened"]["timing"] == "dated" else None}
    for agenda in agendas:
        assert len(agenda) == 1 or "humanitarian" not in [file.issues[issue].group for issue in agenda]


def test_mediators_are_as_coded() -> None:
    file = scenario(EPISODES[0]).file
    for name, entry in sheet("settled")["mediators"].items():
        party, coded = file.parties[name], entry["levels"]
        if name in ("turkey", "un", "qatar"):  # numbers of shared/war.yaml, coded as a check
            continue
        assert not isinstance(party, Disputant)
        assert party.bias == ({} if coded["bias"] == "neutral" else {coded["bias"]: 0.30})
        for trait, source in (("honesty", "honesty"), ("leverage", "leverage"), ("capacity", "capacity"), ("pull", "leverage")):
            assert getattr(party, trait) == OF_LEVEL[trait][coded[source]], (name, trait)
        trust = {"neutral": (0.55, 0.55), "russia": (0.65, 0.35), "ukraine": (0.30, 0.65)}[coded["bias"]]
        for side, value in zip(SIDES, trust, strict=True):
            disputant = file.parties[side]
            assert isinstance(disputant, Disputant)
            assert disputant.trust[name] == pytest.approx(value - 0.10 * (coded["honesty"] == "low"))


def test_the_settled_sheet_settles_what_differs_and_nothing_else() -> None:
    for kind in ("episodes", "mediators"):
        for name, entry in sheet("settled")[kind].items():
            a, b = (sheet(coder)[kind][name] for coder in "ab")
            a, b = a.get("levels", a), b.get("levels", b)
            assert list(a) == list(b) == list(entry["levels"])
            differ = {covariate for covariate in a if a[covariate] != b[covariate]}
            assert set(entry.get("settled", {})) == differ, name
            assert all(entry["levels"][covariate] in (a[covariate], b[covariate]) for covariate in a)
            assert all(rule["rule"] in range(1, 8) and rule["why"] for rule in entry.get("settled", {}).values())


# ---------------------------------------------------------------- what came of it


def test_the_silence_is_scored_on_coming_alone() -> None:
    seen = observed(SILENCE)
    assert (seen.came, seen.score, seen.times) == (False, ["stayed_away"], 4)
    assert coverage(scenario(SILENCE)).missing == ()


def test_what_is_scored() -> None:
    scored = {name: observed(name).score for name in EPISODES}
    assert {name for name, score in scored.items() if not score} == UNSCORED
    renewals = [name for name in EPISODES if any(table.in_force for table in scenario(name).file.tables.values())]
    assert renewals == ["grain_2022_10", "grain_2022_11", "grain_2023_03", "grain_2023_05", "grain_2023_07"]
    assert [name for name, score in scored.items() if "agreed" in score] == ["energy_2024_06", *renewals]
    assert sum("agreed_if_came" in score for score in scored.values()) == 23
    assert sum("in_force" in score for score in scored.values()) == 13
    rows = {"before": 0, "since": 0}
    for name in set(EPISODES) - UNSCORED:
        rows[observed(name).phase] += len(observed(name).issues)
    assert rows == {"before": 12, "since": 30}


def test_no_life_is_counted_twice() -> None:
    grain = [name for name in EPISODES if observed(name).cluster == "grain"]
    assert len(grain) == 6
    assert [name for name in grain if "in_force" in observed(name).score] == ["grain_2022_04"]


# ---------------------------------------------------------------- agreement of the coders


@cache
def agreements() -> dict[str, dict[str, Agreement]]:
    """Part to covariate to agreement; both sides of a covariate are cases of one, weeks count where both saw an affront."""
    a, b = ({name: entry["levels"] for name, entry in sheet(coder)["episodes"].items()} for coder in "ab")
    judged = {}
    for covariate, order in JUDGED.items():
        keys = [covariate] if covariate == "front" else [f"{covariate}_{side}" for side in SIDES]
        cells = [(name, key) for name in EPISODES for key in keys]
        if covariate == "affront_weeks":
            cells = [(n, k) for n, k in cells if all(s[n][k.replace("_weeks", "")] for s in (a, b))]
        judged[covariate] = kappa([a[n][k] for n, k in cells], [b[n][k] for n, k in cells], ordered=order)
    third, fourth = (sheet(coder)["mediators"] for coder in "ab")
    for covariate, order in OF_MEDIATORS.items():
        judged[f"{covariate} of mediators"] = kappa(
            [third[name][covariate] for name in third], [fourth[name][covariate] for name in third], ordered=order
        )
    by_rule = {
        covariate: kappa([a[n][covariate] for n in EPISODES], [b[n][covariate] for n in EPISODES], ordered=order)
        for covariate, order in BY_RULE.items()
    }
    return {"judged": judged, "by rule": by_rule}


def table() -> str:
    """The table in scenarios/history/README.md."""
    lines = ["| | covariate | n | same | kappa | in words |", "|---|---|---|---|---|---|"]
    for part, found in agreements().items():
        rows = {**found, "**all, pooled**": pooled(found.values())}
        for number, (covariate, agreement) in enumerate(rows.items()):
            share, value = agreement.same / agreement.n, agreement.kappa
            shown = "–" if math.isnan(value) else f"{value:.2f}"
            head = part if not number else ""
            lines.append(f"| {head} | {covariate} | {agreement.n} | {share:.0%} | {shown} | {in_words(value)} |")
    return "\n".join(lines)


def _readme_parts() -> tuple[str, str, str]:
    text = README.read_text(encoding="utf-8")
    found = re.fullmatch(r"(.*<!-- agreement: [^\n]*-->\n)(.*?)(\n<!-- end -->.*)", text, flags=re.DOTALL)
    assert found
    return found[1], found[2], found[3]


def test_the_table_of_agreement_is_that_of_the_sheets() -> None:
    assert _readme_parts()[1] == table(), "stale: `python tests/test_history.py` writes the table anew"


def test_kappa_by_hand() -> None:
    """Cohen (1960): of 20 cases 14 agree; marginals 10/10 and 12/8, so 10 by chance; (14 - 10) / (20 - 10) = 0.4."""
    a = ["yes"] * 10 + ["no"] * 10
    b = ["yes"] * 8 + ["no"] * 2 + ["yes"] * 4 + ["no"] * 6
    found = kappa(a, b)
    assert (found.n, found.same) == (20, 14)
    assert found.kappa == pytest.approx(0.4)


def test_kappa_of_a_published_table() -> None:
    """Fleiss, Cohen and Everitt (1969): three diagnoses of 200 cases, kappa 0.492."""
    counts = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = [(i, j) for i, row in enumerate(counts) for j, count in enumerate(row) for _ in range(count)]
    assert kappa([i for i, _ in pairs], [j for _, j in pairs]).kappa == pytest.approx(0.492, abs=0.0005)


def test_weighted_kappa_by_hand() -> None:
    """Levels 0, 1, 2. Apart by 0, 0, 1, 2 steps of two: 3/8. By chance, each coder's levels crossed: 7/16, so 1 - 6/7."""
    found = kappa([0, 1, 1, 2], [0, 1, 2, 0], ordered=(0, 1, 2))
    crossed = sum(abs(x - y) for x in (0, 1, 1, 2) for y in (0, 1, 2, 0)) / 2 / 16
    assert crossed == 7 / 16
    assert found.disagreement == pytest.approx(3 / 8)
    assert found.kappa == pytest.approx(1 / 7)


def test_kappa_at_the_edges() -> None:
    assert kappa(["x", "y"], ["x", "y"]).kappa == 1
    assert math.isnan(kappa(["x", "x"], ["x", "x"]).kappa)
    assert math.isnan(kappa([], []).kappa)
    assert kappa(["x", "y"], ["y", "x"]).kappa == -1
    assert kappa([0, 2], [0, 1], ordered=(0, 1, 2)).kappa > kappa([0, 2], [0, 1]).kappa
    with pytest.raises(ValueError, match="1 and 2 cases"):
        kappa([1], [1, 2])
    with pytest.raises(ValueError, match="level 3, expected one of 0, 1"):
        kappa([0, 3], [0, 1], ordered=(0, 1))


def test_pooled_kappa_by_hand() -> None:
    """Disagreement 0.3 and 0.1 where chance gives 0.5 and 0.5: 1 - 0.2 / 0.5. Covariates without cases do not count."""
    parts = [Agreement(10, 7, 0.3, 0.5), Agreement(10, 9, 0.1, 0.5), kappa([], [])]
    assert pooled(parts).kappa == pytest.approx(0.6)
    assert (pooled(parts).n, pooled(parts).same) == (20, 16)


def test_kappa_in_words() -> None:
    """The bands of Landis and Koch (1977)."""
    assert [in_words(value) for value in (-0.1, 0.0, 0.2, 0.21, 0.5, 0.8, 0.81, 1.0)] == [
        "poor", "slight", "slight", "fair", "moderate", "substantial", "almost perfect", "almost perfect",
    ]  # fmt: skip
    assert in_words(math.nan) == "no variation"


if __name__ == "__main__":
    before, _, after = _readme_parts()
    README.write_text(before + table() + after, encoding="utf-8")
