"""A scenario: a validated file, the claims it rests on, and what was set by hand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from sim.scenario.arguments import names_of
from sim.scenario.checks import check, disputants, mediators
from sim.scenario.claims import Claim, Sources, read_claims
from sim.scenario.frozen import frozen, thawed
from sim.scenario.grounding import check_grounds
from sim.scenario.kinds import write_out
from sim.scenario.merging import forget
from sim.scenario.messages import validate
from sim.scenario.paths import leaves, node_at, numbers
from sim.scenario.problems import Key, Lines, ScenarioError, dotted, hint, refuse, shown
from sim.scenario.reading import Document
from sim.scenario.schema import ScenarioFile
from sim.scenario.setting import SOURCE, place, plain_values
from sim.scenario.version import take_format


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """What is asked: parties, issues, formats, tables, processes, events.

    Made by ``load`` or ``from_dict``; never changed, at any depth: ``with_`` makes another. ``pinned`` holds the paths
    that were set by hand (and the numbers below them), which are not drawn per world.
    """

    file: ScenarioFile
    path: str
    hash: str
    claims: dict[str, Claim] = field(repr=False)
    pinned: frozenset[str]
    document: Document = field(repr=False)
    sources: Sources = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "claims", frozen(self.claims))
        object.__setattr__(self, "sources", frozen(self.sources))
        lines = Lines(self.document.lines.file, frozen(self.document.lines.where))
        object.__setattr__(self, "document", Document(frozen(self.document.data), lines))

    def __repr__(self) -> str:
        return f"<scenario {self.file.title}, {self.path}>"

    @classmethod
    def from_document(cls, document: Document, path: str) -> Scenario:
        """Validate what was read and merged. Raises ScenarioError with all problems."""
        return build(document, path, pinned=frozenset(), known=None)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, folder: str | os.PathLike[str] = ".") -> Scenario:
        """A scenario from plain values, in the form of a file without ``extends``.

        Evidence files are looked for in ``folder``. Raises ScenarioError; no lines are known.
        """
        source = "<dict>"
        if not isinstance(data, Mapping):
            raise refuse(source, f"got a {type(data).__name__}, expected a mapping")
        values = plain_values(dict(data), source)
        return cls.from_document(Document(values, Lines(source)), os.path.join(os.fspath(folder), source))

    def with_(self, changes: Mapping[str, Any]) -> Scenario:
        """The scenario with the values at some paths replaced, all of it validated again.

        A value of None takes a key away, so that its default holds. What is set is pinned. Raises
        ScenarioError: an unknown path (with the nearest name), or a value that does not fit.
        """
        if not isinstance(changes, Mapping):
            raise refuse(SOURCE, f"got {shown(changes)}, expected a mapping of paths to values")
        data, full = thawed(self.document.data), self.file.model_dump()
        lines, pinned = self.document.lines, set(self.pinned)
        for path, value in changes.items():
            if not isinstance(path, str):
                raise refuse(SOURCE, f"got {path!r} as a path, expected text such as parties.north.grievance")
            key = place(data, full, path=path, value=plain_values(value, f"{SOURCE} {path}"))
            lines = lines.moved(key, (SOURCE, 0))
            pinned = {old for old in pinned if not _covers(dotted(key), old)}
            if value is not None:
                pinned.add(dotted(key))
                self._keep_grounds(data, key)
        forget(data, self.document.data, {})
        return build(Document(data, lines), self.path, pinned=frozenset(pinned), known=self)

    def _repr_html_(self) -> str:
        """What a notebook shows of it: title, what it is about, processes."""
        processes = "".join(f"<li><code>{escape(n)}</code> {escape(p.label or n)}</li>" for n, p in self.file.processes.items())
        return f"<p><strong>{escape(self.file.title)}</strong></p><p>{escape(self.file.about)}</p><ul>{processes}</ul>"

    def _keep_grounds(self, data: dict[str, Any], key: Key) -> None:
        """Numbers of a kind that are set by hand keep their entries of provenance: others may be drawn with them."""
        for leaf, _ in leaves(node_at(data, key), key):
            ground = self.file.provenance.get(dotted(leaf))
            if ground is not None:
                data.setdefault("provenance", {}).setdefault(dotted(leaf), thawed(ground.model_dump(exclude_unset=True)))

    @property
    def disputants(self) -> list[str]:
        """The two sides, in file order."""
        return disputants(self.file)

    @property
    def mediators(self) -> list[str]:
        """The third parties, in file order."""
        return mediators(self.file)

    def numbers(self) -> dict[str, float | int]:
        """Path to value of every number that the file gives, and of every behavioural parameter."""
        return numbers(self.file)

    def choose_processes(self, names: Iterable[str] | None = None) -> list[str]:
        """The named processes in the order asked for, or all of them in file order. Raises ScenarioError."""
        known = list(self.file.processes)
        chosen = list(dict.fromkeys(names_of("processes", names))) if names is not None else known
        for name in chosen or [""]:
            if name not in known:
                raise refuse(self.path, f"unknown process {name}{hint(name, known)}", key=("processes",))
        return chosen

    def is_pinned(self, path: str) -> bool:
        """Whether ``path`` or a node above it was set by hand."""
        parts = path.split(".")
        return any(".".join(parts[:size]) in self.pinned for size in range(1, len(parts) + 1))


def scenario_of(given: Any) -> Scenario:
    """A scenario, as a public call takes it. Raises ScenarioError for anything else, such as the name of a file."""
    if isinstance(given, Scenario):
        return given
    wanted = f"; sim.load({given!r}) reads one" if isinstance(given, str) else ""
    raise refuse("scenario", f"got {shown(given)}, expected a scenario{wanted}")


def _covers(above: str, path: str) -> bool:
    return path == above or path.startswith(above + ".")


def build(document: Document, path: str, *, pinned: frozenset[str], known: Scenario | None) -> Scenario:
    """The scenario of a document. Raises ScenarioError with all that is wrong; ``known`` is the one it was changed from."""
    lines = take_format(document).lines
    file = validate(write_out(document), lines, ScenarioFile)
    problems = [lines.problem(key, message) for key, message in check(file)]
    claims: dict[str, Claim] = {}
    sources: Sources = ()
    try:
        same = known is not None and known.file.evidence == file.evidence
        own = (known.claims, known.sources) if known is not None and same else read_claims(file.evidence, _beside(lines, path))
        claims, sources = own
    except ScenarioError as error:
        problems += error.problems
    else:
        grounds: list[tuple[Key, str]] = check_grounds(file, claims, pinned=pinned)
        problems += [lines.problem(key, message) for key, message in grounds]
    if problems:
        raise ScenarioError(problems)
    below = {leaf for leaf in numbers(file) if any(_covers(above, leaf) for above in pinned)}
    pinned = pinned | below
    return Scenario(file, path, hash_of(file, claims, pinned), claims, pinned, document, sources)


def _beside(lines: Lines, path: str) -> Lines:
    """Lines whose files lie where evidence is looked for: values set by hand lie with the scenario."""
    where = {key: (path if file.startswith("<") else file, line) for key, (file, line) in lines.where.items()}
    return Lines(path, where)


def hash_of(file: ScenarioFile, claims: Mapping[str, Claim], pinned: frozenset[str]) -> str:
    """SHA-256 of all that can move a number: the file, the claims, what was set by hand."""
    said = {claim_id: claim.model_dump(mode="json") for claim_id, claim in claims.items()}
    content = {"file": file.model_dump(mode="json", exclude={"observed", "design"}), "claims": said, "pinned": sorted(pinned)}
    # Not sorted: the order of processes, tables and options means something.
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
