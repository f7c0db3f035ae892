"""The scenarios that ship: they load, every number has a ground, variants stay small, and their README is complete.

Run as a script it writes the table of behavioural parameters in scenarios/README.md anew.
"""

from __future__ import annotations

import inspect
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from annotated_types import MaxLen, MinLen
from pydantic import BaseModel
from ruamel.yaml import YAML

from sim.scenario import Scenario, json_schema, load, schema
from sim.scenario.behaviour import Behaviour
from sim.scenario.evidence import coverage, drawn_between, uncertain
from sim.scenario.learned import posterior
from sim.scenario.paths import bounds

FOLDER = Path(__file__).parent.parent / "scenarios"
README = FOLDER / "README.md"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yaml"))
VARIANTS = ("no-incursion", "no-refusal", "second-summit-invited")
FRAGMENTS = ("mediators", "war")
"""What several scenarios share, which is none by itself."""

SECTIONS: dict[str, type[BaseModel]] = {
    "Scenario": schema.ScenarioFile, "Issues": schema.Issue, "Stocks": schema.Stock, "Options": schema.Option, "Disputants": schema.Disputant,
    "Positions": schema.Position, "Linkages": schema.Linkage, "Conditional offers": schema.ConditionalOffer,
    "Alternatives": schema.Alternative, "Mediators": schema.Mediator, "Interests": schema.Interest,
    "Formats": schema.Format, "Contact": schema.ContactLevers, "Invitations": schema.Invitation,
    "Side deals": schema.SideDeal, "Tables": schema.Table, "Opening": schema.Opening,
    "In force": schema.InForce, "Processes": schema.Process,
    "Events": schema.Event, "Limits of proposals": schema.Limits, "Observed": schema.Observed, "Provenance": schema.Ground,
}  # fmt: skip
"""Heading in scenarios/README.md to the class whose keys it lists."""

EXAMPLES = {
    "Scenario": "", "Issues": "issues.x", "Options": "issues.x.options.y", "Disputants": "parties.x", "Mediators": "parties.x",
    "Positions": "parties.x.positions.y", "Linkages": "parties.x.linkages.0", "Alternatives": "parties.x.alternatives.y",
    "Interests": "parties.x.interests.y", "Formats": "formats.x", "Invitations": "formats.x.invited.y",
    "Side deals": "formats.x.side_deals.0", "Tables": "tables.x",
    "In force": "tables.x.in_force", "Events": "events.x", "Observed": "observed",
}  # fmt: skip
"""Heading to a path at which such a mapping could stand."""


@cache
def scenario(name: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml")


def plain(text: str) -> Any:
    return YAML(typ="safe").load(text)


# ---------------------------------------------------------------- the files


def test_what_ships() -> None:
    assert set(SHIPPED) == {"kursk-2024", "black-sea-2022", "two-neighbours", "template", *VARIANTS}
    assert sorted(path.stem for path in (FOLDER / "shared").glob("*.yaml")) == sorted(FRAGMENTS)
    for name in SHIPPED:
        assert f"`{name}.yaml`" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_has_a_ground(name: str) -> None:
    assert coverage(scenario(name)).missing == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_entry_of_provenance_covers_a_number(name: str) -> None:
    grounds = {leaf.ground for leaf in coverage(scenario(name)).leaves}
    idle = [path for path, ground in scenario(name).file.provenance.items() if path not in grounds and not ground.choice]
    assert not idle


@pytest.mark.parametrize("name", SHIPPED)
def test_behaviour_is_the_same_everywhere(name: str) -> None:
    assert not scenario(name).file.behaviour.model_fields_set


@pytest.mark.parametrize("name", SHIPPED)
def test_every_table_and_format_is_in_a_process(name: str) -> None:
    file = scenario(name).file
    seated = {table for process in file.processes.values() for table in process.tables}
    assert seated == set(file.tables)
    assert {table.format for table in file.tables.values()} == set(file.formats)


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_only_say_what_differs(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 24
    said = plain(text)
    assert said["extends"] == "kursk-2024.yaml"
    assert set(said) <= {"format", "extends", "title", "about", "issues", "parties", "events", "formats", "provenance"}
    ours, base = scenario(name).numbers(), scenario("kursk-2024").numbers()
    assert not set(ours) - set(base)
    moved = {path for path in ours if ours[path] != base[path]}
    gone = {path for path in base if path not in ours}
    assert moved or gone
    assert all(any(path.startswith(part) for part in _said(said)) for path in moved | gone)


def _said(node: dict[str, Any], above: str = "") -> list[str]:
    found = []
    for key, value in node.items():
        path = f"{above}{key}"
        found += _said(value, f"{path}.") if isinstance(value, dict) else [path]
    return found


@pytest.mark.smoke
@pytest.mark.parametrize("name", SHIPPED)
def test_the_json_schema_agrees(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft202012Validator(json_schema())
    whole = scenario(name).file.model_dump(mode="json", exclude_unset=True)
    assert [error.message for error in checker.iter_errors(whole)] == []


def test_two_neighbours_shows_what_the_schema_can_say() -> None:
    text = (FOLDER / "two-neighbours.yaml").read_text(encoding="utf-8")
    for key in ("linkages", "conditional_offers", "alternatives", "lasts", "side_deals", "hosts_if", "suppressed_by"):
        assert f"{key}:" in text
    for value in ("proximity", "hinted", "failed", "in_force", "lapse", "declaration"):
        assert re.search(rf"\b{value}\b", text)


def test_every_key_of_two_neighbours_is_explained() -> None:
    """A comment stands where a key is used for the first time, on its line or, for a mapping, at once below."""
    seen: set[str] = set()
    names = {key for section in SECTIONS.values() for key in section.model_fields}
    lines = [*(FOLDER / "two-neighbours.yaml").read_text(encoding="utf-8").splitlines(), ""]
    for number, line in enumerate(lines[:-1]):
        code, _, comment = line.partition("#")
        below = lines[number + 1].partition("#")[2] if code.rstrip().endswith(":") else ""
        first = {key for key in re.findall(r"(?:^|[\s{])(\w+):(?=\s|$)", code) if key in names} - seen
        above = number and lines[number - 1].startswith("#")
        assert comment or below or above or not first, f"line {number + 1}: {first}"
        seen |= first


# ---------------------------------------------------------------- the README


@cache
def sections() -> dict[str, dict[str, str]]:
    """Heading up to its colon, to key, to the row of its table."""
    found: dict[str, dict[str, str]] = {}
    heading = ""
    for line in README.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").partition(":")[0]
        elif row := re.match(r"\| `(\w+)` \|", line):
            found.setdefault(heading, {})[row[1]] = line
    return found


@pytest.mark.parametrize("heading", SECTIONS)
def test_readme_lists_every_key(heading: str) -> None:
    assert list(sections()[heading]) == list(SECTIONS[heading].model_fields)


def test_readme_has_a_section_for_every_class() -> None:
    nodes = {kind for _, kind in inspect.getmembers(schema, inspect.isclass) if issubclass(kind, schema.Node)}
    assert nodes - {schema.Node} == set(SECTIONS.values())


@pytest.mark.parametrize("heading", SECTIONS)
def test_readme_gives_values_and_defaults(heading: str) -> None:
    for name, field in SECTIONS[heading].model_fields.items():
        row = sections()[heading][name]
        for value in _literals(field.annotation):
            assert f"`{value}`" in row
        assert ("**required**" in row) == field.is_required(), name
        default = None if field.is_required() else field.default
        if isinstance(default, (float, bool, str)) and default != "":
            shown = f"{default:g}" if type(default) is float else f"`{str(default).lower()}`"
            assert f"| {shown} |" in row


@pytest.mark.parametrize("heading", SECTIONS)
def test_readme_says_how_many_of_a_thing_there_may_be(heading: str) -> None:
    for name, field in SECTIONS[heading].model_fields.items():
        least = [of.min_length for of in field.metadata if isinstance(of, MinLen)]
        most = [of.max_length for of in field.metadata if isinstance(of, MaxLen)]
        said = re.findall(r"\((\d+) to (\d+)\)", sections()[heading][name])
        if least and most and least != most and get_origin(field.annotation) in {dict, list}:
            assert said == [(str(*least), str(*most))], name
    assert "2 to 12 options" in " ".join(README.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("heading", EXAMPLES)
def test_readme_gives_the_range_of_every_number(heading: str) -> None:
    for name, row in sections()[heading].items():
        for path in (f"{EXAMPLES[heading]}.{name}".lstrip("."), f"{EXAMPLES[heading]}.{name}.z".lstrip(".")):
            try:
                low, high = bounds(path)
            except ValueError:
                continue
            assert f"{low:,.10g} to {high:,.10g}" in row


def test_readme_explains_every_value_of_a_lever() -> None:
    text = README.read_text(encoding="utf-8")
    words = text[text.index("## The levers in words") : text.index("## A scenario that says only")]
    for name, field in [*schema.Format.model_fields.items(), *schema.ContactLevers.model_fields.items()]:
        for value in _literals(field.annotation):
            assert value == "lot" or f"`{value}`" in words, (name, value)
    for value in (*get_args(schema.Status), *get_args(schema.Group), *_literals(schema.Opening.model_fields["when"].annotation)):
        assert f"`{value}`" in words


def _literals(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) for value in _literals(part)]


def in_full(number: float) -> str:
    """Ten digits, and no power of ten."""
    return f"{Decimal(f'{number:.10g}'):,f}"


def behaviour_table() -> str:
    """Every behavioural parameter as the README lists it, grouped as in sim/scenario/behaviour.py."""
    rows: list[str] = []
    for line in inspect.getsource(Behaviour).splitlines():
        if group := re.match(r"\s+# -+ (.*)", line):
            head = ["| parameter | default | drawn from | allowed | unit | meaning |", "|---|---|---|---|---|---|"]
            rows += ["", f"**{group[1].capitalize()}**", "", *head]
        elif name := re.match(r"\s+(\w+): float = param", line):
            field = Behaviour.model_fields[name[1]]
            extra: Any = field.json_schema_extra
            least, most = drawn_between(name[1])
            drawn = f"{in_full(least)} to {in_full(most)}{' †' if name[1] in posterior() else ''}"
            low, high = bounds(f"behaviour.{name[1]}")
            values = f"{field.default:,.10g} | {drawn} | {low:,.10g} to {high:,.10g}"
            rows.append(f"| `{name[1]}` | {values} | {extra['unit']} | {extra['why']} |")
    return "\n".join(rows).strip() + "\n"


BEHAVIOUR = re.compile(r"(<!-- behaviour: .*? -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def test_readme_lists_every_behavioural_parameter() -> None:
    found = BEHAVIOUR.search(README.read_text(encoding="utf-8"))
    assert found
    assert found[2].count("\n| `") == len(Behaviour.model_fields)
    assert found[2] == behaviour_table(), "stale: `python tests/test_scenarios.py` writes the table anew"


def test_readme_commands_use_paths_that_exist() -> None:
    from sim.scenario import parse_set

    text = README.read_text(encoding="utf-8")
    settings = re.findall(r"--set (?:'([^']+=[^']+)'|([\w.]+=[^\s`]+))", text)
    assert len(settings) >= 4
    for quoted, bare in settings:
        path, value = parse_set(quoted or bare)
        if path != "path":
            assert path in scenario("two-neighbours").with_({path: value}).pinned


def test_the_readme_of_results_lists_every_column() -> None:
    from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS, compare

    text = (FOLDER.parent / "results" / "README.md").read_text(encoding="utf-8")
    assert f"({DEFAULT_WORLDS:,}) and seed ({DEFAULT_SEED})" in text
    said = set(re.findall(r"`([\w:]+)`", text))
    asked = scenario("two-neighbours")
    found = compare(asked, worlds=3, processes=["heads_first", "conference_first"])
    columns = {name for frame in (found.summary, found.worlds, found.weekly, found.reasons) for name in frame}
    general = dict.fromkeys(asked.disputants, "SIDE") | dict.fromkeys(asked.file.issues, "ISSUE")
    patterns = {r"_difference$": "", r"^parameter:.*": "parameter:PATH", r"^units_.*": "units_NAME"}
    patterns |= {f"_{own}$": f"_{word}" for own, word in general.items()}
    for name in [*columns, *found.manifest, *found.summary["metric"]]:
        known = name
        for pattern, word in patterns.items():
            known = re.sub(pattern, word, known)
        assert known in said, name


def test_some_numbers_of_two_neighbours_are_drawn_each_for_itself() -> None:
    found = uncertain(scenario("two-neighbours"))
    assert found["front_start"].absolute == (-0.1, 0.1)
    assert not set(found["parties.upland"].leaves) & set(found["parties.upland.positions.water"].leaves)


if __name__ == "__main__":
    now = README.read_text(encoding="utf-8")
    README.write_text(BEHAVIOUR.sub(lambda m: m[1] + behaviour_table() + m[3], now), encoding="utf-8")


# ---------------------------------------------------------------- the article


def test_every_claim_of_the_article_is_cited_or_it_is_said_why_not() -> None:
    seeds = FOLDER.parent / "seeds"
    claims = set(plain((seeds / "article.yaml").read_text(encoding="utf-8"))["claims"])
    cited = {claim for name in SHIPPED for ground in scenario(name).file.provenance.values() for claim in ground.claims}
    (said,) = re.findall(r"\nOf the article's claims, .*?\n\n", (seeds / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert claims - cited == set(re.findall(r"A\d\d", said))
