"""What pandoc, Pygments and fontTools made, kept from build to build under a hash of all that it was made of.

Nothing kept can be stale: a result is found only by the same input, made by the same code with the same versions of
the same libraries. Nothing is kept, or found, before `keep_in` says where.
"""

import hashlib
import json
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from chipcheck.files import write_atomic

UNUSED = 7 * 24 * 3600  # seconds after which a result that no build asked for is removed
_folder: Path | None = None


def keep_in(folder: Path | None) -> None:
    """Keep results in this folder from now on (None: nowhere), and remove those long unused."""
    global _folder
    _folder = folder
    for path in folder.glob("*.json") if folder else ():
        if path.stat().st_mtime < time.time() - UNUSED:
            path.unlink(missing_ok=True)


def each(make: Callable[[list], list], items: list, files: list[Path], libraries: list[str]) -> list:
    """Return `make(items)`, where `make` is called only with the items whose result is not at hand.

    `make` takes a list and returns the result of each item, in order; both are of what JSON can hold, and a result
    is not None. `files` hold the code and the data, `libraries` are the packages on which a result depends too.
    """
    if _folder is None:
        return make(items)
    recipe = [make.__qualname__, *map(version, libraries), *(_hash(file.read_bytes()) for file in files)]
    places = [_folder / f"{_hash(json.dumps([*recipe, item]).encode())}.json" for item in items]
    results = [_found(place) for place in places]
    missing = [at for at, result in enumerate(results) if result is None]
    if missing:
        for at, result in zip(missing, make([items[at] for at in missing]), strict=True):
            results[at] = result
            write_atomic(places[at], json.dumps(result, ensure_ascii=False))
    return results


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _found(place: Path) -> Any:
    """Return the result kept at a place and mark it as used; None where there is none."""
    try:
        text = place.read_text(encoding="utf-8")
        place.touch()
        return json.loads(text)
    except (FileNotFoundError, ValueError):
        return None
