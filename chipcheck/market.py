"""Shares and series by basis: pure functions on frames, no file access."""

import pandas as pd


class SeriesError(ValueError):
    """A series would mix values that are counted differently, or repeat a period."""


def china_share(revenue: pd.DataFrame, basis: str, period_kind: str) -> pd.DataFrame:
    """Return China's share of total revenue on one basis, one row per period, oldest first.

    `revenue` holds rows of nvidia_revenue. Columns returned: fiscal_period, as_of (last day), china and total (USD m),
    share (percent), basis, status (of the China value), source_id (of both, joined by ;). Only periods with both
    values are kept. Raises `SeriesError` when a period has two values on one basis.
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
            "source_id": joined["source_id"] + ";" + joined["source_id_total"],
        }
    ).sort_values("as_of", ignore_index=True)


def share(part: pd.Series | float, whole: pd.Series | float) -> pd.Series | float:
    """Return part of whole in percent. Raises `ValueError` unless whole is positive and part lies within it."""
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
