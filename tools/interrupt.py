"""Kill a build at seeded moments, and show that nothing half-written is left and that the next build is whole.

    make interrupt                          ten moments
    make interrupt MOMENTS=3 SEED=8

An undisturbed build gives the reference and the time it takes. Then, each from nothing, builds are killed: half of
them by SIGKILL and half by SIGINT, to the whole process group, every third while the pages are being rendered. After
each, every file at its final name must have the reference's bytes; processes must be gone; and the next `make report`
must give the same bytes as the reference.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from copies import check_own_code, copy_tree, difference, environment, run

PATIENCE = 10  # seconds that a kernel has to notice that its build is gone
BUILD = ["make", "report"]


@dataclass(frozen=True)
class Moment:
    """When to end a build: a share of the time up to rendering or, if `rendering`, of the time after its start."""

    rendering: bool
    share: float
    signal: signal.Signals


def moments(count: int, seed: int) -> list[Moment]:
    """Return `count` moments, the same for the same seed; every third while rendering, signals in turn."""
    dice = random.Random(seed)
    kinds = (signal.SIGKILL, signal.SIGINT)
    return [Moment(number % 3 == 2, dice.uniform(0.02, 0.98), kinds[number % 2]) for number in range(count)]


def contents(build: Path) -> dict[str, bytes]:
    """Return the files of a build folder by path, without the hidden ones that are being written."""
    found = (path for path in sorted(build.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(build).as_posix(): path.read_bytes() for path in found}


def faults(found: dict[str, bytes], reference: dict[str, bytes], complete: bool) -> list[str]:
    """Return how `found` differs from the reference; unless `complete`, files may be missing but not different."""
    wrong = [f"{name}: in no undisturbed build" for name in found.keys() - reference.keys()]
    if complete:
        wrong += [f"{name}: missing" for name in reference.keys() - found.keys()]
    both = sorted(found.keys() & reference.keys())
    return sorted(wrong) + [text for name in both if (text := difference(name, found[name], reference[name]))]


def processes(folder: Path) -> list[int]:
    """Return the processes that work in `folder` or below, by /proc."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            inside = link.readlink().is_relative_to(folder)
        except OSError:
            continue  # it ended meanwhile, or is not ours to see
        if inside:
            found.append(int(link.parent.name))
    return found


def left_over(folder: Path) -> list[int]:
    """Return the processes that still work in `folder` after they had time to end."""
    end = time.monotonic() + PATIENCE
    while (found := processes(folder)) and time.monotonic() < end:
        time.sleep(0.2)
    return found


def reference_build(copy: Path, variables: dict[str, str]) -> tuple[dict[str, bytes], float, float]:
    """Build undisturbed; return the files, the seconds up to rendering and the seconds of rendering."""
    started = time.time()
    run(BUILD, copy, variables)
    merged = (copy / "build" / "report.ipynb").stat().st_mtime
    return contents(copy / "build"), merged - started, time.time() - merged


def interrupted(copy: Path, variables: dict[str, str], moment: Moment, before: float, rendering: float) -> str:
    """Start a build from nothing, end it at the moment, and return what it was doing, in words."""
    shutil.rmtree(copy / "build", ignore_errors=True)
    started = time.monotonic()
    process = subprocess.Popen(
        BUILD, cwd=copy, env=variables, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    merged = copy / "build" / "report.ipynb"
    if moment.rendering:
        while not merged.exists() and process.poll() is None:
            time.sleep(0.01)
    wait = moment.share * (rendering if moment.rendering else before)
    try:
        process.wait(wait)
        doing = "after its end"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, moment.signal)
        doing = "rendering" if merged.exists() else "running notebooks"
    process.wait()
    return f"{time.monotonic() - started:5.1f} s, {moment.signal.name}, {doing}"


def say(text: str) -> None:
    """Print a line at once: the next one may take a minute."""
    print(f"  {text}", flush=True)


def main(count: int, seed: int) -> None:
    """Run every moment; print each; exit with the faults of the first that shows any."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = copy_tree(Path(scratch).resolve() / "interrupted")
        variables = environment(copy)
        check_own_code(copy, variables)
        reference, before, rendering = reference_build(copy, variables)
        say(f"undisturbed: {before:.1f} s up to rendering, {rendering:.1f} s of it; {len(reference)} files")
        for number, moment in enumerate(moments(count, seed), start=1):
            said = interrupted(copy, variables, moment, before, rendering)
            if running := left_over(copy):
                sys.exit(f"{said}: processes {running} still run {PATIENCE} s later")
            found = contents(copy / "build")
            wrong = faults(found, reference, complete=False)
            if not wrong:
                run(BUILD, copy, variables)
                wrong = faults(contents(copy / "build"), reference, complete=True)
            if wrong:
                sys.exit(f"{said}:\n" + "\n".join(wrong))
            say(f"{number:2}  {said}: {len(found)} of {len(reference)} files there, all whole; next build the same")
    say(f"{count} builds killed (seed {seed}): nothing half-written, each next build gave the same bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Kill builds at seeded moments.")
    parser.add_argument("--moments", type=int, default=10)
    parser.add_argument("--seed", type=int, default=2512)
    chosen = parser.parse_args()
    main(chosen.moments, chosen.seed)
