"""Chips and systems: properties, measured results, what was said of them, dates, prices and export limits."""

from collections.abc import Mapping

from chipcheck import dates
from chipcheck.schemas.model import (
    CHIPS,
    LOW_HIGH,
    PRECISIONS,
    SYSTEMS,
    Column,
    Rule,
    Table,
    all_units,
    by_row,
    category,
    date,
    integer,
    key,
    low_high,
    number,
    once,
    ranges_of,
    source,
    status,
    text,
    units_of,
)


def hardware_property(
    units: Mapping[str, tuple[str, ...]], *, metric: str, unit: str, basis: str, precision: str
) -> dict[str, Column]:
    """Return the columns of one property of a chip or system; `units` maps each metric, the texts describe columns."""
    return {
        "metric": category(metric, units),
        "value": number("the value, in `unit`", low=0),
        "unit": category(unit, all_units(units)),
        "basis": category(basis, ["dense", "sparse", "unstated"], required=False),
        "precision": category(precision, PRECISIONS, required=False),
        "status": status(),
        "as_of": date("when the value was stated"),
    }


CHIP_UNITS = {
    "tensor_throughput": ("TFLOPS", "TOPS"),
    "vector_throughput": ("TFLOPS",),
    "memory_capacity": ("GB",),
    "memory_bandwidth": ("TB/s",),
    "interconnect_bandwidth": ("GB/s",),
    "power": ("W",),
    "tpp": ("TPP",),
}
CHIP_RANGES = {
    "tensor_throughput": (10, 100_000),
    "vector_throughput": (0.5, 1_000),
    "memory_capacity": (16, 2_000),
    "memory_bandwidth": (0.2, 50),
    "interconnect_bandwidth": (50, 10_000),
    "power": (50, 5_000),
    "tpp": (500, 500_000),
}
CHIP_SPECS = Table(
    "chip_specs",
    "Published and measured properties of chips",
    "one property of one chip, as one source gives it",
    {
        "row_id": key(),
        "chip": category("chip, in the form sold in servers (SXM where there are several)", CHIPS),
        **hardware_property(
            CHIP_UNITS,
            metric="what is stated; vector throughput is the rate outside the tensor cores",
            unit="TFLOPS, TOPS (int8), GB, TB/s, GB/s, W, or TPP (rate in TOPS x bits)",
            basis="for tensor throughput: dense, sparse (2:4 structured sparsity) or unstated; else empty",
            precision="number format of the arithmetic; only for throughput",
        ),
        **source(),
    },
    (
        units_of("metric", CHIP_UNITS),
        ranges_of("metric", CHIP_RANGES),
        Rule(
            "metric,basis,precision",
            "basis for tensor throughput, precision for that and vector throughput, and neither for anything else",
            lambda f: (
                f["metric"].eq("tensor_throughput").eq(f["basis"].notna())
                & f["metric"].isin(["tensor_throughput", "vector_throughput"]).eq(f["precision"].notna())
            ),
        ),
        Rule(
            "precision,unit",
            "TOPS for int8 and TFLOPS for floating point",
            lambda f: f["precision"].eq("int8").eq(f["unit"].eq("TOPS")),
        ),
        once("chip,metric,basis,precision,status,source_id,locator"),
    ),
    quantity=("chip", "metric", "basis", "precision"),
)

PERFORMANCE_STATEMENTS = Table(
    "performance_statements",
    "Who said how much faster, and when",
    "one statement that compares a chip or system with another",
    {
        "row_id": key(),
        "as_of": date("when it was said"),
        "speaker": text("who said or printed it"),
        "subject": category(
            "the chip or system that is compared",
            [*CHIPS, *SYSTEMS, "B300A", "Blackwell", "Huawei Cloud service"],
        ),
        "reference": category(
            "what it is compared with; the value is subject over reference",
            [
                *CHIPS,
                *SYSTEMS,
                "Blackwell",
                "Grace Blackwell",
                "NVIDIA",
                "most advanced NVIDIA",
                "China's best chip",
            ],
        ),
        **low_high("in `unit`"),
        "unit": category(
            "x (times), % (subject as a share of reference), or the distance in months or product "
            "generations; empty where the statement has no number",
            ["x", "%", "months", "generations"],
            required=False,
        ),
        "basis": category(
            "what the multiple counts",
            ["dense", "sparse", "mixed", "bandwidth", "serving", "tpp", "unstated"],
        ),
        "precision": category("number format, where one is stated", PRECISIONS, required=False),
        "status": status(),
        "statement": text("what was said, in our words"),
        **source(),
    },
    (
        Rule(
            "low,high,unit",
            "low not above high, and a unit exactly where there is a number",
            lambda f: f["unit"].notna().eq(f["low"].notna() | f["high"].notna()) & ~(f["low"] > f["high"]),
        ),
        Rule("subject,reference", "two different things", lambda f: f["subject"].ne(f["reference"])),
    ),
    quantity=("subject", "reference", "unit", "basis", "precision"),
)

SYSTEM_UNITS = {
    "chips": ("chips",),
    "racks": ("racks",),
    "tensor_throughput": ("PFLOPS",),
    "memory_capacity": ("TB",),
    "memory_bandwidth": ("TB/s",),
    "interconnect_bandwidth": ("TB/s",),
    "power": ("kW",),
    "compute_ratio_to_nvl72": ("x",),
    "memory_capacity_ratio_to_nvl72": ("x",),
    "energy_per_flop_ratio_to_nvl72": ("x",),
}
SYSTEM_RANGES = {
    "tensor_throughput": (10, 5_000),
    "memory_capacity": (0.5, 500),
    "memory_bandwidth": (10, 10_000),
    "power": (5, 2_000),
    "compute_ratio_to_nvl72": (0.1, 20),
    "memory_capacity_ratio_to_nvl72": (0.1, 20),
    "energy_per_flop_ratio_to_nvl72": (0.1, 20),
}
WITH_BASIS = ["tensor_throughput", "compute_ratio_to_nvl72", "energy_per_flop_ratio_to_nvl72"]
SYSTEMS_TABLE = Table(
    "systems",
    "Properties of rack-scale systems",
    "one property of one system, as one source gives it",
    {
        "row_id": key(),
        "system": category("the whole system", SYSTEMS),
        **hardware_property(
            SYSTEM_UNITS,
            metric="what is stated, for the whole system or as a ratio to the GB200 NVL72",
            unit="chips, racks, PFLOPS, TB, TB/s, kW or x (times)",
            basis="for compute and energy per FLOP: dense, sparse or unstated by the source; else empty",
            precision="number format, where the source names it",
        ),
        **source(),
    },
    (
        units_of("metric", SYSTEM_UNITS),
        ranges_of("metric", SYSTEM_RANGES),
        Rule(
            "metric,basis",
            "a basis for compute and energy per FLOP, and none for anything else",
            lambda f: f["metric"].isin(WITH_BASIS).eq(f["basis"].notna()),
        ),
        once("system,metric,basis,precision,source_id"),
    ),
    quantity=("system", "metric", "basis", "precision"),
)

SERVING_THROUGHPUT = Table(
    "serving_throughput",
    "Tokens per second when large language models are served",
    "one measured or published serving rate of one chip",
    {
        "row_id": key(),
        "as_of": date("when it was published"),
        "operator": text("who ran it, or whose figure it is"),
        "chip": category("chip", CHIPS),
        "chips": integer("number of chips in the test, where it is stated", required=False),
        "model": text("model served, where it is named", required=False),
        "phase": category("prefill (reading the prompt) or decode (writing the answer)", ["prefill", "decode"]),
        "input_tokens": integer("length of the prompt, tokens", required=False),
        "context_tokens": integer("length of the context, tokens", required=False),
        "tpot_ms": number("limit on the time per output token, ms", required=False, low=1, high=10_000),
        "speculative": category(
            "whether several tokens are predicted at once",
            ["yes", "no", "simulated", "unstated"],
        ),
        "precision": category("number format of the weights, where it is stated", PRECISIONS, required=False),
        "value": number("the rate, in `unit`", low=1, high=1_000_000),
        "unit": category(
            "per node (of `per_node_chips` chips) or per chip", ["tokens/s per node", "tokens/s per chip"]
        ),
        "per_node_chips": integer("chips in a node", required=False, high=1_024),
        "status": status(),
        **source(),
    },
    (
        Rule(
            "unit,per_node_chips",
            "the number of chips where the rate is per node",
            lambda f: f["unit"].ne("tokens/s per node") | f["per_node_chips"].notna(),
        ),
        Rule(
            "phase,tpot_ms",
            "a time per output token for decode only",
            lambda f: f["phase"].eq("decode") | f["tpot_ms"].isna(),
        ),
        once("operator,chip,model,phase,input_tokens,context_tokens,tpot_ms,speculative,source_id,note"),
    ),
    quantity=("chip", "model", "phase", "input_tokens", "context_tokens", "tpot_ms", "speculative", "unit"),
)

MLPERF_UNITS = {
    "llama2-70b-99.9": ("tokens/s",),
    "llama3.1-405b": ("tokens/s",),
    "mixtral-8x7b": ("tokens/s",),
    "gptj-99.9": ("tokens/s", "samples/s"),
    "stable-diffusion-xl": ("samples/s",),
}
MLPERF_RESULTS = Table(
    "mlperf_results",
    "Results of MLPerf Inference, closed division, data centre",
    "one result of one submission",
    {
        "row_id": key(),
        "round": category("round of MLPerf Inference", ["v4.0", "v4.1", "v5.1"]),
        "as_of": date("when the round was published; empty where the results show no date", required=False),
        "submitter": text("who submitted it"),
        "model": category("benchmark model with its accuracy target", MLPERF_UNITS),
        "scenario": category("load: all at once, arriving, or interactive", ["Offline", "Server", "Interactive"]),
        "chip": category("chip", CHIPS),
        "variant": category(
            "power setting of the chip, where the submission names one",
            ["700 W", "1000 W", "power-limited (MaxQ)"],
            required=False,
        ),
        "chips": integer("number of chips in the system", high=10_000),
        "precision": category("number format, where the results give it", PRECISIONS, required=False),
        "value": number("the result, in `unit`, for the whole system", low=1, high=1_000_000),
        "unit": category("tokens or samples a second", ["tokens/s", "samples/s"]),
        "status": status(),
        **source(),
    },
    (
        units_of("model", MLPERF_UNITS),
        Rule(
            "round,source_id",
            "the results of that round",
            lambda f: by_row(
                lambda name, key: key == f"mlperf-inference-{name.replace('.', '')}",
                f["round"],
                f["source_id"],
            ),
        ),
        once("round,submitter,model,scenario,chip,variant,chips,unit"),
    ),
)

WORKLOADS = Table(
    "workloads",
    "How many operations a byte of memory traffic feeds",
    "the arithmetic intensity of one kind of work",
    {
        "row_id": key(),
        "workload": text("the kind of work", unique=True),
        "intensity_low": number("lowest arithmetic intensity, FLOP/byte", low=0.1, high=100_000),
        "intensity_high": number("highest arithmetic intensity, FLOP/byte", low=0.1, high=100_000),
        "unit": category("always FLOP/byte", ["FLOP/byte"]),
        "basis": text("how the intensity follows"),
        "status": status(),
        **source(),
    },
    (
        Rule(
            "intensity_low,intensity_high",
            "low not above high",
            lambda f: ~(f["intensity_low"] > f["intensity_high"]),
        ),
    ),
)

PRODUCT_DATES = Table(
    "product_dates",
    "When chips and architectures were announced and shipped",
    "one dated event of one product, as one source gives it",
    {
        "row_id": key(),
        "product": text("chip, architecture or event"),
        "event": category(
            "what happened or was planned",
            [
                "architecture_introduced",
                "announced",
                "named",
                "planned",
                "in_production",
                "first_shipment",
                "volume",
            ],
        ),
        "date": text(
            "when, as precise as known: 2024, 2024-H1, 2024-Q2, 2024-05 or 2024-05-13",
            pattern=rf"^(?:{dates.HALF_YEAR.pattern}|{dates.ISO.pattern})$",
            form="a date as 2024, 2024-H1, 2024-Q2, 2024-05 or 2024-05-13",
        ),
        "precision": category("how precise the date is", ["year", "half", "quarter", "month", "day"]),
        "status": status(),
        **source(),
    },
    (
        Rule(
            "date,precision",
            "a real date of that precision",
            lambda f: by_row(lambda when, precision: dates.precision(when) == precision, f["date"], f["precision"]),
        ),
        once("product,event,source_id"),
    ),
)

CHIP_PRICES = Table(
    "chip_prices",
    "What chips cost",
    "one price of one chip or module, as one source gives it",
    {
        "row_id": key(),
        "product": category("chip", CHIPS),
        "as_of": date("when it was paid or asked"),
        **low_high("in `unit`", low=100),
        "unit": category("US dollars or yuan", ["USD", "CNY"]),
        "basis": category(
            "what the price buys, and for whom",
            [
                *("per card", "per card, average", "per card, release price", "per card, to distributors"),
                *("per chip, to Chinese buyers", "8-GPU module"),
            ],
        ),
        "status": status(),
        **source(),
    },
    (LOW_HIGH, once("product,as_of,basis,unit,source_id")),
    quantity=("product", "as_of", "unit", "basis"),
)
