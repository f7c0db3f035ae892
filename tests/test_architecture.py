"""The house as it is built: which room may know which, how large a room is, and what the engine may not know.

Everything is read from the source with ``ast``; nothing of the package but the list of behavioural
parameters is imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from sim.scenario.behaviour import Behaviour

ROOT = Path(__file__).resolve().parent.parent
SIM = ROOT / "sim"
README = SIM / "README.md"
FILES = sorted(path for path in SIM.rglob("*.py") if "__pycache__" not in path.parts)

FLOOR = {"scenario": 0, "model": 1, "study": 2, "show": 3, "cli": 4, "door": 5}
"""Imports point down: a room may know rooms of the same floor and below. The door is sim/__init__ and __main__."""

LAZY = {
    ("sim/show/found.py", "draw", "sim.show.charts"): "matplotlib only where charts are asked for",
    ("sim/show/page/server.py", "advise", "sim.show.page.advice"): "a second of imports that the page's first draw would wait for",
    ("sim/model/compiling.py", "", "sim.model.linking"): "it loads numba, which takes half a second",
}
"""Imports within functions, by file, function ("": any) and module, with the reason. The door may import as late as it
likes, so that ``gobetween --help`` is quick; no other room may without a line here."""

LONGEST = 400

ENGINE_ROOMS = ("model", "scenario")

PARTICULARS = re.compile(
    r"""
      russia | ukrain | turk(?:ey|iye|ish) | qatar | united[ ]nations | \bu\.?n\.?\b | switzerland | swiss | istanbul
    | kursk | crimea | donbas | donetsk | zaporizh | odes+a | black[ _-]?sea | azov | minsk | bucha\b
    | moscow | kremlin | ky?iev | kyiv | ankara | doha | zelensk | putin | lavrov | erdo[gğ]an | guterres | nato\b
    | \bgrain | incursion
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Countries, people, places and affairs: all that is particular to a conflict is in its scenario file."""

GENERATORS = {"SeedSequence", "Generator", "SFC64"}
"""What numpy.random may be used for, and only where the named streams are made."""

STREAMS = "sim/model/draws.py"


# ---------------------------------------------------------------- reading the source


@dataclass(frozen=True)
class Import:
    """An import of something in the package: where it stands and what it names."""

    file: str
    line: int
    function: str  # innermost function it stands in; empty at the top of a module
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.module}" + (f" in {self.function}()" if self.function else "")


def short(path: Path) -> str:
    """``sim/model/world.py``."""
    return path.relative_to(ROOT).as_posix()


@cache
@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), short(path))


def room_of(module: str) -> str:
    """The room a module stands in: ``sim.model.world`` is in ``model``, ``sim`` and ``sim.__main__`` are the door."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FLOOR else "door"


def module_of(path: Path) -> str:
    """``sim.model.world``."""
    parts = [*path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _modules() -> set[str]:
    return {module_of(path) for path in FILES} | {"sim"}


def _named(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.level == 0, "imports name the whole path, so that they can be read and checked"
    base = node.module or ""
    for alias in node.names:
        whole = f"{base}.{alias.name}"
        yield whole if whole in _modules() else base


def imports(path: Path) -> list[Import]:
    """Every import of the package's own modules in a file, wherever it stands, also under TYPE_CHECKING."""
    found = []

    def visit(node: ast.AST, function: str) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = dict.fromkeys(name for name in _named(node) if name.split(".")[0] == "sim")
            found.extend(Import(short(path), node.lineno, function, name) for name in names)
        inner = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        for child in ast.iter_child_nodes(node):
            visit(child, inner)

    visit(tree(path), "")
    return found


EVERY_IMPORT = [found for path in FILES for found in imports(path)]


def _floor_of_file(file: str) -> int:
    return FLOOR[room_of(module_of(ROOT / file))]


def _covers(module: str, named: str) -> bool:
    return named == module or named.startswith(module + ".")


def _lazy_line(found: Import) -> tuple[str, str, str] | None:
    for file, function, module in LAZY:
        if found.file == file and function in ("", found.function) and _covers(module, found.module):
            return file, function, module
    return None


# ---------------------------------------------------------------- imports


def test_every_file_stands_in_a_known_room() -> None:
    door = re.compile(r"__init__|__main__")
    strange = [short(p) for p in FILES if p.parent == SIM and not door.fullmatch(p.stem)]
    strange += [short(p) for p in FILES if p.parent != SIM and p.relative_to(SIM).parts[0] not in FLOOR]
    assert strange == []


def test_imports_point_one_way() -> None:
    wrong = [
        str(found)
        for found in EVERY_IMPORT
        if FLOOR[room_of(found.module)] > _floor_of_file(found.file)
        and not (found.file.startswith("sim/cli/") and found.module == "sim")
    ]
    assert wrong == [], "imports point one way: cli > show > study > model > scenario"


def test_imports_within_functions_are_listed() -> None:
    wrong = [
        str(found)
        for found in EVERY_IMPORT
        if found.function and _floor_of_file(found.file) < FLOOR["cli"] and _lazy_line(found) is None
    ]
    assert wrong == [], "move it to the top of the file, or list it in LAZY with a reason"


def test_listed_exceptions_are_still_needed() -> None:
    used = {_lazy_line(found) for found in EVERY_IMPORT if found.function}
    assert set(LAZY) - used == set()


def test_one_line_names_what_is_above_it() -> None:
    """``Findings.plot`` and ``show`` are looked up by name when they are called; nothing else below knows what shows it."""
    named = [short(path) for path in FILES for _ in re.findall(r"[\"']sim\.(?:show|cli)\b", path.read_text(encoding="utf-8"))]
    assert [file for file in named if not file.startswith(("sim/show/", "sim/cli/", "sim/__"))] == ["sim/study/findings.py"]


def test_files_of_the_command_line_import_in_no_circle() -> None:
    known = {module_of(path): {found.module for found in imports(path)} for path in FILES if path.parent == SIM / "cli"}
    left = dict(known)
    while free := [name for name, named in left.items() if not named & set(left)]:
        left = {name: named for name, named in left.items() if name not in free}
    assert left == {}, "imports of these go round"
    assert len(known) > 10


def test_private_names_stay_in_their_file() -> None:
    """A name with an underscore before it is not imported from, nor looked up in, another file of ours."""
    wrong = []
    for path in FILES:
        modules = set()
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sim":
                wrong += [
                    f"{short(path)}:{node.lineno}: {a.name}"
                    for a in node.names
                    if a.name.startswith("_") and a.name != "__version__"
                ]
                modules |= {a.asname or a.name for a in node.names if f"{node.module}.{a.name}" in _modules()}
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and _dotted(node.value) in modules and node.attr.startswith("_"):
                wrong.append(f"{short(path)}:{node.lineno}: {_dotted(node)}")
    assert wrong == []


def test_every_error_of_ours_has_the_same_base() -> None:
    """So that a command ends with the right words and exit code whatever went wrong, and no class is known by its name."""
    import sim.study.saving
    import sim.study.sweeps.sweep
    from sim.cli.errors import CommandError
    from sim.scenario.problems import ScenarioError

    assert (ScenarioError.exit_code, sim.study.saving.RunFolderError.exit_code, sim.StudyError.exit_code) == (2, 1, 1)
    assert CommandError("", 2).exit_code == 2
    bases = {"GoBetweenError", "ScenarioError", "StudyError"}
    inside = {
        "LostPathError": "of sim/scenario/paths.py, caught where it is raised",
        "DamagedError": "of a piece of a sweep, done again",
    }
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and node.name not in {*bases, *inside}:
                assert {_dotted(base) for base in node.bases} & bases, f"{short(path)}:{node.lineno}: {node.name}"


# ---------------------------------------------------------------- rooms


@pytest.mark.parametrize("path", FILES, ids=short)
def test_file_is_not_too_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{short(path)} has {lines} lines; split it by noun"


def test_no_file_for_everything() -> None:
    assert [short(p) for p in FILES if p.stem in ("util", "utils", "helper", "helpers", "misc", "common")] == []


@pytest.mark.parametrize("room", ENGINE_ROOMS)
def test_engine_knows_no_country(room: str) -> None:
    found = [
        f"{short(path)}:{number}: {match.group(0)!r} in {line.strip()}"
        for path in FILES
        if path.relative_to(SIM).parts[0] == room
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in [PARTICULARS.search(line)]
        if match
    ]
    assert not found, "all that is particular to a conflict is in its scenario file:\n" + "\n".join(found)


# ---------------------------------------------------------------- randomness


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _randomness(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import) and any(a.name.split(".")[0] in ("random", "secrets") for a in node.names):
            yield f"{short(path)}:{node.lineno}: import of random"
        elif isinstance(node, ast.Import) and any(a.name.startswith("numpy.random") for a in node.names):
            yield f"{short(path)}:{node.lineno}: import of numpy.random"
        elif isinstance(node, ast.ImportFrom):
            names = {a.name for a in node.names}
            base = (node.module or "").split(".")
            if base[0] in ("random", "secrets") or base[:2] == ["numpy", "random"] or (base == ["numpy"] and "random" in names):
                yield f"{short(path)}:{node.lineno}: import from {node.module}"
        elif isinstance(node, ast.Attribute):
            name = _dotted(node)
            if name.startswith(("np.random.", "numpy.random.")):
                if short(path) != STREAMS or name.split(".")[2] not in GENERATORS:
                    yield f"{short(path)}:{node.lineno}: {name}"
            elif node.attr in ("shuffle_do", "shuffle", "rng") or name in ("self.random", "world.random", "model.random"):
                yield f"{short(path)}:{node.lineno}: {name}, the generator that Mesa keeps"


def test_randomness_comes_from_named_streams() -> None:
    """Worlds by counter only; a fit draws its own parameters, from generators that its seed names; a page's address is no draw."""
    fitted = {SIM / "study" / "history" / f"{name}.py" for name in ("inference", "fitting", "calibration")}
    served = SIM / "cli" / "serve.py"
    assert [found for path in FILES if path not in {*fitted, served} for found in _randomness(path)] == []
    assert list(_randomness(served)) == ["sim/cli/serve.py:6: import of random"]  # of secrets, for the address
    own = [found for path in sorted(fitted) for found in _randomness(path)]
    assert own
    assert all("np.random" in found for found in own), own
    assert all("default_rng([" in path.read_text(encoding="utf-8") for path in fitted)


# ---------------------------------------------------------------- documentation


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            yield from _public(node.body, f"{prefix}{node.name}.")


MODEL_FILES = [path for path in FILES if path.parent == SIM / "model"]


def test_every_public_rule_says_what_it_is() -> None:
    bare = [
        f"{short(path)}:{node.lineno}: {name}"
        for path in MODEL_FILES
        for name, node in _public(tree(path).body)
        if not ast.get_docstring(node)
    ]
    bare += [short(path) for path in MODEL_FILES if not ast.get_docstring(tree(path))]
    assert bare == []


def test_documentation_names_every_behavioural_parameter() -> None:
    text = README.read_text(encoding="utf-8")
    missing = [name for name in Behaviour.model_fields if f"`{name}`" not in text]
    assert missing == [], "sim/README.md gives every parameter its place in a rule"


def test_documentation_names_every_file_of_the_model() -> None:
    text = README.read_text(encoding="utf-8")
    missing = [path.name for path in MODEL_FILES if path.stem != "__init__" and not re.search(rf"\b{path.stem}\b", text)]
    assert missing == []


def test_rules_that_the_documentation_names_exist() -> None:
    """``keeping.violation_rate`` in the documentation is a function, class or constant of sim/model/keeping.py."""
    known: dict[str, set[str]] = {}
    for path in MODEL_FILES:
        names = {node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        for node in tree(path).body:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
            for target in targets:
                names |= {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}
        known[path.stem] = names
    text = README.read_text(encoding="utf-8")
    cited = re.findall(r"`(\w+)\.(\w+)(?:\.(\w+))?`", text)
    gone = [
        ".".join(filter(None, parts))
        for parts in cited
        if parts[0] in known and any(part not in known[parts[0]] for part in parts[1:] if part and part != "py")
    ]
    assert gone == []
    assert sum(parts[0] in known for parts in cited) > 30, "the documentation names its rules as `file.function`"
