"""Dates of unequal precision, and what the time between two of them can be: pure functions, no file access.

A date is written 2024, 2024-H1, 2024-Q2, 2024-05 or 2024-05-13, as precise as its source. It stands for the
span of days that it may mean; so the time between two dates is a range, and which came first may stay open.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import pandas as pd

DAYS_PER_MONTH = 365.2425 / 12  # a twelfth of the mean Gregorian year
FORM = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-H(?P<half>[12])|-Q(?P<quarter>[1-4])|-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?",
    re.ASCII,
)


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


def span(when: str) -> tuple[date, date]:
    """Return the first and the last day that a date may mean; raise `DateError` for what is no date."""
    match = FORM.fullmatch(when)
    if not match:
        raise DateError(f"{when!r} is no date as 2024, 2024-H1, 2024-Q2, 2024-05 or 2024-05-13")
    part = {name: int(digits) for name, digits in match.groupdict().items() if digits}
    try:
        if "day" in part:
            day = date(part["year"], part["month"], part["day"])
            return day, day
        first, last = _months(part)
        return date(part["year"], first, 1), date(part["year"], last, monthrange(part["year"], last)[1])
    except ValueError as error:  # month 13, 30 February
        raise DateError(f"{when!r}: {error}") from None


def _months(part: dict[str, int]) -> tuple[int, int]:
    """Return the first and the last month of a year, half, quarter or month."""
    if "month" in part:
        return part["month"], part["month"]
    if "quarter" in part:
        return 3 * part["quarter"] - 2, 3 * part["quarter"]
    if "half" in part:
        return 6 * part["half"] - 5, 6 * part["half"]
    return 1, 12


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
    sources = tuple(dict.fromkeys(part for ids in found["source_id"] for part in ids.split(";")))
    return Dated(product, event, when, tuple(found["row_id"]), sources)
