"""Code, data, theme and paper: what a reader does with the page besides reading it."""

from io import BytesIO
from xml.etree import ElementTree

import nbformat
import pypdf
import pytest
from PIL import Image
from test_page import open_page, open_working
from test_publish_html import WORK, export, figure, markdown, unpacked

from chipcheck import paths

pytestmark = pytest.mark.browser

PAPER = {"width": 673, "height": 960}  # A4 less the margins of the print style, in CSS pixels


@pytest.fixture(scope="module")
def book():
    return nbformat.read(paths.build() / "report.ipynb", as_version=4)


@pytest.fixture(scope="module")
def report(book):
    return book.metadata["report"]


@pytest.fixture(scope="module")
def data(book):
    """The CSV behind each figure and table of the merged notebook, by name."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", []) if "data" in output]
    return {out.metadata.chipcheck.name: out.data["text/csv"] for out in outputs if "text/csv" in out.data}


def test_code_is_shown_to_those_who_ask(browser, html):
    page, _, messages = open_page(browser, html)
    open_working(page)
    boxes, seen = page.locator("details.code"), page.locator("details.code pre:visible")
    assert boxes.count() > 10 and page.locator("details.code:visible").count() == 0
    page.click("#code")
    assert page.get_attribute("#code", "aria-pressed") == "true"
    assert seen.count() == boxes.count()
    boxes.first.locator("summary").click()
    assert seen.count() == boxes.count() - 1, "one box closes by itself"
    page.click("#code")
    assert page.locator("details.code:visible").count() == 0
    assert messages == []


def test_without_scripts_nothing_of_the_code_is_seen(browser, html):
    page, _, _ = open_page(browser, html, java_script_enabled=False)
    assert page.locator("details.code:visible").count() == 0
    assert page.locator("noscript").inner_text().startswith("The code")


def test_every_figure_and_table_offers_its_data(browser, html, data):
    page, _, _ = open_page(browser, html)
    page.wait_for_selector(".get a[href]", state="attached")
    links = page.locator(".get a[href^='blob:']").evaluate_all("all => all.map(one => one.download)")
    assert len(links) == page.locator("figure.chart, figure.table").count()
    assert unpacked(html.read_text(encoding="utf-8")) == {f"{name}.csv": text for name, text in data.items()}
    assert set(links) == {f"{name}.csv" for name in data}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_or_an_address_opens_the_working_that_it_leads_into(browser, tmp_path, scripts):
    file = tmp_path / "page.html"
    hidden = [markdown("### How so?\n\n" + "Hidden words. " * 500)], [figure("02-b")]
    file.write_text(export("See [how](#figure-02-b).", *((one, *WORK.values()) for one in hidden)), encoding="utf-8")
    page, _, _ = open_page(browser, file, java_script_enabled=scripts)
    target = page.locator("#figure-02-b")
    assert not target.is_visible() and page.locator("details.working").count() == 1
    page.locator("a[href='#figure-02-b']").first.click()
    assert target.is_visible() and -5 <= target.bounding_box()["y"] < 700
    page.locator("details.working > summary").press("Enter")
    assert not target.is_visible()
    page.goto("about:blank")
    page.goto(f"{file.as_uri()}#02-how-so")
    assert target.is_visible() and page.locator("[id='02-how-so']").bounding_box()["y"] < 700
    page.context.close()


def test_the_data_is_saved_as_a_file(browser, html, data):
    page, requests, _ = open_page(browser, html)
    with page.expect_download() as saving:
        page.locator("#figure-01-ratio-by-intensity .get a").click()
    assert saving.value.suggested_filename == "01-ratio-by-intensity.csv"
    assert saving.value.path().read_bytes().decode() == data["01-ratio-by-intensity"]
    assert requests == []


def selected(page):
    return page.evaluate("getSelection().toString()").strip()


def test_report_figure_and_claim_can_be_cited(browser, html, report):
    page, requests, messages = open_page(browser, html)
    page.locator("#citation summary").click()
    assert page.locator("#citation pre").inner_text().startswith("@misc{")
    cited = f"{report['title']} (version {report['version']}, "
    page.locator("#figure-01-ratio-by-intensity .offer", has_text="Cite").click()
    label = page.locator("#figure-01-ratio-by-intensity .number").inner_text()
    assert selected(page).startswith(cited)
    assert selected(page).endswith(f"), {label}, report.html#figure-01-ratio-by-intensity")
    page.evaluate("location.hash = '#claim-h20-share-of-h200'")
    claim = page.locator("#claim-h20-share-of-h200")
    claim.locator(".offer", has_text="Cite").click()
    assert "statement of line 28: “The H20 has only 7.5%" in selected(page)
    assert selected(page).endswith("(misleading basis), report.html#claim-h20-share-of-h200")
    claim.locator(".offer", has_text="Copy").first.click()
    assert selected(page).startswith("15.0% on the basis the words name: Dense rate, BF16, as of 30 January 2026. ")
    assert requests == messages == []


@pytest.mark.parametrize("scheme, paper", [("light", (255, 255, 255)), ("dark", (20, 24, 28))])
def test_a_chart_is_saved_as_it_is_seen(browser, html, scheme, paper):
    page, requests, messages = open_page(browser, html, color_scheme=scheme)
    figure = page.locator("#figure-01-ratio-by-intensity")

    def saved(kind):
        with page.expect_download() as saving:
            figure.locator(".offer", has_text=f"Save {kind.upper()}").click()
        assert saving.value.suggested_filename == f"01-ratio-by-intensity.{kind}"
        return saving.value.path().read_bytes()

    drawing = ElementTree.fromstring(saved("svg"))
    words = " ".join("".join(drawing.itertext()).split())
    assert "Source:" in words and "@font-face" in words
    attributes = [value for node in drawing.iter() for value in node.attrib.values()]
    assert not [value for value in attributes if "var(" in value or "color-mix" in value or "color(" in value]
    assert not [node for node in drawing.iterfind(".//{*}defs/*") if "fill" in node.attrib], "it hides a mark's own"
    picture = Image.open(BytesIO(saved("png"))).convert("RGB")
    # The outermost pixels may be one step off: a drawing has no whole number of them
    assert picture.width > 1500 and picture.getpixel((5, 5)) == paper and len(picture.getcolors(1 << 20)) > 50
    assert requests == messages == []


def test_the_switch_turns_page_and_charts_dark(browser, html):
    page, _, _ = open_page(browser, html, color_scheme="light")
    colour = """() => [getComputedStyle(document.body).backgroundColor,
                       getComputedStyle(document.querySelector('.drawn svg')).fill]"""
    light = page.evaluate(colour)
    page.focus("#theme")
    page.keyboard.press("Space")
    dark = page.evaluate(colour)
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    assert light[0] == "rgb(255, 255, 255)" and dark[0] == "rgb(20, 24, 28)" and light[1] != dark[1]
    page.reload()
    assert page.evaluate(colour) == dark, "the choice is kept"


def test_the_first_stop_of_the_keyboard_skips_to_the_report(browser, html):
    page, _, _ = open_page(browser, html)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


def test_paper_cuts_no_figure(browser, html, tmp_path):
    """Figures may not be broken, fit on a sheet, and stand on it whole."""
    page, _, _ = open_page(browser, html, viewport=PAPER)
    page.emulate_media(media="print")
    open_working(page)  # or it stays folded on paper too
    figures = page.locator("figure.chart").evaluate_all("""all => all.map(one => ({
        id: one.id, inside: getComputedStyle(one).breakInside, right: one.getBoundingClientRect().right,
        height: one.getBoundingClientRect().height, seen: [...one.querySelectorAll('svg')].some(svg => svg.clientWidth)
    }))""")
    assert figures
    for one in figures:
        assert one["inside"] == "avoid" and one["seen"], one["id"]
        assert one["right"] <= PAPER["width"] + 1 and one["height"] <= PAPER["height"], one["id"]
    tables = page.locator("table").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
    assert max(tables) <= PAPER["width"] + 1, "a table is wider than the paper"
    # Of each chart that the browser printed, head and caption are on one sheet
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    sheets = ["".join(sheet.extract_text().split()) for sheet in pypdf.PdfReader(tmp_path / "page.pdf").pages]
    for number in range(1, len(figures) + 1):
        label = page.locator("figure.chart figcaption").nth(number - 1).inner_text()
        words = "".join(label.split())[:60]
        assert any(words in sheet for sheet in sheets), label
