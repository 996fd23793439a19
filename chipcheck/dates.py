"""Dates as precise as their source: one grammar, one wording, and what the time between two of them can be.

A date is written 2024, 2024-H1, 2024-Q2, 2024-05 or 2024-05-13. It stands for the span of days that it may mean; so
the time between two dates is a range, and which came first may stay open. Pure functions, no file access.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from chipcheck import chinese, edition
from chipcheck.ids import split_ids

DAYS_PER_MONTH = 365.2425 / 12  # a twelfth of the mean Gregorian year
MONTH, DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
ISO = re.compile(rf"(?:19|20)[0-9]{{2}}(?:-Q[1-4]|-{MONTH}(?:-{DAY})?)?")
HALF_YEAR = re.compile(r"(?:19|20)[0-9]{2}-H[12]")
FISCAL = re.compile(r"FY(20[0-9]{2})(?:-(Q[1-4]|H[12]))?")
MONTHS = chinese.MONTHS  # calendar.month_name follows the locale of who builds
ORDINALS = ("first", "second", "third", "fourth")


class DateError(ValueError):
    """A date cannot be read, or the sources of one event contradict each other."""


@dataclass(frozen=True)
class Dated:
    """One event of one product, as one or more rows date it; `when` is the most precise of their dates."""

    product: str
    event: str
    when: str
    rows: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def as_of(self) -> str:
        """The date of the event, under the name that a fact reads off its evidence."""
        return self.when


def is_iso(text: str) -> bool:
    """Say whether text is 2024, 2024-Q4, 2024-11 or 2024-11-13 and a real date of 1900 to 2099."""
    return precision(text) in ("year", "quarter", "month", "day")


def precision(text: str) -> str:
    """Return year, half, quarter, month or day for a date of that form, and nothing for other text."""
    text = str(text)
    if HALF_YEAR.fullmatch(text):
        return "half"
    if not ISO.fullmatch(text):
        return ""
    if "Q" in text:
        return "quarter"
    if len(text) == len("2024-11-13"):
        try:
            date.fromisoformat(text)
        except ValueError:
            return ""
    return {4: "year", 7: "month", 10: "day"}[len(text)]


def span(when: str) -> tuple[date, date]:
    """Return the first and the last day that a date may mean; raise `DateError` for what is no date."""
    form = precision(when)
    if not form:
        raise DateError(f"{when!r} is no date as 2024, 2024-H1, 2024-Q2, 2024-05 or 2024-05-13")
    if form == "day":
        return date.fromisoformat(when), date.fromisoformat(when)
    year, part = int(when[:4]), when[5:].lstrip("HQ")
    length = {"year": 12, "half": 6, "quarter": 3, "month": 1}[form]
    last = length * int(part or 1)
    return date(year, last - length + 1, 1), date(year, last, monthrange(year, last)[1])


def in_words(when: str, year: bool = True) -> str:
    """Return a date as a reader writes it, a day or a month perhaps without its year.

    Raises `DateError` for what is no date.

    >>> in_words("2025-12-08"), in_words("2024-11"), in_words("2024-Q2"), in_words("2024")
    ('8 December 2025', 'November 2024', 'second quarter of 2024', '2024')
    """
    first, _ = span(when)
    form = precision(when)
    if edition.language() != edition.SOURCE:
        shown = chinese.date(form, when)
        return shown if year else shown.removeprefix(f"{first.year}年")
    if form in ("quarter", "half"):
        return f"{ORDINALS[int(when[-1]) - 1]} {form} of {first.year}"
    words = {"year": "{0.year}", "month": "{1} {0.year}", "day": "{0.day} {1} {0.year}"}[form]
    words = words if year else words.removesuffix(" {0.year}")
    return words.format(first, MONTHS[first.month - 1])


def nvidia_period_end(fiscal_period: str) -> date:
    """Return the last day of an NVIDIA fiscal year or quarter, FY2025 or FY2025-Q1.

    The year ends on the last Sunday of January (Form 10-K, note 1) and the first three quarters have 13
    weeks each. Raises `DateError` for any other form.
    """
    match = FISCAL.fullmatch(fiscal_period)
    if not match or (match[2] or "Q4")[0] != "Q":
        raise DateError(f"{fiscal_period!r} is neither FY2025 nor FY2025-Q1")
    year, quarter = int(match[1]), match[2] or "Q4"
    if quarter == "Q4":
        return _last_sunday_of_january(year)
    return _last_sunday_of_january(year - 1) + timedelta(weeks=13 * int(quarter[1]))


def _last_sunday_of_january(year: int) -> date:
    last = date(year, 1, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def months_between(start: str, end: str) -> tuple[float, float]:
    """Return the least and the most months from `start` to `end`; negative where `end` comes first.

    Two days give one number twice. A month is DAYS_PER_MONTH long.
    """
    first, last = span(start), span(end)
    return (last[0] - first[1]).days / DAYS_PER_MONTH, (last[1] - first[0]).days / DAYS_PER_MONTH


def can_be(interval: tuple[float, float], months: float) -> bool:
    """Say whether some time within an interval, as `months_between` returns it, rounds to `months`."""
    least, most = interval
    return least < months + 0.5 and most >= months - 0.5


def order(one: str, other: str) -> str:
    """Return "before" or "after" where `one` certainly lies before or after `other`, and "open" otherwise."""
    (first, last), (other_first, other_last) = span(one), span(other)
    if last < other_first:
        return "before"
    return "after" if first > other_last else "open"


def dated(dates: pd.DataFrame, product: str, event: str, row: str | None = None) -> Dated:
    """Return when one event of one product happened, from rows of product_dates.

    All rows of the event must have a day in common; the most precise date stands. Raises `KeyError` when
    there is no row, and `DateError` when the rows contradict each other; then name the `row`, in the open.
    """
    found = dates[(dates["product"] == product) & (dates["event"] == event)]
    if row is not None:
        found = found[found["row_id"] == row]
    if found.empty:
        raise KeyError(f"product_dates has no {event} of {product}" + (f" named {row}" if row else ""))
    spans = [span(when) for when in found["date"]]
    if max(first for first, _ in spans) > min(last for _, last in spans):
        listed = ", ".join(f"{r.row_id} = {r.date}" for r in found.itertuples())
        raise DateError(f"{product} {event}: sources contradict each other ({listed}); name the row to use")
    lengths = [(last - first).days for first, last in spans]
    when = found["date"].iloc[lengths.index(min(lengths))]
    sources = tuple(split_ids(list(found["source_id"])))
    return Dated(product, event, when, tuple(found["row_id"]), sources)
