"""Time the build beside plain nbconvert, in one run on one machine; prints figures, never fails a build.

    make bench                        everything but growth
    make bench PART=build             one part: build, setup, page or pdf
    make bench GROW=8 ROWS=100        growth alone (see growth.py)

The yardstick is `jupyter nbconvert --execute --to html notebooks/*.ipynb` in one process, which makes separate pages
and no PDF. bench/README.md says how to read the figures.
"""

import os
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

ROUNDS = 2  # one before the yardstick and one after it: a machine that slows down meanwhile is seen on both sides
# What is saved before each build: evidence that one chapter reads, evidence that most read, the look of the page
EDITS = {
    "a table that one chapter reads": (paths.DATA / "accelerator_mix.csv", 0.18),
    "a table that most chapters read": (paths.DATA / "chip_specs.csv", 0.33),
    "a template": (paths.TEMPLATES / "report_html" / "index.html.j2", 0.15),
}
LOCK = paths.ROOT / "locks" / "report.txt"
SAMPLE = 0.1  # seconds between two looks at memory


def timed(command: list[str], environment: dict[str, str] | None = None) -> tuple[float, str]:
    """Run a command; return its seconds and what it printed."""
    started = time.perf_counter()
    # A make started here has nothing of the one that runs this bench
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        command, cwd=paths.ROOT, env={**variables, **(environment or {})}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
    return seconds, done.stdout


def show(what: str, figure: str, aim: str = "") -> None:
    """Print one line of the table, as soon as it is known."""
    print(f"{what:58} {figure:>8}   {aim}", flush=True)


# ---- the build ----


def build() -> None:
    """Print the times of a build from nothing and after edits, as ratios to the yardstick, and its memory."""
    rounds = [one_round()]
    plain = yardstick()
    rounds += [one_round() for _ in range(ROUNDS - 1)]
    show("plain nbconvert, all notebooks to HTML", f"{plain:.1f} s")
    for what, aim in {"from nothing": 0.45, **{f"{what} saved": aim for what, (_, aim) in EDITS.items()}}.items():
        seconds = statistics.median(times[what] for times in rounds)
        show(f"make report, {what}", f"{seconds:.1f} s", f"ratio {seconds / plain:.2f}, aim {aim}")
    show("make report, nothing changed", f"{statistics.median(one['nothing'] for one in rounds):.2f} s", "aim 0.10 s")
    show("largest memory of a build from nothing (PSS)", f"{memory():.2f} GB", "aim 1.40 GB")


def one_round() -> dict[str, float]:
    """Return the seconds of a report from nothing, after each edit and after none."""
    clean()
    times = {"from nothing": timed(["make", "report"])[0]}
    for what, (file, _) in EDITS.items():
        times[f"{what} saved"] = edited(file)
    times["nothing"] = timed(["make", "report"])[0]
    return times


def yardstick() -> float:
    """Return the seconds of plain nbconvert over all notebooks."""
    with tempfile.TemporaryDirectory() as scratch:
        jupyter = Path(sys.executable).with_name("jupyter")
        notebooks = [str(path.relative_to(paths.ROOT)) for path in paths.notebooks()]
        command = [str(jupyter), "nbconvert", "--execute", "--to", "html", "--output-dir", scratch, *notebooks]
        return timed(command, {"CHIPCHECK_BUILD": f"{scratch}/build", "CHIPCHECK_FIGURES": f"{scratch}/figures"})[0]


def clean() -> None:
    """Remove all that was built."""
    shutil.rmtree(paths.ROOT / "build", ignore_errors=True)


def edited(file: Path) -> float:
    """Return the seconds of a build after a file was saved; its time is restored."""
    before = file.stat()
    file.touch()
    try:
        return timed(["make", "report"])[0]
    finally:
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def memory() -> float:
    """Return the largest sum of PSS over the processes of a build from nothing, in GB.

    In a build of its own: to look at twenty processes ten times a second takes a fifth of two cores.
    """
    clean()
    with subprocess.Popen(["make", "report"], cwd=paths.ROOT, stdout=subprocess.DEVNULL) as process:
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watcher.start()
        process.wait()
        watcher.join()
    return peak[0]


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


# ---- the set-up ----


def setup() -> None:
    """Print the time of the set-up beside pip's for the same lock, both without what they kept of earlier downloads."""
    nothing_kept = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = Path(scratch, "ours"), Path(scratch, "theirs")
        mine, _ = timed([sys.executable, "tools/setup_env.py", str(ours), str(LOCK)], nothing_kept)
        pip, _ = timed([sys.executable, "-m", "venv", str(theirs)])
        install = [str(theirs / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
        pip += timed([*install, str(LOCK)], nothing_kept)[0]
    show("set-up by pip", f"{pip:.1f} s")
    show("set-up", f"{mine:.1f} s", f"ratio {mine / pip:.2f}, aim 0.25")


PARTS = {
    "build": build,
    "setup": setup,
    "page": lambda: subprocess.run([sys.executable, "bench/page.py"], cwd=paths.ROOT, check=True),
    "pdf": lambda: subprocess.run([sys.executable, "bench/pdf.py"], cwd=paths.ROOT, check=True),
}

if __name__ == "__main__":
    asked = sys.argv[1:] or list(PARTS)
    if unknown := [part for part in asked if part not in PARTS]:
        sys.exit(f"There is no part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
    for part in asked:
        PARTS[part]()
