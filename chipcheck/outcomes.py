"""What came of the forecasts, and how far the evidence reaches: pure functions on frames, no file access.

A forecast may have several dated outcomes; the latest counts. The rating of its claim is typed in verdicts.csv
and must be the score of that latest outcome.
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from chipcheck import dates, schemas
from chipcheck.verdicts import VerdictError


class OutcomeError(ValueError):
    """The outcomes of a forecast do not say how it stands."""


def latest(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the last outcome of each forecast, indexed by forecast_id; a month counts as its last day.

    Raises `OutcomeError` when two outcomes of one forecast end on the same last day.
    """
    dated = outcomes.assign(last=[dates.span(when)[1] for when in outcomes["as_of"]])
    ends = dated.groupby("forecast_id")["last"].transform("max")
    last = dated[dated["last"] == ends]
    if twice := sorted(set(last.loc[last["forecast_id"].duplicated(), "forecast_id"])):
        raise OutcomeError(f"two latest outcomes for {', '.join(twice)}: make one date more precise")
    return last.drop(columns="last").set_index("forecast_id")


def forecast_status(forecasts: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return each forecast with its latest outcome, in the order of `forecasts`.

    Columns added: as_of, score, confidence, outcome (the statement), source_id, checks (how many dated outcomes
    there are). Raises `OutcomeError` for a forecast without an outcome, and for one called off before its time:
    a score of “did not come true” on a day that lies before its horizon.
    """
    last = latest(outcomes).rename(columns={"statement": "outcome"})
    if missing := sorted(set(forecasts["forecast_id"]) - set(last.index)):
        raise OutcomeError(f"no outcome for {', '.join(missing)}")
    checks = outcomes["forecast_id"].value_counts().rename("checks")
    kept = last[["as_of", "score", "confidence", "outcome", "source_id"]].join(checks)
    joined = forecasts.merge(kept, left_on="forecast_id", right_index=True, validate="one_to_one")
    for row in joined.to_dict("records"):
        if row["score"] == "did not come true" and _is_early(row["as_of"], row["horizon"]):
            raise OutcomeError(
                f"{row['forecast_id']}: {row['score']} as of {row['as_of']}, but it has until {row['horizon']}"
            )
    return joined.sort_values(["line", "forecast_id"], kind="stable", ignore_index=True)


def _is_early(as_of: str, horizon: object) -> bool:
    return isinstance(horizon, str) and dates.span(as_of)[1] < dates.span(horizon)[1]


def check(claims: pd.DataFrame, verdicts: pd.DataFrame, forecasts: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    """Hold the typed ratings of forecast claims against the latest outcomes.

    Raises `VerdictError` naming claim, typed rating and latest score where they differ, and naming every claim of
    kind forecast that has no forecast row.
    """
    stands = forecast_status(forecasts, outcomes)
    expected = set(claims.loc[claims["kind"] == "forecast", "claim_id"])
    if missing := sorted(expected - set(stands["claim_id"])):
        raise VerdictError(f"forecasts.csv has no row for {', '.join(missing)}")
    typed = verdicts.set_index("claim_id")["rating"]
    wrong = [
        f"{row.claim_id}: typed rating {typed[row.claim_id]!r}, latest outcome of {row.as_of} {row.score!r}"
        for row in stands.itertuples()
        if typed[row.claim_id] != row.score
    ]
    if wrong:
        raise VerdictError("; ".join(wrong))


def tally(stands: pd.DataFrame) -> pd.Series:
    """Return how many forecasts have each score, in the fixed order of the scale, zeros kept."""
    return stands["score"].value_counts().reindex(schemas.SCORES, fill_value=0)


SUBJECTS = {  # tables whose rows are dated by what they say of the subject
    "hardware": ("chip_specs", "systems", "serving_throughput", "mlperf_results", "product_dates"),
    "revenue": ("nvidia_revenue", "revenue_statements"),
    "policy": ("policy_events", "fees", "export_rules"),
}
DELIVERIES = ("orders", "revenue_statements")  # of their rows, those about chips that came to China
SUBJECT_TABLES = sorted({name for names in SUBJECTS.values() for name in names} | set(DELIVERIES))


def known_until(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str]]:
    """Return subject and last date in evidence: hardware, revenue, policy, deliveries.

    `tables` maps names to frames. A delivery is a row of orders.csv that counts H200 delivered, or a statement on
    revenue from H200 or Hopper products in China.
    """
    orders, statements = (tables[name] for name in DELIVERIES)
    came = {
        "orders": orders[orders["measure"].eq("delivered") & orders["product"].eq("H200")],
        "revenue_statements": statements[statements["row_id"].str.startswith("h200-")],
    }
    parts = {subject: {name: tables[name] for name in names} for subject, names in SUBJECTS.items()}
    of_products = tables["policy_events"]["lane"].eq("products")
    parts["policy"]["policy_events"] = tables["policy_events"][~of_products]
    parts["hardware"]["policy_events"] = tables["policy_events"][of_products]
    return [(subject, evidence_end(frames)[0]) for subject, frames in {**parts, "deliveries": came}.items()]


def evidence_end(tables: Mapping[str, pd.DataFrame]) -> tuple[str, str]:
    """Return the last date on which some evidence stands, and the table that holds it.

    `tables` maps names to frames with a column as_of, date or effective_from; forecasts are left out, since they are
    about a time to come. A date that names no day counts from its first day on: 2026-08 may mean the first of August.
    """
    ends: list[tuple[date, str, str]] = []
    for name, frame in tables.items():
        known = frame[frame["status"] != "forecast"] if "status" in frame else frame
        column = next(name for name in ("as_of", "date", "effective_from") if name in frame)
        ends += [(dates.span(when)[0], when, name) for when in known[column].dropna()]
    if not ends:
        raise OutcomeError("no dated evidence")
    _, when, name = max(ends)
    return when, name
