"""Policy events, the forecasts of the article, and what came of them."""

from chipcheck import dates, verdicts
from chipcheck.schemas.article import CHAPTERS
from chipcheck.schemas.model import (
    SOURCES,
    Rule,
    Table,
    all_units,
    by_row,
    category,
    date,
    integer,
    key,
    number,
    once,
    ranges_of,
    source,
    status,
    text,
    units_of,
)

EXPORT_UNITS = {"tpp": ("TPP",), "memory_bandwidth": ("GB/s",)}
EXPORT_RULES = Table(
    "export_rules",
    "Technical thresholds of the export rules and duties",
    "one threshold of one rule",
    {
        "row_id": key(),
        "rule": text("the rule"),
        "effective_from": date("first day on which it applies"),
        "metric": category("what is limited", EXPORT_UNITS),
        "bound": category("on which side of the value the rule applies", ["at_least", "above", "below"]),
        "value": number("the threshold, in `unit`", low=1),
        "unit": category("TPP (rate in TOPS x bits) or GB/s", all_units(EXPORT_UNITS)),
        "treatment": text("what applies to chips on that side"),
        **source(),
    },
    (
        units_of("metric", EXPORT_UNITS),
        ranges_of("metric", {"tpp": (500, 500_000), "memory_bandwidth": (500, 50_000)}),
        once("rule,effective_from,metric,bound"),
    ),
    quantity=("effective_from", "rule", "metric", "bound"),
)

FEES = Table(
    "fees",
    "What the US government asked of chips for China",
    "one rate, as one group of sources gives it",
    {
        "row_id": key(),
        "instrument": text("agreement, announcement or law"),
        "effective_from": date("first day on which it applies; where no law followed, the day it was announced"),
        "rate_low": number("lowest rate, %", low=0, high=100),
        "rate_high": number("highest rate, %; empty where only a lowest is known", required=False, low=0, high=100),
        "unit": category("always %", ["%"]),
        "base": category("what the rate is taken of", ["sales", "import value", "not named"]),
        "status": status(),
        **source(),
    },
    (
        Rule("rate_low,rate_high", "low not above high", lambda f: ~(f["rate_low"] > f["rate_high"])),
        once("instrument,effective_from,source_id"),
    ),
    quantity=("effective_from", "base"),
)

SCORES = ["came true", "partly came true", "open", "did not come true", "untested"]
POLICY_EVENTS = Table(
    "policy_events",
    "What Washington, Beijing and the companies did, and when",
    "one dated event",
    {
        "row_id": key(),
        "date": date("when it happened; where only the report is dated, when it was reported"),
        "date_precision": category("how precise the date is", ["day", "month", "quarter", "year"]),
        "lane": category("whose act it is", ["United States", "China", "companies", "products"]),
        "actor": text("who acted or spoke"),
        "event": text("what happened, in our words"),
        "kind": category(
            "rule or order, bill or vote, statement, product, market; aftermath: about the release, once announced",
            ["regulation", "legislation", "statement", "product", "market", "aftermath"],
        ),
        "claim_id": text(
            "the claims in which the article states it, rightly or not; several are joined by `;`", required=False
        ),
        "bill": text("the bill of Congress of which it is a step; several are joined by `;`", required=False),
        **source(),
    },
    (
        Rule(
            "date,date_precision",
            "a date of that precision",
            lambda f: by_row(
                lambda when, precision: dates.precision(when) == precision, f["date"], f["date_precision"]
            ),
        ),
        once("date,actor,event"),
    ),
    foreign={**SOURCES, "claim_id": ("claims", "claim_id")},
    several=("source_id", "claim_id"),
)

FORECASTS = Table(
    "forecasts",
    "What the article expected",
    "one forecast, with one claim of the article",
    {
        "forecast_id": key("name of the forecast, unique in the table"),
        "claim_id": key("the claim that states it"),
        "line": integer("line of the article's text"),
        "statement": text("the forecast in its best reading, in our words", unique=True),
        "short": text("the same in a few words, after “the article expects that”", unique=True),
        "horizon": date("until when it can come true; empty where the article names no time", required=False),
        "subject": category("which evidence decides it", ["hardware", "market", "policy"]),
        "notebook": category("number of the notebook that scores it", CHAPTERS),
    },
    key="forecast_id",
    foreign={"claim_id": ("claims", "claim_id")},
)

OUTCOMES = Table(
    "outcomes",
    "What came of the forecasts",
    "the outcome of one forecast as known on one day; the latest counts",
    {
        "row_id": key(),
        "forecast_id": text("the forecast"),
        "as_of": date("the day the evidence describes or was given"),
        "score": category("how the forecast stands on that day", SCORES),
        "confidence": category("how well the evidence carries the score", verdicts.STRENGTHS),
        "statement": text("what was known by then, in our words"),
        **source(),
    },
    (once("forecast_id,as_of"),),
    foreign={**SOURCES, "forecast_id": ("forecasts", "forecast_id")},
)
