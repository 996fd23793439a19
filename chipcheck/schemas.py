"""One schema per table: columns, units, vocabularies, ranges, cross-column rules and what they mean.

`TABLES` is the single description of the data. `data.load` validates with the pandera schema built from it;
the codebook (`data/README.md`) and the data package (`data/datapackage.json`) are generated from it.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from chipcheck import paths, verdicts

if TYPE_CHECKING:  # pandera takes long to import and is needed only once a table is validated
    from pandera.pandas import Check, DataFrameSchema
    from pandera.pandas import Column as PanderaColumn

KEBAB = r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$"
MONTH, DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
ISO = re.compile(rf"(?:19|20)[0-9]{{2}}(?:-Q[1-4]|-{MONTH}(?:-{DAY})?)?")
HALF_YEAR = re.compile(r"(?:19|20)[0-9]{2}-H[12]")
FISCAL = re.compile(r"FY(20[0-9]{2})(?:-(Q[1-4]|H[12]))?")


def is_iso(text: str) -> bool:
    """Say whether text is 2024, 2024-Q4, 2024-11 or 2024-11-13 and a real date of 1900 to 2099."""
    return date_precision(text) in ("year", "quarter", "month", "day")


def date_precision(text: str) -> str:
    """Return year, half, quarter, month or day for an ISO date of that form, and nothing for other text."""
    text = str(text)
    if HALF_YEAR.fullmatch(text):
        return "half"
    if not ISO.fullmatch(text):
        return ""
    if "Q" in text:
        return "quarter"
    if len(text) == len("2024-11-13"):
        try:
            date.fromisoformat(text)
        except ValueError:
            return ""
    return {4: "year", 7: "month", 10: "day"}[len(text)]


def nvidia_period_end(fiscal_period: str) -> date:
    """Return the last day of an NVIDIA fiscal year or quarter, FY2025 or FY2025-Q1.

    The year ends on the last Sunday of January (Form 10-K, note 1) and the first three quarters have 13
    weeks each. Raises `ValueError` for any other form.
    """
    match = FISCAL.fullmatch(fiscal_period)
    if not match or (match[2] or "Q4")[0] != "Q":
        raise ValueError(f"{fiscal_period!r} is neither FY2025 nor FY2025-Q1")
    year, quarter = int(match[1]), match[2] or "Q4"
    if quarter == "Q4":
        return _last_sunday_of_january(year)
    return _last_sunday_of_january(year - 1) + timedelta(weeks=13 * int(quarter[1]))


def _last_sunday_of_january(year: int) -> date:
    last = date(year, 1, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


# ---- what a schema is made of ----


@dataclass(frozen=True)
class Column:
    """One column: what it means (with its unit) and what may stand in it."""

    description: str
    kind: str = "text"  # text, number, whole (a number without decimals) or date
    required: bool = True
    values: tuple[str, ...] = ()  # closed vocabulary
    low: float | None = None  # inclusive
    high: float | None = None  # inclusive
    pattern: str = ""  # regular expression
    form: str = ""  # the pattern in words
    unique: bool = False

    @property
    def is_number(self) -> bool:
        """Whether the column becomes a float column when loaded."""
        return self.kind in ("number", "whole")


@dataclass(frozen=True)
class Rule:
    """A rule over whole rows; `columns` (comma-separated) are shown when it fails."""

    columns: str
    wanted: str
    holds: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Table:
    """A table's schema with what the generated documents say about it.

    `row` says what one row is, `foreign` maps a column to the table and column whose ids it may hold
    (several, joined by `;`, if it is listed in `several`). `quantity` names the columns that say what is counted:
    rows alike in them state one quantity, each as its own source has it.
    """

    name: str
    title: str
    row: str
    columns: Mapping[str, Column]
    rules: tuple[Rule, ...] = ()
    key: str = "row_id"
    foreign: Mapping[str, tuple[str, str]] = field(default_factory=lambda: SOURCES)
    several: tuple[str, ...] = ("source_id", "sources")
    may_be_empty: bool = False
    quantity: tuple[str, ...] = ()

    @property
    def number_columns(self) -> list[str]:
        """Names of the columns that hold numbers."""
        return [name for name, column in self.columns.items() if column.is_number]

    def breaks(self, column: str) -> bool:
        """Say whether a column holds text to be read, in which a line can break; ids, addresses and hashes cannot."""
        return not (self.columns[column].pattern or column in self.foreign or column in self.several)

    @functools.cached_property
    def schema(self) -> "DataFrameSchema":
        """The pandera schema: these columns, in this order, no others, and the rules over rows."""
        from pandera.pandas import Check, DataFrameSchema

        checks = [Check(rule.holds, error=f"{rule.columns}: {rule.wanted}", ignore_na=False) for rule in self.rules]
        columns = {name: _pandera(column) for name, column in self.columns.items()}
        return DataFrameSchema(columns, checks=checks, strict=True, ordered=True)


def _pandera(column: Column) -> "PanderaColumn":
    from pandera.pandas import Column as PanderaColumn

    return PanderaColumn(
        "float64" if column.is_number else "str",
        checks=list(_checks(column)),
        nullable=not column.required,
        unique=column.unique,
        description=column.description,
    )


def _checks(column: Column) -> Iterable["Check"]:
    from pandera.pandas import Check

    if column.values:
        yield Check.isin(column.values, error="one of " + ", ".join(column.values))
    if column.pattern:
        yield Check.str_matches(column.pattern, error=column.form)
    if column.kind == "date":
        error = "a date as 2024, 2024-Q4, 2024-11 or 2024-11-13"
        yield Check(lambda series: series.map(is_iso), error=error, name="iso")
    if column.low is not None:
        yield Check.ge(column.low, error=f"a number of at least {column.low:g}")
    if column.high is not None:
        yield Check.le(column.high, error=f"a number of at most {column.high:g}")


def text(description: str, required: bool = True, pattern: str = "", form: str = "", unique: bool = False) -> Column:
    """Return a text column, with a pattern and the same in words where its form is fixed."""
    return Column(description, required=required, pattern=pattern, form=form, unique=unique)


def number(description: str, required: bool = True, low: float | None = None, high: float | None = None) -> Column:
    """Return a number column, with an inclusive range where one is given."""
    return Column(description, "number", required, low=low, high=high)


def whole(description: str, required: bool = True, low: float = 1, high: float | None = None) -> Column:
    """Return a column of whole numbers."""
    return Column(description, "whole", required, low=low, high=high)


def choice(description: str, values: Iterable[str], required: bool = True) -> Column:
    """Return a text column with a closed vocabulary."""
    return Column(description, required=required, values=tuple(values))


def ident(description: str = "name of this row, unique in the table") -> Column:
    """Return a key column of short words."""
    return text(description, pattern=KEBAB, form="lower-case words joined by hyphens", unique=True)


def address(description: str, required: bool = True) -> Column:
    """Return a column of web addresses."""
    form = "an address that begins with http:// or https://"
    return text(description, required, pattern=r"^https?://[^\s<>\"\\^`{|}]+$", form=form)


def moment(description: str, required: bool = True) -> Column:
    """Return a date column in ISO form, as precise as is known."""
    return Column(description, "date", required)


def fiscal(description: str, form: str, required: bool = True) -> Column:
    """Return a column of NVIDIA fiscal periods; `form` is a comma-separated choice of year, quarter, half."""
    ends = {"year": ("", "FY2025"), "quarter": ("-Q[1-4]", "FY2025-Q1"), "half": ("-H[12]", "FY2025-H1")}
    parts, examples = zip(*(ends[part] for part in form.split(",")), strict=True)
    return text(description, required, rf"^FY20[0-9]{{2}}(?:{'|'.join(parts)})$", " or ".join(examples))


# ---- columns that many tables share ----

STATUS = ["measured", "disclosed", "claimed", "computed", "forecast"]
SOURCES = {"source_id": ("sources", "source_id")}
SHARE_UNIT = "%"


def status() -> Column:
    """Return the column that says how a value came about."""
    return choice(
        "measured, disclosed by its owner, claimed by somebody, computed from other values, or forecast",
        STATUS,
    )


def source() -> dict[str, Column]:
    """Return the three closing columns of every evidence table."""
    return {
        "source_id": text("the document the value was read in; several ids are joined by `;`"),
        "locator": text("where in the document: page, table, section", required=False),
        "note": text("what a reader of the row should know", required=False),
    }


def low_high(unit: str, low: float | None = None) -> dict[str, Column]:
    """Return the two columns of a value that may be a range or a bound; `low` is the smallest allowed."""
    return {
        "low": number(f"lowest value, {unit}; alone: at least", required=False, low=low),
        "high": number(f"highest value, {unit}; equal to low for a point, alone: at most", required=False, low=low),
    }


LOW_HIGH = Rule(
    "low,high",
    "low not above high, and at least one of the two",
    lambda f: (f["low"].notna() | f["high"].notna()) & ~(f["low"] > f["high"]),
)
VALUE_OR_RANGE = Rule(
    "value,low,high",
    "either a value alone, or a range with low not above high",
    lambda f: (f["value"].notna() & f["low"].isna() & f["high"].isna()) | (f["value"].isna() & (f["low"] <= f["high"])),
)
PERCENT = Rule(
    "low,high,unit",
    "a share from 0 to 100 where the unit is %",
    lambda f: f["unit"].ne(SHARE_UNIT) | ~(f["low"].gt(100) | f["high"].gt(100)),
)


def units_of(column: str, units: Mapping[str, tuple[str, ...]]) -> Rule:
    """Return the rule that a unit belongs to what is measured; `units` maps each value of `column`."""
    return Rule(
        f"{column},unit",
        "the unit that belongs to what is measured",
        lambda f: _by_row(lambda what, unit: unit in units.get(what, (unit,)), f[column], f["unit"]),
    )


def ranges_of(column: str, ranges: Mapping[str, tuple[float, float]]) -> Rule:
    """Return the rule that a value lies where such values lie, to catch a slipped point or unit."""
    return Rule(
        f"{column},value",
        "a value of the usual size: "
        + ", ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in ranges.items()),
        lambda f: _by_row(
            lambda what, value: what not in ranges or ranges[what][0] <= value <= ranges[what][1],
            f[column],
            f["value"],
        ),
    )


def _units(by_measure: Mapping[str, tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(unit for units in by_measure.values() for unit in units))


def once(columns: str) -> Rule:
    """Return the rule that a combination of columns occurs once (empty cells count as equal)."""
    names = columns.split(",")
    return Rule(columns, "a combination that occurs once", lambda f: ~f.duplicated(names, keep=False))


def _by_row(holds: Callable[..., bool], *columns: pd.Series) -> pd.Series:
    """Return `holds` of each row's values; a row with an empty cell passes, its column decides on that."""
    rows = zip(*columns, strict=True)
    passed = [any(pd.isna(value) for value in values) or bool(holds(*values)) for values in rows]
    return pd.Series(passed, index=columns[0].index, dtype=bool)


def _ends(fiscal_period: str) -> str:
    """Return the last day of an NVIDIA fiscal period as text, and nothing for text of another form."""
    try:
        return nvidia_period_end(fiscal_period).isoformat()
    except ValueError:
        return ""


# ---- vocabularies that several tables share ----

PRECISIONS = ["fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8", "fp4"]
CHIPS = [
    *("H20", "H20-3e", "H100", "H200", "H200 CTS", "H800", "A100", "A800"),
    *("B200", "B300", "GB200", "GB300", "Rubin"),
    *("Ascend 910B", "Ascend 910B2", "Ascend 910C", "Ascend 950PR", "Ascend 950DT"),
    *("Siyuan 590", "MTT S4000", "MTT S5000", "Biren BR100", "MetaX C500"),
]
SYSTEMS = ["CloudMatrix 384", "GB200 NVL72", "HGX B200 (8 GPUs)"]
CHINESE_CHIP_MAKERS = ["Cambricon", "Hygon", "Moore Threads", "MetaX", "Biren", "Enflame"]

# ---- the article, our verdicts, the sources ----

CLAIM_KINDS = ["quantity", "date", "event", "comparison", "ranking", "attribution", "forecast"]
CHAPTERS = [path.name[:2] for path in paths.chapters()]
SECTIONS = ["opening", "behind", "dispute", "growth", "challenge"]
TOPICS = [
    *(
        "article-sources",
        "china-revenue",
        "chip-history",
        "chip-performance",
        "cloudmatrix",
        "domestic-makers",
    ),
    *("fee", "inference", "listings", "market-share", "software", "supply-and-demand", "us-policy"),
]
CLAIM_UNITS = [
    "%",
    "x",
    "count",
    "months",
    "years",
    "nm",
    "PFLOPS",
    "CNY bn",
    "USD bn",
    "bn, currency not stated",
]

CLAIMS = Table(
    "claims",
    "What the article says",
    "one checkable statement of the article",
    {
        "claim_id": ident("short words that name the claim"),
        "line": whole("line of the article's text"),
        "section": choice("part of the article", SECTIONS),
        "kind": choice("kind of statement", CLAIM_KINDS),
        "topic": choice("subject", TOPICS),
        "statement": text("what the article says, in our English words, in its best reading", unique=True),
        "statement_zh": text("the same in our Chinese words", unique=True),
        "figure_as_printed": text("just the figure, as in the article", required=False),
        **low_high("the figure as a number in `unit`"),
        "unit": choice("unit of low and high", CLAIM_UNITS, required=False),
        "as_of": moment("the time the article gives", required=False),
        "attributed_to": text("whom the article names for it; empty if nobody", required=False),
        "notebook": choice("number of the notebook that checks it", CHAPTERS),
        "weight": choice(
            "; ".join(f"{weight}: {words}" for weight, words in verdicts.WEIGHTS.items()), verdicts.WEIGHTS
        ),
    },
    (
        Rule("low,high", "low not above high", lambda f: ~(f["low"] > f["high"])),
        Rule(
            "low,high,unit",
            "a unit exactly where there is a number",
            lambda f: f["unit"].notna().eq(f["low"].notna() | f["high"].notna()),
        ),
        Rule(
            "figure_as_printed,low,high",
            "the figure as printed where there is a number",
            lambda f: f["figure_as_printed"].notna() | (f["low"].isna() & f["high"].isna()),
        ),
    ),
    key="claim_id",
    foreign={},
)

VERDICTS = Table(
    "verdicts",
    "Our rating of each claim",
    "the rating of one claim",
    {
        "claim_id": ident("the claim that is rated"),
        "rating": choice("our rating", verdicts.RATINGS),
        "strength": choice("how well the evidence carries the rating", verdicts.STRENGTHS),
        "reason": text("why, in a sentence or two; `{fact-id}` is replaced by that fact"),
        "found": text("fact on the basis that the article's words name", required=False),
        "found_if": text("fact once a missing period, scope, speaker or unit is supplied", required=False),
        "reproduced": text("fact that gives the printed figure by mixing or dropping a basis", required=False),
        "sources": text("the documents the rating rests on; several ids are joined by `;`", required=False),
        "searched": text("for what is not found: what was searched for, and until when", required=False),
    },
    (
        Rule(
            "rating,searched",
            "what was searched for exactly where the rating is `not found`",
            lambda f: f["rating"].eq(verdicts.NOT_FOUND).eq(f["searched"].notna()),
        ),
    ),
    key="claim_id",
    foreign={"claim_id": ("claims", "claim_id"), "sources": ("sources", "source_id")},
)

SOURCES_TABLE = Table(
    "sources",
    "The documents we cite",
    "one document",
    {
        "source_id": ident("short name that other tables cite"),
        "title": text("title of the document"),
        "publisher": text("who published it"),
        "date": moment("publication date; empty where the document shows none", required=False),
        "url": address("address of the document"),
        "read_at": address("address at which it was read, where that is another", required=False),
        "linked": choice(
            "`no` where an address is printed and not linked: a mirror, a test server, a page that changes",
            ["no"],
            required=False,
        ),
        "kind": choice(
            "primary (filing, regulator, maker, measurement), secondary (reporting), tertiary (copy, digest) or "
            "generated (written by a machine; carries no claim alone), by what was read",
            ["primary", "secondary", "tertiary", "generated"],
        ),
        "language": text("ISO 639-1 code", pattern=r"^[a-z]{2}$", form="a two-letter language code"),
    },
    (
        once("title,publisher,url"),
        once("url,title"),
        Rule("url,read_at", "another address than the document's own", lambda f: f["url"].ne(f["read_at"])),
    ),
    key="source_id",
    foreign={},
)

CORRECTIONS = Table(
    "corrections",
    "Source values that are not used as printed",
    "one replaced value; applied whenever its table is loaded, and listed in the report",
    {
        "table": text("the table that holds the value"),
        "row_id": text("key of its row"),
        "column": text("its column"),
        "printed": text("the value as the source prints it and as it stands in the table"),
        "used": text("the value used instead"),
        "reason": text("why"),
        "source_id": text("what shows it; several ids are joined by `;`"),
    },
    (
        once("table,row_id,column"),
        Rule(
            "table,column",
            "a table of data/ (not this one) and one of its columns that is not its key",
            lambda f: _by_row(
                lambda table, column: (
                    table != "corrections"
                    and table in TABLES
                    and column in TABLES[table].columns
                    and column != TABLES[table].key
                ),
                f["table"],
                f["column"],
            ),
        ),
        Rule("printed,used", "another value than the printed one", lambda f: f["printed"].ne(f["used"])),
    ),
    key="",
    may_be_empty=True,
)

EXEMPTIONS = Table(
    "exemptions",
    "Rows that an identity does not bind",
    "one row of one table that breaks one identity, and why it may",
    {
        "table": text("the table that holds the row"),
        "row_id": text("key of the row"),
        "identity": text("name of the identity, a function of chipcheck/identities.py"),
        "reason": text("why the row may break it"),
    },
    (once("table,row_id,identity"),),
    key="",
    foreign={},
    may_be_empty=True,
)

ARTICLE_LINES = Table(
    "article_lines",
    "Hashes of the article's lines",
    "one line of the article, so that whoever has the text can verify our line numbers",
    {
        "line": Column("line of the article's text", "whole", low=1, unique=True),
        "sha256": text(
            "SHA-256 of the line in UTF-8, without its line end",
            pattern=r"^[0-9a-f]{64}$",
            form="64 hexadecimal digits",
        ),
        "words": text(
            "the first characters of the line, at most eight, where a statement stands in it: how a reader finds it",
            required=False,
            pattern=r"^[^\n]{1,8}$",
            form="at most eight characters",
        ),
    },
    (
        Rule(
            "line",
            "lines counted from 1 without a gap",
            lambda f: f["line"].eq(pd.Series(range(1, len(f) + 1))),
        ),
    ),
    key="line",
    foreign={},
)

# ---- chips and systems ----


def hardware_property(
    units: Mapping[str, tuple[str, ...]], *, metric: str, unit: str, basis: str, precision: str
) -> dict[str, Column]:
    """Return the columns of one property of a chip or system; `units` maps each metric, the texts describe columns."""
    return {
        "metric": choice(metric, units),
        "value": number("the value, in `unit`", low=0),
        "unit": choice(unit, _units(units)),
        "basis": choice(basis, ["dense", "sparse", "unstated"], required=False),
        "precision": choice(precision, PRECISIONS, required=False),
        "status": status(),
        "as_of": moment("when the value was stated"),
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
        "row_id": ident(),
        "chip": choice("chip, in the form sold in servers (SXM where there are several)", CHIPS),
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
        "row_id": ident(),
        "as_of": moment("when it was said"),
        "speaker": text("who said or printed it"),
        "subject": choice(
            "the chip or system that is compared",
            [*CHIPS, *SYSTEMS, "B300A", "Blackwell", "Huawei Cloud service"],
        ),
        "reference": choice(
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
        "unit": choice(
            "x (times), % (subject as a share of reference), or the distance in months or product "
            "generations; empty where the statement has no number",
            ["x", "%", "months", "generations"],
            required=False,
        ),
        "basis": choice(
            "what the multiple counts",
            ["dense", "sparse", "mixed", "bandwidth", "serving", "tpp", "unstated"],
        ),
        "precision": choice("number format, where one is stated", PRECISIONS, required=False),
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
        "row_id": ident(),
        "system": choice("the whole system", SYSTEMS),
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
        "row_id": ident(),
        "as_of": moment("when it was published"),
        "operator": text("who ran it, or whose figure it is"),
        "chip": choice("chip", CHIPS),
        "chips": whole("number of chips in the test, where it is stated", required=False),
        "model": text("model served, where it is named", required=False),
        "phase": choice("prefill (reading the prompt) or decode (writing the answer)", ["prefill", "decode"]),
        "input_tokens": whole("length of the prompt, tokens", required=False),
        "context_tokens": whole("length of the context, tokens", required=False),
        "tpot_ms": number("limit on the time per output token, ms", required=False, low=1, high=10_000),
        "speculative": choice(
            "whether several tokens are predicted at once",
            ["yes", "no", "simulated", "unstated"],
        ),
        "precision": choice("number format of the weights, where it is stated", PRECISIONS, required=False),
        "value": number("the rate, in `unit`", low=1, high=1_000_000),
        "unit": choice("per node (of `per_node_chips` chips) or per chip", ["tokens/s per node", "tokens/s per chip"]),
        "per_node_chips": whole("chips in a node", required=False, high=1_024),
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
        "row_id": ident(),
        "round": choice("round of MLPerf Inference", ["v4.0", "v4.1", "v5.1"]),
        "as_of": moment("when the round was published; empty where the results show no date", required=False),
        "submitter": text("who submitted it"),
        "model": choice("benchmark model with its accuracy target", MLPERF_UNITS),
        "scenario": choice("load: all at once, arriving, or interactive", ["Offline", "Server", "Interactive"]),
        "chip": choice("chip", CHIPS),
        "variant": choice(
            "power setting of the chip, where the submission names one",
            ["700 W", "1000 W", "power-limited (MaxQ)"],
            required=False,
        ),
        "chips": whole("number of chips in the system", high=10_000),
        "precision": choice("number format, where the results give it", PRECISIONS, required=False),
        "value": number("the result, in `unit`, for the whole system", low=1, high=1_000_000),
        "unit": choice("tokens or samples a second", ["tokens/s", "samples/s"]),
        "status": status(),
        **source(),
    },
    (
        units_of("model", MLPERF_UNITS),
        Rule(
            "round,source_id",
            "the results of that round",
            lambda f: _by_row(
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
        "row_id": ident(),
        "workload": text("the kind of work", unique=True),
        "intensity_low": number("lowest arithmetic intensity, FLOP/byte", low=0.1, high=100_000),
        "intensity_high": number("highest arithmetic intensity, FLOP/byte", low=0.1, high=100_000),
        "unit": choice("always FLOP/byte", ["FLOP/byte"]),
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
        "row_id": ident(),
        "product": text("chip, architecture or event"),
        "event": choice(
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
            pattern=rf"^(?:{HALF_YEAR.pattern}|{ISO.pattern})$",
            form="a date as 2024, 2024-H1, 2024-Q2, 2024-05 or 2024-05-13",
        ),
        "precision": choice("how precise the date is", ["year", "half", "quarter", "month", "day"]),
        "status": status(),
        **source(),
    },
    (
        Rule(
            "date,precision",
            "a real date of that precision",
            lambda f: _by_row(lambda when, precision: date_precision(when) == precision, f["date"], f["precision"]),
        ),
        once("product,event,source_id"),
    ),
)

CHIP_PRICES = Table(
    "chip_prices",
    "What chips cost",
    "one price of one chip or module, as one source gives it",
    {
        "row_id": ident(),
        "product": choice("chip", CHIPS),
        "as_of": moment("when it was paid or asked"),
        **low_high("in `unit`", low=100),
        "unit": choice("US dollars or yuan", ["USD", "CNY"]),
        "basis": choice(
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

EXPORT_UNITS = {"tpp": ("TPP",), "memory_bandwidth": ("GB/s",)}
EXPORT_RULES = Table(
    "export_rules",
    "Technical thresholds of the export rules and duties",
    "one threshold of one rule",
    {
        "row_id": ident(),
        "rule": text("the rule"),
        "effective_from": moment("first day on which it applies"),
        "metric": choice("what is limited", EXPORT_UNITS),
        "bound": choice("on which side of the value the rule applies", ["at_least", "above", "below"]),
        "value": number("the threshold, in `unit`", low=1),
        "unit": choice("TPP (rate in TOPS x bits) or GB/s", _units(EXPORT_UNITS)),
        "treatment": text("what applies to chips on that side"),
        **source(),
    },
    (
        units_of("metric", EXPORT_UNITS),
        ranges_of("metric", {"tpp": (500, 500_000), "memory_bandwidth": (500, 50_000)}),
        once("rule,effective_from,metric,bound"),
    ),
    quantity=("effective_from", "rule", "metric", "bound"),
)

FEES = Table(
    "fees",
    "What the US government asked of chips for China",
    "one rate, as one group of sources gives it",
    {
        "row_id": ident(),
        "instrument": text("agreement, announcement or law"),
        "effective_from": moment("first day on which it applies; where no law followed, the day it was announced"),
        "rate_low": number("lowest rate, %", low=0, high=100),
        "rate_high": number("highest rate, %; empty where only a lowest is known", required=False, low=0, high=100),
        "unit": choice("always %", ["%"]),
        "base": choice("what the rate is taken of", ["sales", "import value"]),
        "status": status(),
        **source(),
    },
    (
        Rule("rate_low,rate_high", "low not above high", lambda f: ~(f["rate_low"] > f["rate_high"])),
        once("instrument,effective_from,source_id"),
    ),
    quantity=("effective_from", "base"),
)

# ---- markets ----

NVIDIA_REVENUE = Table(
    "nvidia_revenue",
    "NVIDIA's revenue, total and China, by year and quarter",
    "one amount for one fiscal period on one basis",
    {
        "row_id": ident(),
        "fiscal_period": fiscal("NVIDIA fiscal period; the year ends on the last Sunday of January", "year,quarter"),
        "period_kind": choice("year or quarter", ["year", "quarter"]),
        "as_of": moment("last day of the period"),
        "measure": choice("what is counted", ["total", "china", "data_centre"]),
        "basis": choice(
            "how China is drawn: billing location or customer headquarters; `all` for totals",
            ["billing", "headquarters", "all"],
        ),
        "value": number("revenue, USD m", required=False, low=1, high=1_000_000),
        "low": number("lower end of a range, USD m", required=False, low=0, high=1_000_000),
        "high": number("upper end of a range, USD m", required=False, low=0, high=1_000_000),
        "unit": choice("always USD m", ["USD m"]),
        "rounded_to": number("what the source rounds to, USD m; empty: exact to the million", required=False, low=1),
        "status": status(),
        **source(),
    },
    (
        VALUE_OR_RANGE,
        Rule(
            "measure,basis",
            "basis billing or headquarters for china, all for totals",
            lambda f: f["measure"].eq("china").eq(f["basis"].ne("all")),
        ),
        Rule(
            "fiscal_period,period_kind",
            "a quarter for FY2025-Q1, a year for FY2025",
            lambda f: _by_row(
                lambda period, kind: ("-Q" in period) == (kind == "quarter"),
                f["fiscal_period"],
                f["period_kind"],
            ),
        ),
        Rule(
            "fiscal_period,as_of",
            "the last day of that fiscal period",
            lambda f: _by_row(
                lambda period, day: _ends(period) == day,
                f["fiscal_period"],
                f["as_of"],
            ),
        ),
        once("fiscal_period,measure,basis"),
    ),
)

STATEMENT_UNITS = {
    "share_of_total_revenue": ("%",),
    "share_of_data_centre_revenue": ("%",),
    "singapore_share_of_total_revenue": ("%",),
    "us_share_of_singapore_data_centre_compute": ("%",),
    "market_share": ("%",),
    "revenue": ("USD bn", "USD m"),
    "china_revenue": ("USD bn", "USD m"),
    "potential_revenue": ("USD bn", "USD m"),
    "market_opportunity": ("USD bn", "USD m"),
}
REVENUE_STATEMENTS = Table(
    "revenue_statements",
    "What was said about China's share and size",
    "one statement about NVIDIA's revenue or market",
    {
        "row_id": ident(),
        "as_of": moment("when it was said"),
        "fiscal_period": fiscal(
            "NVIDIA fiscal period it speaks of, where it names one", "year,quarter", required=False
        ),
        "speaker": text("who said it"),
        "measure": choice("what is stated", STATEMENT_UNITS),
        "basis": choice(
            "of what it is a share, or what the sum counts",
            [
                *(
                    "china",
                    "china_and_other_affected_destinations",
                    "china_hopper",
                    "china_ai",
                    "china_ai_accelerators",
                ),
                *("h20_china", "h20_outside_china", "h200_china", "advanced_ai_chips"),
                *("billing", "shipments", "unstated"),
            ],
        ),
        **low_high("in `unit`", low=0),
        "unit": choice("percent, or US dollars", _units(STATEMENT_UNITS)),
        "status": status(),
        "statement": text("what was said, in our words"),
        **source(),
    },
    (LOW_HIGH, PERCENT, units_of("measure", STATEMENT_UNITS)),
    quantity=("fiscal_period", "measure", "basis", "unit"),
)

OUTLOOKS = Table(
    "outlooks",
    "What NVIDIA expected to earn, and what it assumed of China",
    "one outlook for one quarter",
    {
        "row_id": ident(),
        "as_of": moment("when it was given"),
        "fiscal_period": fiscal("the quarter it is for", "quarter"),
        "measure": choice("what is expected", ["revenue"]),
        "value": number("middle of the outlook, USD bn", low=1, high=1_000),
        "unit": choice("always USD bn", ["USD bn"]),
        "china_assumption": text("what is assumed of China"),
        "status": status(),
        **source(),
    },
    (
        Rule(
            "as_of,fiscal_period",
            "an outlook given before the quarter ends",
            lambda f: _by_row(
                lambda day, period: day <= _ends(period),
                f["as_of"],
                f["fiscal_period"],
            ),
        ),
        once("as_of,fiscal_period,measure"),
    ),
)

MARKET_UNITS = {
    "imports": ("%",),
    "units": ("%", "cards"),
    "value": ("%",),
    "self_sufficiency": ("%",),
    "market_share_remark": ("%",),
    "unstated": ("%",),
    "spending": ("USD bn", "CNY bn"),
}
CHINA_MARKET_SHARE = Table(
    "china_market_share",
    "Who supplies China's AI chips",
    "one share or size of China's market, as one house counts it",
    {
        "row_id": ident(),
        "as_of": moment("the time it describes"),
        "published": moment("when the house published it"),
        "house": text("who counted"),
        "measure": choice(
            "what is counted: cards (units), money (value), imports, self-sufficiency, total spending, "
            "a remark on the market share, or unstated",
            MARKET_UNITS,
        ),
        "category": choice(
            "whose part",
            [
                *("total", "imported", "domestic", "NVIDIA", "AMD", "Huawei", "Alibaba T-Head"),
                *("Cambricon", "Baidu Kunlunxin", "Enflame", "Moore Threads"),
            ],
        ),
        **low_high("in `unit`", low=0),
        "unit": choice("percent, cards, billions of US dollars or of yuan", _units(MARKET_UNITS)),
        "status": status(),
        **source(),
    },
    (
        LOW_HIGH,
        PERCENT,
        units_of("measure", MARKET_UNITS),
        Rule(
            "as_of,published,status",
            "status forecast for a time after the publication",
            lambda f: _by_row(
                lambda as_of, published, how: as_of[:4] <= published[:4] or how == "forecast",
                f["as_of"],
                f["published"],
                f["status"],
            ),
        ),
        once("as_of,published,house,measure,category,unit,source_id"),
    ),
    quantity=("as_of", "house", "measure", "category", "unit"),
)

ACCELERATOR_MIX = Table(
    "accelerator_mix",
    "Inference and training, as counted by research houses",
    "one share of one kind of use",
    {
        "row_id": ident(),
        "as_of": moment("the time the share describes"),
        "house": text("who counted"),
        "measure": choice("always a share", ["share"]),
        "basis": choice("of what it is a share", ["units", "value", "workload", "servers", "servers, world"]),
        "category": choice("the part", ["inference", "training"]),
        **low_high("%", low=0),
        "unit": choice("always %", ["%"]),
        "status": status(),
        **source(),
    },
    (LOW_HIGH, PERCENT, once("as_of,house,basis,category,source_id")),
    quantity=("as_of", "house", "basis", "category"),
)

# ---- Chinese makers ----

PERIOD_ENDS = {"": "12-31", "Q1": "03-31", "H1": "06-30", "9M": "09-30"}
COMPANY_RESULTS = Table(
    "company_results",
    "Revenue and profit of the Chinese makers",
    "one result of one company for one period",
    {
        "row_id": ident(),
        "company": choice("company", CHINESE_CHIP_MAKERS),
        "fiscal_period": text(
            "calendar year, first quarter, first half or first nine months",
            pattern=r"^20[0-9]{2}(?:-Q1|-H1|-9M)?$",
            form="2025, 2025-Q1, 2025-H1 or 2025-9M",
        ),
        "as_of": moment("last day of the period"),
        "measure": choice("what is stated; a loss is a negative net profit", ["revenue", "net_profit"]),
        "value": number("the amount, CNY bn", required=False, low=-100, high=1_000),
        "low": number("lower end of a range, CNY bn", required=False, low=-100, high=1_000),
        "high": number("upper end of a range, CNY bn", required=False, low=-100, high=1_000),
        "unit": choice("always CNY bn", ["CNY bn"]),
        "status": status(),
        **source(),
    },
    (
        VALUE_OR_RANGE,
        Rule(
            "fiscal_period,as_of",
            "the last day of that period",
            lambda f: _by_row(
                lambda period, day: day == f"{period[:4]}-{PERIOD_ENDS.get(period[5:])}",
                f["fiscal_period"],
                f["as_of"],
            ),
        ),
        Rule(
            "measure,value",
            "a revenue that is not negative",
            lambda f: f["measure"].ne("revenue") | ~f["value"].lt(0),
        ),
        once("company,fiscal_period,measure"),
    ),
)

LISTING_UNITS = {
    **dict.fromkeys(("issue_price", "open", "high", "close"), ("CNY", "HKD")),
    **dict.fromkeys(("shares_issued", "shares_total", "float_shares"), ("shares",)),
    **dict.fromkeys(("gain", "turnover", "lottery_rate", "lottery_rate_initial", "record_definition"), ("%",)),
    **dict.fromkeys(("market_value", "proceeds_gross"), ("CNY bn", "HKD bn")),
    "subscribers": ("accounts",),
}
LISTING_RANGES = {
    **dict.fromkeys(("issue_price", "open", "high", "close"), (1, 10_000)),
    **dict.fromkeys(("shares_issued", "shares_total", "float_shares"), (1e6, 1e11)),
    **dict.fromkeys(("gain", "record_definition"), (-100, 5_000)),
    **dict.fromkeys(("turnover", "lottery_rate", "lottery_rate_initial"), (0, 100)),
    **dict.fromkeys(("market_value", "proceeds_gross"), (0.1, 5_000)),
    "subscribers": (1_000, 1e8),
}
LISTINGS = Table(
    "listings",
    "First days of trading",
    "one figure of one listing",
    {
        "row_id": ident(),
        "company": choice("company", [*CHINESE_CHIP_MAKERS, "SMIC"]),
        "ticker": text(
            "code at the exchange, where the source gives it",
            required=False,
            pattern=r"^(?:[0-9]{6}|[0-9]{4}\.HK)$",
            form="688795 or 6082.HK",
        ),
        "metric": choice("what is stated", LISTING_UNITS),
        "value": number("the value, in `unit`"),
        "unit": choice(
            "yuan or Hong Kong dollars, billions of them, shares, accounts or percent", _units(LISTING_UNITS)
        ),
        "as_of": moment("the day it holds for"),
        "basis": text("when on that day, or of what", required=False),
        "status": status(),
        **source(),
    },
    (
        units_of("metric", LISTING_UNITS),
        ranges_of("metric", LISTING_RANGES),
        once("company,metric,as_of,basis,source_id"),
    ),
    quantity=("company", "metric", "as_of", "basis"),
)

PRICE_UNITS = {
    "close": ("CNY",),
    "market_value": ("CNY bn",),
    **dict.fromkeys(("change", "change_midday", "change_morning", "change_intraday_low"), ("%",)),
    **dict.fromkeys(("change_from_peak", "gain_on_issue_price", "change_since_release"), ("%",)),
    "event_merger_ended": ("event",),
}
PRICE_RANGES = {
    "close": (1, 10_000),
    "market_value": (0.1, 5_000),
    **dict.fromkeys(("change", "change_midday", "change_morning", "change_intraday_low"), (-20, 20)),
    "change_from_peak": (-100, 0),
    "gain_on_issue_price": (-100, 5_000),
    "change_since_release": (-100, 1_000),
    "event_merger_ended": (1, 1),
}
QUOTED = [
    *CHINESE_CHIP_MAKERS,
    *("SMIC", "Hua Hong", "Loongson", "VeriSilicon", "Montage", "Jingjia Micro", "Sugon"),
    *("Foxconn Industrial Internet", "STAR Market, middle share"),
]
SHARE_PRICES = Table(
    "share_prices",
    "Share prices after the listing and around the news",
    "one price, change or event of one company",
    {
        "row_id": ident(),
        "company": choice("company, or the middle share of a market", QUOTED),
        "as_of": moment("the day, or the month where the source names no day"),
        "metric": choice("what is stated; an event has the value 1", PRICE_UNITS),
        "value": number("the value, in `unit`; a fall is negative"),
        "unit": choice("yuan, billions of yuan, percent, or event", _units(PRICE_UNITS)),
        "status": status(),
        **source(),
    },
    (units_of("metric", PRICE_UNITS), ranges_of("metric", PRICE_RANGES), once("company,as_of,metric")),
)

CUSTOMER_UNITS = {
    **dict.fromkeys(("share_of_revenue", "share_of_orders", "share_of_demand", "share_of_tender"), ("%",)),
    "revenue": ("CNY bn",),
}
CUSTOMERS = Table(
    "customers",
    "Who buys from the Chinese makers",
    "one share or sum that one kind of customer or product has",
    {
        "row_id": ident(),
        "company": choice("the seller", [*CHINESE_CHIP_MAKERS, "Huawei Ascend"]),
        "as_of": moment("the time it describes"),
        "measure": choice("of what it is a share, or revenue", CUSTOMER_UNITS),
        "category": text("the customer, kind of customer, or product line"),
        **low_high("in `unit`", low=0),
        "unit": choice("percent, or billions of yuan", _units(CUSTOMER_UNITS)),
        "status": status(),
        **source(),
    },
    (LOW_HIGH, PERCENT, units_of("measure", CUSTOMER_UNITS), once("company,as_of,measure,category")),
)

YIELDS = Table(
    "yields",
    "Share of good dies",
    "one yield of one product or process",
    {
        "row_id": ident(),
        "product": text("chip or process"),
        "foundry": choice("who makes it", ["SMIC", "TSMC"]),
        "node": text("process, where the source names it", required=False),
        "as_of": moment("the time it describes"),
        **low_high("%", low=0),
        "unit": choice("always %", ["%"]),
        "status": status(),
        **source(),
    },
    (LOW_HIGH, PERCENT, once("product,foundry,node,as_of,source_id")),
    quantity=("product", "foundry", "node", "as_of"),
)

PIECES = ("cards", "chips", "dies", "pieces")
ORDER_UNITS = {
    **dict.fromkeys(("ordered", "purchased", "delivered"), (*PIECES, "USD bn")),
    **dict.fromkeys(
        ("booked", "unshipped", "charge", "charge_warned", "lost_in_guidance", "lost_estimate"), ("USD bn",)
    ),
    **dict.fromkeys(("requested", "cleared_by_china", "cleared_by_us_per_firm"), PIECES),
    **dict.fromkeys(("planned_purchases", "planned_shipment", "stock"), PIECES),
    **dict.fromkeys(("produced", "production_plan", "production_limit"), PIECES),
    "capacity": ("wafers a month",),
}
ORDERS = Table(
    "orders",
    "Orders, deliveries, stocks and production",
    "one amount of one product",
    {
        "row_id": ident(),
        "product": choice(
            "chip, family of chips or process",
            [
                *(
                    "H20",
                    "H200",
                    "Huawei Ascend",
                    "Huawei Ascend 910B",
                    "Huawei Ascend 910C",
                    "Cambricon accelerators",
                ),
                *("advanced AI chips, China", "7 nm and below, China"),
            ],
        ),
        "as_of": moment("the time it describes"),
        "fiscal_period": fiscal("NVIDIA fiscal period, for sums from its reports", "quarter,half", required=False),
        "measure": choice("what is counted", ORDER_UNITS),
        **low_high("in `unit`", low=0),
        "unit": choice("billions of US dollars, cards, chips, dies, pieces or wafers a month", _units(ORDER_UNITS)),
        "status": status(),
        **source(),
    },
    (
        LOW_HIGH,
        units_of("measure", ORDER_UNITS),
        Rule(
            "low,high,unit",
            "at most 1,000 where the unit is USD bn",
            lambda f: f["unit"].ne("USD bn") | ~(f["low"].gt(1_000) | f["high"].gt(1_000)),
        ),
        once("product,as_of,fiscal_period,measure,unit,source_id"),
    ),
    quantity=("product", "as_of", "fiscal_period", "measure", "unit"),
)

# ---- policy, forecasts and what came of them ----

SCORES = ["came true", "partly came true", "open", "did not come true", "untested"]
POLICY_EVENTS = Table(
    "policy_events",
    "What Washington, Beijing and the companies did, and when",
    "one dated event",
    {
        "row_id": ident(),
        "date": moment("when it happened; where only the report is dated, when it was reported"),
        "date_precision": choice("how precise the date is", ["day", "month", "quarter", "year"]),
        "lane": choice("whose act it is", ["United States", "China", "companies", "products"]),
        "actor": text("who acted or spoke"),
        "event": text("what happened, in our words"),
        "kind": choice(
            "rule or order, bill or vote, statement, product, market; aftermath: about the release, once announced",
            ["regulation", "legislation", "statement", "product", "market", "aftermath"],
        ),
        "claim_id": text(
            "the claims in which the article states it, rightly or not; several are joined by `;`", required=False
        ),
        **source(),
    },
    (
        Rule(
            "date,date_precision",
            "a date of that precision",
            lambda f: _by_row(
                lambda when, precision: date_precision(when) == precision, f["date"], f["date_precision"]
            ),
        ),
        once("date,actor,event"),
    ),
    foreign={**SOURCES, "claim_id": ("claims", "claim_id")},
    several=("source_id", "claim_id"),
)

FORECASTS = Table(
    "forecasts",
    "What the article expected",
    "one forecast, with one claim of the article",
    {
        "forecast_id": ident("name of the forecast, unique in the table"),
        "claim_id": ident("the claim that states it"),
        "line": whole("line of the article's text"),
        "statement": text("the forecast in its best reading, in our words", unique=True),
        "horizon": moment("until when it can come true; empty where the article names no time", required=False),
        "subject": choice("which evidence decides it", ["hardware", "market", "policy"]),
        "notebook": choice("number of the notebook that scores it", CHAPTERS),
    },
    key="forecast_id",
    foreign={"claim_id": ("claims", "claim_id")},
)

OUTCOMES = Table(
    "outcomes",
    "What came of the forecasts",
    "the outcome of one forecast as known on one day; the latest counts",
    {
        "row_id": ident(),
        "forecast_id": text("the forecast"),
        "as_of": moment("the day the evidence describes or was given"),
        "score": choice("how the forecast stands on that day", SCORES),
        "confidence": choice("how well the evidence carries the score", verdicts.STRENGTHS),
        "statement": text("what was known by then, in our words"),
        **source(),
    },
    (once("forecast_id,as_of"),),
    foreign={**SOURCES, "forecast_id": ("forecasts", "forecast_id")},
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(CLAIMS, VERDICTS, SOURCES_TABLE, CORRECTIONS, EXEMPTIONS, ARTICLE_LINES),
        *(CHIP_SPECS, PERFORMANCE_STATEMENTS, SERVING_THROUGHPUT, MLPERF_RESULTS, WORKLOADS, SYSTEMS_TABLE),
        *(PRODUCT_DATES, CHIP_PRICES, EXPORT_RULES, FEES),
        *(NVIDIA_REVENUE, REVENUE_STATEMENTS, OUTLOOKS, CHINA_MARKET_SHARE, ACCELERATOR_MIX),
        *(COMPANY_RESULTS, LISTINGS, SHARE_PRICES, CUSTOMERS, YIELDS, ORDERS),
        *(POLICY_EVENTS, FORECASTS, OUTCOMES),
    )
}
