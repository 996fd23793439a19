"""Dates of unequal precision: spans, intervals, order, and sources that contradict each other."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, dates

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
    ("text", "precision"),
    [
        ("2024", "year"),
        ("2024-Q4", "quarter"),
        ("2024-11", "month"),
        ("2024-02-29", "day"),
        ("2023-02-29", ""),
        ("2024-13", ""),
        ("2024-Q5", ""),
        ("2024-1-3", ""),
        ("２０２４", ""),
        ("0024", ""),
        ("2024-H2", "half"),
        ("2024-11-13 ", ""),
        ("", ""),
    ],
)
def test_dates_are_as_precise_as_typed(text, precision):
    assert dates.precision(text) == precision
    assert dates.is_iso(text) == (precision not in ("", "half"))


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("FY2021", date(2021, 1, 31)),
        ("FY2025", date(2025, 1, 26)),
        ("FY2026-Q4", date(2026, 1, 25)),
        ("FY2025-Q3", date(2024, 10, 27)),
        ("FY2027-Q1", date(2026, 4, 26)),
    ],
)
def test_nvidia_periods_end_when_its_filings_say(period, end):
    assert dates.nvidia_period_end(period) == end


@pytest.mark.parametrize("period", ["2025", "FY2025-H1", "FY25", "FY2025-Q5"])
def test_other_periods_are_refused(period):
    with pytest.raises(ValueError, match=period):
        dates.nvidia_period_end(period)


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
    assert dates.span(when) == (first, last)


@pytest.mark.parametrize("when", ["", "24", "2024-Q5", "2024-H0", "2024-13", "2024-02-30", "2024-3", "spring 2024"])
def test_what_is_no_date_is_refused(when):
    with pytest.raises(dates.DateError, match=when or "no date"):
        dates.span(when)


@given(WRITTEN)
def test_a_date_stands_for_the_day_it_was_made_from(written):
    day, when = written
    first, last = dates.span(when)
    assert first <= day <= last


@given(WRITTEN, WRITTEN)
def test_interval_contains_the_true_time_and_turns_round(one, other):
    (day, when), (other_day, other_when) = one, other
    least, most = dates.months_between(when, other_when)
    assert least <= (other_day - day).days / dates.DAYS_PER_MONTH <= most
    assert dates.months_between(other_when, when) == pytest.approx((-most, -least))


@given(WRITTEN, WRITTEN)
def test_order_is_never_wrong(one, other):
    (day, when), (other_day, other_when) = one, other
    found = dates.order(when, other_when)
    assert {"before": day < other_day, "after": day > other_day, "open": True}[found]
    opposite = {"before": "after", "after": "before", "open": "open"}
    assert dates.order(other_when, when) == opposite[found]


def test_whole_years_are_whole_months():
    assert dates.months_between("2022-03-22", "2024-03-22")[0] == pytest.approx(24, abs=0.05)
    assert dates.months_between("2024-01-01", (date(2024, 1, 1) + timedelta(365)).isoformat())[1] < 12.01


@pytest.mark.parametrize(
    ("interval", "months", "expected"),
    [((17.3, 20.3), 18, True), ((16.1, 16.1), 18, False), ((12.0, 17.5), 18, True), ((18.5, 19.0), 18, False)],
)
def test_can_be(interval, months, expected):
    assert dates.can_be(interval, months) is expected


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
    found = dates.dated(rows("2024", "2024-03-18", "2024-Q1"), "X1", "announced")
    assert found.when == "2024-03-18"
    assert found.sources == ("source-0", "source-1", "source-2")


def test_contradicting_sources_are_refused_until_one_is_named():
    table = rows("2024-Q2", "2024-03")
    with pytest.raises(dates.DateError, match=r"row-0 = 2024-Q2, row-1 = 2024-03.*name the row"):
        dates.dated(table, "X1", "announced")
    assert dates.dated(table, "X1", "announced", row="row-0").when == "2024-Q2"


@pytest.mark.parametrize("asked", [("X2", "announced", None), ("X1", "volume", None), ("X1", "announced", "row-9")])
def test_a_missing_event_is_named(asked):
    with pytest.raises(KeyError, match="product_dates has no"):
        dates.dated(rows("2024"), *asked)


def test_every_date_of_the_table_can_be_read():
    for when in data.load("product_dates")["date"]:
        dates.span(when)


def test_the_tables_know_two_dates_for_the_first_h200():
    with pytest.raises(dates.DateError, match="h200-first-shipment-ifp"):
        dates.dated(data.load("product_dates"), "H200", "first_shipment")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2025-12-08", "8 December 2025"),
        ("2025-09", "September 2025"),
        ("2024-Q2", "second quarter of 2024"),
        ("2026-H1", "first half of 2026"),
        ("2023", "2023"),
    ],
)
def test_a_date_in_words(when, words):
    assert dates.in_words(when) == words
