"""Typed numbers hold against each other: a slipped digit breaks a sum, a product or a ratio."""

import re

import pytest

from chipcheck import data

BITS = {"fp64": 64, "bf16": 16, "fp16": 16, "fp8": 8, "int8": 8, "fp4": 4}


def rounding(note):
    """Half a unit of the last digit that is known, USD m: 5 for a note `Rounded to USD 10m`, else 0.5."""
    match = re.search(r"USD (\d+)m", note) if isinstance(note, str) else None
    return float(match[1]) / 2 if match else 0.5


def years_and_quarters():
    """Each year of nvidia_revenue whose four quarters are typed, none of them computed from the year."""
    frame = data.load("nvidia_revenue")
    frame["year"] = frame["fiscal_period"].str[:6]
    for (year, measure, basis), rows in frame.groupby(["year", "measure", "basis"]):
        quarters = rows[rows["period_kind"].eq("quarter") & rows["status"].ne("computed")]
        total = rows[rows["period_kind"].eq("year")]
        if len(quarters) == 4 and len(total) == 1:
            yield pytest.param(total.iloc[0], quarters, id=f"{year}-{measure}-{basis}")


@pytest.mark.parametrize(("year", "quarters"), list(years_and_quarters()))
def test_quarters_add_up_to_the_year(year, quarters):
    allowed = rounding(year["note"]) + quarters["note"].map(rounding).sum()
    assert quarters["value"].sum() == pytest.approx(year["value"], abs=allowed)


def test_some_years_can_be_added_up():
    assert len(list(years_and_quarters())) >= 4


def test_headquarters_quarters_of_fy2026_add_up():
    china = data.load("nvidia_revenue").query("measure == 'china' and basis == 'headquarters'")
    china = china.set_index("fiscal_period")["value"]
    quarters = china[[f"FY2026-Q{quarter}" for quarter in range(1, 5)]].sum()
    assert quarters == pytest.approx(china["FY2026"], abs=10)  # two of the four are rounded to 10


def test_china_is_less_than_the_total():
    frame = data.load("nvidia_revenue")
    total = frame[frame["measure"].eq("total")].set_index("fiscal_period")["value"]
    parts = frame[frame["measure"].ne("total")]
    assert (parts["value"] < parts["fiscal_period"].map(total).fillna(float("inf"))).all()


def dense_rates(chip):
    """Peak dense rates of a chip by precision: frames of chip_specs, measured rates left out."""
    specs = data.load("chip_specs")
    return specs[
        specs["chip"].eq(chip)
        & specs["metric"].eq("tensor_throughput")
        & specs["basis"].eq("dense")
        & specs["status"].ne("measured")
        & specs["precision"].isin(list(BITS))
    ]


def published_tpp():
    """Each TPP of a chip with a dense rate, unless its note says that the rate is not the source's own."""
    specs = data.load("chip_specs")
    for row in specs[specs["metric"].eq("tpp")].to_dict("records"):
        says_otherwise = isinstance(row["note"], str) and "would give" in row["note"]
        if len(dense_rates(row["chip"])) and not says_otherwise:
            yield pytest.param(row, id=row["row_id"])


@pytest.mark.parametrize("row", list(published_tpp()))
def test_tpp_is_a_dense_rate_times_its_bits(row):
    rates = dense_rates(row["chip"])
    products = rates["value"] * rates["precision"].map(BITS)
    assert ((products / row["value"] - 1).abs() <= 0.005).any(), sorted(set(products))


def sparse_rates():
    specs = data.load("chip_specs")
    for row in specs[specs["basis"].eq("sparse")].to_dict("records"):
        dense = dense_rates(row["chip"])
        dense = dense[dense["precision"].eq(row["precision"])]
        if len(dense):
            yield pytest.param(row["value"], dense["value"], id=row["row_id"])


@pytest.mark.parametrize(("sparse", "dense"), list(sparse_rates()))
def test_sparse_is_twice_dense(sparse, dense):
    assert ((sparse / (2 * dense) - 1).abs() <= 0.005).all()


def listing(company):
    """The values of one company's listing, by row_id."""
    return data.load("listings").query("company == @company").set_index("row_id")["value"]


@pytest.mark.parametrize(
    ("company", "price", "value"),
    [
        ("Moore Threads", "moore-threads-issue-price", "moore-threads-market-value-at-issue"),
        ("Moore Threads", "moore-threads-close", "moore-threads-market-value-close"),
        ("Moore Threads", "moore-threads-close", "moore-threads-market-value-close-bloomberg"),
        ("MetaX", "metax-issue-price", "metax-market-value-at-issue"),
        ("MetaX", "metax-close", "metax-market-value-close"),
    ],
)
def test_price_times_shares_is_market_value(company, price, value):
    rows = listing(company)
    shares = rows[f"{company.lower().replace(' ', '-')}-shares-total"]
    assert rows[price] * shares / 1e9 == pytest.approx(rows[value], rel=0.0005)


@pytest.mark.parametrize("day", ["2025-12-11", "2026-09-07"])
def test_later_prices_of_moore_threads_times_shares_are_market_values(day):
    shares = listing("Moore Threads")["moore-threads-shares-total"]
    prices = data.load("share_prices").query("company == 'Moore Threads' and as_of == @day")
    price = prices.set_index("metric")["value"]
    values = data.load("listings").query("company == 'Moore Threads' and metric == 'market_value' and as_of == @day")
    value = price["market_value"] if "market_value" in price else values["value"].iloc[0]
    assert price["close"] * shares / 1e9 == pytest.approx(value, rel=0.0005)


@pytest.mark.parametrize("company", ["Moore Threads", "MetaX", "Biren", "Enflame"])
def test_issue_price_times_shares_issued_is_proceeds(company):
    rows = listing(company)
    name = company.lower().replace(" ", "-")
    proceeds = rows[f"{name}-issue-price"] * rows[f"{name}-shares-issued"] / 1e9
    assert proceeds == pytest.approx(rows[f"{name}-proceeds-gross"], rel=0.001)


@pytest.mark.parametrize("company", ["Moore Threads", "MetaX", "Biren"])
def test_gain_is_close_over_issue_price(company):
    rows = listing(company)
    name = company.lower().replace(" ", "-")
    gain = 100 * (rows[f"{name}-close"] / rows[f"{name}-issue-price"] - 1)
    assert gain == pytest.approx(rows[f"{name}-gain"], abs=0.01)
