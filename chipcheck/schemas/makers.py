"""Chinese makers: results, listings, share prices, customers, yields and orders."""

from chipcheck.schemas.model import (
    CHINESE_CHIP_MAKERS,
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
    ranges_of,
    source,
    status,
    text,
    units_of,
)

PERIOD_ENDS = {"": "12-31", "Q1": "03-31", "H1": "06-30", "9M": "09-30"}
COMPANY_RESULTS = Table(
    "company_results",
    "Revenue and profit of the Chinese makers",
    "one result of one company for one period",
    {
        "row_id": key(),
        "company": category("company", CHINESE_CHIP_MAKERS),
        "fiscal_period": text(
            "calendar year, first quarter, first half or first nine months",
            pattern=r"^20[0-9]{2}(?:-Q1|-H1|-9M)?$",
            form="2025, 2025-Q1, 2025-H1 or 2025-9M",
        ),
        "as_of": date("last day of the period"),
        "measure": category("what is stated; a loss is a negative net profit", ["revenue", "net_profit"]),
        "value": number("the amount, CNY bn", required=False, low=-100, high=1_000),
        "low": number("lower end of a range, CNY bn", required=False, low=-100, high=1_000),
        "high": number("upper end of a range, CNY bn", required=False, low=-100, high=1_000),
        "unit": category("always CNY bn", ["CNY bn"]),
        "status": status(),
        **source(),
    },
    (
        VALUE_OR_RANGE,
        Rule(
            "fiscal_period,as_of",
            "the last day of that period",
            lambda f: by_row(
                lambda period, day: day == f"{period[:4]}-{PERIOD_ENDS.get(period[5:])}",
                f["fiscal_period"],
                f["as_of"],
            ),
        ),
        Rule(
            "measure,value",
            "a revenue that is not negative",
            lambda f: f["measure"].ne("revenue") | ~f["value"].lt(0),
        ),
        once("company,fiscal_period,measure"),
    ),
)

LISTING_UNITS = {
    **dict.fromkeys(("issue_price", "open", "high", "close"), ("CNY", "HKD")),
    **dict.fromkeys(("shares_issued", "shares_total", "float_shares"), ("shares",)),
    **dict.fromkeys(("gain", "turnover", "lottery_rate", "lottery_rate_initial", "record_definition"), ("%",)),
    **dict.fromkeys(("market_value", "proceeds_gross"), ("CNY bn", "HKD bn")),
    "subscribers": ("accounts",),
}
LISTING_RANGES = {
    **dict.fromkeys(("issue_price", "open", "high", "close"), (1, 10_000)),
    **dict.fromkeys(("shares_issued", "shares_total", "float_shares"), (1e6, 1e11)),
    **dict.fromkeys(("gain", "record_definition"), (-100, 5_000)),
    **dict.fromkeys(("turnover", "lottery_rate", "lottery_rate_initial"), (0, 100)),
    **dict.fromkeys(("market_value", "proceeds_gross"), (0.1, 5_000)),
    "subscribers": (1_000, 1e8),
}
LISTINGS = Table(
    "listings",
    "First days of trading",
    "one figure of one listing",
    {
        "row_id": key(),
        "company": category("company", [*CHINESE_CHIP_MAKERS, "SMIC"]),
        "ticker": text(
            "code at the exchange, where the source gives it",
            required=False,
            pattern=r"^(?:[0-9]{6}|[0-9]{4}\.HK)$",
            form="688795 or 6082.HK",
        ),
        "metric": category("what is stated", LISTING_UNITS),
        "value": number("the value, in `unit`"),
        "unit": category(
            "yuan or Hong Kong dollars, billions of them, shares, accounts or percent", all_units(LISTING_UNITS)
        ),
        "as_of": date("the day it holds for"),
        "basis": text("when on that day, or of what", required=False),
        "status": status(),
        **source(),
    },
    (
        units_of("metric", LISTING_UNITS),
        ranges_of("metric", LISTING_RANGES),
        once("company,metric,as_of,basis,source_id"),
    ),
    quantity=("company", "metric", "as_of", "basis"),
)

PRICE_UNITS = {
    "close": ("CNY",),
    "market_value": ("CNY bn",),
    **dict.fromkeys(("change", "change_midday", "change_morning", "change_intraday_low"), ("%",)),
    **dict.fromkeys(("change_from_peak", "gain_on_issue_price", "change_since_release"), ("%",)),
    "event_merger_ended": ("event",),
}
PRICE_RANGES = {
    "close": (1, 10_000),
    "market_value": (0.1, 5_000),
    **dict.fromkeys(("change", "change_midday", "change_morning", "change_intraday_low"), (-20, 20)),
    "change_from_peak": (-100, 0),
    "gain_on_issue_price": (-100, 5_000),
    "change_since_release": (-100, 1_000),
    "event_merger_ended": (1, 1),
}
QUOTED = [
    *CHINESE_CHIP_MAKERS,
    *("SMIC", "Hua Hong", "Loongson", "VeriSilicon", "Montage", "Jingjia Micro", "Sugon"),
    *("Foxconn Industrial Internet", "STAR Market, middle share"),
]
SHARE_PRICES = Table(
    "share_prices",
    "Share prices after the listing and around the news",
    "one price, change or event of one company",
    {
        "row_id": key(),
        "company": category("company, or the middle share of a market", QUOTED),
        "as_of": date("the day, or the month where the source names no day"),
        "metric": category("what is stated; an event has the value 1", PRICE_UNITS),
        "value": number("the value, in `unit`; a fall is negative"),
        "unit": category("yuan, billions of yuan, percent, or event", all_units(PRICE_UNITS)),
        "status": status(),
        **source(),
    },
    (units_of("metric", PRICE_UNITS), ranges_of("metric", PRICE_RANGES), once("company,as_of,metric")),
)

CUSTOMER_UNITS = {
    **dict.fromkeys(("share_of_revenue", "share_of_orders", "share_of_demand", "share_of_tender"), ("%",)),
    "revenue": ("CNY bn",),
}
CUSTOMERS = Table(
    "customers",
    "Who buys from the Chinese makers",
    "one share or sum that one kind of customer or product has",
    {
        "row_id": key(),
        "company": category("the seller", [*CHINESE_CHIP_MAKERS, "Huawei Ascend"]),
        "as_of": date("the time it describes"),
        "measure": category("of what it is a share, or revenue", CUSTOMER_UNITS),
        "category": text("the customer, kind of customer, or product line"),
        **low_high("in `unit`", low=0),
        "unit": category("percent, or billions of yuan", all_units(CUSTOMER_UNITS)),
        "status": status(),
        **source(),
    },
    (LOW_HIGH, PERCENT, units_of("measure", CUSTOMER_UNITS), once("company,as_of,measure,category")),
)

YIELDS = Table(
    "yields",
    "Share of good dies",
    "one yield of one product or process",
    {
        "row_id": key(),
        "product": text("chip or process"),
        "foundry": category("who makes it", ["SMIC", "TSMC"]),
        "node": text("process, where the source names it", required=False),
        "as_of": date("the time it describes"),
        **low_high("%", low=0),
        "unit": category("always %", ["%"]),
        "status": status(),
        **source(),
    },
    (LOW_HIGH, PERCENT, once("product,foundry,node,as_of,source_id")),
    quantity=("product", "foundry", "node", "as_of"),
)

PIECES = ("cards", "chips", "dies", "pieces")
ORDER_UNITS = {
    **dict.fromkeys(("ordered", "purchased", "delivered"), (*PIECES, "USD bn")),
    **dict.fromkeys(
        ("booked", "unshipped", "charge", "charge_warned", "lost_in_guidance", "lost_estimate"), ("USD bn",)
    ),
    **dict.fromkeys(("requested", "cleared_by_china", "cleared_by_us_per_firm"), PIECES),
    **dict.fromkeys(("planned_purchases", "planned_shipment", "stock"), PIECES),
    **dict.fromkeys(("produced", "production_plan", "production_limit"), PIECES),
    "capacity": ("wafers a month",),
}
ORDERS = Table(
    "orders",
    "Orders, deliveries, stocks and production",
    "one amount of one product",
    {
        "row_id": key(),
        "product": category(
            "chip, family of chips or process",
            [
                *(
                    "H20",
                    "H200",
                    "Huawei Ascend",
                    "Huawei Ascend 910B",
                    "Huawei Ascend 910C",
                    "Cambricon accelerators",
                ),
                *("advanced AI chips, China", "7 nm and below, China"),
            ],
        ),
        "as_of": date("the time it describes"),
        "fiscal_period": fiscal("NVIDIA fiscal period, for sums from its reports", "quarter,half", required=False),
        "measure": category("what is counted", ORDER_UNITS),
        **low_high("in `unit`", low=0),
        "unit": category(
            "billions of US dollars, cards, chips, dies, pieces or wafers a month", all_units(ORDER_UNITS)
        ),
        "status": status(),
        **source(),
    },
    (
        LOW_HIGH,
        units_of("measure", ORDER_UNITS),
        Rule(
            "low,high,unit",
            "at most 1,000 where the unit is USD bn",
            lambda f: f["unit"].ne("USD bn") | ~(f["low"].gt(1_000) | f["high"].gt(1_000)),
        ),
        once("product,as_of,fiscal_period,measure,unit,source_id"),
    ),
    quantity=("product", "as_of", "fiscal_period", "measure", "unit"),
)
