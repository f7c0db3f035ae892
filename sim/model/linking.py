"""All rules linked and optimised once, as one program.

numba by itself optimises a function again in each function above it, which takes longer than all else. Here a rule
becomes a part that is neither linked nor optimised, and what calls them all is linked with every part, callers first.
The hooks for it are not public; where a version of numba lacks them, rules are compiled its usual way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target


class Part(JITCodeLibrary):
    """The code of a rule, as it was written down."""

    def finalize(self) -> None:
        """Leave it as it is: it cannot run by itself."""
        self._raise_if_finalized()
        self._finalized = True


class Whole(JITCodeLibrary):
    """The code of a rule and of all that it calls."""

    def finalize(self) -> None:
        """Link all parts, each after those that call it, and optimise the whole."""
        found: dict[Any, None] = {}

        def visit(library: Any) -> None:
            if library not in found:
                for beneath in getattr(library, "_linking_libraries", ()):
                    visit(beneath)
                found[library] = None

        for library in getattr(self, "_linking_libraries", ()):
            visit(library)
        self._linking_libraries: list[Any] = list(found)[::-1]
        super().finalize()


HOOKS = ("_raise_if_finalized", "finalize", "_get_module_for_linking")
"""What is used of numba's class."""


@contextmanager
def compiled_as(kind: type[JITCodeLibrary]) -> Iterator[None]:
    """What is compiled here becomes code of this kind."""
    codegen = cpu_target.target_context.codegen()
    if not all(hasattr(JITCodeLibrary, hook) for hook in HOOKS) or not hasattr(type(codegen), "_library_class"):
        yield
        return
    with global_compiler_lock:
        codegen._library_class = kind
        if kind is Part:  # there is no place in memory yet for what Python would need to be called from it
            codegen.set_env = lambda *_: None
        try:
            yield
        finally:
            vars(codegen).pop("_library_class", None)
            vars(codegen).pop("set_env", None)
