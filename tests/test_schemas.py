"""The rules across columns catch values that look fine cell by cell."""


import pytest

from chipcheck import data, schemas


def test_every_column_is_described():
    for table in schemas.TABLES.values():
        assert table.title and table.row
        assert all(column.description for column in table.columns.values()), table.name


def test_rules_name_columns_of_their_table():
    for table in schemas.TABLES.values():
        for rule in table.rules:
            assert set(rule.columns.split(",")) <= set(table.columns), (table.name, rule.columns)


def test_every_evidence_row_cites_a_source():
    without = {"exemptions", "claims", "sources", "article_lines", "verdicts", "denominators", "forecasts", "glossary"}
    for table in schemas.TABLES.values():
        if table.name not in without:
            assert table.foreign.get("source_id") == ("sources", "source_id"), table.name


def test_every_claim_has_one_verdict():
    claims, rated = data.load("claims")["claim_id"], data.load("verdicts")["claim_id"]
    assert set(claims) == set(rated)


RULES = [
    # table, row_id, {column: value}, columns that the message names
    ("verdicts", "inference-cards-share", {"searched": ""}, "rating,searched"),
    ("verdicts", "h20-share-of-h200", {"searched": "The string."}, "rating,searched"),
    ("denominators", "dense-over-sparse", {"said_fact": ""}, "slip,said_fact"),
    ("denominators", "cards-for-work", {"said_fact": "idc-workload"}, "slip,said_fact"),
    ("sources", "epoch-ml-hardware", {"read_at": "https://epoch.ai/data/machine-learning-hardware"}, "url,read_at"),
    ("chip_specs", "h20-memory-ant", {"unit": "TB/s"}, "metric,unit"),
    ("chip_specs", "h20-memory-ant", {"value": "96000"}, "metric,value"),
    ("chip_specs", "h20-memory-ant", {"basis": "dense", "precision": "fp8"}, "metric,basis,precision"),
    ("chip_specs", "h20-fp8-dense-ant", {"basis": ""}, "metric,basis,precision"),
    ("chip_specs", "h20-fp8-dense-ant", {"unit": "TOPS"}, "precision,unit"),
    ("performance_statements", "h20-of-h200-article", {"unit": ""}, "low,high,unit"),
    ("performance_statements", "h20-of-h200-article", {"low": "", "high": ""}, "low,high,unit"),
    ("performance_statements", "h20-of-h200-article", {"low": "9"}, "low,high,unit"),
    ("performance_statements", "h20-of-h200-article", {"reference": "H20"}, "subject,reference"),
    ("systems", "cm384-power-winbuzzer", {"unit": "TB"}, "metric,unit"),
    ("systems", "cm384-power-winbuzzer", {"value": "559000"}, "metric,value"),
    ("systems", "cm384-power-winbuzzer", {"basis": "dense"}, "metric,basis"),
    ("serving_throughput", "h20-ant-prefill-4k", {"per_node_chips": ""}, "unit,per_node_chips"),
    ("serving_throughput", "h20-ant-prefill-4k", {"tpot_ms": "50"}, "phase,tpot_ms"),
    ("mlperf_results", "mlperf-v40-nvidia-h100x8-llama2-70b-offline", {"unit": "samples/s"}, "model,unit"),
    ("mlperf_results", "mlperf-v40-nvidia-h100x8-gptj-offline", {"round": "v4.1"}, "round,source_id"),
    ("workloads", "gqa-8-decode", {"intensity_high": "7"}, "intensity_low,intensity_high"),
    ("product_dates", "h100-announced", {"precision": "month"}, "date,precision"),
    ("product_dates", "h100-announced", {"date": "2022-02-30"}, "date,precision"),
    ("chip_prices", "h20-distributor-2024-02", {"low": "15001"}, "low,high"),
    ("export_rules", "jan-2026-tpp", {"unit": "GB/s"}, "metric,unit"),
    ("export_rules", "jan-2026-bandwidth", {"value": "65000"}, "metric,value"),
    ("nvidia_revenue", "fy2025-china-billing", {"basis": "all"}, "measure,basis"),
    ("nvidia_revenue", "fy2025-china-billing", {"period_kind": "quarter"}, "fiscal_period,period_kind"),
    ("nvidia_revenue", "fy2025-china-billing", {"as_of": "2025-01-27"}, "fiscal_period,as_of"),
    ("nvidia_revenue", "fy2025-china-billing", {"low": "1"}, "value,low,high"),
    ("nvidia_revenue", "fy2025-china-billing", {"value": "", "low": "2", "high": "1"}, "value,low,high"),
    ("revenue_statements", "affected-destinations-20-25", {"low": "26"}, "low,high"),
    ("revenue_statements", "affected-destinations-20-25", {"high": "250"}, "low,high,unit"),
    ("revenue_statements", "affected-destinations-20-25", {"unit": "USD bn"}, "measure,unit"),
    ("outlooks", "fy2027-q1", {"as_of": "2026-05-20"}, "as_of,fiscal_period"),
    ("china_market_share", "idc-2025-nvidia", {"unit": "USD bn"}, "measure,unit"),
    ("china_market_share", "bernstein-2028-demand", {"status": "claimed"}, "as_of,published,status"),
    ("accelerator_mix", "idc-workload-inference", {"high": "576"}, "low,high,unit"),
    ("company_results", "cambricon-2025-revenue", {"as_of": "2025-06-30"}, "fiscal_period,as_of"),
    ("company_results", "cambricon-2025-revenue", {"value": "-6.497"}, "measure,value"),
    ("listings", "moore-threads-close", {"unit": "CNY bn"}, "metric,unit"),
    ("listings", "moore-threads-lottery-rate", {"value": "363.5"}, "metric,value"),
    ("share_prices", "moore-threads-2026-01-05-change-from-peak", {"value": "37"}, "metric,value"),
    ("customers", "enflame-tencent", {"unit": "CNY bn"}, "measure,unit"),
    ("yields", "ascend-910c-2024-09", {"low": "200", "high": "200"}, "low,high,unit"),
    ("orders", "h20-booked-fy2026-q1", {"unit": "cards"}, "measure,unit"),
    ("orders", "h20-booked-fy2026-q1", {"low": "4600", "high": "4600"}, "low,high,unit"),
    ("policy_events", "trump-post", {"date_precision": "month"}, "date,date_precision"),
    ("policy_events", "trump-post", {"claim_id": "no-such-claim"}, "claim_id"),
    ("outcomes", "orders-burst-2026-06", {"forecast_id": "no-such-forecast"}, "forecast_id"),
    ("outcomes", "orders-burst-2026-06", {"score": "failed so far"}, "score"),
    ("claims", "h20-share-of-h200", {"unit": ""}, "low,high,unit"),
    ("claims", "h20-share-of-h200", {"low": "9"}, "low,high"),
    ("claims", "h20-share-of-h200", {"figure_as_printed": ""}, "figure_as_printed,low,high"),
    ("article_lines", "5", {"line": "500"}, "line"),
    ("glossary", "hbm", {"explained": "word " * 25 + "and one more."}, "explained"),
]


@pytest.mark.parametrize(("table", "key", "changes", "columns"), RULES)
def test_a_row_that_contradicts_itself_is_named(folder, table, key, changes, columns):
    rows = folder.rows(table)
    position = rows[0].index(schemas.TABLES[table].key)
    row = next(number for number, cells in enumerate(rows, 1) if cells[position] == key)
    for column, value in changes.items():
        folder.set(table, row, column, value)
    with pytest.raises(data.DataError) as caught:
        data.load(table, folder.path)
    assert {fault.row for fault in caught.value.faults} == {row}
    assert columns in {fault.column for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("table", "key"),
    [("nvidia_revenue", "fy2025-china-billing"), ("company_results", "cambricon-2025-revenue")],
)
def test_the_same_observation_twice_is_named_at_both_rows(folder, table, key):
    rows = folder.rows(table)
    row = next(number for number, cells in enumerate(rows, 1) if cells[0] == key)
    last = folder.append(table, f"{key}-again", *rows[row - 1][1:])
    with pytest.raises(data.DataError) as caught:
        data.load(table, folder.path)
    found = [(fault.row, fault.expected) for fault in caught.value.faults]
    assert found == [(row, "a combination that occurs once"), (last, "a combination that occurs once")]


def test_words_that_name_two_terms_are_named_at_both_rows(folder):
    rows = [cells[0] for cells in folder.rows("glossary")]
    taken, given = rows.index("cuda") + 1, rows.index("hbm") + 1
    folder.set("glossary", given, "forms", "HBM;CUDA")
    with pytest.raises(data.DataError) as caught:
        data.load("glossary", folder.path)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(taken, "forms"), (given, "forms")]
