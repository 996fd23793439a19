"""Shares, series by basis, estimates by house and listed companies: pure functions on frames, no file access.

Units: shares in percent, revenue in USD m or USD bn as named, cards in pieces, prices in USD a card.
"""

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from chipcheck import data, ids, require

UNSTATED = "unstated"  # a measure that its house did not name, as it reaches us
ONE_THING = ["house", "measure", "category"]  # who counts, what is counted, whose part
FOREIGN = {"NVIDIA", "AMD"}
OTHERS = "other Chinese makers"


class SeriesError(ValueError):
    """A series would mix values that are counted differently, or repeat a period."""


def china_share(revenue: pd.DataFrame, basis: str, period_kind: str) -> pd.DataFrame:
    """Return China's share of total revenue on one basis, one row per period, oldest first.

    `revenue` holds rows of nvidia_revenue. Columns returned: fiscal_period, as_of (last day), china and total
    (USD m), share (percent), basis, status and china_source_id (of the China value), source_id (of both,
    joined by ;). Only periods with both values are kept. Raises `SeriesError` when a period has two values on
    one basis.
    """
    rows = revenue[revenue["period_kind"] == period_kind]
    china = rows[(rows["measure"] == "china") & (rows["basis"] == basis)]
    total = rows[rows["measure"] == "total"]
    for part in (china, total):
        if repeated := sorted(part.loc[part["fiscal_period"].duplicated(), "fiscal_period"]):
            raise SeriesError(f"two values for {', '.join(repeated)} on one basis")
    joined = china.merge(total, on="fiscal_period", suffixes=("", "_total"), validate="one_to_one")
    return pd.DataFrame(
        {
            "fiscal_period": joined["fiscal_period"],
            "as_of": joined["as_of"],
            "china": joined["value"],
            "total": joined["value_total"],
            "share": share(joined["value"], joined["value_total"]),
            "basis": joined["basis"],
            "status": joined["status"],
            "china_source_id": joined["source_id"],
            "source_id": joined["source_id"] + ";" + joined["source_id_total"],
        }
    ).sort_values("as_of", ignore_index=True)


def grade(series: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return a series of `china_share` with a column grade: how China's value in each period is known.

    `computed` is a difference of other values, `aggregator` a value that only tertiary sources print, `read`
    one that a better source prints. `kinds` gives the kind of each source by its id; an unknown id raises
    `KeyError`.
    """

    def of(status: str, source_ids: str) -> str:
        if status == "computed":
            return "computed"
        return "aggregator" if ids.only_tertiary(source_ids, kinds) else "read"

    return series.assign(grade=list(map(of, series["status"], series["china_source_id"])))


def share(part: pd.Series | float, whole: pd.Series | float) -> pd.Series | float:
    """Return part of whole in percent; `ValueError` unless whole is positive and part lies within it."""
    parts, wholes = pd.Series(part), pd.Series(whole)
    if not ((wholes > 0) & (parts >= 0) & (parts <= wholes)).all():
        raise ValueError("a share needs a positive whole and a part within it")
    return 100 * part / whole


def one_basis(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the frame unchanged if every named column holds a single value; raise `SeriesError` otherwise.

    Each line of a chart passes through here, so that no line joins values that are counted differently.
    """
    for column in columns:
        kinds = frame[column].fillna("none").unique()
        if len(kinds) != 1:
            raise SeriesError(f"one line, but {column} holds {', '.join(map(str, kinds))}")
    return frame


def unaccounted(parts: list[float]) -> float:
    """Return what a list of shares, in percent, leaves of 100. Raises `ValueError` if they exceed it."""
    rest = 100 - sum(parts)
    if rest < -1e-9:
        raise ValueError(f"shares add up to {sum(parts):g}%")
    return rest


def bounded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows that have low and high with two more columns, value and bound, for a chart of points.

    bound is `exact` where both ends are given and equal, `range` where they differ (value is then the
    middle), `at least` where only low is given, and `at most` where only high is. Rows without either raise
    `ValueError`.
    """
    if rows[["low", "high"]].isna().all(axis=1).any():
        raise ValueError("a row has neither low nor high")
    value = rows[["low", "high"]].mean(axis=1)
    bound = pd.Series("exact", index=rows.index).mask(rows["low"] != rows["high"], "range")
    bound = bound.mask(rows["high"].isna(), "at least").mask(rows["low"].isna(), "at most")
    return rows.assign(value=value, bound=bound)


def said(statements: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return what was said on one measure, oldest first, with value and bound: marks, never a line.

    `statements` holds rows of revenue_statements. Raises `KeyError` when nobody spoke of the measure and
    `SeriesError` when the statements differ in unit.
    """
    rows = statements[statements["measure"] == measure]
    if rows.empty:
        raise KeyError(f"no statement on {measure}")
    return bounded(one_basis(rows, "measure", "unit")).sort_values(["as_of", "row_id"], ignore_index=True)


def estimates(shares: pd.DataFrame, unit: str, **kinds: str) -> pd.DataFrame:
    """Return the houses' estimates in one unit, by the time they describe, then by the time they were made.

    `shares` holds rows of china_market_share; `kinds` may name house, measure or category. Columns returned:
    row_id, as_of, year (a number; the half or month of as_of is left out), published, house, measure,
    category, value and bound (see `bounded`), forecast (true or false), unit, source_id. Raises `KeyError`
    when none is left.
    """
    rows = shares[shares["unit"] == unit]
    for column, wanted in kinds.items():
        rows = rows[rows[column] == wanted]
    if rows.empty:
        raise KeyError(f"no estimate in {unit} for {', '.join(kinds.values()) or 'any'}")
    rows = bounded(rows).assign(year=rows["as_of"].str[:4].astype(int), forecast=rows["status"] == "forecast")
    columns = ["row_id", "as_of", "year", "published", *ONE_THING, "value", "bound", "forecast", "unit"]
    return rows[[*columns, "source_id"]].sort_values(["as_of", "published", "row_id"], ignore_index=True)


def vintages(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the lines that a chart of `estimates` may draw: two years or more from one house at one time.

    Each frame holds one house, measure, category and unit, as published at one time, by year. What a house
    said at another time, a bound, and an unstated measure (two of which may be two things) are never part of
    a line.
    """
    drawn = frame[(frame["bound"] == "exact") & (frame["measure"] != UNSTATED)]
    keys = [*ONE_THING, "unit", "published"]
    groups = [rows.sort_values("year", ignore_index=True) for _, rows in drawn.groupby(keys)]
    return [one_basis(rows, *keys) for rows in groups if rows["year"].nunique() > 1]


def revisions(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each change of mind in a frame of `estimates`: one house, one measure, one category, one year.

    Columns: house, measure, category, unit, as_of, year, before and after (the two values), row_id_before,
    row_id_after, published_before, published_after, change (points, or the unit), source_id (of both).
    Unstated measures and bounds are left out, as in `vintages`. Raises `SeriesError` when one house gives two
    values for one year at one time: that is a conflict, not a revision.
    """
    stated = frame[(frame["bound"] == "exact") & (frame["measure"] != UNSTATED)]
    found = []
    for key, rows in stated.groupby([*ONE_THING, "unit", "as_of"]):
        ordered = rows.sort_values("published")
        if ordered["published"].duplicated().any():
            raise SeriesError(f"{', '.join(key)}: two values published at one time")
        for before, after in pairwise(ordered.to_dict("records")):
            found.append(
                {column: after[column] for column in [*ONE_THING, "unit", "as_of", "year"]}
                | {"before": before["value"], "after": after["value"]}
                | {"change": after["value"] - before["value"]}
                | {"row_id_before": before["row_id"], "row_id_after": after["row_id"]}
                | {"published_before": before["published"], "published_after": after["published"]}
                | {"source_id": before["source_id"] + ";" + after["source_id"]}
            )
    return pd.DataFrame(found)


def cards_by_maker(shares: pd.DataFrame, house: str, year: str) -> pd.DataFrame:
    """Return one house's count of cards by maker in a year, largest first, then what its makers leave.

    `shares` holds rows of china_market_share. Columns: category, cards, share (percent of the house's own
    total), home (`domestic` or `imported`), status, source_id. The row `other Chinese makers` is the domestic
    total less the domestic makers named, status computed. Raises `SeriesError` when the makers exceed a total
    by more than 1 percent, more than rounding explains.
    """
    rows = shares[(shares["house"] == house) & (shares["as_of"] == year) & (shares["unit"] == "cards")]
    rows = one_basis(rows, "house", "measure", "as_of").set_index("category")
    whole = data.only(rows, "domestic")
    total, domestic = data.only(rows, "total")["low"], whole["low"]
    makers = rows.drop(index=["total", "domestic"])[["low", "status", "source_id"]]
    makers = makers.rename(columns={"low": "cards"})
    makers["home"] = ["imported" if maker in FOREIGN else "domestic" for maker in makers.index]
    rest = domestic - makers.loc[makers["home"] == "domestic", "cards"].sum()
    imported = makers.loc[makers["home"] == "imported", "cards"].sum()
    if rest < -0.01 * domestic or domestic + imported > 1.01 * total:
        raise SeriesError(f"{house} {year}: the makers exceed the total")
    makers = makers.sort_values("cards", ascending=False)
    makers.loc[OTHERS] = [rest, "computed", whole["source_id"], "domestic"]
    makers["share"] = 100 * makers["cards"] / total
    return makers.rename_axis("category").reset_index()


def market_value(shares: float, price: float) -> float:
    """Return the worth of a company in billions: shares (count) times price a share, in the currency of the price.

    Raises `ValueError` unless both are positive.
    """
    require.positive(shares=shares, price=price)
    return shares * price / 1e9


def price_for(shares: float, value: float) -> float:
    """Return the share price at which `shares` (count) are worth `value`, in billions of the price's currency.

    The inverse of `market_value`. Raises `ValueError` unless both are positive.
    """
    require.positive(shares=shares, value=value)
    return value * 1e9 / shares


def gain(price: float, base: float) -> float:
    """Return by how many percent `price` lies above `base`; a fall is negative.

    Raises `ValueError` unless both are positive.
    """
    require.positive(price=price, base=base)
    return 100 * (price / base - 1)
