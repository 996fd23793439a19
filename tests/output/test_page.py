"""The finished page as a reader opens it."""

import pytest

pytestmark = pytest.mark.browser


def open_page(browser, path, **context):
    """Open the page; return it with everything it asked for and everything the console said."""
    page = browser.new_context(**context).new_page()
    requests, messages = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: messages.append(f"error: {error}"))
    page.goto(path.as_uri(), wait_until="load")
    return page, [url for url in requests if not url.startswith(("data:", path.as_uri()))], messages


@pytest.mark.parametrize("width", [1280, 768, 360])
def test_nothing_lies_over_the_dates_at_the_head(browser, either, width):
    """The dates, the switches and the link to the other edition share a line."""
    page, _, _ = open_page(browser, either, viewport={"width": width, "height": 900})
    laid_over = page.evaluate("""() => {
        const words = document.createRange();
        words.selectNodeContents(document.querySelector(".masthead .kicker"));
        const tools = [...document.querySelectorAll(".masthead .tools > *")].map(one => one.getBoundingClientRect());
        if (tools.length < 3) throw Error("the tools at the head are not there");
        return [...words.getClientRects()].filter(line => tools.some(tool =>
            line.right > tool.left && tool.right > line.left && line.bottom > tool.top && tool.bottom > line.top
        )).length;
    }""")
    assert laid_over == 0


def test_the_page_asks_for_nothing_and_says_nothing(browser, either):
    _, requests, messages = open_page(browser, either)
    assert requests == []
    assert messages == []


@pytest.mark.parametrize("width", [1280, 768])
def test_on_a_tablet_too_every_table_shows_its_last_column(browser, html, width):
    page, _, _ = open_page(browser, html, viewport={"width": width, "height": 800})
    open_working(page)
    cut = """[...document.querySelectorAll('table')].filter(one => one.scrollWidth > one.parentElement.clientWidth)
        .map(one => one.closest('figure')?.id)"""
    assert page.evaluate(cut) == []


@pytest.mark.parametrize("width", [1600, 1280, 768, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_never_scrolls_sideways(browser, either, width, scheme):
    page, _, _ = open_page(browser, either, viewport={"width": width, "height": 800}, color_scheme=scheme)
    open_working(page)
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]


# Width and height of the layouts that are shown: each chart carries one for a desk and one for a phone
SEEN = """all => all.map(one => one.getBoundingClientRect())
                  .filter(box => box.width > 0).map(box => [box.width, box.height])"""


def open_working(page):
    """Unfold what the page keeps for those who ask how."""
    page.locator("details.working").evaluate_all("all => all.forEach(one => { one.open = true; })")


@pytest.mark.parametrize("width", [1280, 360])
def test_every_chart_is_seen(browser, either, width):
    page, _, _ = open_page(browser, either, viewport={"width": width, "height": 800})
    open_working(page)
    figures = page.locator("figure[id^='figure-']")
    assert figures.count() >= 7
    for index in range(figures.count()):
        boxes = figures.nth(index).locator("svg").evaluate_all(SEEN)
        assert len(boxes) == 1, f"figure {index + 1} shows {len(boxes)} layouts at {width} px"
        assert boxes[0][0] > 250 and boxes[0][1] > 60


def test_chinese_names_are_drawn_in_the_embedded_font(browser, html):
    page, _, _ = open_page(browser, html)
    names = page.locator("[lang=zh]")
    assert names.count() > 0
    assert page.evaluate("document.fonts.check('16px \"Noto Sans SC\"', '吴晓波')")


def test_the_text_is_there_without_scripts(browser, html):
    page, _, _ = open_page(browser, html, java_script_enabled=False)
    assert "How much of an H200 is an H20?" in page.inner_text("main")
