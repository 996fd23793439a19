"""Time how fast the finished page shows; prints figures, never fails a build.

    .venv/bin/python bench/page.py

Opens the page from its file in headless Chromium with the processor slowed down four times, as a phone would be. Where
`lighthouse` is installed, its scores follow, over a plain server on this machine (sizes count there, uncompressed).
"""

import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from chipcheck import paths

ROUNDS = 3
SLOWER = 4  # times
FLAGS = ["--no-sandbox", "--disable-gpu"]
# Milliseconds since the page was asked for, once the first text is on the screen
FIRST_PAINT = """() => new Promise(done => new PerformanceObserver(list => list.getEntries().forEach(
    entry => entry.name === "first-contentful-paint" && done(entry.startTime)
)).observe({type: "paint", buffered: true}))"""
KINDS = ["performance", "accessibility", "best-practices", "seo"]


def first_paint(browser: Browser, page_file: Path, **context: object) -> float:
    """Return the milliseconds until the first text shows, with the processor slowed down."""
    opened = browser.new_context(**context)
    page = opened.new_page()
    opened.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(page_file.as_uri())
    milliseconds = page.evaluate(FIRST_PAINT)
    opened.close()
    return milliseconds


def chromium() -> str | None:
    """Return the program of the installed Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def lighthouse(program: str, browser: str, page_file: Path, kinds: list[str]) -> tuple[dict[str, float], list[str]]:
    """Return Lighthouse's scores (0 to 100) for the page, by kind, and the audits that cost points.

    The page is served from this machine, as Lighthouse opens no files. Raises RuntimeError with Lighthouse's own
    words when it does not run.
    """
    handler = functools.partial(_Quiet, directory=str(page_file.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, tempfile.TemporaryDirectory() as scratch:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        report = Path(scratch) / "report.json"
        command = [program, f"http://127.0.0.1:{server.server_port}/{page_file.name}"]
        command += ["--quiet", "--no-enable-error-reporting", "--output=json", f"--output-path={report}"]
        command += [f"--only-categories={','.join(kinds)}"]
        command += [f"--chrome-flags=--headless {' '.join(FLAGS)}"]
        ran = subprocess.run(
            command, env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True, check=False
        )
        server.shutdown()
        if not report.exists():
            raise RuntimeError(f"Lighthouse wrote no report: {ran.stderr.strip()[-500:]}")
        found = json.loads(report.read_text(encoding="utf-8"))
    scores = {kind: 100 * (found["categories"][kind]["score"] or 0) for kind in kinds}
    counted = {one["id"] for kind in kinds for one in found["categories"][kind]["auditRefs"] if one["weight"]}
    faults = [f"{name}: {found['audits'][name]['title']}" for name in sorted(counted)
              if found["audits"][name]["score"] not in (1, None)]  # fmt: skip
    return scores, faults


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the server's lines out of the figures."""


def main() -> None:
    """Print every figure with its aim."""
    file = paths.build() / "report.html"
    if not file.exists():
        sys.exit(f"{file} is missing: run `make report`")
    content = file.read_bytes()
    rows = [
        ("report.html", f"{len(content) / 1e6:.2f} MB", "aim 3.0 MB"),
        ("  gzipped", f"{len(gzip.compress(content, 9)) / 1e6:.2f} MB", "aim 1.0 MB"),
    ]
    if (installed := chromium()) is None:
        rows.append(("first contentful paint", "–", "no Chromium on this machine"))
    else:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=installed, args=FLAGS)
            for words, width in (("desk", 1280), ("phone", 360)):
                screen = {"viewport": {"width": width, "height": 800}}
                times = [first_paint(browser, file, **screen) for _ in range(ROUNDS)]
                what = f"first contentful paint, {words}, {SLOWER}x slower (median of {ROUNDS})"
                rows.append((what, f"{statistics.median(times):.0f} ms", "aim 1000 ms"))
            browser.close()
        if program := shutil.which("lighthouse"):
            for kind, score in lighthouse(program, installed, file, KINDS)[0].items():
                rows.append((f"Lighthouse, {kind}", f"{score:.0f}", "" if kind == "performance" else "aim 100"))
        else:
            rows.append(("Lighthouse", "–", "not installed: npm install --global lighthouse@12"))
    for what, figure, aim in rows:
        print(f"{what:58} {figure:>8}   {aim}")


if __name__ == "__main__":
    main()
