"""data/claims.csv keeps its contract; where the article is at hand, its locators and figures are right.

The article's sentences are not part of this project. Whoever has the text sets the environment variable
ARTICLE_TXT to its path: then every line is compared with the hashes in data/article_lines.csv, and every
claim with its line. Without it these checks are skipped, and the skip says so.
"""

import csv
import hashlib
import os
import pathlib
import re

import pytest

from chipcheck import data, schemas

DATA = pathlib.Path(__file__).parent.parent / "data"

# First and last line of each section; the empty lines between two sections belong to none.
SECTION_LINES = {
    "opening": (1, 17),
    "behind": (19, 37),
    "dispute": (39, 62),
    "growth": (64, 84),
    "challenge": (86, 105),
}
# The Chinese headings that open four of the sections.
HEADINGS = {"behind": "落后", "dispute": "争议", "growth": "成长", "challenge": "挑战"}

NOTEBOOKS = set(schemas.CHAPTERS)

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DATE = re.compile(r"\d{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
SHA256 = re.compile(r"[0-9a-f]{64}")
NOT_HAN = re.compile(r"[^\u3400-\u4dbf\u4e00-\u9fff]+")

# A shared run of more Chinese characters than this counts as copied. Names alone stay below it.
LONGEST_SHARED_RUN = 15


def read_rows(name):
    """Rows of data/<name>.csv as dicts of strings; the header must be the schema's, every row as long as it."""
    columns = list(schemas.TABLES[name].columns)
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    assert header == columns, f"{name}.csv: header is {header}"
    odd = [number for number, row in enumerate(rows, 2) if len(row) != len(columns)]
    assert not odd, f"{name}.csv: wrong number of fields in row(s) {odd}"
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def claims():
    """All claims, one dict each."""
    return read_rows("claims")


@pytest.fixture(scope="module")
def line_hashes():
    """SHA-256 of the article's lines, in order, from the committed table."""
    rows = read_rows("article_lines")
    assert [row["line"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    return [row["sha256"] for row in rows]


@pytest.fixture(scope="module")
def article():
    """Lines of the article without their newlines, from the file that ARTICLE_TXT names."""
    path = os.environ.get("ARTICLE_TXT")
    if not path:
        pytest.skip("ARTICLE_TXT is not set: claims are not compared with the article's text")
    lines = pathlib.Path(path).read_bytes().decode("utf-8").split("\n")
    # A file that ends with a newline has no further line after it.
    return lines[:-1] if lines[-1] == "" else lines


def ids(claims, is_bad):
    """Ids of the claims for which `is_bad` is true."""
    return [claim["claim_id"] for claim in claims if is_bad(claim)]


def han(text):
    """The Chinese characters of `text`; punctuation and figures neither hide a copied run nor lengthen it."""
    return NOT_HAN.sub("", text)


def runs(text, length):
    """All runs of `length` Chinese characters in `text`, as a set."""
    characters = han(text)
    return {characters[i : i + length] for i in range(len(characters) - length + 1)}


# ---- the table by itself ----


def test_claim_ids_are_unique_kebab_case(claims):
    all_ids = [claim["claim_id"] for claim in claims]
    assert claims, "claims.csv has no rows"
    assert len(set(all_ids)) == len(all_ids), sorted({i for i in all_ids if all_ids.count(i) > 1})
    assert not [i for i in all_ids if not KEBAB.fullmatch(i)]


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("section", set(SECTION_LINES)),
        ("kind", set(schemas.CLAIM_KINDS)),
        ("topic", set(schemas.TOPICS)),
        ("unit", {*schemas.CLAIM_UNITS, ""}),
        ("notebook", NOTEBOOKS),
    ],
)
def test_values_are_allowed(claims, column, allowed):
    used = {claim[column] for claim in claims}
    assert used <= allowed, f"{column}: not allowed: {sorted(used - allowed)}"
    assert allowed - {""} <= used, f"{column}: allowed but never used: {sorted(allowed - used)}"


def test_fields_are_trimmed_and_statements_given(claims):
    assert not ids(claims, lambda c: any(value != value.strip() for value in c.values()))
    assert not ids(claims, lambda c: not (c["statement"] and c["statement_zh"]))


def test_statements_are_not_repeated(claims):
    for column in ("statement", "statement_zh"):
        texts = [claim[column] for claim in claims]
        assert len(set(texts)) == len(texts), sorted({t for t in texts if texts.count(t) > 1})


def test_claims_stand_in_reading_order(claims):
    lines = [int(claim["line"]) for claim in claims]
    assert lines == sorted(lines)


def test_section_matches_line(claims):
    def misplaced(claim):
        first, last = SECTION_LINES[claim["section"]]
        return not first <= int(claim["line"]) <= last

    assert not ids(claims, misplaced)


def test_bounds_are_numbers_in_order(claims):
    assert not ids(claims, lambda c: any(c[b] and not NUMBER.fullmatch(c[b]) for b in ("low", "high")))
    assert not ids(claims, lambda c: c["low"] and c["high"] and float(c["low"]) > float(c["high"]))


def test_unit_comes_with_bounds_and_figure(claims):
    def has_bound(claim):
        return bool(claim["low"] or claim["high"])

    assert not ids(claims, lambda c: has_bound(c) != bool(c["unit"]))
    assert not ids(claims, lambda c: has_bound(c) and not c["figure_as_printed"])


def test_dates_have_iso_form(claims):
    assert not ids(claims, lambda c: c["as_of"] and not DATE.fullmatch(c["as_of"]))


def test_date_claims_name_a_date_and_no_quantity(claims):
    dates = [claim for claim in claims if claim["kind"] == "date"]
    assert not ids(dates, lambda c: not c["as_of"] or c["low"] or c["high"])


def test_quantities_name_a_figure(claims):
    assert not ids(claims, lambda c: c["kind"] == "quantity" and not c["figure_as_printed"])


def test_claims_stand_on_lines_that_the_hash_table_knows(claims, line_hashes):
    assert not [n for n, digest in enumerate(line_hashes, 1) if not SHA256.fullmatch(digest)]
    assert not ids(claims, lambda c: not 1 <= int(c["line"]) <= len(line_hashes))


# ---- the table against the text ----


def test_article_is_the_text_that_was_read(article, line_hashes):
    found = [hashlib.sha256(line.encode("utf-8")).hexdigest() for line in article]
    assert len(found) == len(line_hashes), f"{len(found)} lines, {len(line_hashes)} expected"
    changed = [n for n, pair in enumerate(zip(found, line_hashes, strict=True), 1) if pair[0] != pair[1]]
    assert not changed, f"lines that differ from the text we read: {changed}"


def test_headings_open_their_sections(article):
    for section, heading in HEADINGS.items():
        assert article[SECTION_LINES[section][0] - 1] == heading, section


def test_claims_stand_on_lines_with_text(claims, article):
    assert not ids(claims, lambda c: not article[int(c["line"]) - 1].strip())


def test_the_words_that_find_a_paragraph_open_it(claims, article):
    """A reader of the article has no line numbers: the words must open the line, but for a quotation mark."""
    words = data.load("article_lines").set_index("line")["words"].dropna()
    assert {int(claim["line"]) for claim in claims} == {int(line) for line in words.index}
    assert not [line for line, shown in words.items() if shown not in article[int(line) - 1][: len(shown) + 1]]


def test_figures_are_printed_in_their_lines(claims, article):
    assert not ids(claims, lambda c: c["figure_as_printed"] not in article[int(c["line"]) - 1])


def test_chinese_statements_are_our_own(claims, article):
    printed = runs("".join(article), LONGEST_SHARED_RUN + 1)
    assert not ids(claims, lambda c: runs(c["statement_zh"], LONGEST_SHARED_RUN + 1) & printed)
