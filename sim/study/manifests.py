"""The manifest of a folder: what kind of study lies there, which one, and which files with what checksums.

A manifest is sealed: it holds a digest of all else in it, so that damage to the manifest itself is noticed like
damage to any file that it lists. Two studies of a kind are the same if they agree in what ``STUDY`` names; then one
may replace the other, and otherwise only if that is asked for.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.scenario import archive
from sim.scenario.arguments import MOST_SEED, MOST_WORLDS
from sim.scenario.problems import plain
from sim.study.contents import OddFileError, checksum, content_of
from sim.study.writing import StudyError, json_text, why, write

MANIFEST = "manifest.json"
MOST_BYTES = 4_000_000
MOST_FILES = 1000

_RUN = {"scenario_hash": "another scenario", "seed": "another seed", "worlds": "another number of worlds"}
_DRAWS = {"block": "another block size", "posterior": "another posterior"}
_EPISODES = {"episodes": "other episodes", "observed_hash": "other observations"}
_NUMBERS = {"seed": "another seed", "worlds": "another number of worlds", **_DRAWS}
_ASKED = {"processes": "other processes", "metric": "another metric", "issue": "another issue"}

STUDY: dict[str, dict[str, str]] = {
    "comparison": {**_RUN, "processes": "other processes", **_DRAWS},
    "sensitivity": {
        **_RUN, **_ASKED, "method": "another method", "n": "another n", "lucks": "another number of lucks",
        "parameters": "other parameters", **_DRAWS,
    },
    "levers": {**_RUN, **_ASKED, **_DRAWS},
    "explanation": {**_RUN, **_ASKED, "against": "another scenario beside it", **_DRAWS},
    "design": {
        **_RUN, "issues": "other issues", "proposals": "another number of proposals", "searched": "other levers",
        "settled": "other levers held", **_DRAWS,
    },
    "discovery": {
        "source": "another source", **_ASKED, "seed": "another seed", "boxes": "another number of boxes",
        "noisy": "points of another kind",
    },
    "hindcast": {**_EPISODES, **_NUMBERS},
    "regularities": {"scenarios": "other conflicts", "counted_hash": "other counts", **_NUMBERS},
    "calibration": {
        **_EPISODES, "scenarios": "other conflicts", "counted_hash": "other counts", "seed": "another seed",
        "worlds": "another number of worlds", "block": "another block size",
        "alternatives_worlds": "other alternatives", "results": "other scenarios compared",
    },
    "sweep": {
        "scenario_hash": "another scenario", "seed": "another seed", "design": "another design", "points": "other points",
        "worlds": "another number of worlds", "processes": "other processes",
        "keep_worlds": "another choice of keeping worlds", "block": "another block size",
        "blocks_per_piece": "another block size", "engine": "another version of gobetween",
    },
}  # fmt: skip
"""By kind, what makes a study another one, in the order in which it is said."""

TOLD = frozenset({"seed", "worlds", "processes", "design", "block", "metric", "issue", "method", "n", "lucks"})
"""Of these, what the two are."""

INSTEAD = "name a new folder, or --force to replace it"


class RunFolderError(StudyError):
    """A folder that cannot be written or read, said in one line."""


def digest_of(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of all that a manifest says but its digest."""
    said = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(json_text(said).encode()).hexdigest()


def sealed(manifest: Mapping[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with the checksums of ``files`` and the digest of the whole."""
    plain: dict[str, Any] = json.loads(json_text({**manifest, "files": dict(files)}))  # as it will be read
    return {**plain, "digest": digest_of(plain)}


def difference(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str | None:
    """In what ``found`` is another study than ``wanted``, which is of the same kind; None: it is the same."""
    there, here = (json.loads(json_text(dict(one))) for one in (found, wanted))
    for key, words in STUDY[here["kind"]].items():
        if there.get(key) != here.get(key):
            said = f" ({_short(there.get(key))}, here {_short(here.get(key))})" if key in TOLD else ""
            return words + said
    return None


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else "none" if value in (None, "") else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def named(path: str | os.PathLike[str]) -> str:
    """A path as an error says it: also where it is not UTF-8."""
    return plain(os.fspath(path))


def an(kind: str) -> str:
    """The kind with its article."""
    return kind if kind in ("regularities", "levers") else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest in a folder, of whatever kind. Raises RunFolderError for anything that we did not write, FileNotFoundError."""
    file = folder / MANIFEST
    found = read_sealed(file)
    if not _is_plain(found):
        raise RunFolderError(f"{named(file)}: damaged: its values are not of the kinds that a run writes")
    return found


def read_sealed(file: Path) -> dict[str, Any]:
    """A sealed document whose digest fits. Raises RunFolderError for anything else, FileNotFoundError."""
    try:
        found = json.loads(content_of(file, MOST_BYTES).decode("utf-8"))
        fits = isinstance(found, dict) and found.get("digest") == digest_of(found)
    except FileNotFoundError:
        raise
    except OddFileError as error:
        raise RunFolderError(f"{named(file)}: damaged: {error}") from None
    except OSError as error:
        raise RunFolderError(f"{named(file)}: cannot be read: {why(error)}") from None
    except (ValueError, TypeError, RecursionError):  # no UTF-8, no JSON, a number of thousands of digits, depth
        raise RunFolderError(f"{named(file)}: damaged: not the JSON of a manifest") from None
    if fits and isinstance(found, dict):
        return found
    if isinstance(found, dict) and "digest" in found:
        raise RunFolderError(f"{named(file)}: damaged: its checksum does not fit")
    ours = isinstance(found, dict) and {"seed", "worlds", "versions"} <= set(found)
    words = "without checksums: damaged, or of an older version" if ours else "not the manifest of a run"
    raise RunFolderError(f"{named(file)}: {words}")


def _is_plain(found: dict[str, Any]) -> bool:
    """Whether the values that everything else relies on are what they should be, whoever wrote them."""
    kind, files = found.get("kind"), found.get("files")
    if not isinstance(kind, str) or kind not in STUDY or not isinstance(files, dict) or len(files) > MOST_FILES:
        return False
    bounds = {"seed": (0, MOST_SEED), "worlds": (1, MOST_WORLDS)}
    for key, (least, most) in bounds.items():
        if key in found and not (type(found[key]) is int and least <= found[key] <= most):
            return False
    texts = [found.get(key, []) for key in ("processes", "pinned", "evidence")]
    lists = all(isinstance(value, list) and all(isinstance(text, str) for text in value) for value in texts)
    return lists and all(_is_file(name) and _is_checksum(said) for name, said in files.items())


def _is_file(name: str) -> bool:
    return name == os.path.basename(name) and name not in ("", ".", "..", MANIFEST) and "\0" not in name


def _is_checksum(said: Any) -> bool:
    size = said.get("bytes") if isinstance(said, dict) else None
    return type(size) is int and size >= 0 and isinstance(said.get("sha256"), str)


def checked(folder: Path, manifest: Mapping[str, Any], name: str) -> bytes:
    """The bytes of a file that a manifest lists, if they are what was written. Raises RunFolderError."""
    file, said = folder / name, manifest["files"].get(name)
    if said is None:
        raise RunFolderError(f"{named(folder / MANIFEST)}: lists no {name}; the folder is not a whole run")
    try:
        content = content_of(file, said["bytes"])
    except FileNotFoundError:
        raise RunFolderError(f"{named(file)}: missing; the folder is not a whole run") from None
    except (OddFileError, OSError, ValueError) as error:
        raise RunFolderError(f"{named(file)}: damaged: {error if isinstance(error, OddFileError) else why(error)}") from None
    if len(content) != said["bytes"] or hashlib.sha256(content).hexdigest() != said["sha256"]:
        raise RunFolderError(f"{named(file)}: damaged: its checksum does not fit")
    return content


def manifest_of_kind(path: Path, kind: str, needed: Sequence[str]) -> dict[str, Any]:
    """The manifest of a saved study of a kind, which has these keys. Raises RunFolderError."""
    try:
        manifest = read_manifest(path)
    except FileNotFoundError:
        raise RunFolderError(f"{named(path / MANIFEST)}: missing; the folder is not a whole {kind}") from None
    if manifest["kind"] != kind:
        raise RunFolderError(f"{named(path)}: holds {an(manifest['kind'])}, expected {an(kind)}")
    if missing := [key for key in needed if key not in manifest]:
        raise RunFolderError(f"{named(path / MANIFEST)}: not the manifest of {an(kind)}; expected {', '.join(missing)}")
    return manifest


def saved_table(path: Path, manifest: Mapping[str, Any], name: str, text: Sequence[str]) -> pd.DataFrame:
    """A table of a saved study; an empty cell is a text in the columns ``text``, else a missing number. Raises RunFolderError."""
    content = checked(path, manifest, f"{name}.csv")
    try:
        columns = pd.read_csv(io.BytesIO(content), nrows=0).columns
        own = [column for column in columns if column in text]
        numbers = {column: [""] for column in columns if column not in text}
        return pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys(own, str), keep_default_na=False, na_values=numbers)
    except ValueError as error:
        raise RunFolderError(f"{named(path / name)}.csv: damaged: {str(error).splitlines()[0]}") from error


def check_scenario(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Whether the scenario in a folder, and its claims, are what was written. Raises RunFolderError."""
    for name in (archive.SCENARIO, archive.CLAIMS):
        if name in manifest["files"] or name == archive.SCENARIO:
            checked(folder, manifest, name)
        elif os.path.lexists(folder / name):
            raise RunFolderError(f"{named(folder / name)}: damaged: it was not there when the folder was written")


def seal_again(folder: str | os.PathLike[str], **more: Any) -> None:
    """Take the checksums of the files in a folder anew, after a person has changed or checked them.

    ``more`` is set in its manifest. Raises StudyError where there is none.
    """
    path = Path(folder)
    try:
        found = json.loads(content_of(path / MANIFEST, MOST_BYTES).decode("utf-8"))
        listed = [name for name in found["files"] if name != MANIFEST and (path / name).exists()]
        files = {name: checksum(path / name) for name in sorted(listed)}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise StudyError(f"{named(path / MANIFEST)}: cannot be sealed: {why(error)}") from None
    write(path / MANIFEST, json_text(sealed({**found, **more}, files)).encode())
