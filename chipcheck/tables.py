"""Show a table: Markdown for readers, data for the report's exporters, CSV for those who want the numbers."""

import html
import os
import re

import pandas as pd
from IPython.display import display

from chipcheck import data, edition
from chipcheck.contract import TABLE
from chipcheck.words import dollars


def show(
    frame: pd.DataFrame,
    name: str,
    caption: str,
    sources: list[str] | tuple[str, ...] = (),
    numbers: list[str] | tuple[str, ...] = (),
    wide: bool = False,
    download: bool = True,
    extra: dict[str, object] | None = None,
    kinds: dict[str, str] | None = None,
    keys: pd.Series | None = None,
    csv: str = "",
) -> None:
    """Display `frame` as a table with a caption.

    `frame` holds what is printed (format numbers first); its column names are the heads. `numbers` names
    the columns to align right. `sources` are ids of sources.csv. `wide` lets a renderer turn or shrink it.
    `download` offers the table as CSV, or `csv` in its place; a table whose rows stand in another one needs none.
    `extra` adds data under other MIME types, for a report build only. `kinds` and `keys` are for `resource`.
    Raises `ValueError` for an empty frame, an empty caption, two columns of one name or an unknown column.
    """
    if frame.empty or not caption:
        raise ValueError(f"table {name}: needs rows and a caption")
    if unknown := {*numbers, *(kinds or {})} - {*frame.columns}:
        raise ValueError(f"table {name}: no column {sorted(unknown)}")
    if not frame.columns.is_unique:
        raise ValueError(f"table {name}: two columns have one name")
    ids = data.own_language_first(data.split_ids(list(sources)))
    frame, numbers, kinds, caption = _in_edition(frame, numbers, kinds, caption)
    table = resource(frame, numbers, kinds, keys)
    bundle = {"text/markdown": markdown(table), "text/plain": caption}
    if os.environ.get("CHIPCHECK_OUTPUT") == "report":  # committed notebooks stay small without it
        plain = frame.map(plain_text)
        plain = plain.assign(source_id=";".join(ids)) if ids else plain
        bundle |= {TABLE: table}
        bundle |= {"text/csv": csv or plain.to_csv(index=False, lineterminator="\n")} if download else {}
        bundle |= extra or {}
    meta = {"kind": "table", "name": name, "caption": dollars(caption), "sources": ids, "wide": wide}
    display(bundle, raw=True, metadata={"chipcheck": meta} | edition.lacks())


def _in_edition(frame: pd.DataFrame, numbers: list | tuple, kinds: dict | None, caption: str) -> tuple:
    """Return the arguments of `show` in the edition's language."""
    if edition.language() == edition.SOURCE:
        return frame, numbers, kinds, caption
    heads = {name: edition.shown(name) for name in frame.columns}
    for name in frame.columns:
        by = edition.scale(str(name).rpartition(", ")[2])
        frame = frame.assign(**{name: [edition.in_unit(cell, by) for cell in frame[name]]})
    frame = frame.rename(columns=heads)
    kinds = {heads[name]: kind for name, kind in (kinds or {}).items()}
    return frame, [heads[name] for name in numbers], kinds, edition.shown(caption)


def resource(
    frame: pd.DataFrame,
    numbers: list[str] | tuple[str, ...] = (),
    kinds: dict[str, str] | None = None,
    keys: pd.Series | None = None,
) -> dict:
    """Return `frame` as a Tabular Data Resource, the form that pandas writes with `to_json(orient="table")`.

    Cells are inline Markdown, or null. Beside name (the head) and type, a field of the schema has `align` (left or
    right) and `kind`: number, text, or what `kinds` says of its column. A table with a column of kind `verdict` is laid
    out as one of verdicts, whose other kinds are `line`, `claim`, `reason` and `tag`; one with a column of kind `slip`
    as one of swapped denominators, with `printed`, `said`, `true` and `firm`. `keys` names each row, say by its
    `claim_id`: the primary key, which is not printed.
    """
    fields = [
        {
            "name": str(column),
            "type": "string",
            "kind": (kinds or {}).get(column, "number" if column in numbers else "text"),
            "align": "right" if column in numbers else "left",
        }
        for column in frame.columns
    ]
    names = [field["name"] for field in fields]
    rows = [dict(zip(names, map(_cell, row), strict=True)) for row in frame.itertuples(index=False)]
    if keys is None:
        return {"schema": {"fields": fields}, "data": rows}
    key = {"name": keys.name, "type": "string", "kind": "key"}
    named = [{keys.name: value, **row} for value, row in zip(keys, rows, strict=True)]
    return {"schema": {"fields": [key, *fields], "primaryKey": [keys.name]}, "data": named}


def printed(table: dict) -> tuple[list[dict], list[list[str | None]]]:
    """Return the fields of a resource that are printed, and the cells of each row in their order."""
    fields = [field for field in table["schema"]["fields"] if field["kind"] != "key"]
    return fields, [[row[field["name"]] for field in fields] for row in table["data"]]


def markdown(table: dict) -> str:
    """Return a resource as a Markdown pipe table; missing values become an en dash."""
    fields, rows = printed(table)
    rule = ["---:" if field["align"] == "right" else "---" for field in fields]
    lines = [[field["name"] for field in fields], *rows]
    shown = [["–" if cell is None else cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in [shown[0], rule, *shown[1:]])


def _cell(value: object) -> str | None:
    return None if value is None or value != value else dollars(" ".join(str(value).splitlines()))


LINK = re.compile(r'\[((?:[^\[\]\\]|\\.)*)\]\((\S+?)(?: "source:([^"]+)")?\)(?:\{[^}]*\})?')


EMPHASIS = re.compile(r"(?<![\w\\])(\*\*|\*|__|_|`)(?=\S)(.*?)(?<=\S)\1(?!\w)")


def plain_text(value: object) -> object:
    """Return a cell for the CSV: a citation as its source id, another link as its words, no marks of Markdown.

    >>> plain_text("a *small* `1,5` of US\\\\$5 &lt; [x](https://example.org)")
    'a small 1,5 of US$5 < x'
    """
    if not isinstance(value, str):
        return value
    text = value
    while (shorter := EMPHASIS.sub(r"\2", text)) != text:
        text = shorter
    text = LINK.sub(lambda match: match[3] or match[1], text)
    return html.unescape(re.sub(r"\\([^\w\s])", r"\1", text))
