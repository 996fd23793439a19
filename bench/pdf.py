"""Time the PDF beside nbconvert's own `--to webpdf` on the same notebook; prints figures, never fails a build.

    python bench/pdf.py [build/report.ipynb]

The two sides run in turn, each in a process of its own. What counts is the rendering: from the notebook read to the PDF
in memory, the browser's start included on one side and pandoc's on the other, the import of nbconvert on neither (it
is the same for both). The whole process is printed as well. nbconvert's exporter starts only the browser
that Playwright downloads; here it is pointed at the Chromium of the machine and otherwise left as it is.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chipcheck import paths

ROUNDS = 1
AIM = 0.25  # of the time of webpdf
LARGEST = 4.0  # MB

OURS = """
import sys, time, nbformat
from chipcheck.publish.pdf import ReportPDFExporter
book = nbformat.read(sys.argv[1], as_version=4)
started = time.perf_counter()
body, _ = ReportPDFExporter().from_notebook_node(book)
print(time.perf_counter() - started)
open(sys.argv[2], "wb").write(body)
"""

# The launch is the only thing replaced: the browser's path, and no sandbox, which containers lack.
WEBPDF = """
import sys, time, nbformat
from playwright.async_api import BrowserType
from nbconvert.exporters.webpdf import WebPDFExporter
launch = BrowserType.launch
async def launch_here(self, **options):
    options.update(executable_path=sys.argv[3], args=["--no-sandbox", "--disable-gpu"])
    return await launch(self, **options)
BrowserType.launch = launch_here
book = nbformat.read(sys.argv[1], as_version=4)
started = time.perf_counter()
body, _ = WebPDFExporter().from_notebook_node(book)
print(time.perf_counter() - started)
open(sys.argv[2], "wb").write(body)
"""


def timed(script: str, *arguments: str) -> tuple[float, float]:
    """Run a script in a process of its own; return the seconds of the rendering and of the whole process."""
    environment = os.environ | {"PYTHONPATH": str(paths.ROOT)}
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        sys.exit(f"failed:\n{run.stderr[-2000:]}")
    return float(run.stdout.split()[-1]), time.perf_counter() - started


def browser() -> str | None:
    """Return the path of the machine's Chromium or Chrome, if there is one."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


def main(notebook: Path) -> None:
    """Print every figure with its aim."""
    chromium = browser()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        pdf, web = scratch / "report.pdf", scratch / "web.pdf"
        for _ in range(ROUNDS):
            ours.append(timed(OURS, str(notebook), str(pdf)))
            if chromium:
                theirs.append(timed(WEBPDF, str(notebook), str(web), chromium))
        size = pdf.stat().st_size / 1e6
    rows = []
    for part, what in enumerate(("rendering", "whole process")):
        mine = [seconds[part] for seconds in ours]
        rows.append((f"{what}: report_pdf (median of {ROUNDS})", f"{statistics.median(mine):.2f} s", ""))
        if theirs:
            other = [seconds[part] for seconds in theirs]
            ratio = statistics.median(a / b for a, b in zip(mine, other, strict=True))
            rows.append((f"{what}: nbconvert --to webpdf", f"{statistics.median(other):.2f} s", ""))
            rows.append((f"{what}: ratio", f"{ratio:.2f}", "" if part else f"aim {AIM}"))
    if not theirs:
        rows.append(("nbconvert --to webpdf", "skipped", "no Chromium or Chrome on this machine"))
    rows.append(("size of the PDF", f"{size:.2f} MB", f"aim {LARGEST} MB"))
    for what, figure, aim in rows:
        print(f"{what:50} {figure:>8}   {aim}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else paths.build() / "report.ipynb")
