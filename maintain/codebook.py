"""Write what the schemas say as a codebook for people and a data package for programs.

    python -m maintain.codebook

writes `data/README.md` and `data/datapackage.json` (Frictionless Data Package, version 1), both from
`schemas.TABLES` and the tables themselves, and the same on every run.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from chipcheck import __version__, data, dates, paths, schemas
from chipcheck.contract import AUTHORS, TITLE
from chipcheck.files import write_atomic
from maintain import influence

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}

# The type of a column in the data package (to which an ISO date of any precision is text) and in the codebook
TYPES = {
    "text": ("string", "text"),
    "date": ("string", "date"),
    "number": ("number", "number"),
    "integer": ("integer", "whole number"),
}

# Data sets that whole rows come from: source ids, who made them, on what terms
CREDITS = [
    (("epoch-ml-hardware",), "Epoch AI, “Machine Learning Hardware”, used under CC BY 4.0"),
    (
        ("mlperf-inference-v40", "mlperf-inference-v41", "mlperf-inference-v51"),
        "MLCommons, results of MLPerf Inference v4.0, v4.1 and v5.1; MLPerf is a trademark of MLCommons, "
        "and our ratios of these results are not verified by MLCommons",
    ),
    (("ml-engineering-accelerators",), "Stas Bekman, “Machine Learning Engineering Open Book”, CC BY-SA 4.0"),
]

GROUPS = {
    "The article and our verdicts": [
        *("claims", "verdicts", "denominators", "sources", "corrections", "exemptions", "article_lines", "glossary"),
    ],
    "Chips and systems": [
        *("chip_specs", "performance_statements", "serving_throughput", "mlperf_results", "workloads"),
        *("systems", "product_dates", "chip_prices", "export_rules", "fees"),
    ],
    "Markets": ["nvidia_revenue", "revenue_statements", "outlooks", "china_market_share", "accelerator_mix"],
    "Chinese makers": ["company_results", "listings", "share_prices", "customers", "yields", "orders"],
    "Policy, and what happened next": ["policy_events", "forecasts", "outcomes"],
}

ALONE = """\
## Values that rest on one source

{influential} rows bear on a result: change the number, and a fact of the report changes
(`maintain/influence.py` finds them by trying). For {backed} of them a second document of `sources.csv` gives
the same number, to within {agree:.0%}: another id in `source_id`, unless the value was computed from its sources, or
another row that states the same quantity. Documents are counted, not witnesses: two of them may relay one report.
The other {alone} rest on one document:
"""

HEAD = """\
<!-- Generated from chipcheck/schemas/ by `make refresh`; edits here are overwritten. -->
# Codebook

Every table of the report, typed by hand from the documents in `sources.csv`: {tables} tables, {rows} rows,
{sources} documents. All are UTF-8 with LF line ends, comma-separated, with a header row; an empty cell means
that nothing is known or that the column does not apply. `datapackage.json` says the same for programs.

## How to read a row

- **One observation a row.** Two sources that disagree stay two rows; notebooks choose between them in the
  open.
- **A value** stands in `value`, or in `low` and `high`: equal for a point, different for a range, one of them
  alone for a bound (at least, at most). `unit` names its unit.
- **`basis`** says what is counted. Rows of unlike basis or `precision` are not compared.
- **`status`** says how the value came about: {status}.
- **Dates** are as precise as known: `2024`, `2024-Q4`, `2024-11` or `2024-11-13`. `fiscal_period` is kept
  apart: NVIDIA's fiscal year 2025, `FY2025`, ended in January 2025.
- **A chip's name** is written the same in every table.

## How the tables join

- `claim_id` joins `claims` and `verdicts`, one to one.
- `source_id` (and `sources` in `verdicts`) names rows of `sources`. Several ids are joined by `;`.
- `corrections` names a table, a row and a column; the value is replaced whenever the table is loaded.
- `forecast_id` joins `forecasts` and `outcomes`; of the outcomes of a forecast the one dated last counts.
- `line` joins `claims` and `article_lines`. The article's sentences are not copied here; the hashes let
  whoever has the text verify our line numbers.

## Licence and credits

Our text and tables are licensed [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); please credit
“{credit}”. The facts in them are carried over from the sources named row
by row, which keep their own rights. Parts rest on these data sets, with thanks:

{credits}
"""


def render(folder: Path = paths.DATA) -> dict[str, str]:
    """Return the text of both files by their name in `data/`. Raises `DataError` for a faulty table."""
    rows = {name: len(data.load(name, folder)) for name in schemas.TABLES}
    known = influence.listed()
    text = codebook(rows, known, influence.on_one_source(known, folder))
    return {"README.md": text, "datapackage.json": _as_json(package())}


def codebook(rows: dict[str, int], known: influence.Influence, alone: dict[str, list[str]]) -> str:
    """Return the codebook as Markdown.

    `rows` is the number of rows of each table, `known` the influential rows, `alone` those on one source by table.
    """
    head = HEAD.format(
        tables=len(rows),
        rows=f"{sum(rows.values()):,}",
        sources=rows["sources"],
        status=", ".join(schemas.STATUS),
        credit=AUTHORS,
        credits="\n".join(f"- {text} ({_code(*ids)})." for ids, text in CREDITS),
    )
    parts = [head, "## The tables\n"]
    for group, names in GROUPS.items():
        listed = [f"- [`{name}.csv`](#{name}csv): {schemas.TABLES[name].title} ({rows[name]})" for name in names]
        parts.append("\n".join([f"**{group}**\n", *listed]) + "\n")
    parts.append(_one_source(known, alone))
    parts += [_section(schemas.TABLES[name], rows[name]) for names in GROUPS.values() for name in names]
    return "\n".join(parts)


def _one_source(known: influence.Influence, alone: dict[str, list[str]]) -> str:
    count = sum(len(rows) for rows in alone.values())
    head = ALONE.format(influential=len(known), backed=len(known) - count, alone=count, agree=influence.AGREE)
    bears = Counter(table for table, _ in known)
    lines = [f"- `{name}` ({len(ids)} of {bears[name]}): {', '.join(ids)}" for name, ids in alone.items()]
    return "\n".join([head, *lines]) + "\n"


def _section(table: schemas.Table, rows: int) -> str:
    lines = [
        f"## {table.name}.csv",
        "",
        f"{table.title}. One row is {table.row}. {rows:,} row{'' if rows == 1 else 's'}"
        + (f"; the key is {_code(table.key)}." if table.key else "."),
        "",
        "| column | type | meaning | allowed |",
        "|---|---|---|---|",
    ]
    for name, column in table.columns.items():
        cells = (f"`{name}`", TYPES[column.kind][1], column.description, _allowed(table, name))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    if table.rules:
        lines += ["", "Checked for each row:", ""]
        lines += [f"- {_code(*rule.columns.split(','))}: {rule.wanted}" for rule in table.rules]
    return "\n".join(lines) + "\n"


def _allowed(table: schemas.Table, name: str) -> str:
    column = table.columns[name]
    parts = [_code(*column.values)] if column.values else []
    if name in table.foreign:
        parts.append(f"an id of `{table.foreign[name][0]}.csv`")
    if column.form:
        parts.append(column.form)
    if column.low is not None and column.high is not None:
        parts.append(f"{column.low:,g} to {column.high:,g}")
    elif column.low is not None:
        parts.append(f"at least {column.low:,g}")
    if column.unique:
        parts.append("unique")
    if not column.required:
        parts.append("may be empty")
    return "; ".join(parts)


def _code(*names: str) -> str:
    return ", ".join(f"`{name}`" for name in names)


def package() -> dict:
    """Return the data package: one resource with a Table Schema for each table."""
    return {
        "profile": "tabular-data-package",
        "name": "a-late-release",
        "title": f"{TITLE}: data",
        "description": "Typed evidence for a check of one article on NVIDIA's H200 and China; see README.md.",
        "version": __version__,
        "licenses": [LICENCE],
        "contributors": [{"title": AUTHORS, "role": "author"}],
        "sources": [{"title": text} for _, text in CREDITS],
        "resources": [_resource(schemas.TABLES[name]) for names in GROUPS.values() for name in names],
    }


def _resource(table: schemas.Table) -> dict:
    fields = [_field(name, column) for name, column in table.columns.items()]
    schema = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = table.key
    # A column that may hold several ids is no foreign key in the sense of the standard
    foreign = [
        {"fields": column, "reference": {"resource": other, "fields": key}}
        for column, (other, key) in table.foreign.items()
        if column not in table.several
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "description": f"One row is {table.row}.",
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\n", "delimiter": ",", "header": True},
        "schema": schema,
    }


def _field(name: str, column: schemas.Column) -> dict:
    limits = {
        "required": column.required,
        "unique": column.unique,
        "enum": list(column.values),
        "minimum": column.low,
        "maximum": column.high,
        "pattern": column.pattern or (f"^(?:{dates.ISO.pattern})$" if column.kind == "date" else ""),
    }
    constraints = {key: value for key, value in limits.items() if value not in (False, None, "", [])}
    return {
        "name": name,
        "type": TYPES[column.kind][0],
        "description": column.description,
        "constraints": constraints,
    }


def _as_json(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write both files, each whole or not at all."""
    try:
        for name, text in render().items():
            write_atomic(paths.DATA / name, text)
    except data.DataError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
