"""The rules compiled by numba: once on a machine, then taken from a private cache.

Rules stay plain functions. Copies of them are compiled, each for one signature that follows from its annotations,
callees first; only the loop over worlds can be called from Python. The cache folder is named by all that the code
depends on: the source of every rule, the sizes of records, the versions of Python, numba and llvmlite, the processor.
A folder that is missing, damaged, read-only or written by two at once costs a compilation and nothing else.
"""

from __future__ import annotations

import contextlib
import dis
import hashlib
import inspect
import os
import re
import shutil
import sys
import time
import typing
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import CellType, FunctionType
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from sim.model import codes, layout, outcome, reasons, records
from sim.model.layout import Sizes, dtype_of
from sim.model.own import OwnRules, called_rule, outside
from sim.model.records import World
from sim.model.rules import MODULES, RULES, copied, names
from sim.scenario.problems import GoBetweenError

TOPS = ("live_worlds", "fill_uniforms")
"""Rules that Python calls compiled; all others are called by these only."""

KEPT_DAYS, KEPT = 30, 24
"""Compiled rules that were not used for so many days are deleted, and all but so many of those used last."""

FOLDER = "GOBETWEEN_CACHE"
"""Variable of the environment that names another folder for compiled rules."""


def available() -> bool:
    """Whether numba is installed and works with this Python."""
    try:
        import numba  # noqa: F401, PLC0415 - takes half a second
    except ImportError:  # also what it raises where it does not know this Python or NumPy
        return False
    return os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}


class CannotCompileError(GoBetweenError):
    """A rule of a user's own that only Python can run; the text says which line, and why."""


@cache
def compiled(name: str, sizes: Sizes, own: OwnRules | None = None) -> Callable[..., None] | None:
    """One of ``TOPS`` for records of these sizes, with rules of a user's ``own``; None where there is no numba.

    Raises CannotCompileError.
    """
    if not available():
        return None
    folder = _folder(sizes, own)
    if folder is not None:
        found = _from_cache(name, sizes, folder)
        if found is not None:
            return found
    return _compile(name, sizes, folder, own)


def once(say: Callable[[str], None] | None = None) -> None:
    """Compile now what has not been compiled on this machine, so that workers find it; ``say`` hears that it takes a moment."""
    sizes = Sizes()
    if not available():
        if say is not None:
            say("numba is missing or does not know this Python: rules run uncompiled, some 250 times slower")
        return
    folder = _folder(sizes)
    if folder is not None and any(folder.rglob(f"*{TOPS[0]}*.nbi")):
        return
    if say is not None:
        say("compiling the rules, once on this machine: about half a minute")
    for name in TOPS:
        compiled(name, sizes)


# ---------------------------------------------------------------- signatures


def signature_of(rule: FunctionType, sizes: Sizes) -> Any:
    """The types of a rule's arguments and of what it returns, from its annotations."""
    hints = typing.get_type_hints(rule)
    returned = _type_of(hints.pop("return"), sizes)
    return returned(*(_type_of(hint, sizes) for hint in hints.values()))


@cache
def _type_of(hint: Any, sizes: Sizes) -> Any:
    from numba import from_dtype, types  # noqa: PLC0415

    plain = {int: types.int64, float: types.float64, bool: types.boolean, type(None): types.none}
    if hint in plain:
        return plain[hint]
    if typing.get_origin(hint) is tuple:
        return types.UniTuple(types.int64, len(typing.get_args(hint)))
    depth = 0
    while typing.get_origin(hint) is list:
        hint, depth = typing.get_args(hint)[0], depth + 1
    item = plain[hint] if hint in plain else from_dtype(dtype_of(hint, sizes))
    return types.Array(item, depth, "C") if depth else item


def beneath(name: str) -> list[str]:
    """Names of the rules that a rule calls, directly or not, each after those that it calls itself."""
    found: dict[str, None] = {}

    def visit(rule: str) -> None:
        if rule not in found:
            for called in calls(rule):
                visit(called)
            found[rule] = None

    visit(name)
    return list(found)[:-1]


def calls(rule: str) -> list[str]:
    """Names of the rules that a rule calls itself."""
    named = (step.argval for step in dis.get_instructions(RULES[rule]) if step.opname == "LOAD_GLOBAL")
    return [name for name in named if name in RULES]


# ---------------------------------------------------------------- compiling

_OPTIONS = {"error_model": "numpy"}
_INNER = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def _compile(name: str, sizes: Sizes, folder: Path | None, own: OwnRules | None = None) -> Callable[..., None]:
    from sim.model.linking import UnlinkedError  # noqa: PLC0415 - it loads numba

    try:
        return _linked(name, sizes, folder, own, _parts(name, sizes))
    except UnlinkedError:  # parts that were kept, and are not of one set
        return _linked(name, sizes, folder, own, _made_parts(name, sizes, None))


def _linked(
    name: str, sizes: Sizes, folder: Path | None, own: OwnRules | None, parts: dict[str, Any]
) -> Callable[..., None]:
    """A rule and all beneath it as one program."""
    from sim.model.linking import as_whole  # noqa: PLC0415

    signature = signature_of(RULES[name], sizes)
    linked = [dispatcher.overloads[signature_of(RULES[rule], sizes).args].library for rule, dispatcher in parts.items()]
    if own is not None:
        linked = _with_own(parts, linked, sizes, own)
    namespace = names() | parts
    with as_whole(frozenset(RULES), linked[::-1]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Cannot cache compiled function")  # then it is compiled again
        try:
            top = _top(name, namespace, folder)
            top.compile(signature)
        except OSError:  # the folder cannot be written after all
            top = _top(name, namespace, None)
            top.compile(signature)
    return typing.cast("Callable[..., None]", top)


def _parts(name: str, sizes: Sizes) -> dict[str, Any]:
    """The rules beneath one, compiled and not yet linked, callees first; kept from one run to the next.

    Parts name one another by numbers of the process that made them, so that a set is kept as a whole or not at all.
    """
    folder = _folder(sizes)
    if folder is None:
        return _made_parts(name, sizes, None)
    kept, own = folder / f"parts-{name}", folder / f"new-{os.getpid()}-{os.urandom(4).hex()}"
    try:
        if kept.is_dir():
            return _made_parts(name, sizes, kept)
        found = _made_parts(name, sizes, own)
        with contextlib.suppress(OSError):  # another process was quicker
            own.rename(kept)
        return found
    except Exception:  # damaged, or not to be written
        shutil.rmtree(kept, ignore_errors=True)
        return _made_parts(name, sizes, None)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _made_parts(name: str, sizes: Sizes, kept: Path | None) -> dict[str, Any]:
    from numba import njit  # noqa: PLC0415

    from sim.model.linking import as_parts  # noqa: PLC0415

    namespace, found = names(), {}
    with as_parts(frozenset(RULES)), _cached_in(kept):
        for rule in beneath(name):
            compiled_rule = njit(signature_of(RULES[rule], sizes), cache=kept is not None, **_INNER)
            namespace[rule] = found[rule] = compiled_rule(copied(RULES[rule], namespace))
    return found


def _with_own(parts: dict[str, Any], linked: list[Any], sizes: Sizes, own: OwnRules) -> list[Any]:
    """The parts with those of a user's own in place of ours, by the names by which the others call them."""
    from sim.model.linking import OURS, Renamed  # noqa: PLC0415

    replaced = {rule: function for rule, function in own.functions.items() if rule in parts}

    def code(dispatcher: Any, rule: str) -> Any:
        return dispatcher.overloads[signature_of(RULES[rule], sizes).args]

    called = {rule: code(parts[rule], rule).fndesc.llvm_func_name for rule in replaced}
    aside = {symbol: symbol + OURS for symbol in called.values()}
    found = []
    for rule, library in zip(parts, linked, strict=True):
        if rule not in replaced:
            found.append(library)
            continue
        mine = code(_users(rule, replaced[rule], parts, sizes), rule)
        found.append(Renamed(library, aside))
        found.append(Renamed(mine.library, {**aside, mine.fndesc.llvm_func_name: called[rule]}))
    return found


def _users(rule: str, function: FunctionType, parts: dict[str, Any], sizes: Sizes) -> Any:
    """A user's rule, compiled and not linked. Raises CannotCompileError."""
    from numba import njit  # noqa: PLC0415
    from numba.core.errors import NumbaError  # noqa: PLC0415

    from sim.model.linking import as_parts  # noqa: PLC0415

    def opened(function: FunctionType) -> FunctionType:
        """A function whose names of rules and of other functions mean what is compiled of them."""
        named = outside(function)
        for name, thing in named.items():
            ours = called_rule(thing)
            if ours in parts:
                named[name] = parts[ours]
            elif isinstance(thing, FunctionType):
                named[name] = njit(**_INNER)(opened(thing))
        cells = tuple(CellType(named[name]) for name in function.__code__.co_freevars)
        space = {**function.__globals__, **named}
        return FunctionType(function.__code__, space, function.__name__, function.__defaults__, cells or None)

    with as_parts(frozenset(RULES)):
        try:
            return njit(signature_of(RULES[rule], sizes), **_INNER)(opened(function))
        except NumbaError as error:
            raise CannotCompileError(_why(rule, function, error)) from error


def _why(rule: str, function: FunctionType, error: Exception) -> str:
    """What numba says, on one line: where, and the first thing that it says of it."""
    said = str(error)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = next((line for line in lines if not line.startswith(("Failed in", "File", "During", "["))), type(error).__name__)
    place = re.search(r'File "(.+?)", line (\d+)', said)
    code = function.__code__
    file, line = (Path(place[1]).name, place[2]) if place else (Path(code.co_filename).name, str(code.co_firstlineno))
    may = "a rule may use numbers, records, lists of them and math"
    return f"rule {rule}, {file}:{line}: {reason.rstrip(':')}; {may}"


def _top(name: str, namespace: dict[str, Any], folder: Path | None) -> Any:
    from numba import njit  # noqa: PLC0415

    with _cached_in(folder):
        return njit(cache=folder is not None, **_OPTIONS)(copied(RULES[name], namespace))


@contextlib.contextmanager
def _cached_in(folder: Path | None) -> Iterator[None]:
    """Where numba keeps what is decorated here."""
    from numba import config  # noqa: PLC0415

    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder or "")
    try:
        yield
    finally:
        config.CACHE_DIR = before


def _from_cache(name: str, sizes: Sizes, folder: Path) -> Callable[..., None] | None:
    """What was compiled before, ready to be called; the rules beneath it are in it."""
    if not any(folder.rglob(f"*{name}*.nbi")):
        return None
    from numba import njit  # noqa: PLC0415

    namespace = names() | {rule: njit(**_INNER)(RULES[rule]) for rule in beneath(name)}
    try:
        top = _top(name, namespace, folder)
        signature = signature_of(RULES[name], sizes)
        if top._cache.load_overload(signature, top.targetctx) is None:
            return None
        top.compile(signature)
        os.utime(folder)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        _made(folder)
        return None
    return typing.cast("Callable[..., None]", top)


# ---------------------------------------------------------------- the cache folder


def fingerprint(sizes: Sizes, own: OwnRules | None = None) -> str:
    """A hash of all that compiled rules depend on."""
    import llvmlite.binding as llvm  # noqa: PLC0415

    said = hashlib.sha256()
    for module in (*MODULES, codes, layout, outcome, reasons, records, sys.modules[__name__]):
        said.update(inspect.getsource(module).encode())
    said.update(Path(__file__).with_name("linking.py").read_bytes())
    numba_version = [_version(name) for name in ("numba", "llvmlite")]
    machine = [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    depends = [str(dtype_of(World, sizes)), sys.version, np.__version__, *numba_version, *machine, own.key if own else None]
    said.update(repr(depends).encode())
    return said.hexdigest()[:32]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _folder(sizes: Sizes, own: OwnRules | None = None) -> Path | None:
    """Where compiled rules of these sizes are kept; None where no folder can be written."""
    base = os.environ.get(FOLDER)
    root = Path(base) if base else user_cache_path("gobetween") / "rules"
    folder = root / fingerprint(sizes, own)
    if not _made(folder):
        return None
    with contextlib.suppress(OSError):  # somebody else is at it
        used = sorted((old for old in root.iterdir() if old != folder), key=lambda old: -old.stat().st_mtime)
        for place, old in enumerate(used):
            if place >= KEPT or time.time() - old.stat().st_mtime > KEPT_DAYS * 86400:
                shutil.rmtree(old, ignore_errors=True)
    return folder


def _made(folder: Path) -> bool:
    """Whether a folder is there, of this user alone, and can be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False
    return mine and os.access(folder, os.W_OK | os.X_OK)
