"""The list of all claims as a reader uses it: rows that open, filters, and addresses that can be shared."""

import re

import pytest

pytestmark = pytest.mark.browser

TOLD = "h20-share-of-h200"
SHOWN = ".claims li:not([hidden])"
REASON = "a calculated deal"  # words of a reason, of no statement
WEIGHTS = ["headline", "substantive", "minor"]


@pytest.fixture
def at(browser, html):
    """Open the page at a fragment, with options of the browser's context; the tab closes after the test."""
    opened = []

    def go(fragment="", **context):
        opened.append(browser.new_context(**context))
        page = opened[-1].new_page()
        page.goto(html.as_uri() + fragment)
        return page

    yield go
    for context in opened:
        context.close()


def fragment(page):
    return page.evaluate("decodeURIComponent(location.hash.replaceAll('+', ' '))")


def count(page):
    return int(re.match(r"(\d+) of \d+ claims", page.inner_text("#shown"))[1])


@pytest.mark.parametrize("scripts", [True, False])
def test_the_address_of_a_claim_opens_its_row(at, scripts):
    page = at(f"#claim-{TOLD}", java_script_enabled=scripts)
    claim = page.locator(f"#claim-{TOLD}")
    assert claim.is_visible() and claim.bounding_box()["y"] < 600
    assert "part “" in claim.inner_text() and "15.0%" in claim.inner_text()
    assert page.locator(f"li:has(#claim-{TOLD}) .why").is_visible(), "the reason needs no opening"
    assert page.locator(".claims details[open]").count() == 1


def test_every_row_opens_by_keyboard_to_the_whole_claim(at):
    page = at()
    rows = page.locator(".claims summary")
    assert rows.count() >= 200
    assert page.locator(".claim").count() == rows.count()
    first = rows.first
    first.focus()
    page.keyboard.press("Enter")
    body = page.locator(".claim").first
    assert body.is_visible()
    for label in ("In the article", "Attributed to", "Rating", "Evidence"):
        assert label in body.inner_text()
    page.keyboard.press("Enter")
    assert not body.is_visible()


def test_a_choice_is_counted_and_kept_in_the_address(at):
    page = at()
    everything = count(page)
    page.select_option("#filter-rating", "misleading basis")
    chosen = count(page)
    assert 0 < chosen < everything and page.locator(SHOWN).count() == chosen
    assert fragment(page) == "#claims?rating=misleading basis"
    page.select_option("#filter-topic", "chip-performance")
    assert fragment(page) == "#claims?rating=misleading basis&topic=chip-performance"
    assert count(page) == page.locator(SHOWN).count() < chosen
    assert page.inner_text("#counted") == f"{count(page)} of {everything} statements.", "the caption counts too"
    page.click("#filters [type=reset]")
    page.wait_for_url(re.compile("#claims$"))
    assert count(page) == everything == page.locator(SHOWN).count()


@pytest.mark.parametrize("query", ["H20 7.5%", "ｈ２００的", "黄仁勋", REASON, "no such words"])
def test_words_are_found_in_english_and_chinese(at, query):
    page = at()
    page.fill("#filter-q", query)
    page.wait_for_url(re.compile(r"#claims\?q="))
    if query == "no such words":
        assert page.inner_text("#shown") == "No claim fits this choice"
        assert page.locator(SHOWN).count() == 0
        assert not page.locator("figure.claims").is_visible(), "heads, caption and data go with the rows"
        return
    assert 0 < count(page) < 40
    assert page.locator(f"li:has(#claim-{TOLD})").is_visible() == (query not in ("黄仁勋", REASON))


def rows(page, name):
    return page.locator(".claims li").evaluate_all("(all, name) => all.map(row => row.dataset[name])", name)


def test_claims_come_by_weight_and_can_be_sorted(at):
    page = at("#claims?sort=line")
    lines = [int(line) for line in rows(page, "line")]
    assert page.input_value("#filter-sort") == "line" and lines == sorted(lines)
    page.select_option("#filter-sort", "rating")
    assert fragment(page) == "#claims?sort=rating"
    ratings = [one for one in page.locator("#filter-rating option").evaluate_all("all => all.map(o => o.value)") if one]
    assert list(dict.fromkeys(rows(page, "rating"))) == ratings
    page.click("#filters [type=reset]")
    page.wait_for_url(re.compile("#claims$"))
    places = list(zip(map(WEIGHTS.index, rows(page, "weight")), map(int, rows(page, "line")), strict=True))
    assert places == sorted(places) and len(places) == count(page)


def test_an_address_restores_the_choice(at):
    page = at("#claims?rating=misleading+basis&kind=comparison&q=h20")
    assert page.input_value("#filter-q") == "h20"
    assert page.input_value("#filter-kind") == "comparison"
    assert page.locator(SHOWN).count() == count(page) >= 1
    assert page.locator("#filters").bounding_box()["y"] < 400
    # The number beside a choice is what it would leave, given the others
    words = page.locator("#filter-rating option:checked").inner_text()
    assert words == f"Misleading basis ({count(page)})"


def test_the_address_of_a_claim_wins_over_a_filter_that_hides_it(at):
    page = at("#claims?q=no+such+words")
    page.evaluate(f"location.hash = '#claim-{TOLD}'")
    page.wait_for_selector(f"#claim-{TOLD}", state="visible")
    assert page.locator(SHOWN).count() == count(page) > 1


def test_a_strange_address_does_no_harm(at):
    page = at("#claims?rating=<script>&topic=none&q=%F0%9F")
    assert page.input_value("#filter-rating") == page.input_value("#filter-topic") == ""


def test_counts_are_announced(at):
    shown = at().locator("#shown")
    assert shown.get_attribute("aria-live") == "polite" and shown.get_attribute("role") == "status"


def test_the_verdicts_of_a_chapter_lead_to_the_claim(at):
    page = at()
    page.locator(f"#strip-01 a[href='#claim-{TOLD}']").click()
    page.wait_for_selector(f"#claim-{TOLD}", state="visible")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_chapter_leads_to_its_statements_alone(at, scripts):
    page = at(java_script_enabled=scripts)
    link, cells = page.locator("#strip-01 .about a"), page.locator("#strip-01 .parts a").count()
    assert link.inner_text() == f"All {cells} statements of this chapter, with reasons"
    link.click()
    if scripts:
        page.locator("#shown", has_text=f"{cells} of").wait_for()
        assert page.locator(SHOWN).count() == cells
        assert page.input_value("#filter-notebook") == "01"
    assert page.locator("figure.claims:visible").first.bounding_box()["y"] < 900


def test_without_scripts_there_are_rows_but_no_filters(at):
    page = at(java_script_enabled=False)
    assert not page.locator("#filters").is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.locator(SHOWN).count() >= 200
    page.locator(".claims summary").first.click()
    assert page.locator(".claim").first.is_visible()
