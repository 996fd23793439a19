"""Build the report in several copies of the tree that have nothing in common but their content, and compare.

    make repro

Folder, time zone, locale, hash seed, number of jobs and the user's own settings differ; every file that `make report`
and `make refresh` write must have the same bytes: HTML, PDF, SVG, PNG, CSV, notebooks. Prints the first difference.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from copies import check_own_code, copy_tree, environment, files, first_difference, run

# Folder, time zone (a day apart), locale (a comma for the decimal point, other words for months), jobs, hash seed;
# and RUN: through `nice`, each notebook has a kernel of its own, else kernels are forked from one warm process
BUILDS = (
    ("plain", "Pacific/Kiritimati", "C", "2", "1", ""),
    ("mit Leerzeichen", "America/Los_Angeles", "de_DE.UTF-8", "3", "2", "nice"),
    ("发布 two", "Asia/Shanghai", "zh_CN.UTF-8", "1", "3", ""),
)
# What a person may have set up for themselves, and what must not reach the report
SETTINGS = {
    ".config/matplotlib/matplotlibrc": "font.size: 21\nlines.linewidth: 7\nsavefig.bbox: tight\naxes.grid: True\n",
    ".ipython/profile_default/startup/00-mine.py": "import pandas\npandas.set_option('display.precision', 2)\n"
    "import matplotlib\nmatplotlib.rcParams['lines.markersize'] = 20\n",
    ".ipython/profile_default/ipython_config.py": "c.InteractiveShell.ast_node_interactivity = 'all'\n",
}
PROBE = "import locale, sys; locale.setlocale(locale.LC_ALL, ''); print(locale.localeconv()['decimal_point'])"


def missing_locales(names: list[str]) -> list[str]:
    """Return the locales that this machine lacks, by trying each."""
    lacking = []
    for name in names:
        done = subprocess.run([sys.executable, "-S", "-c", PROBE], env={"LC_ALL": name}, capture_output=True)
        if done.returncode:
            lacking.append(name)
    return lacking


def build(folder: Path, zone: str, locale: str, jobs: str, seed: str, through: str, home: Path) -> None:
    """Run `make report` and `make refresh` in the copy `folder`, as another person on another machine would."""
    variables = environment(
        folder, TZ=zone, LC_ALL=locale, LANG=locale, LANGUAGE="", PYTHONHASHSEED=seed, HOME=str(home)
    )
    check_own_code(folder, variables)
    for step in ("report", "refresh"):
        run(["make", f"JOBS={jobs}", f"RUN={through}", step], folder, variables)


def main() -> None:
    """Build every copy, print each, then the first difference or how many files are the same."""
    if lacking := missing_locales([locale for _, _, locale, *_ in BUILDS]):
        made = "; ".join(f"localedef -i {name.partition('.')[0]} -f UTF-8 {name}" for name in lacking)
        sys.exit(f"These locales are not on this machine: {', '.join(lacking)}. To make them: {made}")
    with tempfile.TemporaryDirectory() as scratch:
        for name, *_ in BUILDS:  # all before the first build, or an edit meanwhile would be a difference
            copy_tree(Path(scratch, name))
        for number, (name, zone, locale, jobs, seed, through) in enumerate(BUILDS):
            started = time.perf_counter()
            home = Path(scratch, f"home {number}")
            home.mkdir()
            for path, text in SETTINGS.items() if number else ():
                (home / path).parent.mkdir(parents=True, exist_ok=True)
                (home / path).write_text(text)
            build(Path(scratch, name), zone, locale, jobs, seed, through, home)
            seconds = time.perf_counter() - started
            print(f"  {seconds:5.1f} s  built in {name!r}: {zone}, {locale}, hash seed {seed}", flush=True)
        first = Path(scratch, BUILDS[0][0])
        for name, *_ in BUILDS[1:]:
            if found := first_difference(first, Path(scratch, name)):
                sys.exit(f"The builds in {first.name!r} and {name!r} differ.\n{found}")
        names = list(files(first))
        kinds = ("html", "pdf", "svg", "png", "csv", "ipynb")
        counts = ", ".join(f"{sum(name.endswith('.' + kind) for name in names)} {kind.upper()}" for kind in kinds)
        print(f"{len(BUILDS)} builds, {len(names)} files each, the same bytes: {counts}")


if __name__ == "__main__":
    main()
