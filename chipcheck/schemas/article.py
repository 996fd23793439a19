"""The article: its claims and lines, our verdicts, the sources, our terms, and what is said of other tables' rows."""

from collections import Counter

import pandas as pd

from chipcheck import paths, verdicts
from chipcheck.ids import split_ids
from chipcheck.schemas.model import (
    Column,
    Rule,
    Table,
    address,
    by_row,
    category,
    date,
    integer,
    key,
    low_high,
    once,
    text,
)

CLAIM_KINDS = ["quantity", "date", "event", "comparison", "ranking", "attribution", "forecast"]
CHAPTERS = [path.name[:2] for path in paths.chapters()]
SECTIONS = ["opening", "behind", "dispute", "growth", "challenge"]
TOPICS = [
    *(
        "article-sources",
        "china-revenue",
        "chip-history",
        "chip-performance",
        "cloudmatrix",
        "domestic-makers",
    ),
    *("fee", "inference", "listings", "market-share", "software", "supply-and-demand", "us-policy"),
]
CLAIM_UNITS = [
    "%",
    "x",
    "count",
    "months",
    "years",
    "nm",
    "PFLOPS",
    "CNY bn",
    "USD bn",
    "bn, currency not stated",
]

CLAIMS = Table(
    "claims",
    "What the article says",
    "one checkable statement of the article",
    {
        "claim_id": key("short words that name the claim"),
        "line": integer("line of the article's text"),
        "section": category("part of the article", SECTIONS),
        "kind": category("kind of statement", CLAIM_KINDS),
        "topic": category("subject", TOPICS),
        "statement": text("what the article says, in our English words, in its best reading", unique=True),
        "statement_zh": text("the same in our Chinese words", unique=True),
        "figure_as_printed": text("just the figure, as in the article", required=False),
        **low_high("the figure as a number in `unit`"),
        "unit": category("unit of low and high", CLAIM_UNITS, required=False),
        "as_of": date("the time the article gives", required=False),
        "attributed_to": text("whom the article names for it; empty if nobody", required=False),
        "notebook": category("number of the notebook that checks it", CHAPTERS),
        "weight": category(
            "; ".join(f"{weight}: {words}" for weight, words in verdicts.WEIGHTS.items()), verdicts.WEIGHTS
        ),
    },
    (
        Rule("low,high", "low not above high", lambda f: ~(f["low"] > f["high"])),
        Rule(
            "low,high,unit",
            "a unit exactly where there is a number",
            lambda f: f["unit"].notna().eq(f["low"].notna() | f["high"].notna()),
        ),
        Rule(
            "figure_as_printed,low,high",
            "the figure as printed where there is a number",
            lambda f: f["figure_as_printed"].notna() | (f["low"].isna() & f["high"].isna()),
        ),
    ),
    key="claim_id",
    foreign={},
)

VERDICTS = Table(
    "verdicts",
    "Our rating of each claim",
    "the rating of one claim",
    {
        "claim_id": key("the claim that is rated"),
        "rating": category("our rating", verdicts.RATINGS),
        "strength": category("how well the evidence carries the rating", verdicts.STRENGTHS),
        "reason": text("why, in a sentence or two; `{fact-id}` is replaced by that fact"),
        "found": text("fact on the basis that the article's words name", required=False),
        "found_if": text("fact once a missing period, scope, speaker or unit is supplied", required=False),
        "reproduced": text("fact that gives the printed figure by mixing or dropping a basis", required=False),
        "sources": text("the documents the rating rests on; several ids are joined by `;`", required=False),
        "searched": text("for what is not found: what was searched for, and until when", required=False),
    },
    (
        Rule(
            "rating,searched",
            "what was searched for exactly where the rating is `not found`",
            lambda f: f["rating"].eq(verdicts.NOT_FOUND).eq(f["searched"].notna()),
        ),
    ),
    key="claim_id",
    foreign={"claim_id": ("claims", "claim_id"), "sources": ("sources", "source_id")},
)

DENOMINATORS = Table(
    "denominators",
    "Numbers said of one thing and true of another",
    "one number that the article keeps while it swaps what it is a number of",
    {
        "swap_id": key("short words that name the swap"),
        "number": text("the claim whose figure is printed"),
        "swap": text("the claim that puts it on the other object; often the same", unique=True),
        "said_of": text("of what the article says it; `{fact-id}` is replaced by that fact, here and below"),
        "said_of_zh": text("the same in Chinese"),
        "true_of": text("of what it is true"),
        "true_of_zh": text("the same in Chinese"),
        "true_fact": text("the fact of that other object; it is the printed figure, as rounded there"),
        "said_fact": text("the fact of the object that the article names; empty if none was found", required=False),
        "slip": category(
            "how the size of the slip is told: the `factor` between the two figures, how many of the one make the "
            "other (`count`), one `period` taken for all, `both` figures side by side, or `none` where nothing was "
            "found of the object named",
            verdicts.SLIPS,
        ),
        "told": text("the size of the slip in words; `{factor}` is replaced by the factor"),
        "told_zh": text("the same in Chinese"),
    },
    (
        Rule(
            "slip,said_fact",
            "a fact of the object named exactly where the slip takes one",
            lambda f: f["slip"].map(verdicts.SLIPS).eq(f["said_fact"].notna()),
        ),
    ),
    key="swap_id",
    foreign={"number": ("claims", "claim_id"), "swap": ("claims", "claim_id")},
)

SOURCES_TABLE = Table(
    "sources",
    "The documents we cite",
    "one document",
    {
        "source_id": key("short name that other tables cite"),
        "title": text("title of the document"),
        "publisher": text("who published it"),
        "date": date("publication date; empty where the document shows none", required=False),
        "url": address("address of the document"),
        "read_at": address("address at which it was read, where that is another", required=False),
        "linked": category(
            "`no` where an address is printed and not linked: a mirror, a test server, a page that changes",
            ["no"],
            required=False,
        ),
        "kind": category(
            "primary (filing, regulator, maker, measurement), secondary (reporting), tertiary (copy, digest) or "
            "generated (written by a machine; carries no claim alone), by what was read",
            ["primary", "secondary", "tertiary", "generated"],
        ),
        "language": text("ISO 639-1 code", pattern=r"^[a-z]{2}$", form="a two-letter language code"),
    },
    (
        once("title,publisher,url"),
        once("url,title"),
        Rule("url,read_at", "another address than the document's own", lambda f: f["url"].ne(f["read_at"])),
    ),
    key="source_id",
    foreign={},
)


def _holds_evidence(table: str, column: str) -> bool:
    """Say whether a table other than the corrections has a column that is not its key."""
    from chipcheck.schemas import TABLES  # which lists the corrections themselves

    known = TABLES.get(table)
    return table != "corrections" and known is not None and column in known.columns and column != known.key


CORRECTIONS = Table(
    "corrections",
    "Source values that are not used as printed",
    "one replaced value; applied whenever its table is loaded, and listed in the report",
    {
        "table": text("the table that holds the value"),
        "row_id": text("key of its row"),
        "column": text("its column"),
        "printed": text("the value as the source prints it and as it stands in the table"),
        "used": text("the value used instead"),
        "reason": text("why"),
        "source_id": text("what shows it; several ids are joined by `;`"),
    },
    (
        once("table,row_id,column"),
        Rule(
            "table,column",
            "a table of data/ (not this one) and one of its columns that is not its key",
            lambda f: by_row(_holds_evidence, f["table"], f["column"]),
        ),
        Rule("printed,used", "another value than the printed one", lambda f: f["printed"].ne(f["used"])),
    ),
    key="",
    may_be_empty=True,
)

EXEMPTIONS = Table(
    "exemptions",
    "Rows that an identity does not bind",
    "one row of one table that breaks one identity, and why it may",
    {
        "table": text("the table that holds the row"),
        "row_id": text("key of the row"),
        "identity": text("name of the identity, a function of chipcheck/identities.py"),
        "reason": text("why the row may break it"),
    },
    (once("table,row_id,identity"),),
    key="",
    foreign={},
    may_be_empty=True,
)

ARTICLE_LINES = Table(
    "article_lines",
    "Hashes of the article's lines",
    "one line of the article, so that whoever has the text can verify our line numbers",
    {
        "line": Column("line of the article's text", "integer", low=1, unique=True),
        "sha256": text(
            "SHA-256 of the line in UTF-8, without its line end",
            pattern=r"^[0-9a-f]{64}$",
            form="64 hexadecimal digits",
        ),
        "words": text(
            "the first characters of the line, at most eight, where a statement stands in it: how a reader finds it",
            required=False,
            pattern=r"^[^\n]{1,8}$",
            form="at most eight characters",
        ),
    },
    (
        Rule(
            "line",
            "lines counted from 1 without a gap",
            lambda f: f["line"].eq(pd.Series(range(1, len(f) + 1))),
        ),
    ),
    key="line",
    foreign={},
)

MOST_WORDS = 25  # of an explanation; it is read beside a sentence


def _forms_once(frame: pd.DataFrame) -> pd.Series:
    """Say of each row whether the text can tell its forms from those of all other rows."""
    forms = [split_ids(cell) if isinstance(cell, str) else [] for cell in frame["forms"]]
    counts = Counter(form for row in forms for form in row)
    return pd.Series([all(counts[form] == 1 for form in row) for row in forms], index=frame.index, dtype=bool)


GLOSSARY = Table(
    "glossary",
    "The terms that the report explains",
    "one term, or a few that one sentence explains",
    {
        "term_id": key("short words that name the term"),
        "term": text("the term as the list of terms prints it", unique=True),
        "forms": text(
            "as the text writes it, its first letter small unless it is a name; several are joined by `;`; empty for "
            "a term that is only listed",
            required=False,
        ),
        "explained": text("what it means here, in one sentence", unique=True),
        "chinese": text("the same in Chinese; empty where Chinese texts use the Latin word", required=False),
    },
    (
        Rule(
            "explained",
            f"at most {MOST_WORDS} words",
            lambda f: by_row(lambda words: len(words.split()) <= MOST_WORDS, f["explained"]),
        ),
        Rule("forms", "words that name no second term", _forms_once),
    ),
    key="term_id",
    foreign={},
)
