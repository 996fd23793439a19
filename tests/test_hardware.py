"""Rates and ratios: like is compared with like, the roofline keeps its shape, and 7.5% needs a mixture."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chipcheck import data, hardware
from chipcheck.hardware import BasisError

POSITIVE = st.floats(1e-3, 1e5)
ROOF = st.tuples(POSITIVE, POSITIVE)  # rate in TFLOPS, bandwidth in TB/s
INTENSITIES = st.lists(POSITIVE, min_size=2, max_size=30).map(lambda values: np.array(sorted(values)))
CLAIMED = 7.5  # percent, as the article prints it
BAD = [0.0, -1.0, float("nan")]


@pytest.fixture
def specs():
    return data.load("chip_specs")


def rate(chip="H20", value=148.0, basis="dense", precision="bf16", metric="tensor_throughput", unit="TFLOPS"):
    return hardware.Reading(chip, metric, value, unit, basis, precision, ("row",), ("source",), "2025")


# ---- the roofline ----


@given(INTENSITIES, ROOF)
def test_attainable_never_falls_as_intensity_grows(intensities, roof):
    assert (np.diff(hardware.attainable(intensities, *roof)) >= 0).all()


@given(INTENSITIES, ROOF)
def test_attainable_is_never_above_either_limit(intensities, roof):
    found = hardware.attainable(intensities, *roof)
    assert (found <= roof[0]).all()
    assert (found <= roof[1] * intensities).all()


@given(ROOF, st.floats(1e-9, 1e-4))
def test_the_roofline_is_continuous_at_the_ridge(roof, step):
    ridge = hardware.ridge_point(*roof)
    below, at, above = (hardware.attainable(ridge * factor, *roof) for factor in (1 - step, 1, 1 + step))
    assert at == pytest.approx(roof[0])
    assert above == pytest.approx(at, rel=2 * step)
    assert below == pytest.approx(at, rel=2 * step)


@given(ROOF)
def test_memory_limits_below_the_ridge_and_compute_above(roof):
    ridge = hardware.ridge_point(*roof)
    assert hardware.attainable(ridge / 2, *roof) == pytest.approx(roof[0] / 2)
    assert hardware.attainable(ridge * 2, *roof) == pytest.approx(roof[0])


@given(INTENSITIES, ROOF, ROOF)
def test_the_ratio_lies_between_its_two_limits(intensities, part, whole):
    low, high = hardware.roofline_limits(part, whole)
    found = hardware.roofline_ratio(intensities, part, whole)
    assert (found >= low * (1 - 1e-9)).all()
    assert (found <= high * (1 + 1e-9)).all()


@given(ROOF, ROOF)
def test_the_limits_are_reached_at_both_ends(part, whole):
    ridges = hardware.ridge_point(*part), hardware.ridge_point(*whole)
    ends = hardware.roofline_ratio(np.array([min(ridges) / 2, max(ridges) * 2]), part, whole)
    assert sorted(ends) == pytest.approx(hardware.roofline_limits(part, whole))


@given(INTENSITIES, ROOF)
def test_a_column_gives_what_its_values_give_one_by_one(intensities, roof):
    together = hardware.attainable(intensities, *roof)
    assert list(together) == [hardware.attainable(one, *roof) for one in intensities]


def test_roofline_functions_take_columns_of_chips():
    rates, bandwidths = np.array([148.0, 989.0]), np.array([4.0, 4.8])
    assert hardware.ridge_point(rates, bandwidths) == pytest.approx([37.0, 206.04], abs=0.01)
    assert hardware.attainable(100.0, rates, bandwidths) == pytest.approx([148.0, 480.0])
    assert hardware.tpp(rates, "bf16") == pytest.approx([2368.0, 15824.0])


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    "call",
    [
        lambda bad: hardware.tpp(bad, "fp8"),
        lambda bad: hardware.tpp(np.array([1.0, bad]), "fp8"),
        lambda bad: hardware.ridge_point(bad, 4.8),
        lambda bad: hardware.ridge_point(989, bad),
        lambda bad: hardware.attainable(bad, 989, 4.8),
        lambda bad: hardware.attainable(np.array([1.0, bad]), 989, 4.8),
        lambda bad: hardware.attainable(1, bad, 4.8),
        lambda bad: hardware.attainable(1, 989, bad),
        lambda bad: hardware.roofline_ratio(1, (bad, 4), (989, 4.8)),
        lambda bad: hardware.roofline_limits((148, 4), (989, bad)),
        lambda bad: hardware.throughput_ratio(rate(value=bad), rate()),
        lambda bad: hardware.throughput_ratio(rate(), rate(value=bad)),
    ],
)
def test_what_is_not_positive_is_refused(call, bad):
    with pytest.raises(ValueError, match="must be positive"):
        call(bad)


# ---- TPP ----


@pytest.mark.parametrize(
    ("value", "precision", "expected"),
    [(148, "bf16", 2368), (296, "fp8", 2368), (1979, "fp8", 15832), (4500, "fp8", 36000), (312, "fp16", 4992)],
)
def test_tpp_of_known_chips(value, precision, expected):
    assert hardware.tpp(value, precision) == expected


def test_tpp_of_an_unknown_format_is_refused():
    with pytest.raises(KeyError):
        hardware.tpp(100, "fp6")


# ---- ratios ----


@given(POSITIVE, POSITIVE)
def test_like_rates_are_divided(part, whole):
    assert hardware.throughput_ratio(rate(value=part), rate(value=whole)) == part / whole


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"basis": "sparse"}, ["basis is dense against sparse"]),
        ({"basis": "unstated"}, ["basis is dense against unstated"]),
        ({"precision": "fp8"}, ["precision is bf16 against fp8"]),
        ({"unit": "TOPS"}, ["unit is TFLOPS against TOPS"]),
        ({"metric": "tpp"}, ["metric is tensor_throughput against tpp"]),
        ({"basis": "sparse", "precision": "fp8"}, ["basis is dense against sparse", "precision is bf16 against fp8"]),
    ],
)
def test_unlike_rates_are_refused_and_all_differences_named(changes, named):
    whole = rate("H200", **changes)
    with pytest.raises(BasisError, match="H20 over H200") as caught:
        hardware.throughput_ratio(rate(), whole)
    assert all(difference in str(caught.value) for difference in named)
    assert hardware.throughput_ratio(rate(), whole, unlike=tuple(changes)) == 1


def test_asking_for_one_difference_does_not_allow_another():
    with pytest.raises(BasisError, match="precision") as caught:
        hardware.throughput_ratio(rate(), rate(basis="sparse", precision="fp8"), unlike=("basis",))
    assert "basis is" not in str(caught.value)


# ---- reading a value out of the table ----


def table(*rows):
    columns = ["row_id", "chip", "metric", "value", "unit", "basis", "precision", "status", "as_of", "source_id"]
    return pd.DataFrame(rows, columns=columns)


def row(row_id, value, basis="dense", precision="bf16", status="disclosed", as_of="2025", source="s", chip="H20"):
    return (row_id, chip, "tensor_throughput", value, "TFLOPS", basis, precision, status, as_of, source)


def read(frame, **kind):
    return hardware.reading(frame, "H20", "tensor_throughput", **kind)


def test_sources_that_agree_are_read_as_one():
    found = read(table(row("a", 989.0, source="s;t"), row("b", 989.5, as_of="2026", source="t;u")))
    assert (found.value, found.rows, found.sources, found.as_of) == (989.0, ("a", "b"), ("s", "t", "u"), "2026")


def test_sources_that_disagree_are_refused_until_a_row_is_named():
    frame = table(row("a", 752.0), row("b", 780.0))
    with pytest.raises(BasisError, match="a = 752, b = 780"):
        read(frame)
    assert read(frame, row="b").value == 780


@pytest.mark.parametrize(
    ("second", "column", "chosen"),
    [
        (row("b", 296.0, basis="sparse"), "basis", {"basis": "dense"}),
        (row("b", 296.0, precision="fp8"), "precision", {"precision": "bf16"}),
    ],
)
def test_rows_of_different_kind_are_refused_until_one_is_named(second, column, chosen):
    frame = table(row("a", 148.0), second)
    with pytest.raises(BasisError, match=f"different {column}"):
        read(frame)
    assert read(frame, **chosen).value == 148


def test_a_measured_rate_is_not_the_published_one():
    frame = table(row("a", 148.0), row("b", 142.0, status="measured"))
    assert read(frame).value == 148
    assert read(frame, status="measured").value == 142
    assert read(frame, row="b").value == 142


@pytest.mark.parametrize("kind", [{"basis": "sparse"}, {"precision": "fp4"}, {"row": "c"}, {"status": "forecast"}])
def test_a_missing_value_is_named(kind):
    with pytest.raises(KeyError, match=f"H20.*{next(iter(kind.values()))}"):
        read(table(row("a", 148.0)), **kind)


def test_a_property_without_basis_reads_as_none(specs):
    found = hardware.reading(specs, "H20", "memory_bandwidth")
    assert (found.value, found.basis, found.precision) == (4.0, None, None)


# ---- the grid, on the real table ----


def test_no_like_for_like_cell_gives_the_articles_figure(specs):
    grid = hardware.ratio_grid(specs, "H20", "H200")
    like = grid["same_basis"] & grid["same_precision"]
    hit = grid["percent"].round(1) == CLAIMED
    assert like.sum() >= 2
    assert grid.loc[like, "percent"].round(0).eq(15).all()
    assert not (like & hit).any()
    assert (hit & ~like).any()


def test_the_two_roads_to_the_figure_are_in_the_grid(specs):
    grid = hardware.ratio_grid(specs, "H20", "H200")
    hits = grid[grid["percent"].round(1) == CLAIMED]
    pairs = set(zip(hits["part_rate"], hits["whole_rate"], hits["whole_basis"], strict=True))
    assert (296.0, 3958.0, "sparse") in pairs  # dense over sparse at one precision
    assert (148.0, 1979.0, "dense") in pairs  # dense over dense across two precisions


def test_unlabelled_rates_join_only_when_asked_and_are_never_alike(specs):
    labelled = hardware.ratio_grid(specs, "H20", "H200")
    every = hardware.ratio_grid(specs, "H20", "H200", unlabelled=True)
    assert set(labelled["whole_basis"]) <= {"dense", "sparse"}
    unstated = every[every["part_basis"].eq("unstated") | every["whole_basis"].eq("unstated")]
    assert len(unstated)
    assert not unstated["same_basis"].any()
    assert len(every) == len(labelled) + len(unstated)


def test_measured_rates_stay_out_of_the_grid(specs):
    grid = hardware.ratio_grid(specs, "H20", "H200", unlabelled=True)
    measured = set(specs.loc[specs["status"] == "measured", "row_id"])
    assert measured.isdisjoint(grid["part_row"]) and measured.isdisjoint(grid["whole_row"])


def test_rates_outside_the_tensor_cores_stay_out_of_the_grid(specs):
    grid = hardware.ratio_grid(specs, "H20", "H200", unlabelled=True)
    vector = set(specs.loc[specs["metric"] == "vector_throughput", "row_id"])
    assert vector and vector.isdisjoint(grid["part_row"]) and vector.isdisjoint(grid["whole_row"])


def test_a_chip_without_a_rate_has_no_grid(specs):
    with pytest.raises(KeyError, match="H20-3e"):
        hardware.ratio_grid(specs, "H20-3e", "H200")


def test_a_rate_that_two_labelled_sources_print_differently_stops_the_grid(specs):
    with pytest.raises(BasisError, match="Ascend 910C bf16 dense: sources disagree"):
        hardware.ratio_grid(specs, "H20", "Ascend 910C")


# ---- a row whose basis is typed wrong ----

DENSE_FP8 = ["h200-fp8-dense-epoch", "h200-fp8-dense-uwcz", "h200-fp8-dense-ml-engineering"]


def spoilt(specs, rows):
    """Return chip_specs with the basis of some dense rows typed as sparse."""
    frame = specs.copy()
    assert frame.loc[frame["row_id"].isin(rows), "basis"].tolist() == ["dense"] * len(rows)
    frame.loc[frame["row_id"].isin(rows), "basis"] = "sparse"
    return frame


@pytest.mark.parametrize("changed", DENSE_FP8)
def test_one_dense_row_typed_as_sparse_contradicts_the_sparse_rate(specs, changed):
    frame = spoilt(specs, [changed])
    with pytest.raises(BasisError, match="sources disagree"):
        hardware.reading(frame, "H200", "tensor_throughput", basis="sparse", precision="fp8")
    with pytest.raises(BasisError, match="sources disagree"):
        hardware.ratio_grid(frame, "H20", "H200")


def test_without_a_dense_row_there_is_nothing_to_compare(specs):
    wanted = {"chip": "H200", "metric": "tensor_throughput", "basis": "dense", "precision": "fp8"}
    assert set(DENSE_FP8) == set(hardware.reading(specs, **wanted).rows)
    with pytest.raises(KeyError, match="dense, fp8"):
        hardware.reading(spoilt(specs, DENSE_FP8), **wanted)


def test_the_true_sparse_rate_typed_as_dense_is_refused(specs):
    frame = specs.copy()
    frame.loc[frame["row_id"] == "h200-fp8-sparse-lockwood", "basis"] = "dense"
    with pytest.raises(BasisError, match="3958"):
        hardware.reading(frame, "H200", "tensor_throughput", basis="dense", precision="fp8")


# ---- rates without a label ----


def test_unlabelled_rates_are_held_against_the_dense_rate():
    frame = table(
        row("dense", 100.0),
        row("again", 100.1),
        row("twice", 200.0, basis="unstated"),
        row("same", 100.0, basis="unstated"),
        row("ran", 90.0, basis="unstated", status="measured"),
        row("alone", 50.0, basis="unstated", precision="fp8"),
    )
    found = hardware.unlabelled_rates(frame).set_index("row_id")["printed_over_dense"]
    assert found.to_dict() == {"twice": 2.0, "same": 1.0}


def test_unlabelled_pages_print_the_h200_at_twice_its_dense_rate(specs):
    found = hardware.unlabelled_rates(specs).query("chip == 'H200'")
    assert found["printed_over_dense"].round(1).eq(2).sum() >= 3


@given(POSITIVE, POSITIVE)
def test_a_sparse_rate_halves_the_ratio(part, whole):
    assume(part / whole > 1e-6)
    sparse = row("c", 2 * whole, basis="sparse", chip="H200")
    frame = table(row("a", part), row("b", whole, chip="H200"), sparse)
    grid = hardware.ratio_grid(frame, "H20", "H200").set_index("whole_basis")
    assert grid.loc["sparse", "percent"] == pytest.approx(grid.loc["dense", "percent"] / 2)
    assert grid["same_basis"].to_dict() == {"dense": True, "sparse": False}
