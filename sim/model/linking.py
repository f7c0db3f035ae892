"""All rules linked and optimised once, as one program.

numba by itself optimises a function again in each function above it, which takes longer than all else. Here a rule
becomes a part, code that is neither linked nor optimised and can be kept; what calls them all is linked with every
part, callers first, and optimised as a whole. A user's part can take the place of one of ours: it gets the name by which the
others call it. The hooks for all this are not public, so a test holds them on the lowest and the newest numba.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite.binding import Linkage
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from sim.scenario.problems import GoBetweenError

OURS = ".ours"
"""What the name of a rule ends in where another has taken its place."""


MANGLED = "_ZN3sim5model"
"""How the names of compiled rules begin."""


class UnlinkedError(GoBetweenError):
    """A rule is called that is in no part: the parts are not of one set."""


class Part(JITCodeLibrary):
    """The code of a rule, as it was written down, with what it needs of numba's own."""

    rules: frozenset[str] = frozenset()

    def finalize(self) -> None:
        """Leave it as it is: it cannot run by itself."""
        self._raise_if_finalized()
        for library in self._linking_libraries:
            if library.name not in self.rules:
                self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def serialize_using_object_code(self) -> tuple[str, str, bytes]:
        """What is kept of it: code before it is optimised."""
        return self.name, "bitcode", self._get_module_for_linking().as_bitcode()

    def _finalize_final_module(self) -> None:
        self._finalized = True


class Renamed:
    """A part in which functions have other names."""

    def __init__(self, part: Part, names: Mapping[str, str]) -> None:
        self.module = part._get_module_for_linking().clone()
        self._reload_init: set[Any] = set()
        known = {function.name for function in self.module.functions}
        for old, new in names.items():
            if old in known:
                self.module.get_function(old).name = new

    def _get_module_for_linking(self) -> Any:
        return self.module


class Whole(JITCodeLibrary):
    """The code of a rule and of all that it calls."""

    rules: frozenset[str] = frozenset()
    parts: Sequence[Part | Renamed] = ()

    def finalize(self) -> None:
        """Link all parts, each after those that call it, and optimise the whole."""
        numbas = [library for library in getattr(self, "_linking_libraries", ()) if library.name not in self.rules]
        self._linking_libraries: list[Any] = [*self.parts, *numbas]
        super().finalize()

    def _optimize_final_module(self) -> None:
        """Keep the names of all parts to itself: another program in this process has rules of the same names."""
        for function in self._final_module.functions:
            if function.is_declaration and function.name.startswith(MANGLED):
                raise UnlinkedError(function.name)
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = Linkage.internal
        super()._optimize_final_module()


@contextmanager
def as_parts(rules: frozenset[str]) -> Iterator[None]:
    """What is compiled here becomes parts; ``rules`` are the names of those that are linked later."""
    with _compiled_as(type("Part", (Part,), {"rules": rules})) as codegen:
        codegen.set_env = lambda *_: None  # there is no place in memory yet for what Python would need to call it
        try:
            yield
        finally:
            del codegen.set_env


@contextmanager
def as_whole(rules: frozenset[str], parts: Sequence[Part | Renamed]) -> Iterator[None]:
    """What is compiled here is linked with the parts of all rules, which come in an order in which callers come first."""
    with _compiled_as(type("Whole", (Whole,), {"rules": rules, "parts": parts})):
        yield


@contextmanager
def _compiled_as(kind: type[JITCodeLibrary]) -> Iterator[Any]:
    codegen = cpu_target.target_context.codegen()
    with global_compiler_lock:
        codegen._library_class = kind
        try:
            yield codegen
        finally:
            del codegen._library_class
