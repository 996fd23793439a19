"""Ratios, TPP and the roofline: pure functions on rates and rows, no file access.

Units: throughput in TFLOPS (10^12 operations a second; integer formats in TOPS), memory bandwidth in TB/s,
arithmetic intensity in FLOP per byte. TB/s times FLOP/byte is TFLOPS, so no factor is needed.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

BITS = {"fp64": 64, "fp32": 32, "tf32": 32, "bf16": 16, "fp16": 16, "fp8": 8, "int8": 8, "fp4": 4}


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
    if values.max() > values.min() * 1.001:
        listed = ", ".join(f"{r.row_id} = {r.value:g}" for r in found.itertuples())
        raise BasisError(f"{chip} {metric}: sources disagree ({listed}); name the row to use")
    first = found.iloc[0]
    sources = tuple(dict.fromkeys(part for ids in found["source_id"] for part in ids.split(";")))
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


def throughput_ratio(part: Reading, whole: Reading, unlike: tuple[str, ...] = ()) -> float:
    """Return `part` over `whole` as a plain ratio.

    Both must have the same metric, unit, basis and precision. A difference raises `BasisError` unless it is
    asked for by name: `unlike=("basis",)` or `("precision",)`, as the reproduction of 7.5% does. Rates that are not
    positive raise `ValueError`.
    """
    for name in ("metric", "unit", "basis", "precision"):
        ours, theirs = getattr(part, name), getattr(whole, name)
        if ours != theirs and name not in unlike:
            raise BasisError(f"{part.chip} over {whole.chip}: {name} is {ours} against {theirs}")
    _require_positive(part.value, whole.value)
    return part.value / whole.value


def tpp(rate: float, precision: str) -> float:
    """Return total processing performance: dense TFLOPS (or TOPS) times the bits of the format.

    This is the measure of US export rule 3A090 (15 CFR part 774, supplement 1): 2 x MacTOPS x bit length, the
    factor 2 being inside a rate that counts a multiply-add as two operations. An unknown format raises `KeyError`.
    """
    _require_positive(rate)
    return rate * BITS[precision]


def ridge_point(rate: float, bandwidth: float) -> float:
    """Return the arithmetic intensity, FLOP per byte, above which a chip is bound by compute.

    `rate` in TFLOPS, `bandwidth` in TB/s. Williams, Waterman, Patterson, Roofline (CACM 52(4), 2009).
    """
    _require_positive(rate, bandwidth)
    return rate / bandwidth


def attainable(intensity: np.ndarray | float, rate: float, bandwidth: float) -> np.ndarray | float:
    """Return the roofline: the lower of `rate` and `bandwidth` x `intensity`, in TFLOPS.

    `intensity` in FLOP per byte, `rate` in TFLOPS, `bandwidth` in TB/s; same source as `ridge_point`.
    """
    _require_positive(rate, bandwidth, *np.atleast_1d(intensity))
    return np.minimum(rate, bandwidth * np.asarray(intensity, dtype=float))


def roofline_ratio(
    intensity: np.ndarray | float, part: tuple[float, float], whole: tuple[float, float]
) -> np.ndarray | float:
    """Return attainable throughput of `part` over `whole`; each is (rate in TFLOPS, bandwidth in TB/s)."""
    return attainable(intensity, *part) / attainable(intensity, *whole)


def ratio_grid(specs: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """Return every published tensor rate of `part` over every one of `whole`, in percent.

    Columns: part_basis, part_precision, part_rate, whole_basis, whole_precision, whole_rate, percent, same_basis,
    same_precision. Measured rows and rows that state no basis are left out. Where the sources of one rate differ by rounding
    (989 and 989.5), the first stands.
    """
    left, right = (_rates(specs, chip) for chip in (part, whole))
    grid = left.merge(right, how="cross", suffixes=("_part", "_whole"))
    return pd.DataFrame(
        {
            "part_basis": grid["basis_part"],
            "part_precision": grid["precision_part"],
            "part_rate": grid["value_part"],
            "whole_basis": grid["basis_whole"],
            "whole_precision": grid["precision_whole"],
            "whole_rate": grid["value_whole"],
            "percent": 100 * grid["value_part"] / grid["value_whole"],
            "same_basis": grid["basis_part"] == grid["basis_whole"],
            "same_precision": grid["precision_part"] == grid["precision_whole"],
        }
    )


def _rates(specs: pd.DataFrame, chip: str) -> pd.DataFrame:
    rows = specs[
        (specs["chip"] == chip)
        & (specs["metric"] == "tensor_throughput")
        & specs["basis"].isin(["dense", "sparse"])
        & (specs["status"] != "measured")
    ]
    return rows.drop_duplicates(["basis", "precision"])[["basis", "precision", "value"]]


def _require_positive(*values: float) -> None:
    for value in values:
        if not value > 0:
            raise ValueError(f"a rate must be positive, not {value}")
