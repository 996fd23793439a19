"""The bars that the page is held against; the figures are printed at the end of `make check`."""

import gzip
import importlib.resources
import runpy
import shutil
import subprocess

import pytest
from test_page import open_page, open_working

from chipcheck import paths

BENCH = runpy.run_path(str(paths.ROOT / "bench" / "page.py"))
AUDITS = ["accessibility", "best-practices", "seo"]


def test_the_page_is_small_enough_to_mail(html, bar):
    content = html.read_bytes()
    packed = len(gzip.compress(content, 9))
    bar("report.html", f"{len(content) / 1e6:.2f} MB", "at most 2.3 MB")
    bar("report.html, gzipped", f"{packed / 1e6:.2f} MB", "at most 1.0 MB")
    assert len(content) <= 2.3e6 and packed <= 1.0e6


def test_the_chinese_page_is_small_enough_to_mail(html_zh, bar):
    size = html_zh.stat().st_size / 1e6
    bar("report.zh.html", f"{size:.2f} MB", "at most 3 MB")
    assert size <= 3


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(browser, either, width, scheme, bar):
    package = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    source = (importlib.resources.files(package) / "axe.min.js").read_text(encoding="utf-8")
    page, _, _ = open_page(browser, either, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.click("#code")
    open_working(page)
    page.locator(".claims details").evaluate_all("all => all.slice(0, 60).forEach(one => { one.open = true; })")
    page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    violations = [(one["id"], one["help"], one["nodes"][0]["html"][:200]) for one in found["violations"]]
    version, rules = found["testEngine"]["version"], len(found["passes"]) + len(violations)
    place = f"axe {version}, {either.name}, {width} px, {scheme}"
    bar(place, f"{len(violations)} violations", f"none, of {rules} rules that apply")
    assert violations == []


@pytest.mark.browser
def test_lighthouse_gives_full_marks(browser, either, bar):
    program = shutil.which("lighthouse")
    if not program:
        pytest.skip("Lighthouse is not installed: npm install --global lighthouse@12")
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if asked.returncode:
        pytest.skip(f"Lighthouse does not run here: {asked.stderr.strip()[-200:]}")
    scores, faults = BENCH["lighthouse"](program, BENCH["chromium"](), either, AUDITS)
    for kind in AUDITS:
        bar(f"Lighthouse {asked.stdout.strip()}, {either.name}, {kind}", f"{scores[kind]:.0f}", "100")
    assert scores == dict.fromkeys(AUDITS, 100), faults
