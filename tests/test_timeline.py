"""Dates of unequal precision: spans, intervals, order, and sources that contradict each other."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, timeline

DAYS = st.dates(date(1995, 1, 1), date(2035, 12, 31))
FORMS = {
    "year": lambda day: f"{day:%Y}",
    "half": lambda day: f"{day:%Y}-H{(day.month + 5) // 6}",
    "quarter": lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}",
    "month": lambda day: f"{day:%Y-%m}",
    "day": lambda day: f"{day:%Y-%m-%d}",
}
WRITTEN = st.builds(lambda day, form: (day, FORMS[form](day)), DAYS, st.sampled_from(list(FORMS)))


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-H2", date(2024, 7, 1), date(2024, 12, 31)),
        ("2024-Q2", date(2024, 4, 1), date(2024, 6, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-03-18", date(2024, 3, 18), date(2024, 3, 18)),
    ],
)
def test_span(when, first, last):
    assert timeline.span(when) == (first, last)


@pytest.mark.parametrize("when", ["", "24", "2024-Q5", "2024-H0", "2024-13", "2024-02-30", "2024-3", "spring 2024"])
def test_what_is_no_date_is_refused(when):
    with pytest.raises(timeline.DateError, match=when or "no date"):
        timeline.span(when)


@given(WRITTEN)
def test_a_date_stands_for_the_day_it_was_made_from(written):
    day, when = written
    first, last = timeline.span(when)
    assert first <= day <= last


@given(WRITTEN, WRITTEN)
def test_interval_contains_the_true_time_and_turns_round(one, other):
    (day, when), (other_day, other_when) = one, other
    least, most = timeline.months_between(when, other_when)
    assert least <= (other_day - day).days / timeline.DAYS_PER_MONTH <= most
    assert timeline.months_between(other_when, when) == pytest.approx((-most, -least))


@given(WRITTEN, WRITTEN)
def test_order_is_never_wrong(one, other):
    (day, when), (other_day, other_when) = one, other
    found = timeline.order(when, other_when)
    assert {"before": day < other_day, "after": day > other_day, "open": True}[found]
    opposite = {"before": "after", "after": "before", "open": "open"}
    assert timeline.order(other_when, when) == opposite[found]


def test_whole_years_are_whole_months():
    assert timeline.months_between("2022-03-22", "2024-03-22")[0] == pytest.approx(24, abs=0.05)
    assert timeline.months_between("2024-01-01", (date(2024, 1, 1) + timedelta(365)).isoformat())[1] < 12.01


@pytest.mark.parametrize(
    ("interval", "months", "expected"),
    [((17.3, 20.3), 18, True), ((16.1, 16.1), 18, False), ((12.0, 17.5), 18, True), ((18.5, 19.0), 18, False)],
)
def test_can_be(interval, months, expected):
    assert timeline.can_be(interval, months) is expected


def rows(*dates):
    return pd.DataFrame(
        {
            "row_id": [f"row-{number}" for number in range(len(dates))],
            "product": "X1",
            "event": "announced",
            "date": dates,
            "source_id": [f"source-{number}" for number in range(len(dates))],
        }
    )


def test_the_most_precise_date_stands():
    found = timeline.dated(rows("2024", "2024-03-18", "2024-Q1"), "X1", "announced")
    assert found.when == "2024-03-18"
    assert found.sources == ("source-0", "source-1", "source-2")


def test_contradicting_sources_are_refused_until_one_is_named():
    table = rows("2024-Q2", "2024-03")
    with pytest.raises(timeline.DateError, match=r"row-0 = 2024-Q2, row-1 = 2024-03.*name the row"):
        timeline.dated(table, "X1", "announced")
    assert timeline.dated(table, "X1", "announced", row="row-0").when == "2024-Q2"


@pytest.mark.parametrize("asked", [("X2", "announced", None), ("X1", "volume", None), ("X1", "announced", "row-9")])
def test_a_missing_event_is_named(asked):
    with pytest.raises(KeyError, match="product_dates has no"):
        timeline.dated(rows("2024"), *asked)


def test_every_date_of_the_table_can_be_read():
    for when in data.load("product_dates")["date"]:
        timeline.span(when)


def test_the_tables_know_two_dates_for_the_first_h200():
    with pytest.raises(timeline.DateError, match="h200-first-shipment-ifp"):
        timeline.dated(data.load("product_dates"), "H200", "first_shipment")
