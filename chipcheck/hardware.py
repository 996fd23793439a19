"""Ratios, TPP and the roofline: pure functions on rates and rows, no file access.

Units: throughput in TFLOPS (10^12 operations a second; integer formats in TOPS), memory bandwidth in TB/s,
arithmetic intensity in FLOP per byte. TB/s times FLOP/byte is TFLOPS, so no factor is needed.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from chipcheck.ids import split_ids

BITS = {"fp64": 64, "fp32": 32, "tf32": 32, "bf16": 16, "fp16": 16, "fp8": 8, "int8": 8, "fp4": 4}
ROUNDING = 1.001  # two sources within 0.1% print the same rate
STATUS_RANK = ("disclosed", "claimed", "computed", "forecast")  # the best-founded kind of published value first


class BasisError(ValueError):
    """Two values that count different things were about to be compared."""


@dataclass(frozen=True)
class Reading:
    """One property of one chip, as one or more rows state it."""

    chip: str
    metric: str
    value: float
    unit: str
    basis: str | None
    precision: str | None
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    as_of: str


def reading(
    specs: pd.DataFrame,
    chip: str,
    metric: str,
    *,
    basis: str | None = None,
    precision: str | None = None,
    status: str | None = None,
    row: str | None = None,
) -> Reading:
    """Return one property of a chip from chip_specs.

    Rows are narrowed by `basis`, `precision` and `status` where given, and measured rows are left out
    unless asked for, since a rate reached is not the rate published. All rows left must agree to 0.1% (the
    first is used); where they do not, name the `row` to use, in the open. Raises `KeyError` when no row is left and
    `BasisError` when rows of different basis or precision, or values that disagree, are left.
    """
    found = specs[(specs["chip"] == chip) & (specs["metric"] == metric)]
    for column, wanted in (("basis", basis), ("precision", precision), ("status", status), ("row_id", row)):
        if wanted is not None:
            found = found[found[column] == wanted]
    if status is None and row is None:
        found = found[found["status"] != "measured"]
    if found.empty:
        asked = [str(part) for part in (basis, precision, status, row) if part]
        raise KeyError(f"chip_specs has no {metric} for {chip} ({', '.join(asked) or 'any'})")
    for column in ("basis", "precision", "unit"):
        kinds = found[column].fillna("none").unique()
        if len(kinds) > 1:
            raise BasisError(f"{chip} {metric}: rows of different {column}: {', '.join(kinds)}; name one")
    values = found["value"]
    if values.max() > values.min() * ROUNDING:
        listed = ", ".join(f"{r.row_id} = {r.value:g}" for r in found.itertuples())
        raise BasisError(f"{chip} {metric}: sources disagree ({listed}); name the row to use")
    first = found.iloc[0]
    sources = tuple(split_ids(list(found["source_id"])))
    return Reading(
        chip,
        metric,
        float(first["value"]),
        first["unit"],
        None if pd.isna(first["basis"]) else first["basis"],
        None if pd.isna(first["precision"]) else first["precision"],
        tuple(found["row_id"]),
        sources,
        max(found["as_of"]),
    )


def throughput_ratio(numerator: Reading, denominator: Reading, unlike: tuple[str, ...] = ()) -> float:
    """Return `numerator` over `denominator` as a plain ratio.

    Both must have the same metric, unit, basis and precision. A difference raises `BasisError`, naming all
    that differs, unless it is asked for by name: `unlike=("basis",)` or `("precision",)`, as the reproduction
    of 7.5% does. Rates that are not positive raise `ValueError`.
    """
    differing = [
        f"{name} is {getattr(numerator, name)} against {getattr(denominator, name)}"
        for name in ("metric", "unit", "basis", "precision")
        if getattr(numerator, name) != getattr(denominator, name) and name not in unlike
    ]
    if differing:
        raise BasisError(f"{numerator.chip} over {denominator.chip}: {'; '.join(differing)}")
    _require_positive(numerator.value, denominator.value)
    return numerator.value / denominator.value


def tpp(rate: np.ndarray | float, precision: str) -> np.ndarray | float:
    """Return total processing performance: dense TFLOPS (or TOPS) times the bits of the format.

    This is the measure of US export rule 3A090 (15 CFR part 774, supplement 1): 2 x MacTOPS x bit length, the
    factor 2 being inside a rate that counts a multiply-add as two operations. An unknown format raises `KeyError`.
    """
    _require_positive(rate)
    return rate * BITS[precision]


def ridge_point(rate: np.ndarray | float, bandwidth: np.ndarray | float) -> np.ndarray | float:
    """Return the arithmetic intensity, FLOP per byte, above which a chip is bound by compute.

    `rate` in TFLOPS, `bandwidth` in TB/s. Williams, Waterman, Patterson, Roofline (CACM 52(4), 2009).
    """
    _require_positive(rate, bandwidth)
    return rate / bandwidth


def attainable(intensity: np.ndarray | float, rate: float, bandwidth: float) -> np.ndarray | float:
    """Return the roofline: the lower of `rate` and `bandwidth` x `intensity`, in TFLOPS.

    `intensity` in FLOP per byte, `rate` in TFLOPS, `bandwidth` in TB/s; same source as `ridge_point`.
    """
    _require_positive(rate, bandwidth, intensity)
    return np.minimum(rate, bandwidth * np.asarray(intensity, dtype=float))


def roofline_ratio(
    intensity: np.ndarray | float, chip: tuple[float, float], baseline: tuple[float, float]
) -> np.ndarray | float:
    """Return attainable throughput of `chip` over `baseline`; each is (rate in TFLOPS, bandwidth in TB/s)."""
    return attainable(intensity, *chip) / attainable(intensity, *baseline)


def roofline_limits(chip: tuple[float, float], baseline: tuple[float, float]) -> tuple[float, float]:
    """Return the lowest and highest `roofline_ratio` over all intensities; arguments as there.

    Below both ridge points the ratio is that of the bandwidths, above both that of the rates, and in between
    it moves steadily from one to the other; so these two are the limits.
    """
    _require_positive(*chip, *baseline)
    ends = (chip[0] / baseline[0], chip[1] / baseline[1])
    return min(ends), max(ends)


def roofs(specs: pd.DataFrame) -> pd.DataFrame:
    """Return what a roofline needs, for every chip with a published rate and a published bandwidth.

    One row for each chip, basis and precision, in the order of `specs`. Columns: chip, basis, precision, unit and
    rate (TFLOPS; TOPS for integers), bandwidth (TB/s), status (the weaker of the two), sources (ids, a tuple), and
    rate_low, rate_high, bandwidth_low, bandwidth_high: the span of all published values, those not used included.
    Where values differ, disclosed ones go before claimed, computed and forecast ones (`STATUS_RANK`), and the lowest is
    taken. Measured rows are left out, and so are rates without a basis, which compare with nothing.
    """
    published = specs[specs["status"].isin(STATUS_RANK)]
    labelled = published[published["metric"].eq("tensor_throughput") & published["basis"].isin(["dense", "sparse"])]
    bandwidths = published[published["metric"].eq("memory_bandwidth")]
    speeds = {chip: _lowest(same) for chip, same in bandwidths.groupby("chip", sort=False)}
    rows = []
    for (chip, basis, precision), same in labelled.groupby(["chip", "basis", "precision"], sort=False):
        if chip in speeds:
            rate, speed = _lowest(same), speeds[chip]
            rows.append(
                {
                    "chip": chip, "basis": basis, "precision": precision, "unit": same["unit"].iloc[0],
                    "rate": rate["value"], "rate_low": rate["low"], "rate_high": rate["high"],
                    "bandwidth": speed["value"], "bandwidth_low": speed["low"], "bandwidth_high": speed["high"],
                    "status": max(rate["status"], speed["status"], key=STATUS_RANK.index),
                    "sources": tuple(dict.fromkeys(rate["sources"] + speed["sources"])),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _lowest(same: pd.DataFrame) -> dict[str, object]:
    """Return value, status and sources of the lowest of the best-founded rows, and low and high of all rows."""
    status = min(same["status"], key=STATUS_RANK.index)
    best = same[same["status"] == status]
    used = best[best["value"] <= best["value"].min() * ROUNDING]
    sources = tuple(split_ids(list(used["source_id"])))
    ends = {"low": float(same["value"].min()), "high": float(same["value"].max())}
    return {"value": float(used["value"].min()), "status": status, "sources": sources, **ends}


def ratio_grid(specs: pd.DataFrame, part: str, whole: str, unlabelled: bool = False) -> pd.DataFrame:
    """Return every published tensor rate of `part` over every one of `whole`, in percent.

    Columns: part_basis, part_precision, part_rate, part_row, the same four of whole, percent, same_basis,
    same_precision. Measured rows are left out, and so are rows that state no basis, unless `unlabelled`;
    an unstated basis is never the same as another, not even as another unstated one. Formats keep their
    names: BF16 is not FP16, and FP8 is not INT8. Sources of one rate that differ by rounding (989 and 989.5)
    count once, the first stands. Labelled sources that disagree by more than 0.1% raise `BasisError`, a chip
    without a published rate raises `KeyError`.
    """
    left, right = (_rates(specs, chip, unlabelled) for chip in (part, whole))
    grid = left.add_prefix("part_").merge(right.add_prefix("whole_"), how="cross")
    grid["percent"] = 100 * grid["part_rate"] / grid["whole_rate"]
    grid["same_basis"] = grid["part_basis"].eq(grid["whole_basis"]) & grid["part_basis"].ne("unstated")
    grid["same_precision"] = grid["part_precision"].eq(grid["whole_precision"])
    return grid


def unlabelled_rates(specs: pd.DataFrame) -> pd.DataFrame:
    """Return each tensor rate printed without a basis, beside the dense rate of that chip and precision.

    Columns: row_id, chip, precision, printed, dense (both in the unit of the row), printed_over_dense,
    source_id. A ratio of 2 is the mark of a sparse rate. Chips and formats without a dense row are left out.
    """
    rates = specs[(specs["metric"] == "tensor_throughput") & (specs["status"] != "measured")]
    dense = rates[rates["basis"] == "dense"].drop_duplicates(["chip", "precision"])
    pairs = rates[rates["basis"] == "unstated"].merge(
        dense[["chip", "precision", "value"]], on=["chip", "precision"], suffixes=("", "_dense"), validate="many_to_one"
    )
    pairs["printed_over_dense"] = pairs["value"] / pairs["value_dense"]
    pairs = pairs.rename(columns={"value": "printed", "value_dense": "dense"})
    return pairs[["row_id", "chip", "precision", "printed", "dense", "printed_over_dense", "source_id"]]


def _rates(specs: pd.DataFrame, chip: str, unlabelled: bool) -> pd.DataFrame:
    """Return the published tensor rates of a chip, one row for each basis, precision and value."""
    kinds = ["dense", "sparse", "unstated"] if unlabelled else ["dense", "sparse"]
    rows = specs[
        (specs["chip"] == chip)
        & (specs["metric"] == "tensor_throughput")
        & specs["basis"].isin(kinds)
        & (specs["status"] != "measured")
    ]
    if rows.empty:
        raise KeyError(f"chip_specs has no published tensor rate for {chip}")
    kept = []
    for (basis, precision), same in rows.groupby(["basis", "precision"], sort=False):
        if basis == "unstated":
            kept.append(same.drop_duplicates("value"))
            continue
        if same["value"].max() > same["value"].min() * ROUNDING:
            listed = ", ".join(f"{row.row_id} = {row.value:g}" for row in same.itertuples())
            raise BasisError(f"{chip} {precision} {basis}: sources disagree ({listed})")
        kept.append(same.head(1))
    columns = {"basis": "basis", "precision": "precision", "value": "rate", "row_id": "row"}
    return pd.concat(kept)[list(columns)].rename(columns=columns)


def _require_positive(*values: np.ndarray | float) -> None:
    """Raise `ValueError` for a rate, bandwidth or intensity that is not above zero; missing ones included."""
    for value in values:
        array = np.asarray(value, dtype=float)
        if not (array > 0).all():
            raise ValueError(f"a rate must be positive, not {array[~(array > 0)].flat[0] if array.ndim else value}")
