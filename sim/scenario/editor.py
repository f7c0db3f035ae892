"""The JSON Schema with which an editor completes and checks a scenario file."""

from __future__ import annotations

from typing import Any

from sim.scenario.kinds import kinds
from sim.scenario.schema import ScenarioFile
from sim.scenario.version import FORMAT

_REFERENCE = "#/$defs/"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario file.

    A file with ``extends`` says only what differs, so nothing in it is required, at any depth.
    """
    whole = ScenarioFile.model_json_schema()
    definitions = _with_kinds(whole.pop("$defs"))
    extends = {"type": "string", "description": "scenario file to start from, relative to this one; this file wins"}
    form = {"const": FORMAT, "description": "the form of the file, which says how the rest is read"}
    whole["properties"] = {"format": form, **whole["properties"]}
    partial = _partial(whole)
    partial["properties"] = {"extends": extends, **partial["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Go-Between scenario",
        "description": "What a scenario file may say: parties, issues, formats, tables, processes, events.",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": partial,
        "else": whole,
        "$defs": {**definitions, **{f"Partial{name}": _partial(shape) for name, shape in definitions.items()}},
    }


def _with_kinds(definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions, in which a kind may stand in place of what is required, also of what a side makes of an issue."""
    for part, names in {"issues": ("Issue",), "parties": ("Disputant", "Mediator"), "formats": ("Format",)}.items():
        for name in names:
            fitting = [kind for kind, said in kinds()[part].items() if said.get("role", name.lower()) == name.lower()]
            what = "documented defaults with wide priors for all that is left out"
            definitions[name]["properties"]["kind"] = {"enum": fitting, "description": what}
            definitions[name].update({"if": {"required": ["kind"]}, "else": {"required": definitions[name].pop("required")}})
    del definitions["Position"]["required"]
    return definitions


def _partial(node: Any) -> Any:
    """``node`` with nothing required; any key may be null, which takes an inherited one away."""
    if isinstance(node, list):
        return [_partial(below) for below in node]
    if not isinstance(node, dict):
        return node
    out: dict[str, Any] = {}
    for name, below in node.items():
        if name == "$ref":
            out[name] = below.replace(_REFERENCE, f"{_REFERENCE}Partial")
        elif name == "properties":
            out[name] = {field: _or_null(_partial(shape)) for field, shape in below.items()}
        elif name == "additionalProperties" and isinstance(below, dict):
            out[name] = _or_null(_partial(below))
        elif name == "oneOf":
            out["anyOf"] = _partial(below)
        elif name not in ("required", "discriminator", "minProperties"):
            out[name] = _partial(below)
    return out


def _or_null(shape: Any) -> Any:
    return {"anyOf": [shape, {"type": "null"}]}
