"""Copies of the working tree that build by themselves, for the checks that compare whole builds.

A copy holds what git tracks, and new files that it does not ignore; without git, all that is not derived. It borrows
the environment of this tree: `.venv` is a link, and PYTHONPATH puts the copy's own package before the one that the
environment was installed with.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
SHOWN = 40  # bytes of context around a difference


def copy_tree(target: Path) -> Path:
    """Copy the working tree to `target` with its times, link the environment, and return `target`."""
    for name in listed():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


def listed() -> list[str]:
    """Return the files of the working tree by what git knows or, in an unpacked archive, all but derived ones."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        if (ROOT / ".git").exists():
            done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
            return [name for name in done.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        pass  # no git on this machine, or a tree it does not trust
    derived = SKIPPED | {"build", ".git", ".ipynb_checkpoints"}
    return [
        name
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and not derived & set(Path(name := path.relative_to(ROOT).as_posix()).parts)
    ]


def environment(copy: Path, **changes: str) -> dict[str, str]:
    """Return the environment variables for commands in a copy: its own code, and no trace of a make around us."""
    dropped = ("MAKE", "MFLAGS", "CHIPCHECK_", "SOURCE_DATE_EPOCH", "PYTHONHASHSEED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "PYTHONPATH": str(copy), **changes}


def run(command: list[str], copy: Path, variables: dict[str, str]) -> str:
    """Run a command in a copy and return what it printed; exit with the end of it when the command fails."""
    done = subprocess.run(
        command, cwd=copy, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed in {copy}:\n{done.stdout[-3000:]}")
    return done.stdout


def check_own_code(copy: Path, variables: dict[str, str]) -> None:
    """Exit unless a Python started in the copy's notebooks folder, as a kernel is, imports the copy's package."""
    script = "import os; os.chdir('notebooks'); import chipcheck; print(chipcheck.__file__)"
    found = Path(run([".venv/bin/python", "-c", script], copy, variables).strip())
    if not found.is_relative_to(copy):
        sys.exit(f"A build in {copy} would run the code of {found.parent}; nothing would be shown.")


def files(folder: Path) -> Iterator[str]:
    """Yield the paths of all files of a copy, sorted, without the environment and caches."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not SKIPPED & set(name.parts):
            yield name.as_posix()


def first_difference(one: Path, other: Path) -> str | None:
    """Return where two folders first differ, in words, or None: a file that only one has, or an offset in a file."""
    here, there = set(files(one)), set(files(other))
    for name in sorted(here | there):
        if name not in there:
            return f"{name}: only in {one.name}"
        if name not in here:
            return f"{name}: only in {other.name}"
        if found := difference(name, (one / name).read_bytes(), (other / name).read_bytes()):
            return found
    return None


def difference(name: str, one: bytes, other: bytes) -> str | None:
    """Return file, offset and both surroundings of the first byte in which two contents differ, or None."""
    if one == other:
        return None
    length = min(len(one), len(other))
    low, high = 0, length  # the contents agree before `low` and differ before `high`, or one ends there
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    around = slice(max(0, low - SHOWN), low + SHOWN)
    return f"{name}, offset {low}: {one[around]!r} against {other[around]!r}"
