"""The latest outcome counts, and the typed rating of a forecast has to be its score."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, outcomes, schemas
from chipcheck.verdicts import VerdictError

ORDERED = ["2025-12-08", "2026-01", "2026-02-24", "2026-Q1", "2026-06-01", "2026"]  # by the last day they may mean


def forecast(horizon=None):
    columns = ["forecast_id", "claim_id", "line", "statement", "horizon", "subject", "notebook"]
    return pd.DataFrame([("burst", "orders-burst", 93.0, "Orders burst.", horizon, "market", "11")], columns=columns)


def outcome(*rows):
    """Return outcomes of one forecast; each row is (as_of, score)."""
    frame = pd.DataFrame(rows, columns=["as_of", "score"])
    return frame.assign(
        row_id=[f"row-{number}" for number in range(len(rows))],
        forecast_id="burst",
        confidence="medium",
        statement=[f"Known on {when}." for when, _ in rows],
        source_id="a-source",
    )


@given(st.permutations(ORDERED))
def test_the_latest_counts_whatever_the_order_of_rows(dates):
    last = outcomes.latest(outcome(*((when, "open") for when in dates)))
    assert last.loc["burst", "as_of"] == "2026"


def test_two_latest_outcomes_are_refused():
    both = outcome(("2026-06", "open"), ("2026-06-30", "came true"))
    with pytest.raises(outcomes.OutcomeError, match="two latest outcomes for burst"):
        outcomes.latest(both)


def test_a_forecast_stands_as_its_latest_outcome_says():
    stands = outcomes.forecast_status(forecast(), outcome(("2026-06-01", "did not come true"), ("2026-02-24", "open")))
    row = stands.iloc[0]
    assert (row["score"], row["as_of"], row["checks"]) == ("did not come true", "2026-06-01", 2)
    assert row["outcome"] == "Known on 2026-06-01." and row["statement"] == "Orders burst."


def test_a_forecast_without_an_outcome_is_named():
    with pytest.raises(outcomes.OutcomeError, match="no outcome for burst"):
        outcomes.forecast_status(forecast(), outcome(("2026", "open")).assign(forecast_id="another"))


def test_no_forecast_fails_before_its_time_is_over():
    with pytest.raises(outcomes.OutcomeError, match="burst.*as of 2026-08-26, but it has until 2026-12"):
        outcomes.forecast_status(forecast("2026-12"), outcome(("2026-08-26", "did not come true")))
    over = outcomes.forecast_status(forecast("2026-12"), outcome(("2026-12-31", "did not come true")))
    early = outcomes.forecast_status(forecast("2026-12"), outcome(("2026-08-26", "came true")))
    assert list(over["score"]) + list(early["score"]) == ["did not come true", "came true"]


def claims_and_verdicts(rating):
    claims = pd.DataFrame([("orders-burst", "forecast"), ("a-date", "date")], columns=["claim_id", "kind"])
    verdicts = pd.DataFrame([("orders-burst", rating), ("a-date", "holds")], columns=["claim_id", "rating"])
    return claims, verdicts


def test_the_typed_rating_has_to_be_the_latest_score():
    rows = outcome(("2026-02-24", "open"), ("2026-06-01", "partly came true"))
    outcomes.check(*claims_and_verdicts("partly came true"), forecast(), rows)
    with pytest.raises(VerdictError, match="orders-burst: typed rating 'open', latest .* 'partly came true'"):
        outcomes.check(*claims_and_verdicts("open"), forecast(), rows)


def test_a_forecast_claim_without_a_row_is_named():
    claims, verdicts = claims_and_verdicts("open")
    claims.loc[1, "kind"] = "forecast"
    with pytest.raises(VerdictError, match="no row for a-date"):
        outcomes.check(claims, verdicts, forecast(), outcome(("2026", "open")))


def test_the_tables_agree():
    outcomes.check(*(data.load(name) for name in ("claims", "verdicts", "forecasts", "outcomes")))


def test_a_later_row_changes_the_score(folder):
    forecasts = data.load("forecasts", folder.path)
    before = outcomes.tally(outcomes.forecast_status(forecasts, data.load("outcomes", folder.path)))
    folder.append(
        *("outcomes", "orders-burst-2027-01", "orders-burst", "2027-01-31", "did not come true", "strong"),
        *("The year is over.", "nvidia-10q-fy2027-q2", "", ""),
    )
    tables = [data.load(name, folder.path) for name in ("claims", "verdicts", "forecasts", "outcomes")]
    after = outcomes.tally(outcomes.forecast_status(*tables[2:]))
    assert (after - before)["did not come true"] == 1 and (after - before)["open"] == -1
    with pytest.raises(VerdictError, match="orders-released-in-2026: typed rating 'open'"):
        outcomes.check(*tables)


def test_the_tally_keeps_the_scale_and_its_zeros():
    tally = outcomes.tally(outcomes.forecast_status(forecast(), outcome(("2026", "open"))))
    assert list(tally.index) == schemas.SCORES and list(tally) == [0, 0, 1, 0, 0]


def test_scores_are_ratings():
    assert set(schemas.SCORES) <= set(schemas.TABLES["verdicts"].columns["rating"].values)


def test_evidence_ends_with_the_last_row_that_is_no_forecast():
    known = pd.DataFrame({"as_of": ["2026-08", "2026-06-01", "2028"], "status": ["claimed", "claimed", "forecast"]})
    events = pd.DataFrame({"date": ["2025-12-08", "2026-07-31"]})
    assert outcomes.evidence_end({"orders": known, "policy_events": events}) == ("2026-08", "orders")
    assert outcomes.evidence_end({"policy_events": events}) == ("2026-07-31", "policy_events")
    with pytest.raises(outcomes.OutcomeError, match="no dated evidence"):
        outcomes.evidence_end({"orders": known[known["status"] == "forecast"]})


def test_known_until_tells_policy_from_products_and_deliveries_from_orders():
    def dated(**columns):
        return pd.DataFrame(columns | {"status": "claimed"})

    tables = {name: dated(as_of=["2025-01-01"]) for name in outcomes.SUBJECT_TABLES}
    tables["policy_events"] = dated(date=["2026-09-28", "2026-09-30"], lane=["China", "products"])
    tables["orders"] = dated(
        as_of=["2026-08-19", "2026-09-01"], measure=["delivered", "requested"], product=["H200", "H200"]
    )
    tables["revenue_statements"] = dated(as_of=["2026-07-26", "2026-10-01"], row_id=["h200-under", "kress"])
    assert outcomes.known_until(tables) == [
        ("hardware", "2026-09-30"), ("revenue", "2026-10-01"), ("policy", "2026-09-28"), ("deliveries", "2026-08-19"),
    ]  # fmt: skip
