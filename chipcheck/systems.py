"""Many chips at once: racks, serving nodes, benchmark entries. Pure functions on rows and frames.

Units: compute of a chip in TFLOPS, of a system in PFLOPS; power of a system in kW; serving in tokens a
second. Values that count different things are refused (`hardware.BasisError`) unless asked for by name.
"""

from collections.abc import Mapping

import pandas as pd

from chipcheck import hardware, require

SAME_ENTRY = ["round", "submitter", "model", "scenario", "chips", "unit"]
SERVING_CONDITIONS = (
    *("phase", "model", "tpot_ms", "precision", "speculative"),
    *("input_tokens", "context_tokens"),
)


def reading(systems: pd.DataFrame, system: str, metric: str, **kind: str) -> hardware.Reading:
    """Return one property of a whole system from rows of systems, by the rules of `hardware.reading`.

    `kind` may name `basis`, `precision`, `status` or `row`. Raises `KeyError` when no row is left and
    `hardware.BasisError` when the rows left differ in basis, precision or value.
    """
    try:
        return hardware.reading(systems.rename(columns={"system": "chip"}), system, metric, **kind)
    except KeyError:
        asked = ", ".join(kind.values()) or "any"
        raise KeyError(f"systems has no {metric} for {system} ({asked})") from None


def total_compute(chips: float, rate: float) -> float:
    """Return the compute of `chips` chips of `rate` TFLOPS each, in PFLOPS; both are positive."""
    require.positive(chips=chips, rate=rate)
    return chips * rate / 1_000


def chips_for(system: hardware.Reading, chip: hardware.Reading, unlike: tuple[str, ...] = ()) -> float:
    """Return how many chips have the compute of a system (PFLOPS over TFLOPS).

    Both must have one basis and one precision; a difference raises `hardware.BasisError` unless `unlike`
    names it.
    """
    if (system.unit, chip.unit) != ("PFLOPS", "TFLOPS"):
        raise hardware.BasisError(f"{system.chip} in {chip.chip}: units {system.unit} and {chip.unit}")
    return 1_000 * hardware.throughput_ratio(system, chip, unlike=("unit", *unlike))


def energy_per_flop(power: float, compute: float) -> float:
    """Return the energy of one operation at full rate, in pJ: `power` in kW over `compute` in PFLOPS.

    1 kW / 1 PFLOPS = 10^3 W / 10^15 FLOP/s = 10^-12 J. Peak rates make it a lower limit, fit for ratios only.
    """
    require.positive(power=power, compute=compute)
    return power / compute


def per_chip(row: Mapping) -> float:
    """Return the rate of a row of serving_throughput for one chip, in tokens a second.

    A rate for a node is divided by the chips of the node.
    """
    require.positive(value=row["value"])
    if row["unit"] == "tokens/s per node":
        require.positive(per_node_chips=row["per_node_chips"])
        return row["value"] / row["per_node_chips"]
    return float(row["value"])


def serving_ratio(part: Mapping, whole: Mapping, unlike: tuple[str, ...] = ()) -> float:
    """Return the serving rate of `part` over that of `whole`, each for one chip.

    Both are rows of serving_throughput. Phase, model, time per output token, precision, speculative decoding
    and lengths must be the same. A difference, and a condition that only one of the two states, raises
    `hardware.BasisError` unless `unlike` names it.
    """
    for name in SERVING_CONDITIONS:
        ours, theirs = (None if pd.isna(row[name]) else row[name] for row in (part, whole))
        if ours != theirs and name not in unlike:
            pair = f"{part['row_id']} over {whole['row_id']}"
            raise hardware.BasisError(f"{pair}: {name} is {ours} against {theirs}")
    return per_chip(part) / per_chip(whole)


def same_round(results: pd.DataFrame, part: str, whole: str, unlike: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return every pair of MLPerf results of two chips in one round, with their ratio.

    `results` holds rows of mlperf_results. A pair shares round, submitter, model, scenario, number of chips
    and unit. Columns: these, then variant_part, variant_whole, precision_part, precision_whole, part, whole,
    ratio, as_of (empty where the round has no date), source_id. Pairs of unlike precision raise `hardware.BasisError`
    unless `unlike` names it. Where there is no pair the frame is empty.
    """
    left, right = (results[results["chip"] == chip] for chip in (part, whole))
    pairs = left.merge(right, on=SAME_ENTRY, suffixes=("_part", "_whole"))
    stated = pairs[["precision_part", "precision_whole"]].fillna("unstated")
    mixed = pairs[stated["precision_part"] != stated["precision_whole"]]
    if len(mixed) and "precision" not in unlike:
        first = mixed.iloc[0]
        raise hardware.BasisError(
            f"{part} over {whole}, {first['round']} {first['model']}: precision is "
            f"{first['precision_part']} against {first['precision_whole']}"
        )
    columns = ["variant_part", "variant_whole", "precision_part", "precision_whole"]
    ratio = pairs["value_part"] / pairs["value_whole"]
    evidence = {"as_of": pairs["as_of_part"], "source_id": pairs["source_id_part"]}
    return pairs[SAME_ENTRY + columns].assign(
        part=pairs["value_part"], whole=pairs["value_whole"], ratio=ratio, **evidence
    )
