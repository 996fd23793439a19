"""Time the build beside plain nbconvert, in one run on one machine; prints figures, never fails a build.

    make bench

The yardstick is `jupyter nbconvert --execute --to html notebooks/*.ipynb` in one process, which makes separate pages
and no PDF. Ratios travel between machines, seconds do not.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from chipcheck import paths

ROUNDS = 3
# Evidence that one chapter reads, and the evidence that most chapters read
ONE, MANY = paths.DATA / "accelerator_mix.csv", paths.DATA / "chip_specs.csv"
SAMPLE = 0.1  # seconds between two looks at memory


def timed(command: list[str], environment: dict[str, str] | None = None) -> tuple[float, float, str]:
    """Run a command; return seconds, the largest sum of PSS over its process tree in GB, and what it printed."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=paths.ROOT, env={**os.environ, **(environment or {})}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{output[-2000:]}")
    watcher.join()
    return seconds, peak[0], output


def _watch(pid: int, peak: list[float]) -> None:
    """Keep the largest memory of a process and everything below it."""
    while psutil.pid_exists(pid):
        try:
            root = psutil.Process(pid)
            if root.status() == psutil.STATUS_ZOMBIE:
                return
            peak[0] = max(peak[0], sum(_pss(process) for process in [root, *root.children(recursive=True)]) / 1e9)
        except psutil.Error:
            pass
        time.sleep(SAMPLE)


def _pss(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0  # it ended between the list and the look


def yardstick() -> float:
    """Return the seconds of plain nbconvert over all notebooks."""
    with tempfile.TemporaryDirectory() as scratch:
        jupyter = Path(sys.executable).with_name("jupyter")
        notebooks = [str(path.relative_to(paths.ROOT)) for path in paths.notebooks()]
        command = [str(jupyter), "nbconvert", "--execute", "--to", "html", "--output-dir", scratch, *notebooks]
        environment = {"CHIPCHECK_BUILD": f"{scratch}/build", "CHIPCHECK_FIGURES": f"{scratch}/figures"}
        return timed(command, environment)[0]


def cold() -> tuple[float, float]:
    """Return seconds and peak memory of a report from an empty build folder."""
    shutil.rmtree(paths.ROOT / "build", ignore_errors=True)
    seconds, memory, _ = timed(["make", "report"])
    return seconds, memory


def edited(table: Path) -> tuple[float, list[str]]:
    """Return seconds and the notebooks rerun after an evidence table was saved; its time is restored."""
    before = table.stat()
    table.touch()
    try:
        seconds, _, output = timed(["make", "report"])
    finally:
        os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    return seconds, re.findall(r"s  (\d\d-\S+)", output)


def main() -> None:
    """Print every figure with its aim."""
    plain, full, memory, fresh, one, many = [], [], [], [], [], []
    for _ in range(ROUNDS):
        plain.append(yardstick())
        seconds, peak = cold()
        full.append(seconds)
        memory.append(peak)
        fresh.append(timed(["make", "report"])[0])
        seconds, rerun = edited(ONE)
        one.append(seconds)
        seconds, rerun_many = edited(MANY)
        many.append(seconds)

    def ratio(times: list[float]) -> str:
        return f"ratio {statistics.median(a / b for a, b in zip(times, plain, strict=True)):.2f}"

    rows = (
        (f"plain nbconvert, all notebooks to HTML (median of {ROUNDS})", f"{statistics.median(plain):.1f} s", ""),
        ("make report from nothing, HTML and PDF", f"{statistics.median(full):.1f} s", f"{ratio(full)}, aim 0.70"),
        ("make report, nothing changed", f"{statistics.median(fresh):.2f} s", "aim 0.50 s"),
        (f"make report, {ONE.name} saved", f"{statistics.median(one):.1f} s", f"{ratio(one)}, aim 0.35"),
        ("  which reran", " ".join(name[:2] for name in rerun), ""),
        (f"make report, {MANY.name} saved", f"{statistics.median(many):.1f} s", ratio(many)),
        ("  which reran", " ".join(name[:2] for name in rerun_many), ""),
        ("largest memory of the process tree (PSS)", f"{max(memory):.2f} GB", "aim 1.5 GB"),
    )
    for what, figure, aim in rows:
        print(f"{what:58} {figure:>8}   {aim}")


if __name__ == "__main__":
    main()
