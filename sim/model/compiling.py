"""The rules compiled by numba: once on a machine, then taken from a private cache.

Rules stay plain functions. Copies of them are compiled, each for one signature that follows from its annotations,
callees first; only the loop over worlds can be called from Python. The cache folder is named by all that the code
depends on: the source of every rule, the sizes of records, the versions of Python, numba and llvmlite, the processor.
A folder that is missing, damaged, read-only or written by two at once costs a compilation and nothing else.
"""

from __future__ import annotations

import dis
import hashlib
import inspect
import os
import shutil
import sys
import time
import typing
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from sim.model import codes, layout, reasons, records
from sim.model.layout import Sizes, dtype_of
from sim.model.records import World
from sim.model.rules import MODULES, RULES, copied, names

TOPS = ("live_worlds", "fill_uniforms")
"""Rules that Python calls compiled; all others are called by these only."""

KEPT_DAYS = 30
"""Compiled rules that were not used for so long are deleted."""

FOLDER = "GOBETWEEN_CACHE"
"""Variable of the environment that names another folder for compiled rules."""


def available() -> bool:
    """Whether numba is installed and works with this Python."""
    try:
        import numba  # noqa: F401, PLC0415 - takes half a second
    except ImportError:  # also what it raises where it does not know this Python or NumPy
        return False
    return os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}


@cache
def compiled(name: str, sizes: Sizes) -> Callable[..., None] | None:
    """One of ``TOPS`` for records of these sizes; None where there is no numba."""
    if not available():
        return None
    folder = _folder(sizes)
    if folder is not None:
        found = _from_cache(name, sizes, folder)
        if found is not None:
            return found
    return _compile(name, sizes, folder)


def once(say: Callable[[str], None] | None = None) -> None:
    """Compile now what has not been compiled on this machine, so that workers find it; ``say`` hears that it takes a moment."""
    sizes = Sizes()
    if not available():
        if say is not None:
            say("numba is missing or does not know this Python: rules run uncompiled, a thousand times slower")
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
            for step in dis.get_instructions(RULES[rule]):
                if step.opname == "LOAD_GLOBAL" and step.argval in RULES:
                    visit(step.argval)
            found[rule] = None

    visit(name)
    return list(found)[:-1]


# ---------------------------------------------------------------- compiling

_OPTIONS = {"error_model": "numpy"}
_INNER = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def _compile(name: str, sizes: Sizes, folder: Path | None) -> Callable[..., None]:
    from numba import njit  # noqa: PLC0415

    namespace, signature = names(), signature_of(RULES[name], sizes)
    for rule in beneath(name):
        namespace[rule] = njit(signature_of(RULES[rule], sizes), **_INNER)(copied(RULES[rule], namespace))
    try:
        top = _top(name, namespace, folder)
        top.compile(signature)
    except OSError:  # the folder cannot be written after all
        top = _top(name, namespace, None)
        top.compile(signature)
    return typing.cast("Callable[..., None]", top)


def _top(name: str, namespace: dict[str, Any], folder: Path | None) -> Any:
    from numba import config, njit  # noqa: PLC0415

    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder or "")
    try:
        return njit(cache=folder is not None, **_OPTIONS)(copied(RULES[name], namespace))
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


def fingerprint(sizes: Sizes) -> str:
    """A hash of all that compiled rules depend on."""
    import llvmlite.binding as llvm  # noqa: PLC0415

    said = hashlib.sha256()
    for module in (*MODULES, codes, layout, reasons, records, sys.modules[__name__]):
        said.update(inspect.getsource(module).encode())
    numba_version = [_version(name) for name in ("numba", "llvmlite")]
    machine = [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    said.update(repr([str(dtype_of(World, sizes)), sys.version, np.__version__, *numba_version, *machine]).encode())
    return said.hexdigest()[:32]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _folder(sizes: Sizes) -> Path | None:
    """Where compiled rules of these sizes are kept; None where no folder can be written."""
    base = os.environ.get(FOLDER)
    root = Path(base) if base else user_cache_path("gobetween") / "rules"
    folder = root / fingerprint(sizes)
    if not _made(folder):
        return None
    for old in root.iterdir():
        try:
            if old != folder and time.time() - old.stat().st_mtime > KEPT_DAYS * 86400:
                shutil.rmtree(old, ignore_errors=True)
        except OSError:
            continue
    return folder


def _made(folder: Path) -> bool:
    """Whether a folder is there, of this user alone, and can be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False
    return mine and os.access(folder, os.W_OK | os.X_OK)
