"""Mutants: small changes to the rules, one at a time, and whether the model's tests see them.

``python tests/mutants.py --count 200 --seed 1`` makes seeded mutants spread over all rules of ``sim/model``, runs each
against hand-worked tests first and the recorded worlds and transcripts after, uncompiled, and lists who survived.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = (
    "bargaining", "chance", "delivery", "events", "implementation", "learning", "ratification", "readiness", "stocks", "transitions",
    "valuation", "week", "worth", "zone",
)  # fmt: skip
FIRST = {
    **dict.fromkeys(("delivery", "implementation", "learning", "transitions", "week"), "test_rules_in_force.py"),
    "stocks": "test_stocks.py", "worth": "test_packages.py",
}  # fmt: skip
HAND = (
    "test_rules.py", "test_rules_in_force.py", "test_what_a_text_moves.py", "test_stocks.py", "test_three_signers.py", "test_draws.py",
    "test_packages.py",
)  # fmt: skip
WITNESS = ("test_recorded.py", "test_golden.py")
MINUTES = 3

EQUIVALENT: dict[str, str] = {}
"""Mutants that change no behaviour, by their description, each with the argument."""

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
CALLS = {"min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """One change: in which file and rule, at which node of its tree, in which way, and in words."""

    file: str
    rule: str
    place: int
    way: int
    what: str

    @property
    def text(self) -> str:
        """The whole text of the file with the change."""
        tree = ast.parse(_source(self.file))
        _change(_places(next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == self.rule))[self.place], self.way)
        return ast.unparse(ast.fix_missing_locations(tree))


def _source(file: str) -> str:
    return (ROOT / "sim" / "model" / f"{file}.py").read_text(encoding="utf-8")


def _places(function: ast.FunctionDef) -> list[ast.AST]:
    return [node for statement in function.body for node in ast.walk(statement)]


def mutants_of(file: str) -> Iterator[Mutant]:
    """Every mutant of the rules of a file."""
    for function in (node for node in ast.parse(_source(file)).body if isinstance(node, ast.FunctionDef)):
        for place, node in enumerate(_places(function)):
            for way in range(2):
                changed = copy.deepcopy(node)
                if _change(changed, way):
                    line, words = getattr(node, "lineno", 0), f"{ast.unparse(node)[:70]} -> {ast.unparse(changed)[:70]}"
                    yield Mutant(file, function.name, place, way, f"{file}.{function.name}:{line}: {words}".replace("\n", " "))


def _change(node: ast.AST, way: int) -> bool:
    """Change a node in place; false where there is nothing to change this way."""
    if isinstance(node, ast.Compare) and way == 0 and type(node.ops[0]) in COMPARISONS:
        node.ops[0] = COMPARISONS[type(node.ops[0])]()
        return True
    if isinstance(node, ast.BinOp | ast.AugAssign) and way == 0 and type(node.op) in OPERATORS:
        node.op = OPERATORS[type(node.op)]()
        return True
    if isinstance(node, ast.BoolOp) and way == 0:
        node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        return True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and way == 0:
        node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        return True
    if isinstance(node, ast.Constant) and type(node.value) in {int, float} and way == 0:
        node.value = node.value + 1 if type(node.value) is int else node.value * 1.5 + 0.1
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and way == 0:
        node.func.id = CALLS[node.func.id]
        return True
    if isinstance(node, ast.If) and way == 1:
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return True
    return False


def chosen(count: int, seed: int) -> list[Mutant]:
    """Seeded mutants, spread over the rules: each rule gives one before any gives two."""
    luck = random.Random(seed)
    by_rule: dict[str, list[Mutant]] = {}
    for file in RULES:
        for mutant in mutants_of(file):
            by_rule.setdefault(mutant.what.split(":")[0], []).append(mutant)
    for own in by_rule.values():
        luck.shuffle(own)
    found: list[Mutant] = []
    while len(found) < count and any(by_rule.values()):
        for rule in luck.sample(sorted(by_rule), len(by_rule)):
            if by_rule[rule] and len(found) < count:
                found.append(by_rule[rule].pop())
    return found


def killed_by(mutant: Mutant) -> str:
    """``hand``, ``witness``, or nothing: which tests see a mutant, run uncompiled in a copy of the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder)
        shutil.copytree(ROOT / "sim", copied / "sim", symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "tests", copied / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("scenarios", "seeds", "pyproject.toml"):
            (copied / name).symlink_to(ROOT / name)
        (copied / "sim" / "model" / f"{mutant.file}.py").write_text(mutant.text, encoding="utf-8")
        soonest = FIRST.get(mutant.file, HAND[0])
        hand = (soonest, *(file for file in HAND if file != soonest))
        for kind, files in (("hand", hand), ("witness", WITNESS)):
            if not _pass(copied, files):
                return kind
    return ""


def _pass(folder: Path, files: tuple[str, ...]) -> bool:
    env = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not verification"]
    command += [str(folder / "tests" / file) for file in files]
    try:
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=60 * MINUTES, check=False).returncode == 0
    except subprocess.TimeoutExpired:  # a loop without an end is seen
        return False


@dataclass(frozen=True)
class Tally:
    """What became of mutants."""

    count: int
    by_hand: int
    in_all: int
    survivors: tuple[str, ...]


def trial(count: int, seed: int, *, part: tuple[int, int] = (1, 1)) -> Tally:
    """Make mutants, see which are killed; ``part`` is which of how many parts of them."""
    own = chosen(count, seed)[part[0] - 1 :: part[1]]
    own = [mutant for mutant in own if mutant.what not in EQUIVALENT]
    with ThreadPoolExecutor(2) as pool:
        kinds = list(pool.map(killed_by, own))
    survivors = tuple(mutant.what for mutant, kind in zip(own, kinds, strict=True) if not kind)
    return Tally(len(own), kinds.count("hand"), len(own) - len(survivors), survivors)


def main() -> None:
    """Print what became of mutants."""
    ask = argparse.ArgumentParser(description="Seeded mutants of the rules, and which tests see them.")
    ask.add_argument("--count", type=int, default=200)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--part", default="1/1", help="which of how many parts, such as 1/2")
    asked = ask.parse_args()
    number, of = map(int, asked.part.split("/"))
    found = trial(asked.count, asked.seed, part=(number, of))
    print(f"{found.count} mutants: {found.by_hand} seen by hand-worked tests, {found.in_all} in all")
    for survivor in found.survivors:
        print(f"  survived: {survivor}")


if __name__ == "__main__":
    main()
