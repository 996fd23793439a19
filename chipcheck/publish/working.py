"""The working of a chapter, which a reader may skip: the page folds it, the PDF leaves it out and says where it is.

Both name its figures and tables alike, in a series of their own (Figure W1), so that a number never depends on the
edition, and the PDF skips none.
"""

from collections import Counter

from nbformat import NotebookNode

from chipcheck import edition
from chipcheck.contract import WORKING


def is_working(cell: NotebookNode) -> bool:
    """Say whether a cell of the merged notebook belongs to the working; on the opening page nothing does."""
    return WORKING in cell.metadata.get("tags", []) and cell.metadata["chipcheck"]["chapter"] != "opening"


def labels(book: NotebookNode) -> dict[str, str]:
    """Return what readers call each figure and table, by its anchor: `figure-02-roofline` is “Figure 3”, or “W3”."""
    counts, called = Counter(), {}
    for cell in book.cells:
        series = "W" if is_working(cell) else ""
        for kind, name in shown_in(cell):
            counts[kind, series] += 1
            template = {"figure": "Figure {number}", "table": "Table {number}"}[kind]
            called[f"{kind}-{name}"] = edition.text(template, number=f"{series}{counts[kind, series]}")
    return called


def shown_in(cell: NotebookNode) -> list[tuple[str, str]]:
    """Return kind (figure or table) and name of each that a cell shows."""
    about = [output.get("metadata", {}).get("chipcheck", {}) for output in cell.get("outputs", [])]
    return [(one["kind"], one.get("name", "")) for one in about if one.get("kind") in ("figure", "table")]


def counted(cells: list[NotebookNode], join: str) -> str:
    """Return how many figures and tables cells show, in words, and nothing where they show none.

    >>> cell = NotebookNode(outputs=[{"metadata": {"chipcheck": {"kind": "figure", "name": "a"}}}])
    >>> counted([cell, cell], " and ")
    '2 figures'
    """
    counts = Counter(kind for cell in cells for kind, _ in shown_in(cell))
    words = {"figure": ("{count} figure", "{count} figures"), "table": ("{count} table", "{count} tables")}
    return join.join(edition.text(words[kind][counts[kind] > 1], count=counts[kind]) for kind in words if counts[kind])
