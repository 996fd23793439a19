"""Shares of unlike things must not meet in one series."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, market


@pytest.fixture(scope="module")
def revenue():
    return data.load("nvidia_revenue")


def test_the_share_is_china_over_total(revenue):
    years = market.china_share(revenue, "billing", "year").set_index("fiscal_period")
    assert round(years.loc["FY2025", "share"], 1) == 13.1
    assert years.loc["FY2025", "china"] == 17108 and years.loc["FY2025", "total"] == 130497


def test_no_series_joins_two_bases(revenue):
    for basis in ("billing", "headquarters"):
        series = market.china_share(revenue, basis, "quarter")
        assert set(market.one_basis(series, "basis")["basis"]) == {basis}
        assert series["fiscal_period"].is_unique and series["as_of"].is_monotonic_increasing


def test_joining_them_is_refused(revenue):
    both = pd.concat([market.china_share(revenue, basis, "quarter") for basis in ("billing", "headquarters")])
    with pytest.raises(market.SeriesError, match="billing, headquarters"):
        market.one_basis(both, "basis")


def test_a_period_typed_twice_is_refused(revenue):
    twice = pd.concat([revenue, revenue[revenue["row_id"] == "fy2025-china-billing"]])
    with pytest.raises(market.SeriesError, match="FY2025"):
        market.china_share(twice, "billing", "year")


@given(st.floats(0.001, 1e6), st.floats(0, 1))
def test_a_share_lies_between_0_and_100(whole, fraction):
    assert 0 <= market.share(whole * fraction, whole) <= 100 + 1e-9


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 1), (1, 0), (1, -5)])
def test_a_share_of_nonsense_is_refused(part, whole):
    with pytest.raises(ValueError, match="positive whole"):
        market.share(part, whole)


def test_what_two_shares_leave():
    assert market.unaccounted([57.6, 33]) == pytest.approx(9.4)
    with pytest.raises(ValueError, match="add up to 101"):
        market.unaccounted([60, 41])


@pytest.fixture(scope="module")
def shares():
    return data.load("china_market_share")


@pytest.fixture(scope="module")
def percent(shares):
    return market.estimates(shares, "%")


def test_a_quarter_says_how_it_is_known(revenue):
    kinds = data.load("sources").set_index("source_id")["kind"]
    billing = market.grade(market.china_share(revenue, "billing", "quarter"), kinds)
    known = billing.set_index("fiscal_period")["grade"]
    assert known["FY2024-Q4"] == "computed"  # the year less nine months
    assert known["FY2024-Q3"] == "read"
    assert known["FY2025-Q2"] == "aggregator"
    years = market.grade(market.china_share(revenue, "billing", "year"), kinds)
    assert set(years["grade"]) == {"read"}


# ---- no line joins values that are counted differently ----


def test_every_line_of_estimates_is_one_house_one_measure_one_maker_one_time(percent):
    lines = market.vintages(percent)
    assert lines
    for line in lines:
        market.one_basis(line, "house", "measure", "category", "unit", "published")
        assert line["year"].is_unique and line["year"].is_monotonic_increasing


def test_lines_of_different_houses_or_measures_are_refused(percent):
    first, second = market.vintages(percent)[:2]
    with pytest.raises(market.SeriesError):
        market.one_basis(pd.concat([first, second]), "house", "measure", "category")


@given(st.lists(st.tuples(*[st.sampled_from("ab")] * 4, st.integers(2022, 2028)), unique=True, min_size=1))
def test_whatever_is_typed_no_line_mixes(rows):
    keys = ["house", "measure", "category", "published", "year"]
    frame = pd.DataFrame(rows, columns=keys).assign(unit="%", bound="exact", value=1.0)
    for line in market.vintages(frame):
        assert len(line.drop_duplicates(keys[:4])) == 1 and len(line) > 1


def test_an_unstated_measure_and_a_bound_are_never_joined(percent):
    for line in market.vintages(percent):
        assert market.UNSTATED not in set(line["measure"]) and set(line["bound"]) == {"exact"}


def test_the_lines_of_chapter_04_have_one_basis_and_one_kind_of_period(revenue):
    for basis in ("billing", "headquarters"):
        quarters = market.china_share(revenue, basis, "quarter")
        years = market.china_share(revenue, basis, "year")
        assert not set(quarters["fiscal_period"]) & set(years["fiscal_period"])
        for line in (quarters, years):
            market.one_basis(line, "basis")


def test_what_is_said_is_of_one_measure():
    statements = data.load("revenue_statements")
    for measure in ("share_of_data_centre_revenue", "market_share"):
        marks = market.said(statements, measure)
        assert set(marks["measure"]) == {measure} and set(marks["unit"]) == {"%"}
        assert marks["as_of"].is_monotonic_increasing
    with pytest.raises(KeyError, match="no statement on weather"):
        market.said(statements, "weather")


def test_a_bound_is_not_taken_for_a_value():
    rows = pd.DataFrame({"low": [5, None, 5, 4], "high": [5, 5, None, 6]})
    assert list(market.bounded(rows)["bound"]) == ["exact", "at most", "at least", "range"]
    assert list(market.bounded(rows)["value"]) == [5, 5, 5, 5]
    with pytest.raises(ValueError, match="neither"):
        market.bounded(pd.DataFrame({"low": [None], "high": [None]}))


# ---- revisions ----


def test_trendforce_revised_its_forecast_for_2025(percent):
    revised = market.revisions(percent).set_index("house").loc["TrendForce"]
    assert (revised["before"], revised["after"], revised["change"]) == (42, 49, 7)
    assert (revised["published_before"], revised["published_after"]) == ("2025-05-15", "2025-07")


def test_two_values_at_one_time_are_a_conflict_not_a_revision(shares):
    with pytest.raises(market.SeriesError, match="Bernstein, spending"):
        market.revisions(market.estimates(shares, "USD bn"))


# ---- totals that sources print ----


@pytest.mark.parametrize(
    ("part", "whole", "printed", "digits"),
    [
        ("idc-2024-domestic-cards", "idc-2024-total", 30.4, 1),  # printed: more than 30
        ("idc-2025-nvidia-cards", "idc-2025-total", "idc-2025-nvidia", 0),
        ("idc-2025-domestic-cards", "idc-2025-total", "idc-2025-domestic", 0),
        ("idc-2025-huawei-cards", "idc-2025-total", 20, 0),
    ],
)
def test_cards_give_the_share_that_idc_prints(shares, part, whole, printed, digits):
    low = shares.set_index("row_id")["low"]
    expected = low[printed] if isinstance(printed, str) else printed
    assert round(market.share(low[part], low[whole]), digits) == pytest.approx(expected)


def test_idc_makers_fill_the_domestic_total_of_2025(shares):
    makers = market.cards_by_maker(shares, "IDC", "2025").set_index("category")
    assert makers.loc[makers["home"] == "domestic", "cards"].sum() == 1_650_000
    # total, NVIDIA and AMD are printed as "about"
    assert makers["cards"].sum() == pytest.approx(4_000_000, rel=0.01)
    assert makers.loc[market.OTHERS, "status"] == "computed" and makers.loc[market.OTHERS, "cards"] == 341_000
    assert makers.index[-1] == market.OTHERS and makers["cards"].iloc[:-1].is_monotonic_decreasing


def test_makers_above_the_total_are_refused(shares):
    doubled = shares.assign(low=shares["low"].mask(shares["row_id"] == "idc-2025-huawei-cards", 1_700_000))
    with pytest.raises(market.SeriesError, match="exceed"):
        market.cards_by_maker(doubled, "IDC", "2025")
