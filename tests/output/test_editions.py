"""Both editions print the same facts and have the same places; the Chinese one keeps the bars of the English one."""

import json
import re

import nbformat
import pandas as pd
import pikepdf
import pypdf
import pytest

from chipcheck import paths

UNITS = {"billion": 1e9, "million": 1e6, "万亿": 1e12, "亿": 1e8, "万": 1e4}
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATED = re.compile(rf"\b\d{{1,2}} (?={MONTHS})|\d+月\d+日|\d+(?=年|月|日|财年|行|章)")
AMOUNT = re.compile(r"(?<![A-Za-z\d.-])(\d[\d,]*(?:\.\d+)?)(?: (billion|million)|(万亿|亿|万))?")


@pytest.fixture(scope="module")
def books(html, html_zh):
    """Both merged notebooks: English, Chinese."""
    return tuple(nbformat.read(path.with_suffix(".ipynb"), as_version=4) for path in (html, html_zh))


def values(text):
    """Return the amounts in a sentence of either language; dates and what stands in code or links are left out."""
    text = DATED.sub("", re.sub(r"`[^`]*`|\]\([^)]*\)|\[\d+\]", " ", text.replace("\\", "")))
    found = AMOUNT.findall(text)
    return {round(float(one.replace(",", "").rstrip(".")) * UNITS.get(word or unit, 1), 6) for one, word, unit in found}


def sentences(book):
    """Return the computed sentences of a merged notebook by cell."""
    return {
        cell.id: "\n".join(out.data["text/markdown"] for out in cell.outputs if "text/markdown" in out.get("data", {}))
        for cell in book.cells
        if cell.cell_type == "code" and "hide-input" in cell.metadata.get("tags", [])
    }


def test_both_editions_rest_on_the_same_facts(html, html_zh):
    for path in sorted((paths.build() / "facts").glob("*.json")):
        english, chinese = (json.loads(one.read_text()) for one in (path, paths.build_of("zh") / "facts" / path.name))
        for facts in (english, chinese):
            for fact in facts.values():  # said in words; what they rest on is the same
                fact.pop("basis"), fact.pop("note")
        assert english == chinese, path.name


def test_both_editions_draw_the_same_numbers(html, html_zh):
    english = sorted((paths.build() / "figures").glob("*.csv"))
    assert len(english) > 40
    for path in english:
        one, other = (pd.read_csv(file) for file in (path, paths.build_of("zh") / "figures" / path.name))
        pd.testing.assert_frame_equal(one.select_dtypes("number"), other.select_dtypes("number"), obj=path.name)


def test_every_amount_of_a_sentence_is_in_its_translation(books):
    english, chinese = map(sentences, books)
    assert len(english) > 100
    told = [name for name in english if name in chinese]
    assert {*english} - {*told} == {"opening-chinese-summary"}
    lost = {}
    for name in told:
        there = values(chinese[name])
        for one in values(english[name]):
            # English leaves out a unit that the next number has, and both may say a year or a small number in words
            alike = any(abs(one * unit - other) <= 1e-9 * other for other in there for unit in (1, 1e6, 1e9))
            if not alike and one > 12 and not 1900 <= one <= 2100:
                lost.setdefault(name, []).append(one)
    assert not lost


def test_the_check_itself_finds_a_lost_amount():
    assert values("US$4.5 billion and 12,345 cards, 8.2% on 8 December 2025") == {4.5e9, 12345.0, 8.2, 2025.0}
    assert values("2025年12月8日，45亿美元，1.2345万块，8.2%") == {4.5e9, 12345.0, 8.2}


def test_both_editions_have_the_same_places_and_lead_to_each_other(html, html_zh):
    pages = {path.name: path.read_text(encoding="utf-8") for path in (html, html_zh)}
    ids = {name: {*re.findall(r'\sid="([^"]+)"', page)} for name, page in pages.items()}
    different = ids[html.name] ^ ids[html_zh.name]
    assert {name for name in different if not name.startswith(("cite-", "words", "opening-summary"))} == set()
    for name, other in ((html.name, html_zh.name), (html_zh.name, html.name)):
        led = re.findall(rf'href="{re.escape(other)}#([^"]+)"', pages[name])
        assert len(led) > 12 and ids[other].issuperset(led)


def test_the_chinese_document_is_tagged_in_chinese_with_all_fonts(pdf_zh):
    with pikepdf.open(pdf_zh) as document:
        assert str(document.Root.Lang).startswith("zh") and bool(document.Root.MarkInfo.Marked)
        with document.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
    reader = pypdf.PdfReader(pdf_zh)
    names = {str(font["/BaseFont"]) for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()}
    assert names and all("+" in name for name in names)
    assert any("NotoSansSC-SemiBold" in name for name in names)


def test_no_english_sentence_is_left_in_the_chinese_story(books):
    left = []
    for cell in books[1].cells:
        shown = [cell.source] if cell.cell_type == "markdown" else []
        shown += [out.get("data", {}).get("text/markdown", "") for out in cell.get("outputs", [])]
        for text in shown:
            bare = re.sub(r"\]\([^)]*\)|`[^`]*`|\{says=[^}]*\}", "]", text)
            left += [found[0] for found in re.finditer(r"(?:\b[a-z]{2,}\b[ ,]+){4,}", bare)]
    assert [words for words in left if "any medium" not in words] == []
