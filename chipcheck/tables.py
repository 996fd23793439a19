"""Show a table: Markdown for readers, CSV for those who want the numbers."""

import html
import os
import re

import pandas as pd
from IPython.display import display

from chipcheck import data
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
) -> None:
    """Display `frame` as a table with a caption.

    `frame` holds what is printed (format numbers first); its column names are the heads. `numbers` names
    the columns to align right. `sources` are ids of sources.csv. `wide` lets a renderer turn or shrink it.
    `download` offers the table as CSV; a table whose rows stand in another one needs none.
    `extra` adds data under other MIME types, for a report build only.
    Raises `ValueError` for an empty frame, an empty caption or an unknown column in `numbers`.
    """
    if frame.empty or not caption:
        raise ValueError(f"table {name}: needs rows and a caption")
    if unknown := set(numbers) - set(frame.columns):
        raise ValueError(f"table {name}: no column {sorted(unknown)}")
    ids = data.split_ids(list(sources))
    bundle = {"text/markdown": markdown(frame, numbers), "text/plain": caption}
    if os.environ.get("CHIPCHECK_OUTPUT") == "report":  # committed notebooks stay small without it
        plain = frame.map(plain_text)
        plain = plain.assign(source_id=";".join(ids)) if ids else plain
        bundle |= {"text/csv": plain.to_csv(index=False, lineterminator="\n")} if download else {}
        bundle |= extra or {}
    meta = {"kind": "table", "name": name, "caption": dollars(caption), "sources": ids, "wide": wide}
    display(bundle, raw=True, metadata={"chipcheck": meta})


def markdown(frame: pd.DataFrame, numbers: list[str] | tuple[str, ...] = ()) -> str:
    """Return `frame` as a Markdown pipe table; missing values become an en dash."""
    heads = [str(column) for column in frame.columns]
    rule = ["---:" if column in numbers else "---" for column in heads]
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, rule, *rows])


def _cell(value: object) -> str:
    if value is None or value != value:
        return "–"
    return dollars(str(value).replace("|", "\\|").replace("\n", " "))


LINK = re.compile(r'\[((?:[^\[\]\\]|\\.)*)\]\((\S+?)(?: "source:([^"]+)")?\)')


EMPHASIS = re.compile(r"(?<![\w\\])(\*\*|\*|__|_|`)(?=\S)(.*?)(?<=\S)\1(?!\w)")


def plain_text(value: object) -> object:
    """Return a cell for the CSV: a citation as its source id, another link as its words, no marks of Markdown.

    >>> plain_text("a *small* `1,5` of US\\\\$5 &lt; [x](https://example.org)")
    'a small 1,5 of US$5 < x'
    """
    if not isinstance(value, str):
        return value
    text = LINK.sub(lambda match: match[3] or match[1], value)
    while (shorter := EMPHASIS.sub(r"\2", text)) != text:
        text = shorter
    return html.unescape(re.sub(r"\\([^\w\s])", r"\1", text))
