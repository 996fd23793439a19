"""Checks of the finished files; they need `make report` first and run in `make check` and in CI."""

import os

import pytest

from chipcheck import paths


@pytest.fixture(scope="session")
def html():
    """Path of the finished page."""
    return _finished("report.html")


@pytest.fixture(scope="session")
def pdf():
    """Path of the finished PDF."""
    return _finished("report.pdf")


@pytest.fixture(scope="session")
def html_zh():
    """Path of the finished page in Chinese."""
    return _finished("report.zh.html")


@pytest.fixture(scope="session")
def pdf_zh():
    """Path of the finished PDF in Chinese."""
    return _finished("report.zh.pdf")


@pytest.fixture(params=["html", "html_zh"])
def either(request):
    """Path of the finished page, of each edition in turn."""
    return request.getfixturevalue(request.param)


def _finished(name):
    path = paths.build() / name
    if not path.exists():
        if os.environ.get("CHECK_OUTPUT"):
            pytest.fail(f"{name} is missing: run `make report`")
        pytest.skip(f"{name} is missing: run `make check`")
    return path


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium; skipped with a reason where none is installed, a failure where one is required."""
    import shutil

    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not executable:
        message = "no Chromium on this machine"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield engine
        engine.close()


@pytest.fixture
def bar(record_property):
    """Note a figure beside the bar it is held against; all of them are printed at the end."""

    def note(what, figure, aim):
        record_property("bar", f"{what:<44}{figure:>20}   {aim}")

    return note


def pytest_terminal_summary(terminalreporter):
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    if bars := [text for report in reports for name, text in report.user_properties if name == "bar"]:
        terminalreporter.section("bars of the finished files")
        for text in bars:
            terminalreporter.write_line(text)
