"""Typed numbers hold against each other: a slipped digit breaks a sum, a product, a ratio or a date."""

import inspect
import re

import pytest

from chipcheck import data, identities, paths, schemas

# How many comparisons each identity makes at least, so that none falls silent when rows are renamed
LEAST = {
    "tpp_is_a_dense_rate_times_its_bits": 15,
    "a_dense_rate_scales_with_its_bits": 45,
    "sparse_is_twice_dense": 3,
    "a_measured_rate_is_below_the_published_one": 10,
    "a_system_is_the_sum_of_its_chips": 10,
    "a_ratio_of_systems_is_their_quotient": 3,
    "a_stated_multiple_is_the_quotient_of_the_chips": 10,
    "like_benchmark_results_are_of_one_size": 40,
    "bands_are_not_empty": 4,
    "quarters_add_up_to_the_year": 10,
    "a_part_is_less_than_the_total": 45,
    "a_share_of_revenue_is_part_over_total": 4,
    "parts_of_a_market_fit_into_it": 4,
    "a_share_of_the_market_is_part_over_total": 4,
    "price_times_shares_is_market_value": 6,
    "issue_price_times_shares_is_proceeds": 4,
    "a_gain_is_close_over_issue_price": 5,
    "a_day_of_trading_is_in_order": 8,
    "a_claims_number_is_the_one_printed": 55,
    "a_horizon_is_the_articles_date_and_its_years": 2,
    "no_source_is_older_than_what_it_shows": 700,
    "nothing_is_younger_than_our_search": 1000,
}


@pytest.fixture(scope="module")
def tables():
    return identities.load_all()


@pytest.mark.parametrize("identity", identities.IDENTITIES, ids=lambda identity: identity.__name__)
def test_an_identity_makes_comparisons(tables, identity):
    made = list(identity(tables))
    assert len(made) >= LEAST.get(identity.__name__, 1)


def test_the_tables_hold(tables):
    identities.check(tables)


@pytest.mark.parametrize(
    ("column", "value"),
    [("row_id", "h20-tpp-epoch"), ("row_id", "gone"), ("table", "sources"), ("identity", "bands_are_not_empty")],
)
def test_an_exemption_that_nothing_needs_is_named(tables, column, value):
    lines = [dict(line) for line in tables["exemptions"]]
    lines[0][column] = value
    with pytest.raises(identities.IdentityError, match=r"exemptions.csv, row 2, column row_id: .*delete this line"):
        identities.check(tables | {"exemptions": lines})


def test_a_note_in_other_words_neither_frees_nor_binds_a_row(tables):
    words = {"note": "Lower than; an outlier, a slip that would give it, far below, rounded to USD 10m."}
    noted = {name: [row | (words if "note" in row else {}) for row in rows] for name, rows in tables.items()}
    identities.check(noted)


def test_a_forecast_of_what_already_ran_is_named(tables):
    rows = [dict(row) for row in tables["chip_specs"]]
    [row] = [row for row in rows if row["row_id"] == "h20-bf16-dense-epoch"]
    row["status"] = "forecast"
    with pytest.raises(identities.IdentityError, match="column status: found 'forecast', expected no forecast of a"):
        identities.check(tables | {"chip_specs": rows})


def test_a_swapped_low_and_high_shows_no_nan(tables):
    rows = [row | {"low": float("nan")} for row in tables["china_market_share"]]
    with pytest.raises(identities.IdentityError) as error:
        identities.check(tables | {"china_market_share": rows})
    assert "nan" not in str(error.value)


def test_the_gate_names_a_transposed_digit_and_leaves_no_stamp(folder, tmp_path):
    """3760 typed for 3670 once built a wrong report without a word."""
    rows = folder.rows("nvidia_revenue")
    folder.write("nvidia_revenue", [[cell.replace("3670", "3760") for cell in row] for row in rows])
    stamp = tmp_path / "build" / "consistent"
    with pytest.raises(
        identities.IdentityError,
        match=r"nvidia_revenue.csv, row \d+, column value: found '\d+', expected \d+ within .*add up to the year",
    ):
        identities.main(stamp, folder.path)
    assert not stamp.exists()
    identities.main(stamp)
    assert stamp.exists()


def test_every_notebook_and_the_report_wait_for_the_gate():
    makefile = (paths.ROOT / "Makefile").read_text()
    rules = re.findall(r"^(build/(?!consistent)\S.*?|html|pdf): (.*)$", makefile, re.MULTILINE)
    assert len(rules) >= 4 and all("build/consistent" in needs for _, needs in rules)


def test_every_identity_is_in_force():
    generators = {name for name, value in vars(identities).items() if inspect.isgeneratorfunction(value)}
    assert {identity.__name__ for identity in identities.IDENTITIES} == {
        name for name in generators if not name.startswith("_")
    }


SLIPS = [
    # table, row, column, wrong value, the identity that says so
    ("chip_specs", "h20-tpp-epoch", "value", "2386", "tpp_is_a_dense_rate_times_its_bits"),
    ("chip_specs", "h20-bf16-dense-ant", "value", "184", "a_dense_rate_scales_with_its_bits"),
    ("chip_specs", "h200-fp8-sparse-lockwood", "value", "3985", "sparse_is_twice_dense"),
    ("chip_specs", "h20-bf16-measured-torch", "value", "152.25", "a_measured_rate_is_below_the_published_one"),
    ("systems", "cm384-memory-winbuzzer", "value", "42.9", "a_system_is_the_sum_of_its_chips"),
    ("systems", "cm384-nvl72-compute-ratio-techpowerup", "value", "7.1", "a_ratio_of_systems_is_their_quotient"),
    ("performance_statements", "h200-h20-6-7x-wu", "low", "6.2", "a_stated_multiple_is_the_quotient_of_the_chips"),
    ("mlperf_results", "mlperf-v41-nvidia-h200x8-llama2-70b-server", "value", "9228.22",
     "like_benchmark_results_are_of_one_size"),
    ("export_rules", "cbp-band-1-tpp-upper", "value", "1750", "bands_are_not_empty"),
    ("nvidia_revenue", "fy2025-q2-total", "value", "30400", "quarters_add_up_to_the_year"),
    ("nvidia_revenue", "fy2025-q4-china-billing", "value", "5582", "quarters_add_up_to_the_year"),
    ("nvidia_revenue", "fy2021-china-billing", "value", "38860", "a_part_is_less_than_the_total"),
    ("revenue_statements", "china-share-22-fy2024-q3", "high", "24.22", "a_share_of_revenue_is_part_over_total"),
    ("orders", "h20-booked-fy2026-q1", "low", "6.4", "one_sum_stands_alike_in_two_tables"),
    ("orders", "h20-charge-fy2026-q1", "high", "5.6", "a_charge_is_at_most_what_was_warned_of"),
    ("orders", "h20-revenue-2024", "low", "1.2", "cards_times_price_is_revenue"),
    ("company_results", "cambricon-2025-9m-revenue", "value", "2.607", "longer_periods_earn_more"),
    ("china_market_share", "idc-2025-nvidia", "low", "45", "a_share_of_the_market_is_part_over_total"),
    ("china_market_share", "idc-2025-domestic-cards", "low", "1560000", "parts_of_a_market_fit_into_it"),
    ("accelerator_mix", "idc-workload-inference", "low", "56.7", "inference_and_training_make_the_whole"),
    ("customers", "moore-threads-ai-cluster-2024-cny", "low", "0.148", "a_customers_share_is_part_over_revenue"),
    ("listings", "moore-threads-market-value-close", "value", "228.252", "price_times_shares_is_market_value"),
    ("share_prices", "moore-threads-2026-09-07-market-value", "value", "159.3", "price_times_shares_is_market_value"),
    ("listings", "enflame-proceeds-gross", "value", "6.191", "issue_price_times_shares_is_proceeds"),
    ("listings", "metax-gain", "value", "629.95", "a_gain_is_close_over_issue_price"),
    ("listings", "moore-threads-high", "value", "600", "a_day_of_trading_is_in_order"),
    ("claims", "h20-orders-amount", "low", "1.6", "a_claims_number_is_the_one_printed"),
    ("claims", "inference-cards-share", "high", "75.6", "a_claims_number_is_the_one_printed"),
    ("claims", "smic-yield", "low", "-20", "a_claims_number_is_the_one_printed"),
    ("claims", "moore-threads-peak-value", "high", "50", "a_claims_number_is_the_one_printed"),
    ("forecasts", "rubin-and-feynman", "horizon", "2027-12", "a_horizon_is_the_articles_date_and_its_years"),
    ("product_dates", "gb200-nvl72-announced", "date", "2025-03-18", "stages_of_a_product_follow_each_other"),
    ("orders", "h20-lost-in-guidance-fy2026-q2", "status", "disclosed", "no_source_is_older_than_what_it_shows"),
    ("policy_events", "metax-lists", "source_id", "sse-metax-listing-notice", "no_source_is_older_than_what_it_shows"),
    ("sources", "udn-metax-first-day", "date", "2026-12-17", "nothing_is_younger_than_our_search"),
    ("sources", "udn-metax-first-day", "date", "2025-12-16", "no_source_is_older_than_what_it_shows"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "key", "column", "value", "expected"), SLIPS)
def test_a_slip_is_named(tables, folder, table, key, column, value, expected):
    rows = folder.rows(table)
    position = rows[0].index(schemas.TABLES[table].key)
    row = next(number for number, cells in enumerate(rows, 1) if cells[position] == key)
    if column == "low" and rows[row - 1][rows[0].index("high")] == rows[row - 1][rows[0].index("low")]:
        folder.set(table, row, "high", value)  # a point is typed twice
    folder.set(table, row, column, value)
    with pytest.raises(identities.IdentityError, match=expected):
        identities.check(tables | {table: data.numbered(table, folder.path).to_dict("records")})


def test_the_message_names_file_row_column_value_and_what_was_expected(folder):
    rows = folder.rows("chip_specs")
    row = next(number for number, cells in enumerate(rows, 1) if cells[0] == "h200-fp8-sparse-lockwood")
    folder.set("chip_specs", row, "value", "3985")
    with pytest.raises(identities.IdentityError) as caught:
        identities.check(identities.load_all(folder.path))
    assert (
        f"chip_specs.csv, row {row}, column value: found '3985', expected 3958, twice the dense rate "
        "(sparse_is_twice_dense)" in str(caught.value)
    )


@pytest.mark.parametrize(("value", "half"), [(1.7, 0.05), (15.0, 0.5), (22.24, 0.005), (600.5, 0.05)])
def test_a_number_is_as_exact_as_it_was_typed(value, half):
    assert identities.half_step(value) == pytest.approx(half)


@pytest.mark.parametrize(("rounded_to", "half"), [(float("nan"), 0.5), (1.0, 0.5), (10.0, 5), (100.0, 50)])
def test_a_column_tells_how_far_a_sum_is_rounded(rounded_to, half):
    assert identities.rounding({"rounded_to": rounded_to}) == half


@pytest.mark.parametrize(
    ("figure", "unit", "numbers"),
    [("20%—25%", "%", [20, 25]), ("160亿", "bn, currency not stated", [16]), ("20亿至50亿", "USD bn", [2, 5]),
     ("四小龙", "count", [4]), ("个位数", "x", [1, 9.9]), ("9月", "months", [9]), ("停售", "%", [])],
)  # fmt: skip
def test_printed_numbers_are_read_as_the_article_writes_them(figure, unit, numbers):
    assert identities.printed_numbers(figure, unit) == numbers


def test_a_verdict_on_generated_pages_alone_is_named(tables):
    rows = [dict(row) for row in tables["verdicts"]]
    rows[3]["sources"] = next(row["source_id"] for row in tables["sources"] if row["kind"] == "generated")
    with pytest.raises(identities.IdentityError, match=r"verdicts.csv, row 5, column sources: .* written by a machine"):
        identities.check(tables | {"verdicts": rows})


def test_a_headline_claim_on_copies_alone_must_say_so(tables):
    rows = [dict(row) for row in tables["verdicts"]]
    [row] = [row for row in rows if row["claim_id"] == "inference-cards-share"]
    row["reason"] = "We found no count."
    with pytest.raises(identities.IdentityError, match="column reason: .*the words “no primary source”"):
        identities.check(tables | {"verdicts": rows})


def test_rows_found_through_an_index_are_those_found_one_by_one(monkeypatch):
    """A hundred times the rows once took ten thousand times as long."""
    indexed, asked = identities._rows, []

    def both(rows, **wanted):
        found = indexed(rows, **wanted)
        asked.append(isinstance(rows, identities._Indexed))
        assert found == indexed(list(rows), **wanted)
        return found

    monkeypatch.setattr(identities, "_rows", both)
    identities.check(identities.load_all())
    assert sum(asked) > 300
