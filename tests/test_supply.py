"""Listings, yields and orders: what the sources print is what their own parts give."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, market, supply


@pytest.fixture(scope="module")
def listings():
    return data.load("listings").set_index("row_id")


def value(listings, row_id):
    return listings.loc[row_id, "value"]


# Printed market value, its price, and half a unit of the last digit printed, CNY bn
VALUES = [
    ("moore-threads", "moore-threads-issue-price", "moore-threads-market-value-at-issue", 0.0005),
    ("moore-threads", "moore-threads-close", "moore-threads-market-value-close", 0.0005),
    ("moore-threads", "moore-threads-close", "moore-threads-market-value-close-bloomberg", 0.05),
    ("metax", "metax-issue-price", "metax-market-value-at-issue", 0.0005),
    ("metax", "metax-close", "metax-market-value-close", 0.0005),
]


@pytest.mark.parametrize(("company", "price", "printed", "rounding"), VALUES)
def test_shares_times_price_is_the_market_value_printed(listings, company, price, printed, rounding):
    found = market.market_value(value(listings, f"{company}-shares-total"), value(listings, price))
    assert found == pytest.approx(value(listings, printed), abs=rounding + 1e-4)


@pytest.mark.parametrize(("day", "printed", "rounding"), [("2025-12-11", 442.3, 0.05), ("2026-09-07", 195.3, 0.05)])
def test_later_values_follow_from_later_closes(listings, day, printed, rounding):
    closes = data.load("share_prices").query("company == 'Moore Threads' and metric == 'close'").set_index("as_of")
    found = market.market_value(value(listings, "moore-threads-shares-total"), closes.loc[day, "value"])
    assert found == pytest.approx(printed, abs=rounding + 1e-4)


@pytest.mark.parametrize("company", ["moore-threads", "metax", "biren"])
def test_first_day_gain_follows_from_close_and_issue_price(listings, company):
    found = market.gain(value(listings, f"{company}-close"), value(listings, f"{company}-issue-price"))
    assert found == pytest.approx(value(listings, f"{company}-gain"), abs=0.005)


def test_the_misprinted_gain_does_not_follow(listings):
    found = market.gain(value(listings, "moore-threads-close"), value(listings, "moore-threads-issue-price"))
    assert abs(found - value(listings, "moore-threads-gain-misprint")) > 0.1


def test_gain_on_the_issue_price_at_the_peak(listings):
    prices = data.load("share_prices").set_index("row_id")
    peak = prices.loc["moore-threads-2025-12-11-close", "value"]
    printed = prices.loc["moore-threads-2025-12-11-gain-on-issue-price", "value"]
    assert market.gain(peak, value(listings, "moore-threads-issue-price")) == pytest.approx(printed, abs=0.5)


@pytest.mark.parametrize("company", ["moore-threads", "metax"])
def test_proceeds_are_shares_issued_times_issue_price(listings, company):
    found = market.market_value(value(listings, f"{company}-shares-issued"), value(listings, f"{company}-issue-price"))
    assert found == pytest.approx(value(listings, f"{company}-proceeds-gross"), abs=0.0005)


def test_thirty_billion_lies_below_the_issue_price(listings):
    price = market.price_for(value(listings, "moore-threads-shares-total"), 30)
    assert round(price, 1) == 63.8
    assert price < value(listings, "moore-threads-issue-price")


def test_top_five_customers_of_cambricon():
    top = data.load("customers").set_index("row_id").loc["cambricon-top5-revenue", "low"]
    revenue = data.load("company_results").set_index("row_id").loc["cambricon-2025-revenue", "value"]
    assert round(market.share(top, revenue), 1) == 88.7


def test_the_product_line_of_moore_threads():
    customers = data.load("customers").set_index("row_id")
    revenue = data.load("company_results").set_index("row_id").loc["moore-threads-2024-revenue", "value"]
    found = market.share(customers.loc["moore-threads-ai-cluster-2024-cny", "low"], revenue)
    assert round(found) == customers.loc["moore-threads-ai-cluster-2024", "low"] == 42


def test_the_two_largest_customers_stay_below_the_top_five():
    customers = data.load("customers").set_index("row_id")
    revenue = data.load("company_results").set_index("row_id").loc["moore-threads-2025-h1-revenue", "value"]
    two = market.share(customers.loc["moore-threads-top2-2025-h1", "low"], revenue)
    assert 80 < two < customers.loc["moore-threads-top5-2025-h1", "low"]


def test_the_h20_bridge_adds_up():
    bridge = supply.order_bridge(data.load("orders"), "H20")
    assert list(bridge["amount"]) == [4.6, 2.5, 8.0]
    assert bridge["start"].iloc[-1] + bridge["amount"].iloc[-1] == pytest.approx(15.1)
    assert market.share(bridge["amount"].iloc[0], 16) == pytest.approx(28.75)


def test_a_bridge_with_a_faulty_part_is_refused():
    orders = data.load("orders")
    booked = orders["row_id"].eq("h20-booked-fy2026-q1")
    for faulty in (
        orders[~booked],
        pd.concat([orders, orders[booked]]),
        orders.assign(high=orders["high"].mask(booked)),
        orders.assign(unit=orders["unit"].mask(booked, "cards")),
    ):
        with pytest.raises(ValueError, match="bridge of H20"):
            supply.order_bridge(faulty, "H20")


def test_sixteen_billion_in_cards():
    low, high = supply.cards_for(16, 12_000, 15_000)
    assert (round(low / 1e6, 2), round(high / 1e6, 2)) == (1.07, 1.33)


def test_dies_of_a_wafer():
    # 70,686 mm² / 814 mm² less 942.5 mm / 40.35 mm
    assert supply.gross_dies(814) == pytest.approx(63.5, abs=0.1)
    assert supply.good_dies(814, 20) == pytest.approx(12.7, abs=0.05)
    assert supply.good_dies(814, 60) == pytest.approx(3 * supply.good_dies(814, 20))


@given(st.floats(50, 3000), st.floats(0, 100), st.floats(0, 100))
def test_more_yield_gives_more_good_dies_and_never_more_than_all(area, one, other):
    low, high = sorted((one, other))
    assert 0 <= supply.good_dies(area, low) <= supply.good_dies(area, high) <= supply.gross_dies(area) + 1e-9


@given(st.floats(50, 2900), st.floats(1.001, 2))
def test_a_larger_die_gives_fewer(area, factor):
    assert supply.gross_dies(area * factor) < supply.gross_dies(area)


@given(st.floats(1, 1e12), st.floats(0.01, 1e5))
def test_price_and_value_are_each_others_inverse(shares, price):
    assert market.price_for(shares, market.market_value(shares, price)) == pytest.approx(price)


NONSENSE = [
    (market.market_value, (0, 1)),
    (market.price_for, (1, float("nan"))),
    (market.gain, (1, 0)),
    (supply.gross_dies, (8000,)),
    (supply.gross_dies, (-1,)),
    (supply.good_dies, (814, 101)),
    (supply.cards_for, (16, 15_000, 12_000)),
    (supply.cards_for, (-1, 12_000, 15_000)),
]


@pytest.mark.parametrize(("function", "values"), NONSENSE)
def test_nonsense_is_refused(function, values):
    with pytest.raises(ValueError):
        function(*values)


def test_the_funnel_multiplies_what_is_granted_per_firm():
    steps = supply.funnel(data.load("orders"), "H200", 10).set_index("measure")
    assert list(steps.index) == list(supply.FUNNEL)
    assert steps.loc["cleared_by_us_per_firm", "high"] == 750_000
    assert steps.loc["requested", "low"] == 2_000_000


def test_a_funnel_with_a_step_missing_is_refused():
    orders = data.load("orders")
    with pytest.raises(supply.OrderError, match="one row each wanted"):
        supply.funnel(orders[orders["measure"] != "stock"], "H200", 10)


def test_cards_that_a_share_of_revenue_can_be():
    assert supply.cards_at_most(1, 89_000, 27_000) == pytest.approx(32_963, abs=1)
    with pytest.raises(ValueError, match="positive"):
        supply.cards_at_most(1, 89_000, 0)
