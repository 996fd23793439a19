"""Come in by every door that users take, each from nothing: an unpacked archive, other Pythons, pip alone, a worktree.

    make doors

Each door is a copy of the tree in a folder of its own, with an environment of its own. Every report must have the same
bytes. A Python that is not on this machine is skipped, and said so.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from copies import ROOT, difference, listed, run

FIRST, LATER = "3.11", ("3.12", "3.13")
NOTEBOOK = "notebooks/03-are-most-of-chinas-ai-cards-for-inference.ipynb"


def python(version: str) -> str | None:
    """Return a Python of this version on PATH or under pyenv, or nothing."""
    found = shutil.which(f"python{version}")
    if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
        return found
    versions = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob(f"{version}.*"))
    return str(versions[-1] / "bin" / "python") if versions else None


def unpacked(folder: Path) -> Path:
    """Lay the files of the tree into `folder`, as unpacking an archive does: no git, no environment."""
    for name in listed():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def clean(**changes: str) -> dict[str, str]:
    """Return this process's environment without a trace of make or of our own settings."""
    dropped = ("MAKE", "MFLAGS", "CHIPCHECK_", "SOURCE_DATE_EPOCH", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)} | changes


def without_git(scratch: Path) -> str:
    """Return a PATH on which there is no git: links to all other programs."""
    folder = scratch / "bin"
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            if not program.name.startswith("git") and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program.resolve())
    return str(folder)


FINISHED = ("report.html", "report.pdf", "report.zh.html", "report.zh.pdf", "verdicts.json")


def reports(folder: Path) -> dict[str, bytes]:
    """Return the finished files of a build."""
    return {name: (folder / "build" / name).read_bytes() for name in FINISHED}


def archive(scratch: Path) -> dict[str, bytes]:
    """Both commands of the README in an unpacked archive, without git, in a folder with blanks, quotes and Chinese."""
    folder = unpacked(scratch / "it's a “quoted” 中文 dir" / "repo")
    variables = clean(PATH=without_git(scratch))
    run(["make", f"PYTHON={python(FIRST) or sys.executable}", "report"], folder, variables)
    run(["make", f"PYTHON={python(FIRST) or sys.executable}", "test"], folder, variables)
    return reports(folder)


def other_python(scratch: Path, version: str, jobs: str) -> dict[str, bytes]:
    """A report made by another Python, with a number of jobs of one's own."""
    folder = unpacked(scratch / f"python {version}")
    run(["make", f"PYTHON={python(version)}", jobs, "report"], folder, clean())
    return reports(folder)


def pip_alone(scratch: Path) -> None:
    """An environment of one's own, `pip install -r requirements.txt`, and a notebook run by nbconvert."""
    folder = unpacked(scratch / "pip")
    run([python(FIRST) or sys.executable, "-m", "venv", "own"], folder, clean())
    run(["own/bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt"], folder, clean())
    command = ["own/bin/jupyter", "nbconvert", "--execute", "--to", "notebook", "--output-dir", "out", NOTEBOOK]
    run(command, folder, clean())


def worktree(scratch: Path) -> None:
    """A git worktree, in which `.git` is a file: the tests that ask git."""
    folder = scratch / "worktree"
    run(["git", "worktree", "add", "--quiet", "--detach", str(folder)], ROOT, clean())
    try:
        (folder / ".venv").symlink_to(ROOT / ".venv")
        variables = clean(PYTHONPATH=str(folder))
        run([".venv/bin/python", "-m", "pytest", "-q", "tests/test_copies.py", "tests/test_make.py"], folder, variables)
    finally:
        run(["git", "worktree", "remove", "--force", str(folder)], ROOT, clean())


def main() -> None:
    """Go through each door and print how long it took; exit where one is shut or a report differs."""
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)

        def opened(name: str, started: float) -> None:
            print(f"  {time.perf_counter() - started:5.1f} s  {name}", flush=True)

        started = time.perf_counter()
        first = archive(scratch)
        opened("unpacked archive without git: make report, make test", started)
        for version, jobs in zip(LATER, ("-j1", "-j8"), strict=True):
            if not python(version):
                print(f"          Python {version} is not on this machine: skipped", flush=True)
                continue
            started = time.perf_counter()
            made = other_python(scratch, version, jobs)
            for name, content in made.items():
                if found := difference(name, first[name], content):
                    sys.exit(f"Python {version} makes another report. {found}")
            opened(f"Python {version}, make {jobs} report: the same bytes", started)
        started = time.perf_counter()
        pip_alone(scratch)
        opened("pip install -r requirements.txt, nbconvert --execute", started)
        if (ROOT / ".git").exists() and shutil.which("git"):
            started = time.perf_counter()
            worktree(scratch)
            opened("git worktree", started)


if __name__ == "__main__":
    main()
