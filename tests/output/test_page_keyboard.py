"""The page by keyboard alone, with scripts off, and with hostile data: what a demonstration never shows."""

import re

import pytest
from test_page import open_page, open_working
from test_publish_html import EVIL, EVIL_FIELDS, claim, claims, export

pytestmark = pytest.mark.browser

TOLD = "h20-share-of-h200"
MEANINGS = "#claims-table-what-the-ratings-mean"
FOCUSED = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const order = [...document.querySelectorAll('*')].indexOf(one);
    return {what: one.outerHTML.slice(0, 120), order,
            ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
            seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
}"""


@pytest.fixture
def page(browser, html):
    """The page on a desk, scripts on."""
    opened, _, _ = open_page(browser, html, viewport={"width": 1280, "height": 800})
    yield opened
    opened.context.close()


def card(page):
    """Return the words of the card that shows a source, or None while there is none to see."""
    shown = page.locator(".card")
    return " ".join(shown.inner_text().split()) if shown.is_visible() else None


def test_tab_walks_the_page_in_order_and_is_always_seen(page):
    before = -1
    for _ in range(150):
        if page.evaluate("document.activeElement.matches('.strip .skip')"):
            page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        assert at["seen"] and at["ring"] >= 2, f"the focus cannot be seen on {at['what']}"
        assert at["order"] > before, f"the focus jumps back to {at['what']}"
        before = at["order"]
        if page.evaluate("!!document.activeElement.closest('#chapter-01')"):
            return
    pytest.fail("contents and opening take more than 150 steps")


def test_a_source_shows_under_the_keyboard_and_escape_puts_it_away(page):
    cite = page.locator("#figure-01-ratio-by-intensity .cite").first
    title = page.locator(f"[id='title-{cite.get_attribute('href')[8:]}']").inner_text()
    page.locator("#figure-01-ratio-by-intensity .number").focus()
    assert card(page) is None
    page.keyboard.press("Tab")
    assert cite.evaluate("one => one === document.activeElement") and title in card(page)
    page.keyboard.press("Escape")
    assert card(page) is None and cite.evaluate("one => one === document.activeElement"), "the place is kept"
    page.keyboard.press("Tab")
    assert card(page), "the next one shows again"
    page.locator("#theme").focus()
    assert card(page) is None


@pytest.mark.parametrize("where", ["#chapter-01 .prose", "#figure-01-ratio-by-intensity", "table", f"#claim-{TOLD}"])
@pytest.mark.parametrize("width", [1280, 360])
def test_a_source_shows_under_the_pointer_and_stays_on_the_page(browser, html, where, width):
    page, _, _ = open_page(browser, html, viewport={"width": width, "height": 800})
    open_working(page)
    page.evaluate(f"location.hash = '#claim-{TOLD}'")
    cite = page.locator(f"{where} .cite:visible").first
    cite.scroll_into_view_if_needed()
    cite.hover()
    assert card(page).startswith(page.locator(f"[id='title-{cite.get_attribute('href')[8:]}']").inner_text())
    assert "Cited in" not in card(page)
    box = page.locator(".card").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    page.locator(".card").hover()
    page.wait_for_timeout(300)
    assert card(page), "the pointer may rest on the card"
    page.mouse.move(2, 2)
    page.wait_for_selector(".card", state="hidden")
    page.context.close()


def test_the_arrows_walk_the_points_of_a_chart(page):
    chart = page.locator(".drawn svg:visible:has(g > title)").first
    values = chart.locator("g > title").all_text_contents()
    chart.focus()
    assert card(page) is None
    for key, value in (("ArrowRight", 0), ("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowLeft", -1)):
        page.keyboard.press(key)
        assert card(page) == values[value] == page.locator(".heard").inner_text()
    page.keyboard.press("Escape")
    assert card(page) is None


def test_every_citation_is_described_by_its_source(page):
    lost = page.locator("a.cite").evaluate_all("""all => all.filter(one => {
        const title = document.getElementById(one.getAttribute('aria-describedby'));
        return !title || !title.textContent.trim() || title.closest('li').id !== decodeURIComponent(one.hash.slice(1));
    }).map(one => one.outerHTML)""")
    assert page.locator("a.cite").count() > 500 and lost == []


EXPLAINED = """one => {
    const words = document.getElementById(one.getAttribute('aria-describedby')), term = words?.previousElementSibling;
    return term?.id === one.hash.slice(1) && words.textContent.trim();
}"""


def test_every_term_is_described_by_its_explanation_and_shows_it_under_the_keyboard(page):
    terms = page.locator("a.term")
    words = [one.evaluate(EXPLAINED) for one in terms.all()]
    assert len(words) > 50 and all(words) and page.locator(".working a.term").count() == 0
    for at in range(0, len(words), 20):
        terms.nth(at).focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert card(page) == " ".join(words[at].split())
        page.keyboard.press("Escape")
        assert card(page) is None
    terms.first.press("Enter")
    assert page.locator(terms.first.get_attribute("href")).bounding_box()["y"] < 700


@pytest.mark.parametrize("touch", [True, False])
def test_a_term_shows_its_explanation_under_pointer_and_finger(browser, html, touch):
    page, requests, _ = open_page(browser, html, viewport={"width": 360, "height": 800}, has_touch=touch)
    term = page.locator("#chapter-01 a.term").nth(1)
    for _ in range(2):
        term.tap() if touch else term.hover()
        page.wait_for_timeout(300)
        assert card(page) == term.evaluate(EXPLAINED) and "#" not in page.url and requests == []
    box = page.locator(".card").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    page.touchscreen.tap(180, 5) if touch else page.mouse.move(2, 2)
    page.wait_for_selector(".card", state="hidden")
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_source_and_its_citation_lead_to_each_other(browser, html, scripts):
    page, _, _ = open_page(browser, html, java_script_enabled=scripts)
    cite = page.locator("#chapter-01 .cite[id]:visible").first
    place = cite.get_attribute("id")
    cite.press("Enter")
    source = page.locator(f"[id='{cite.get_attribute('href')[1:]}']")
    assert source.bounding_box()["y"] < 700
    source.locator(f"a[href='#{place}']").press("Enter")
    assert 0 <= cite.bounding_box()["y"] < 700
    page.context.close()


def test_a_strip_is_walked_in_order_or_skipped(page):
    names = page.locator("#strip-10 .parts a").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    lines = [int(re.match(r"line (\d+)(, .+)?: [a-z ]+$", name)[1]) for name in names]
    assert len(lines) > 50 and lines == sorted(lines)
    sizes = page.locator("#strip-10 .parts a").evaluate_all("all => all.map(one => one.offsetWidth)")
    assert min(sizes) >= 22, "with the gap between them, 24 pixels for each"
    page.locator("#strip-10 .skip").focus()
    assert page.evaluate(FOCUSED)["seen"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#claims?notebook=10"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == names[-1]
    page.keyboard.press("Enter")
    assert page.locator(f"[id='{page.evaluate('location.hash')[1:]}']").is_visible()


def test_the_filters_and_a_claim_work_by_keyboard(page):
    page.locator("#filter-rating").focus()
    page.keyboard.type("misl")
    page.wait_for_url(re.compile("rating=misleading"))
    chosen = page.locator(".claims li:not([hidden])").count()
    assert 0 < chosen < 20
    page.locator(".claims li:not([hidden]) summary").first.focus()
    page.keyboard.press("Space")
    assert page.locator(".claims details[open] .claim:visible").count() == 1
    page.locator("#filters [type=reset]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#claims$"))
    assert page.locator(".claims li:not([hidden])").count() > 200


def test_code_and_data_open_by_keyboard(page):
    page.locator("#code").press("Enter")
    box = page.locator("#chapter-01 details.code").first
    assert box.locator("pre").is_visible()
    box.locator("summary").press("Enter")
    assert not box.locator("pre").is_visible()
    page.locator("#code").press("Enter")
    with page.expect_download() as saving:
        page.locator("#figure-01-ratio-by-intensity .get a").press("Enter")
    assert saving.value.suggested_filename == "01-ratio-by-intensity.csv"


def test_from_any_row_one_click_reaches_meaning_evidence_and_chapter(page):
    rows = page.locator(".claims li").evaluate_all("""all => all.map(row => ({
        claim: row.querySelector('.claim').id,
        links: [...row.querySelectorAll('.claim a')].map(one => one.getAttribute('href'))
    }))""")
    assert len(rows) > 200
    for row in rows:
        kinds = {re.match(f"{MEANINGS}|#chapter|#source|", href)[0] for href in row["links"]}
        wanted = {MEANINGS, "#source", "#chapter"}
        assert wanted <= kinds, f"{row['claim']} lacks {wanted - kinds}"
    page.evaluate(f"location.hash = '#claim-{TOLD}'")
    for link, target in ((MEANINGS, "#table-90-rating-meanings"), ("#chapter-01", "#chapter-01")):
        page.locator(f"#claim-{TOLD} a[href='{link}']").click()
        assert -5 <= page.locator(target).bounding_box()["y"] < 700, f"{link} leads out of sight"


def test_the_computation_of_a_claim_is_told_in_words(page):
    page.evaluate(f"location.hash = '#claim-{TOLD}'")
    text = " ".join(page.locator(f"#claim-{TOLD}").inner_text().split())
    assert "Printed 7.5%, read as 7.5%." in text
    assert "On the basis the words name: 15.0%, which does not agree." in text
    assert "Of something else, or by mixing bases: 7.48%, which agrees." in text
    assert "Deviation: what was found is 99.5% above what is claimed." in text


def test_without_scripts_every_chapter_says_the_same(browser, html):
    lines = []
    for scripts in (True, False):
        page, _, _ = open_page(browser, html, java_script_enabled=scripts)
        if scripts:  # the explorers are theirs alone, and what saves and cites
            page.evaluate("document.querySelectorAll('.explore, .get').forEach(one => one.remove())")
        texts = {}
        for section in page.locator("main > section").all():
            texts[section.get_attribute("id")] = {line.strip() for line in section.inner_text().splitlines()}
        lines.append(texts)
        page.context.close()
    with_scripts, without = lines
    assert with_scripts.keys() == without.keys() and len(without) >= 15
    assert len(without["chapter-01"]) > 100
    for chapter, words in with_scripts.items():
        if chapter != "chapter-claims-table":  # its filters need scripts
            assert words <= without[chapter], f"{chapter}: {sorted(words - without[chapter])[:3]}"


def test_hostile_data_is_shown_and_never_run(browser, tmp_path):
    fields = dict.fromkeys(EVIL_FIELDS, EVIL)
    file = tmp_path / "evil.html"
    file.write_text(export([claims("90-a", claim("evil", **fields))]), encoding="utf-8")
    page, _, messages = open_page(browser, file)
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.fill("#filter-q", "<script>alert(1)")
    page.evaluate("location.hash = '#claim-evil'")
    assert page.locator("#claim-evil").inner_text().count("<script>alert(1)</script> & ]]>") >= 5
    cite = page.locator("#source-evil").inner_text()
    assert EVIL in cite
    assert dialogs == [] and messages == []
    page.context.close()
