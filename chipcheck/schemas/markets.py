"""Markets: revenue of NVIDIA, what was said of it, shares of the Chinese market, kinds of accelerators."""

from chipcheck.schemas.model import (
    LOW_HIGH,
    PERCENT,
    VALUE_OR_RANGE,
    Rule,
    Table,
    all_units,
    by_row,
    category,
    date,
    fiscal,
    key,
    low_high,
    number,
    once,
    period_end,
    source,
    status,
    text,
    units_of,
)

NVIDIA_REVENUE = Table(
    "nvidia_revenue",
    "NVIDIA's revenue, total and China, by year and quarter",
    "one amount for one fiscal period on one basis",
    {
        "row_id": key(),
        "fiscal_period": fiscal("NVIDIA fiscal period; the year ends on the last Sunday of January", "year,quarter"),
        "period_kind": category("year or quarter", ["year", "quarter"]),
        "as_of": date("last day of the period"),
        "measure": category("what is counted", ["total", "china", "data_centre"]),
        "basis": category(
            "how China is drawn: billing location or customer headquarters; `all` for totals",
            ["billing", "headquarters", "all"],
        ),
        "value": number("revenue, USD m", required=False, low=1, high=1_000_000),
        "low": number("lower end of a range, USD m", required=False, low=0, high=1_000_000),
        "high": number("upper end of a range, USD m", required=False, low=0, high=1_000_000),
        "unit": category("always USD m", ["USD m"]),
        "rounded_to": number("what the source rounds to, USD m; empty: exact to the million", required=False, low=1),
        "status": status(),
        **source(),
    },
    (
        VALUE_OR_RANGE,
        Rule(
            "measure,basis",
            "basis billing or headquarters for china, all for totals",
            lambda f: f["measure"].eq("china").eq(f["basis"].ne("all")),
        ),
        Rule(
            "fiscal_period,period_kind",
            "a quarter for FY2025-Q1, a year for FY2025",
            lambda f: by_row(
                lambda period, kind: ("-Q" in period) == (kind == "quarter"),
                f["fiscal_period"],
                f["period_kind"],
            ),
        ),
        Rule(
            "fiscal_period,as_of",
            "the last day of that fiscal period",
            lambda f: by_row(
                lambda period, day: period_end(period) == day,
                f["fiscal_period"],
                f["as_of"],
            ),
        ),
        once("fiscal_period,measure,basis"),
    ),
)

STATEMENT_UNITS = {
    "share_of_total_revenue": ("%",),
    "share_of_data_centre_revenue": ("%",),
    "singapore_share_of_total_revenue": ("%",),
    "us_share_of_singapore_data_centre_compute": ("%",),
    "market_share": ("%",),
    "revenue": ("USD bn", "USD m"),
    "china_revenue": ("USD bn", "USD m"),
    "potential_revenue": ("USD bn", "USD m"),
    "market_opportunity": ("USD bn", "USD m"),
}
REVENUE_STATEMENTS = Table(
    "revenue_statements",
    "What was said about China's share and size",
    "one statement about NVIDIA's revenue or market",
    {
        "row_id": key(),
        "as_of": date("when it was said"),
        "fiscal_period": fiscal(
            "NVIDIA fiscal period it speaks of, where it names one", "year,quarter", required=False
        ),
        "speaker": text("who said it"),
        "measure": category("what is stated", STATEMENT_UNITS),
        "basis": category(
            "of what it is a share, or what the sum counts",
            [
                *(
                    "china",
                    "china_and_other_affected_destinations",
                    "china_hopper",
                    "china_ai",
                    "china_ai_accelerators",
                ),
                *("h20_china", "h20_outside_china", "h200_china", "advanced_ai_chips"),
                *("billing", "shipments", "unstated"),
            ],
        ),
        **low_high("in `unit`", low=0),
        "unit": category("percent, or US dollars", all_units(STATEMENT_UNITS)),
        "status": status(),
        "statement": text("what was said, in our words"),
        **source(),
    },
    (LOW_HIGH, PERCENT, units_of("measure", STATEMENT_UNITS)),
    quantity=("fiscal_period", "measure", "basis", "unit"),
)

OUTLOOKS = Table(
    "outlooks",
    "What NVIDIA expected to earn, and what it assumed of China",
    "one outlook for one quarter",
    {
        "row_id": key(),
        "as_of": date("when it was given"),
        "fiscal_period": fiscal("the quarter it is for", "quarter"),
        "measure": category("what is expected", ["revenue"]),
        "value": number("middle of the outlook, USD bn", low=1, high=1_000),
        "unit": category("always USD bn", ["USD bn"]),
        "china_assumption": text("what is assumed of China"),
        "status": status(),
        **source(),
    },
    (
        Rule(
            "as_of,fiscal_period",
            "an outlook given before the quarter ends",
            lambda f: by_row(
                lambda day, period: day <= period_end(period),
                f["as_of"],
                f["fiscal_period"],
            ),
        ),
        once("as_of,fiscal_period,measure"),
    ),
)

MARKET_UNITS = {
    "imports": ("%",),
    "units": ("%", "cards"),
    "value": ("%",),
    "self_sufficiency": ("%",),
    "market_share_remark": ("%",),
    "unstated": ("%",),
    "spending": ("USD bn", "CNY bn"),
}
CHINA_MARKET_SHARE = Table(
    "china_market_share",
    "Who supplies China's AI chips",
    "one share or size of China's market, as one house counts it",
    {
        "row_id": key(),
        "as_of": date("the time it describes"),
        "published": date("when the house published it"),
        "house": text("who counted"),
        "measure": category(
            "what is counted: cards (units), money (value), imports, self-sufficiency, total spending, "
            "a remark on the market share, or unstated",
            MARKET_UNITS,
        ),
        "category": category(
            "whose part",
            [
                *("total", "imported", "domestic", "NVIDIA", "AMD", "Huawei", "Alibaba T-Head"),
                *("Cambricon", "Baidu Kunlunxin", "Enflame", "Moore Threads"),
            ],
        ),
        **low_high("in `unit`", low=0),
        "unit": category("percent, cards, billions of US dollars or of yuan", all_units(MARKET_UNITS)),
        "status": status(),
        **source(),
    },
    (
        LOW_HIGH,
        PERCENT,
        units_of("measure", MARKET_UNITS),
        Rule(
            "as_of,published,status",
            "status forecast for a time after the publication",
            lambda f: by_row(
                lambda as_of, published, how: as_of[:4] <= published[:4] or how == "forecast",
                f["as_of"],
                f["published"],
                f["status"],
            ),
        ),
        once("as_of,published,house,measure,category,unit,source_id"),
    ),
    quantity=("as_of", "house", "measure", "category", "unit"),
)

ACCELERATOR_MIX = Table(
    "accelerator_mix",
    "Inference and training, as counted by research houses",
    "one share of one kind of use",
    {
        "row_id": key(),
        "as_of": date("the time the share describes"),
        "house": text("who counted"),
        "measure": category("always a share", ["share"]),
        "basis": category("of what it is a share", ["units", "value", "workload", "servers", "servers, world"]),
        "category": category("the part", ["inference", "training"]),
        **low_high("%", low=0),
        "unit": category("always %", ["%"]),
        "status": status(),
        **source(),
    },
    (LOW_HIGH, PERCENT, once("as_of,house,basis,category,source_id")),
    quantity=("as_of", "house", "basis", "category"),
)
