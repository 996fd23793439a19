"""Run a chapter's cells in this process, on tables given from outside, and tell what it found.

A build runs a notebook in a kernel of its own and draws its charts, which takes seconds. Here the same cells run
without drawing, in a fraction of one: quick enough to ask of every typed number what the report would make of it.
"""

import ast
import contextlib
import functools
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from unittest import mock

import nbformat
import pandas as pd

from chipcheck import charts, data, prose, tables
from chipcheck.contract import EXPLORE
from chipcheck.facts import Fact, Facts


@dataclass
class Outcome:
    """What one chapter says: its facts by id, and every sentence, table and chart text in order.

    `stopped` names the cell and the error where the chapter did not reach its end, and is empty otherwise.
    """

    facts: dict[str, Fact] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    stopped: str = ""


def replay(notebook: Path, given: Mapping[str, pd.DataFrame]) -> Outcome:
    """Return what the chapter at `notebook` makes of the tables `given`, validated frames by name.

    Charts are started but not drawn to the end, and nothing is written. An error in a cell is no error here:
    it ends the run and stands in the outcome, since a chapter that stops is what its checks are for.
    """
    outcome = Outcome()
    names: dict[str, object] = {"__name__": "__replay__"}
    with _noting(outcome, given), contextlib.redirect_stdout(io.StringIO()):
        for number, code in cells(notebook):
            try:
                exec(code, names)
            except Exception as error:  # whatever a cell raises
                outcome.stopped = f"{notebook.name}, cell {number}: {type(error).__name__}: {error}"
                break
    return outcome


@functools.cache
def cells(notebook: Path) -> list[tuple[int, CodeType]]:
    """Return the compiled code cells that a build runs, with their numbers in the notebook."""
    book = nbformat.read(notebook, as_version=4)
    return [
        (number, compile(ast.parse(cell.source), f"{notebook.name}, cell {number}", "exec"))
        for number, cell in enumerate(book.cells, start=1)
        if cell.cell_type == "code" and EXPLORE not in cell.metadata.get("tags", [])
    ]


@contextlib.contextmanager
def _noting(outcome: Outcome, given: Mapping[str, pd.DataFrame]) -> Iterator[None]:
    """Let chapters read the tables given, and note what they say in place of showing or writing it."""
    say = prose.say

    def load(name: str, folder: Path | None = None) -> pd.DataFrame:
        outcome.read.add(name)
        frame = given[name].copy()
        frame.attrs["table"] = name
        return frame

    def say_and_note(sentence: str, **values: object) -> object:
        text = say(sentence, **values)
        outcome.shown.append(text.data)
        return text

    def finish(_: object, name: str, *, numbers: pd.DataFrame, holds: bool = True, **words: object) -> None:
        if not holds:
            raise ValueError(f"chart {name}: its finding no longer holds")
        outcome.shown.append(json.dumps([name, numbers.to_csv(), words], default=str))

    def show(frame: pd.DataFrame, name: str, *words: object, **more: object) -> None:
        outcome.shown.append(json.dumps([name, frame.to_csv(), words, more], default=str))

    with contextlib.ExitStack() as patches:
        for module, name, stand_in in (
            (data, "load", load),
            (prose, "say", say_and_note),
            (charts, "setup", lambda: None),
            (charts, "finish", finish),
            (tables, "show", show),
            (Facts, "save", lambda saved: outcome.facts.update(saved.all())),
        ):
            patches.enter_context(mock.patch.object(module, name, stand_in))
        yield
