"""What several tests share: a copy of the data that a test may spoil."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from chipcheck import paths

settings.register_profile("untimed", deadline=None)  # how long an example takes depends on the machine and its load
settings.load_profile("untimed")


class DataFolder:
    """A copy of `data/` in which single cells, lines or bytes can be changed."""

    def __init__(self, path: Path):
        self.path = path

    def file(self, table: str) -> Path:
        """Return the path of a table."""
        return self.path / f"{table}.csv"

    def rows(self, table: str) -> list[list[str]]:
        """Return header and rows as lists of text."""
        return list(csv.reader(io.StringIO(self.file(table).read_text(encoding="utf-8"), newline="")))

    def write(self, table: str, rows: list[list[str]]) -> None:
        """Replace a table by header and rows."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        self.file(table).write_text(text.getvalue(), encoding="utf-8", newline="")

    def set(self, table: str, row: int, column: str, value: str) -> None:
        """Set one cell; `row` is the line of a table whose rows are one line each, the header being 1."""
        rows = self.rows(table)
        rows[row - 1][rows[0].index(column)] = value
        self.write(table, rows)

    def append(self, table: str, *values: str) -> int:
        """Append a row and return its number."""
        rows = self.rows(table)
        rows.append(list(values))
        self.write(table, rows)
        return len(rows)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A copy of `data/`."""
    copy = tmp_path / "data"
    copy.mkdir()
    for file in paths.DATA.glob("*.csv"):
        shutil.copy(file, copy)
    return DataFolder(copy)
