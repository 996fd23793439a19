"""What a schema is made of: columns, rules over rows, tables, and the columns that many tables share."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from chipcheck import dates

if TYPE_CHECKING:  # pandera takes long to import and is needed only once a table is validated
    from pandera.pandas import Check, DataFrameSchema
    from pandera.pandas import Column as PanderaColumn

KEBAB = r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$"


@dataclass(frozen=True)
class Column:
    """One column: what it means (with its unit) and what may stand in it."""

    description: str
    kind: str = "text"  # text, number, integer or date
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
        return self.kind in ("number", "integer")


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
        yield Check(lambda series: series.map(dates.is_iso), error=error, name="iso")
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


def integer(description: str, required: bool = True, low: float = 1, high: float | None = None) -> Column:
    """Return a column of whole numbers."""
    return Column(description, "integer", required, low=low, high=high)


def category(description: str, values: Iterable[str], required: bool = True) -> Column:
    """Return a text column with a closed vocabulary."""
    return Column(description, required=required, values=tuple(values))


def key(description: str = "name of this row, unique in the table") -> Column:
    """Return a key column of short words."""
    return text(description, pattern=KEBAB, form="lower-case words joined by hyphens", unique=True)


def address(description: str, required: bool = True) -> Column:
    """Return a column of web addresses."""
    form = "an address that begins with http:// or https://"
    return text(description, required, pattern=r"^https?://[^\s<>\"\\^`{|}]+$", form=form)


def date(description: str, required: bool = True) -> Column:
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
    return category(
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
        lambda f: by_row(lambda what, unit: unit in units.get(what, (unit,)), f[column], f["unit"]),
    )


def ranges_of(column: str, ranges: Mapping[str, tuple[float, float]]) -> Rule:
    """Return the rule that a value lies where such values lie, to catch a slipped point or unit."""
    return Rule(
        f"{column},value",
        "a value of the usual size: "
        + ", ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in ranges.items()),
        lambda f: by_row(
            lambda what, value: what not in ranges or ranges[what][0] <= value <= ranges[what][1],
            f[column],
            f["value"],
        ),
    )


def all_units(by_measure: Mapping[str, tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(unit for units in by_measure.values() for unit in units))


def once(columns: str) -> Rule:
    """Return the rule that a combination of columns occurs once (empty cells count as equal)."""
    names = columns.split(",")
    return Rule(columns, "a combination that occurs once", lambda f: ~f.duplicated(names, keep=False))


def by_row(holds: Callable[..., bool], *columns: pd.Series) -> pd.Series:
    """Return `holds` of each row's values; a row with an empty cell passes, its column decides on that."""
    rows = zip(*columns, strict=True)
    passed = [any(pd.isna(value) for value in values) or bool(holds(*values)) for values in rows]
    return pd.Series(passed, index=columns[0].index, dtype=bool)


def period_end(fiscal_period: str) -> str:
    """Return the last day of an NVIDIA fiscal period as text, and nothing for text of another form."""
    try:
        return dates.nvidia_period_end(fiscal_period).isoformat()
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
