"""A fleet is worth the harmonic mean of its ratios, weighted by work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import fleet

SHARE = st.floats(0, 1)
RATIO = st.floats(0.01, 10)
RATIOS = st.fixed_dictionaries({"training": RATIO, "prefill": RATIO, "decode": RATIO})
H20 = {"training": 0.15, "prefill": 0.15, "decode": 4 / 4.8}


def test_worked_by_hand():
    """Half of the hours at 0.5 and half at 0.25 take 1 + 2 = 3 times as long."""
    assert fleet.relative_throughput({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.25}) == pytest.approx(1 / 3)


def test_the_ends_are_the_ratios_themselves():
    assert fleet.relative_throughput(fleet.mix(0, 0.5), H20) == pytest.approx(0.15)
    assert fleet.relative_throughput(fleet.mix(1, 1), H20) == pytest.approx(4 / 4.8)


@given(SHARE, SHARE)
def test_the_shares_of_work_add_up(inference, decode):
    shares = fleet.mix(inference, decode)
    assert sum(shares.values()) == pytest.approx(1) and min(shares.values()) >= 0


@given(SHARE, SHARE, RATIOS)
def test_the_worth_lies_between_the_ratios_and_not_above_their_mean(inference, decode, ratios):
    shares = fleet.mix(inference, decode)
    worth = fleet.relative_throughput(shares, ratios)
    assert min(ratios.values()) * (1 - 1e-9) <= worth <= max(ratios.values()) * (1 + 1e-9)
    assert worth <= sum(share * ratios[kind] for kind, share in shares.items()) * (1 + 1e-9)


@given(SHARE, SHARE, RATIO)
def test_one_ratio_for_all_work_leaves_nothing_for_the_mix_to_change(inference, decode, ratio):
    assert fleet.relative_throughput(fleet.mix(inference, decode), dict.fromkeys(H20, ratio)) == pytest.approx(ratio)


@given(st.floats(0, 0.99), SHARE, RATIOS)
def test_no_fleet_passes_its_ceiling(inference, decode, ratios):
    worth = fleet.relative_throughput(fleet.mix(inference, decode), ratios)
    assert worth <= fleet.ceiling(inference, ratios["training"]) * (1 + 1e-9)


@given(SHARE, st.floats(0.01, 1))
def test_the_share_needed_gives_the_worth_it_was_needed_for(inference, decode):
    target = fleet.relative_throughput(fleet.mix(inference, decode), H20)
    assert fleet.inference_needed(target, decode, H20) == pytest.approx(inference, abs=1e-6)


@pytest.mark.parametrize(
    ("inference", "decode"), [(-0.1, 0.5), (1.1, 0.5), (0.5, -0.1), (0.5, 57.6), (float("nan"), 0)]
)
def test_a_share_outside_0_to_1_is_refused(inference, decode):
    with pytest.raises(ValueError, match="share from 0 to 1"):
        fleet.mix(inference, decode)


@pytest.mark.parametrize("shares", [{"a": 0.5, "b": 0.4}, {"a": 1.5, "b": -0.5}, {}])
def test_shares_that_are_no_whole_are_refused(shares):
    with pytest.raises(ValueError, match="add up to 1"):
        fleet.relative_throughput(shares, {"a": 1, "b": 1})


def test_a_ratio_of_nothing_is_refused():
    with pytest.raises(ValueError, match="'b': 0"):
        fleet.relative_throughput({"a": 0.5, "b": 0.5}, {"a": 1, "b": 0})
    with pytest.raises(KeyError, match="b"):
        fleet.relative_throughput({"a": 0.5, "b": 0.5}, {"a": 1})


@pytest.mark.parametrize(("inference", "ratio"), [(1, 0.1), (-0.1, 0.1), (0.5, 0), (float("nan"), 0.1)])
def test_a_ceiling_of_nonsense_is_refused(inference, ratio):
    with pytest.raises(ValueError, match="no ceiling"):
        fleet.ceiling(inference, ratio)


@pytest.mark.parametrize(("target", "decode"), [(0.1, 1), (0.9, 1), (0, 1), (0.2, 0)])
def test_a_worth_out_of_reach_is_refused(target, decode):
    with pytest.raises(ValueError, match="no share of inference"):
        fleet.inference_needed(target, decode, H20)
