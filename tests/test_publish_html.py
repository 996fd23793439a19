"""The page as a file: what a reader without a network, with scripts off or with a screen reader depends on."""

import base64
import hashlib
import html
import json
import re
import zlib
from html.parser import HTMLParser
from io import BytesIO

import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from test_publish_svg import chart
from traitlets.config import Config

from chipcheck import data, explore, paths, tables, verdicts
from chipcheck.contract import CLAIMS, EXPLORER, NARROW_SVG, STRIP, TABLE
from chipcheck.publish import strip
from chipcheck.publish.errors import PublishError
from chipcheck.publish.html import LANGUAGES, ReportHTMLExporter, body_cell, marked

EVIL = "<script>alert(1)</script> & ]]> \"q\" 'a'"
SOURCES = [
    ("nvidia-10k", "Annual report", "NVIDIA", "2025-02-26", "https://example.org/10k", "primary", "en"),
    ("idc", "加速芯片市场", "IDC", "", "https://example.org/idc?a=1&b=2", "secondary", "zh"),
    ("evil", EVIL, EVIL, "2025-03", "", "tertiary", "en"),
]
CITED = "[1](#source-nvidia-10k)"
ARRIVED = pd.DataFrame({"label": ["Delivered", "Asked for"], "cards": [20_000.0, 2_000_000.0]}, index=["some", "all"])


def markdown(text):
    return new_output("display_data", data={"text/markdown": text})


def figure(name, sources=("nvidia-10k",)):
    meta = {"kind": "figure", "name": name, "title": "T", "caption": "How *to* read", "alt": "Bars of 华为"}
    data = {"image/svg+xml": chart(), NARROW_SVG: chart(), "text/csv": "a\n1\n", "text/plain": "Bars"}
    return new_output("display_data", data=data, metadata={"chipcheck": {**meta, "sources": list(sources)}})


def table(name, frame, **typed):
    meta = {"kind": "table", "name": name, "caption": "Peaks", "sources": ["idc"], "wide": True}
    shown = {"text/markdown": "for people", TABLE: tables.resource(frame, **typed)}
    return new_output("display_data", data=shown, metadata={"chipcheck": meta})


def claim(claim_id, **fields):
    """Return the record of a claim, rated by a rule unless `fields` say otherwise."""
    fact = {"fact_id": "f", "as_of": "2026-01-30", "sources": ["nvidia-10k"]}
    return {
        "claim_id": claim_id, "section": "behind", "kind": "quantity", "topic": "us-policy", "line": 28,
        "notebook": "02", "statement": "The H20 has 7.5%.", "statement_zh": "华为。",
        "as_printed": "7.5%", "attributed_to": "", "rating": "misleading basis", "mark": "≠",
        "meaning": "By mixing only.", "strength": "strong",
        "reason": "Because.", "searched": "", "no_primary_source": False,
        "weight": "headline", "words": "2022年10月", "rule": "it rounds", "sources": ["nvidia-10k", "idc"],
        "found": [
            {**fact, "role": "found", "text": "15.0%", "basis": "dense_rate", "agrees": False},
            {**fact, "role": "reproduced", "text": "7.48%", "basis": "unlike", "agrees": True,
             "as_of": "2025-Q1"},
        ],
        "claimed": {"low": 7.5, "high": 7.5, "unit": "%"}, "deviation": 99.5,
        **fields,
    }  # fmt: skip


def claims(name, *records):
    meta = {"kind": "table", "name": name, "caption": "Claims", "sources": [], "wide": True}
    data = {"text/markdown": "for people", "text/csv": "Line\n28\n", CLAIMS: list(records)}
    return new_output("display_data", data=data, metadata={"chipcheck": meta})


def merged(*cells, title="Title"):
    """Return a merged notebook: an opening page, chapter 02 with `cells` (text, outputs or (outputs, role))."""
    made = []

    def add(chapter, content, role="body", tags=()):
        place = {"chapter": chapter, "notebook": f"{chapter}-x.ipynb", "cell": len(made) + 1, "role": role}
        meta = {"chipcheck": place, "tags": list(tags)}
        if isinstance(content, str):
            made.append(new_markdown_cell(content, metadata=meta))
        else:
            made.append(new_code_cell("x = '<b>'  # why", outputs=content, metadata=meta))
        made[-1].id = f"c{len(made)}"

    add("opening", "# Opening", "title")
    add("opening", [markdown("## First?\n\nAnswer.")], tags=["opening"])
    add("opening", [figure("90-a")], tags=["opening"])
    add("opening", [markdown("## Swapped\n\nNine numbers.")], tags=["opening"])
    add("02", "# How much?", "title")
    for cell in cells:
        add("02", *cell) if isinstance(cell, tuple) else add("02", cell)
    wrong = {"table": "t", "row_id": "r", "column": "c", "printed": EVIL, "used": "4", "reason": EVIL}
    keys = ["source_id", "title", "publisher", "date", "url", "kind", "language", "read_at", "linked"]
    report = {
        "title": title,
        "subtitle": "Sub",
        "description": EVIL,
        "language": "en",
        "authors": ["A & B"],
        "as_of": "2026-11-23",
        "known_until": [("hardware", "2026-11-23")],
        "version": "1",
        "released": "2026-11-23",
        "licence": "CC BY 4.0",
        "chapters": [listed("opening", "Opening", "Opening page"), listed("02", "How much?", "Chapter 2", "Numbers")],
        "sources": [{"n": n, **dict(zip(keys, (*row, "", ""), strict=True))} for n, row in enumerate(SOURCES, 1)],
        "corrections": [{**wrong, "source_id": "evil"}],
        "only_on_page": [],
    }
    return new_notebook(cells=made, metadata={"report": report})


def listed(chapter, title, label, part=""):
    """Return a chapter as the merge lists it."""
    return {"id": chapter, "title": title, "number": chapter if part else "", "part": part, "label": label}


def export(*cells, **options):
    return ReportHTMLExporter().from_notebook_node(merged(*cells, **options))[0]


class Folded(HTMLParser):
    """Notes what stands within the working: the ids of headings and figures, and words."""

    def __init__(self):
        super().__init__()
        self.boxes, self.held = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "details":
            self.boxes.append(attrs.get("class"))
        elif "working" in self.boxes and tag in ("h4", "figure"):
            self.held.append(attrs["id"])

    def handle_endtag(self, tag):
        if tag == "details":
            self.boxes.pop()

    def handle_data(self, text):
        if "working" in self.boxes and text.startswith("Words"):
            self.held.append(text)


SMALL = pd.DataFrame({"Chip": ["H20"]})
WORK = {"role": "body", "tags": ["working"]}


def test_the_working_is_folded_under_its_first_heading_and_has_numbers_of_its_own():
    page = export(
        [figure("02-a")],
        ("Words of the working.", *WORK.values()),
        ([], "body", []),  # shows nothing, and parts nothing
        ([markdown("### Which *rate*, 华为?")], *WORK.values()),
        ([figure("02-b"), table("02-c", SMALL)], *WORK.values()),
        "See [how](#figure-02-b).",
        ([figure("02-d")], *WORK.values()),
        [figure("02-e"), table("02-f", SMALL)],
    )
    summaries = re.findall(r'<details class="working">\s*<summary>(.*?)</summary>', page)
    assert [re.sub("<[^>]+>", "", summary) for summary in summaries] == [
        "The working: Which rate, 华为? (1 figure, 1 table)", "The working (1 figure)",
    ]  # fmt: skip
    parser = Folded()
    parser.feed(page)
    assert parser.held == ["Words of the working.", "02-which-rate", "figure-02-b", "table-02-c", "figure-02-d"]
    called = re.findall(r'href="#(?:figure|table)-([\w-]+)">((?:Figure|Table) \w+)</a>', page)
    assert called == [
        ("90-a", "Figure 1"), ("02-a", "Figure 2"), ("02-b", "Figure W1"), ("02-c", "Table W1"),
        ("02-d", "Figure W2"), ("02-e", "Figure 3"), ("02-f", "Table 1"),
    ]  # fmt: skip


WIDE = pd.DataFrame({"Chip": ["H20", ""], "Peak": [148, 1], "": ["[x]{#claim-z}", "\\<script\\>"]})
BODY = [
    ([markdown(f"About **15%**{CITED}.")], "answer"),
    f"## Basis\n\nSee [a](#figure-02-a), [z](#claim-z) and <https://example.org>. $a_i$ 寒武纪{CITED}\n",
    [figure("02-a", ["nvidia-10k", "evil"])],
    [table("02-wide", WIDE, numbers=["Peak"])],
    [new_output("stream", name="stdout", text=EVIL)],
]


@pytest.fixture(scope="module")
def page():
    return export(*BODY)


def test_nothing_is_fetched(page):
    resources = re.findall(r"<(?:link|script|img|image|use|iframe|source)\b[^>]*?(?:src|href)=\"([^\"]*)\"", page)
    assert all(address.startswith(("#", "data:")) for address in resources)
    assert not re.search(r"url\((?!data:|#)|@import", page)
    without_links = re.sub(r'<a [^>]*href="https?:[^"]*"[^>]*>.*?</a>', "", page)
    without_names = re.sub(r'xmlns="http://www.w3.org/1998/Math/MathML"', "", without_links)
    without_names = re.sub(r'<script type="application/ld\+json">.*?</script>', "", without_names)
    assert "http:" not in without_names and "https:" not in without_names


def test_text_from_data_stays_text(page):
    assert "alert(1)" in page
    assert not re.search(r"<script>\s*alert", page)
    assert html.escape(EVIL) in page
    assert any("&lt;b&gt;" in text for text in packed_texts(page)), "code is escaped too"


def test_the_policy_names_exactly_the_scripts_of_the_page(page):
    policy = html.unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1])
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}
    assert scripts and set(re.findall(r"'sha256-([^']+)'", policy)) == hashes
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy.split("script-src")[1]


def test_the_same_notebook_gives_the_same_bytes(page):
    assert export(*BODY) == page


def test_citations_lead_to_the_source_and_back(page):
    item = re.search(r'<li id="source-nvidia-10k".*?</li>', page, re.DOTALL)[0]
    back = re.findall(r'href="#(cite-[^"]+)"', item)
    assert len(back) == 2  # the first citation of the opening page, and that of the chapter
    assert all(f'href="#source-nvidia-10k" id="{name}"' in page for name in back)
    assert "no date" in page and 'lang="zh"' in page


def test_figures_and_tables_are_numbered_and_described(page):
    assert re.findall(r">((?:Figure|Table) \d)</a>", page) == ["Figure 1", "Figure 2", "Table 1"]
    assert page.count('aria-label="Bars of 华为"') == 2  # two figures; the second layout refers to the first
    assert page.count('role="img" aria-labelledby="alt-') == 2
    assert 'id="figure-02-a"' in page and 'id="table-02-wide"' in page


def test_chapters_open_close_and_lead_on(page):
    assert page.count("<section") == page.count("</section>") == 4
    assert page.count('<div class="group') == 2 and '<div class="group pictured tag-opening">' in page
    assert '<a class="next" href="#chapter-02">' in page and '<a class="previous" href="#chapter-opening">' in page
    assert [level for level in re.findall(r"<h([1-6])", page)] == ["1", "2", "3", "3", "2", "3", "2", "2"]


def test_the_contents_show_the_parts_and_a_chapter_its_own():
    book = merged("Text.")
    book.metadata.report["chapters"].append(listed("80", "How was it read?", "Method"))
    place = {"chapter": "80", "notebook": "80-x.ipynb", "cell": 1, "role": "body"}
    book.cells.append(new_markdown_cell(f"We read{CITED}.", metadata={"chipcheck": place}))
    page = ReportHTMLExporter().from_notebook_node(book)[0]
    contents = re.search(r"<nav.*?</nav>", page, re.DOTALL)[0]
    order = ["Opening", '<li class="part"><span>Numbers</span>', "How much?", "</ol></li>", "How was it read?"]
    assert order == sorted(order, key=contents.index)
    assert re.findall(r'<p class="kicker">([^<]*) · <a', page) == ["Chapter 2 · Numbers", "Method"]
    assert re.search(r'<a href="#cite-\d+">Method</a>', page), "so citations call it"


def test_heads_of_tables_have_a_scope(page):
    shown = re.search(r"<table>.*?</table>", page, re.DOTALL)[0]
    assert '<tr><th scope="col">Chip</th><th scope="col" class="r">Peak</th><td></td></tr>' in shown
    assert '<tr><th scope="row">H20</th><td class="r">148</td><td><span id="claim-z">x</span></td></tr>' in shown
    assert '<tr><td></td><td class="r">1</td><td>&lt;script&gt;</td></tr>' in shown


def test_code_that_shows_nothing_joins_the_code_that_does():
    page = export([], [], [markdown("Shown.")], [], "Text.", [])
    boxes = re.findall(r'aria-label="Code of 02-x.ipynb, cell (\d+)"><code data-packed="(\d+)">', page)
    texts = packed_texts(page)
    assert [(cell, texts[int(at)].count("# why")) for cell, at in boxes] == [("8", 4), ("11", 1)]


@pytest.mark.parametrize(
    "text, align, classes",
    [
        ("2025-12-08", "left", "one"),
        ("2.7–3.2×", "right", "r one"),
        ("148", "right", "r"),
        ("13 November 2023", "left", "one"),
        ("memory", "left", ""),
        ("one key-value head per query head", "left", "words"),
        ("word " * 20, "left", "long"),
        (f"[x](#{'target-' * 20})", "left", ""),  # what is not seen takes no room
        (None, "left", ""),
    ],
)
def test_a_date_stays_on_its_line_and_words_get_room(text, align, classes):
    assert body_cell("made", text, align, first=False)["classes"] == classes


def test_no_line_ends_within_a_range():
    page = export([markdown('It was 4.5–8.5% and 2.7–3.2×, `1–2`; see [1–2](#source-idc "1–2") and 2024–, –3.')])
    assert re.findall(r'<span class="one">([^<]*)</span>', page) == ["4.5–8.5%", "2.7–3.2×,", "1–2"]
    assert 'title="1–2"' in page and "<code>1–2</code>" in page


def test_a_number_of_a_source_stands_at_its_word():
    other = "[2](#source-idc)"
    page = export([markdown(f"So it is{CITED}{other}, or{other}. And{CITED}")])
    text = re.sub(r"<[^>]+>", "", page[page.index("So it is") :])
    assert text.startswith("So it is1 2, or2. And1")


EVIL_FIELDS = ("statement", "statement_zh", "as_printed", "attributed_to", "reason", "searched", "rule")


@pytest.fixture(scope="module")
def with_claims():
    unrated = {"notebook": "99", "rating": "opinion", "found": [], "sources": []}
    unrated |= dict.fromkeys(("rule", "reason", "strength"), "")
    searched = {"searched": "the string 7.5%", "no_primary_source": True}
    return export(
        [
            claims(
                "90-a",
                claim("one", **searched),
                claim("two", line=30, kind="event", **unrated),
                claim("evil", topic="fee", **dict.fromkeys(EVIL_FIELDS, EVIL)),
            ),
        ],
    )


def row(page, claim_id):
    """Return the text of a claim's row, tags off."""
    rows = re.findall(r"<li data-rating.*?</li>", page, re.DOTALL)
    whole = next(one for one in rows if f'"claim-{claim_id}"' in one)
    return " ".join(html.unescape(re.sub("<[^>]+>", "", whole)).split())


def test_programs_read_the_report_and_its_rated_headline_claims():
    opinion, minor = claim("two", rating="opinion"), claim("three", weight="minor")
    made = export([claims("90-a", claim("one", statement=EVIL), opinion, minor)])
    [embedded] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', made)
    dataset, review = json.loads(embedded)["@graph"]
    assert dataset["@type"] == "Dataset" and (dataset["name"], dataset["version"]) == ("Title", "1")
    assert (review["claimReviewed"], review["url"]) == (EVIL, "#claim-one")
    assert review["reviewRating"] == {"@type": "Rating", "alternateName": "misleading basis"}
    assert review["itemReviewed"]["author"]["name"].startswith("Wu Xiaobo Channel")


def test_a_claim_opens_to_all_that_is_known_of_it(with_claims):
    text = row(with_claims, "one")
    for part in (
        "Line 28 2022年10月 … The H20 has 7.5%. 华为。 Printed: 7.5% ≠ misleading basis Headline · US policy Because.",
        "15.0% on the basis the words name: dense rate, as of 30 January 2026",
        "7.48% of something else, or by mixing bases: unlike, as of the first quarter of 2025",
        "Printed 7.5%, read as 7.5%. On the basis the words name: 15.0%, which does not agree. "
        "Of something else, or by mixing bases: 7.48%, which agrees. "
        "Deviation: what was found is 99.5% above what is claimed. Rule: It rounds.",
        "agrees only when a basis is mixed or dropped. So the rating is misleading basis",
        "≠ misleading basis, strong evidence",
        "Searchedthe string 7.5%",
        "Evidence We found no primary source.",
        "In the article7.5%; part “behind”",
        "加速芯片市场. IDC, no date",
        "Chapter 2 · Link to this claim",
    ):
        assert part in text, part
    assert '<p lang="zh">华为。</p>' in with_claims and "<details open" not in with_claims.split('id="claim-')[1]


def test_a_claim_that_is_not_rated_claims_nothing(with_claims):
    text = row(with_claims, "two")
    assert "opinion" in text
    for absent in ("Computation", "Evidence", "Because", "Searched", "Chapter", "by judgement"):
        assert absent not in text


def test_a_row_leads_to_the_meaning_of_its_rating_where_the_page_tells_it(with_claims):
    assert "claims-table-what-the-ratings-mean" not in with_claims
    place = {"chapter": "claims-table", "notebook": "90-x.ipynb", "cell": 9, "role": "body"}
    book = merged([claims("90-a", claim("one"))])
    book.metadata.report["chapters"].append(listed("claims-table", "All claims", "All claims"))
    book.cells.append(new_markdown_cell("## What the ratings mean\n", metadata={"chipcheck": place}))
    made = ReportHTMLExporter().from_notebook_node(book)[0]
    assert made.count('href="#claims-table-what-the-ratings-mean"') == 3  # heading, list, row


def test_the_evidence_of_a_row_leads_to_the_documents(with_claims):
    whole = with_claims.split('id="claim-one"')[1].split("</li>")[0]
    assert '<a href="https://example.org/10k">Annual report</a>' in whole
    assert '<a href="https://example.org/idc?a=1&amp;b=2" lang="zh">加速芯片市场</a>' in whole


def test_records_stay_text(with_claims):
    assert row(with_claims, "evil").count("<script>alert(1)</script> & ]]>") >= len(EVIL_FIELDS)
    assert not re.search(r"<script>\s*alert", with_claims)


def test_all_claims_stand_in_one_list():
    with pytest.raises(PublishError, match="second table of claims"):
        export([claims("90-a", claim("one"))], [claims("90-b", claim("two"))])


def test_filters_come_before_the_list_and_count(with_claims):
    assert '<span id="counted">3 statements.</span>' in with_claims
    assert with_claims.index('id="filters"') < with_claims.index('id="table-90-a"')
    assert 'value="us-policy" data-words="US policy">US policy (2)' in with_claims
    assert 'value="misleading basis" data-words="Misleading basis">Misleading basis (2)' in with_claims
    assert 'value="event" data-words="Event">Event (1)' in with_claims


def test_a_page_without_claims_has_no_filters(page):
    assert 'id="filters"' not in page and "URLSearchParams" not in page


def statement(claim_id, **fields):
    """Return the record of a cell of a strip."""
    told = {"section": "behind", "weight": "minor", "rating": "holds", "mark": "✓", "line": 28, "words": "2022年10月"}
    return told | {"claim_id": claim_id, "statement": f"What {claim_id} says.", "as_printed": ""} | fields


def strip_of(name, *records, **more):
    meta = {"kind": "strip", "name": name, "caption": "How to *read* it."} | more
    return new_output("display_data", data={"text/markdown": "marks", STRIP: records}, metadata={"chipcheck": meta})


STATEMENTS = [
    statement("one", weight="headline", rating="misleading basis", mark="≠", as_printed="7.5%"),
    statement("two", section="growth", rating="opinion", mark="–", line=30, statement=EVIL),
    statement("unlisted", section="growth", rating="not found", mark="?", as_printed="40 PFLOPS", weight="headline"),
]


def test_a_cell_of_the_strip_breaks_no_chinese_word():
    (part,) = strip.parts([statement("one", weight="headline", as_printed="50%以上")], set())
    assert part["cells"][0]["figure"] == "50%以\u2060上"
    assert "50%以上" in part["cells"][0]["name"], "who listens, and who searches, gets it as printed"


def test_a_strip_leads_from_each_cell_to_its_statement():
    page = export([strip_of("02", *STATEMENTS)], [claims("90-a", claim("one"), claim("two", line=30))])
    shown = page[page.index('id="strip-02"') : page.index('id="filters"')]
    assert re.findall(r'<span class="part">(\w+)</span>', shown) == ["Behind", "Growth"]
    assert (
        '<li class="big"><a href="#claim-one" class="amber" aria-label="line 28, 7.5%: misleading basis" '
        'title="What one says."><span>7.5%</span> ≠</a></li>' in shown
    )
    assert '<a href="#claim-two" class="dot" aria-label="line 30: opinion" title="&lt;script&gt;' in shown
    assert '<span role="img" class="hollow" aria-label="line 28, 40 PFLOPS: not found"' in shown, "nothing to lead to"
    assert shown.index('href="#strip-02-legend"') < shown.index("claim-one") < shown.index('id="strip-02-legend"')
    legend = re.findall(r"<li>.*?</li>", shown[shown.index('id="strip-02-legend"') :])
    legend = [" ".join(re.sub("<[^>]+>", "", one).split()) for one in legend]
    assert legend == ["≠ misleading basis 1", "? not found 1", "opinion 1"]
    assert "How to <em>read</em> it." in shown
    assert '<a href="#claims?notebook=02">All 3 statements of this chapter, with reasons</a>' in shown
    assert 'id="claims?notebook=02"' in page and 'data-notebook="02"' in page
    whole = export([strip_of("90", *STATEMENTS, title="Half & half")], [claims("90-a", claim("one"), claim("two"))])
    assert "of this chapter, with reasons" not in whole and '<p class="finding">Half &amp; half</p>' in whole
    assert 'class="finding"' not in page
    assert "of this chapter, with reasons" not in export([strip_of("02", *STATEMENTS)]), "no list to lead to"


SWAPS = pd.DataFrame(
    [["7.5%", "of a chip & more", "of *two* rates", "twice[1](#source-nvidia-10k)", "firm", "[≠ rated](#chapter-02)"],
     ["42%", "sales", "a product", "not known", "hollow", "[? rated](#chapter-02)"]],
    columns=["Printed", "Said of", "True of", "The slip", "Evidence", "Rating"],
)  # fmt: skip
SWAP_KINDS = dict(zip(SWAPS.columns, ("printed", "said", "true", "slip", "firm"), strict=False))


def test_swapped_denominators_are_rows_with_the_word_for_each_part():
    page = export([table("90-swaps", SWAPS, kinds=SWAP_KINDS)])
    shown = page[page.index('<figure class="table swaps"') :]
    first, second = re.findall(r"<li.*?</li>", shown[: shown.index("</ul>")], re.DOTALL)
    assert [" ".join(re.sub("<[^>]+>", "", row).split()) for row in (first, second)] == [
        "Printed 7.5% Said of of a chip &amp; more True of of two rates The slip twice1 Evidence firm Rating ≠ rated",
        "Printed 42% Said of sales True of a product The slip not known Evidence hollow Rating ? rated",
    ]
    assert '<a href="#chapter-02">' in first and "<em>two</em>" in first
    assert first.startswith("<li>") and second.startswith('<li class="hollow">')


def test_every_rating_has_its_look():
    assert strip.LOOKS.keys() == verdicts.RATINGS.keys()
    css = (paths.TEMPLATES / "report_html" / "style.css.j2").read_text(encoding="utf-8")
    typst = (paths.TEMPLATES / "report_pdf" / "report.typ").read_text(encoding="utf-8")
    for look in strip.LOOKS.values():
        assert f".strip .{look}" in css and f"\n  {look}: (" in typst


@pytest.mark.parametrize("columns", [2, 3, 13, 40])
def test_no_two_cells_share_a_place_and_none_goes_back(columns):
    cells = [{"big": at % 5 in (0, 1)} for at in range(60)]
    found = strip.places(cells, columns)
    taken = [
        (column + right, row + down)
        for cell, (column, row) in zip(cells, found, strict=True)
        for right in range(1 + cell["big"])
        for down in range(1 + cell["big"])
    ]
    assert len(taken) == len(set(taken)) and max(column for column, _ in taken) < columns
    assert found == sorted(found, key=lambda place: place[::-1]), "the order of reading"


def test_every_figure_and_table_carries_its_data():
    whole = 'a,"b, %41 & <c>"\n"say ""x""",华为 #1 \'\n'
    shown = figure("02-a")
    shown.data["text/csv"] = whole
    made = export([shown], [claims("90-a", claim("one"))])
    files = unpacked(made)
    assert {"90-a.csv", "02-a.csv"} == set(files) and files["02-a.csv"] == whole


def packed_texts(made):
    """Return the texts that a page unpacks: highlighted code and CSV."""
    return json.loads(zlib.decompress(base64.b64decode(re.search(r'id="packed">([^<]*)<', made)[1])))


def unpacked(made):
    """Return the files that a page hands out, by name."""
    texts = packed_texts(made)
    return {name: texts[int(at)] for name, at in re.findall(r'<a download="([^"]+)" data-packed="(\d+)"', made)}


def test_an_explorer_is_answered_as_it_starts_and_comes_with_its_script(page):
    shown = figure("02-a")
    shown.data[EXPLORER] = explore.fee_explorer(ARRIVED, 27_000, 25, 75) | {"lead": EVIL, "hostile": EVIL}
    made = export([shown])
    assert made.count('<section class="explore"') == 1 and "a fee of 25% brings US$135 million" in made
    assert html.escape(EVIL) in made
    embedded = re.search(r'<script type="application/json">(.*?)</script>', made)[1]
    assert json.loads(embedded)["hostile"] == EVIL, "data stays inside its block"
    scripts = re.findall(r"<script>(.*?)</script>", made, re.DOTALL)
    assert len(scripts) == len(set(re.findall(r"'sha256-([^']+)'", html.unescape(made)))) == 7
    made = export([shown], [markdown("What the chart says.")], "More text.")
    order = ["figure-02-a", "What the chart says.", '<section class="explore"', "More text."]
    assert order == sorted(order, key=made.index), "the sentence on a chart stands right under it"
    assert 'class="explore"' not in page and "rooflines" not in page, "without one there is no script for it"


def test_an_explorer_may_not_rest_on_a_source_that_is_not_listed():
    shown = figure("02-a")
    shown.data[EXPLORER] = explore.fee_explorer(ARRIVED, 27_000, 25, 75) | {"sources": ["nobody"]}
    with pytest.raises(PublishError, match="02-x.ipynb, cell .*'nobody'"):
        export([shown])


def test_the_code_is_there_for_those_who_ask(page):
    assert '<details class="code"' in page and 'id="code" type="button" aria-pressed="false"' in page
    assert '<html lang="en">' in page


def test_the_code_may_be_shown_from_the_start():
    made = configured(merged(*BODY), show_code=True)
    assert '<html lang="en" class="all-code">' in made and 'id="code" type="button" aria-pressed="true"' in made


def test_explorers_may_be_left_out_and_their_sources_with_them():
    shown = figure("02-a")
    shown.data[EXPLORER] = explore.fee_explorer(ARRIVED, 27_000, 25, 75) | {"sources": ["idc"]}
    book = merged([shown])
    book.metadata["report"]["only_on_page"] = ["idc"]
    made = configured(book)
    assert 'class="explore"' in made and '<a href="#explore-fee">Chapter 2</a>' in made
    made = configured(book, explorers=False)
    for gone in ('class="explore"', 'id="source-idc"', "application/json"):
        assert gone not in made
    assert 'id="figure-02-a"' in made and 'id="source-nvidia-10k"' in made


def test_a_source_leads_back_to_where_each_chapter_first_cites_it():
    made = export([markdown(CITED), markdown(CITED)], [markdown(CITED)])
    entry = made.split('id="source-nvidia-10k"')[1].split("</li>")[0]
    ways = dict(re.findall(r'<a href="#(cite-\d+)">(.*?)</a>', entry))
    assert list(ways.values()) == ["Opening page", "Chapter 2"]
    for place in ways:
        assert made.count(f'id="{place}"') == 1
    assert made.count('href="#source-nvidia-10k"') > len(ways), "later citations need no way back"


def test_every_language_of_a_source_has_a_name():
    assert set(data.load("sources")["language"]) - {"en"} <= LANGUAGES.keys()


def test_the_report_can_be_cited(page):
    assert "A &amp; B: <em>Title</em>. Version 1, 23 November 2026." in page
    entry = html.unescape(page.split('aria-label="The same for BibTeX">')[1].split("</pre>")[0])
    assert entry.startswith("@misc{title-2026,\n") and "author = {{A & B}},\n" in entry and entry.endswith("\n}")


def configured(book, **options):
    """Export with options as nbconvert sets them, from the command line or a configuration file."""
    exporter = ReportHTMLExporter(config=Config(ReportHTMLExporter=options))
    return exporter.from_notebook_node(book)[0]


@pytest.mark.parametrize(
    "output, said",
    [
        (new_output("display_data", data={"text/html": "<b>1</b>", "text/plain": "1"}), "text/html"),
        (new_output("display_data", data={"image/png": "aa", "text/plain": "1"}), "image/png"),
        (new_output("stream", name="stderr", text="Warning: x"), "stderr:\nWarning: x"),
        (new_output("error", ename="ValueError", evalue="bad", traceback=[]), "ValueError: bad"),
        (markdown("So[9](#source-nobody)"), "nobody"),
        (markdown("[there](#figure-none)"), "#figure-none leads nowhere"),
        (markdown("A rare letter: ꙮ"), "U+A66E"),
        (markdown("| a |\n|---|\n| 1 |"), "show it with tables.show"),
        (new_output("display_data", data={}, metadata={"chipcheck": {"kind": "table", "name": "t"}}), "table t lacks"),
        (figure("f", ["nobody"]), "nobody"),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_place(output, said):
    with pytest.raises(PublishError, match=re.escape(said)) as caught:
        export([output])
    assert "02-x.ipynb, cell 6" in str(caught.value)


def test_a_missing_letter_in_the_title_says_so():
    with pytest.raises(PublishError, match="title, sources or corrections.*U\\+A66E"):
        export("Text.", title="ꙮ")


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(PublishError, match="figure-02-a"):
        export([figure("02-a")], [figure("02-a")])


def test_a_notebook_that_was_not_merged_is_refused():
    with pytest.raises(PublishError, match="no merged notebook"):
        ReportHTMLExporter().from_notebook_node(new_notebook())


def test_chinese_is_marked_and_the_rest_escaped():
    assert marked("<b> 华为 910C") == '&lt;b&gt; <span lang="zh">华为</span> 910C'


def test_embedded_fonts_carry_no_table_that_a_browser_discards():
    """Firefox reports the STAT table of a subset, whose names are gone, as an error of the page."""
    page = export([markdown("Plain words and 汉字.")])
    fonts = re.findall(r"url\(data:font/woff2;base64,([^)]+)\)", page)
    assert len(fonts) >= 2
    for packed in fonts:
        parts = TTFont(BytesIO(base64.b64decode(packed))).keys()
        assert not {"STAT", "DSIG", "meta"} & set(parts)
