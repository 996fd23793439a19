"""Racks, serving nodes and benchmark entries: arithmetic, and refusals of unlike conditions."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, hardware, systems

POSITIVE = st.floats(0.001, 1e6)


def serving(row_id):
    return data.load("serving_throughput").set_index("row_id", drop=False).loc[row_id]


def test_total_compute_of_cloudmatrix():
    assert systems.total_compute(384, 780) == pytest.approx(299.52)


@given(POSITIVE, POSITIVE)
def test_energy_per_flop_is_a_ratio(power, compute):
    assert systems.energy_per_flop(power, compute) * compute == pytest.approx(power)


@pytest.mark.parametrize("values", [(0, 1), (1, 0), (-1, 1), (float("nan"), 1)])
def test_rates_must_be_positive(values):
    for function in (systems.total_compute, systems.energy_per_flop):
        with pytest.raises(ValueError, match="must be positive"):
            function(*values)


def test_a_reading_of_a_system_refuses_sources_that_disagree():
    table = data.load("systems")
    assert systems.reading(table, "CloudMatrix 384", "chips").value == 384
    with pytest.raises(hardware.BasisError, match="sources disagree"):
        systems.reading(table, "CloudMatrix 384", "power")
    with pytest.raises(KeyError, match="systems has no weight for CloudMatrix 384"):
        systems.reading(table, "CloudMatrix 384", "weight")


def test_chips_for_refuses_unlike_basis():
    table, specs = data.load("systems"), data.load("chip_specs")
    h20 = hardware.reading(specs, "H20", "tensor_throughput", basis="dense", precision="bf16")
    whole = systems.reading(table, "CloudMatrix 384", "tensor_throughput", basis="dense", precision="bf16")
    assert systems.chips_for(whole, h20) == pytest.approx(300_000 / 148)
    article = systems.reading(table, "CloudMatrix 384", "tensor_throughput", basis="unstated")
    with pytest.raises(hardware.BasisError, match="basis is unstated against dense"):
        systems.chips_for(article, h20)
    with pytest.raises(hardware.BasisError, match="units TFLOPS and TFLOPS"):
        systems.chips_for(h20, h20)


def test_a_node_is_divided_by_its_chips():
    assert systems.per_chip(serving("h20-ant-decode-4k")) == pytest.approx(5700 / 8)
    assert systems.per_chip(serving("h20-ant-decode-tpot50")) == 675


def test_serving_ratio_refuses_unlike_conditions():
    npu, h20 = serving("cm384-paper-decode-tpot50"), serving("h20-ant-decode-tpot50")
    with pytest.raises(hardware.BasisError, match="precision is int8 against fp8"):
        systems.serving_ratio(npu, h20)
    unlike = ("precision", "speculative", "context_tokens")
    assert systems.serving_ratio(npu, h20, unlike=unlike) == pytest.approx(1943 / 675)
    with pytest.raises(hardware.BasisError, match="tpot_ms is 50.0 against 70.0"):
        systems.serving_ratio(npu, serving("h20-ant-decode-tpot70"), unlike=unlike)


@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_serving_ratio_turns_round(ours, theirs):
    row = dict.fromkeys(systems.SERVING_CONDITIONS)
    one = {**row, "row_id": "one", "value": ours, "unit": "tokens/s per chip"}
    other = {**row, "row_id": "other", "value": theirs, "unit": "tokens/s per node", "per_node_chips": 8}
    assert systems.serving_ratio(one, other) * systems.serving_ratio(other, one) == pytest.approx(1)


def test_same_round_pairs_only_what_differs_in_the_chip():
    results = data.load("mlperf_results")
    pairs = systems.same_round(results, "H200", "H100")
    assert set(pairs["submitter"]) == {"NVIDIA", "Cisco"}
    offline = pairs.query("round == 'v4.0' and model == 'llama2-70b-99.9' and scenario == 'Offline'")
    ratios = offline.set_index("variant_part")["ratio"].to_dict()
    assert ratios == pytest.approx({"700 W": 1.2720, "1000 W": 1.4543}, abs=1e-4)
    assert set(pairs.query("round == 'v5.1'")["as_of"]) == {"2025-09-09"}
    assert systems.same_round(results, "B300", "H100").empty


def test_same_round_refuses_unlike_precision():
    results = data.load("mlperf_results").query("round == 'v5.1'")
    with pytest.raises(hardware.BasisError, match="fp4 against fp8"):
        systems.same_round(results, "B200", "H200")
    pairs = systems.same_round(results, "B200", "H200", unlike=("precision",))
    assert set(pairs["submitter"]) == {"Nebius"}
    assert pd.Series(pairs["ratio"]).between(2, 5).all()
