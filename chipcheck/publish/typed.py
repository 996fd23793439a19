"""Tables as both exporters read them: the data that `tables.show` leaves in an output, cells in inline Markdown."""

from dataclasses import dataclass

from nbformat import NotebookNode

from chipcheck import edition, tables
from chipcheck.contract import CLAIMS, TABLE
from chipcheck.publish.errors import PublishError
from chipcheck.words import dollars


@dataclass(frozen=True)
class Table:
    """Heads, kinds and alignments by column, rows of cells, and the keys of the rows if they have any.

    Heads and cells are inline Markdown, None an empty cell.
    """

    heads: list[str]
    kinds: list[str]
    aligns: list[str]
    rows: list[list[str | None]]
    keys: list[str]

    @property
    def texts(self) -> list[str]:
        """Heads and cells in reading order, an empty cell as a dash."""
        return self.heads + ["–" if cell is None else cell for row in self.rows for cell in row]

    def in_rows(self, texts: list) -> list[list]:
        """Return what was made of `texts` in rows, the heads first."""
        width = len(self.heads)
        return [texts[start : start + width] for start in range(0, len(texts), width)]


def read_table(output: NotebookNode, where: str) -> Table:
    """Return the table of an output; in one that lists claims, the line of each row is the claim's anchor.

    Raises PublishError naming the place when there is no such data, or no caption.
    """
    name, data = output.metadata["chipcheck"].get("name", ""), output.data
    lacking = [] if TABLE in data else [TABLE]
    lacking += [] if output.metadata["chipcheck"].get("caption") else ["caption"]
    if lacking:
        raise PublishError(f"{where}: the table {name} lacks {', '.join(lacking)}")
    fields, rows = tables.printed(data[TABLE])
    kinds = [field["kind"] for field in fields]
    keys = [row[key] for key in data[TABLE]["schema"].get("primaryKey", []) for row in data[TABLE]["data"]]
    if CLAIMS in data:
        at = kinds.index("line")
        for row, key in zip(rows, keys, strict=True):
            row[at] = f"[{row[at]}]{{#claim-{key}}}"
    return Table([dollars(field["name"]) for field in fields], kinds, [field["align"] for field in fields], rows, keys)


SWAPPED = ("printed", "said", "true", "slip")  # the columns of a table of swapped denominators, from left to right


def swaps(table: Table, made: list[list]) -> dict:
    """Return a table of swapped denominators as both exporters set it; `made` are its texts, converted, in rows.

    `heads` and each of `rows` have the texts of the four columns by kind. A row also tells whether it is `firm`, and
    has as `details`, pairs of head and text, what the other columns say.
    """
    heads, *rows = made
    columns = {kind: table.kinds.index(kind) for kind in SWAPPED}
    others = [at for at, kind in enumerate(table.kinds) if kind not in SWAPPED]
    firm = table.kinds.index("firm")
    return {
        "heads": {kind: heads[at] for kind, at in columns.items()},
        "rows": [
            {kind: texts[at] for kind, at in columns.items()}
            | {"firm": cells[firm] == edition.said("firm"), "details": [(heads[at], texts[at]) for at in others]}
            for cells, texts in zip(table.rows, rows, strict=True)
        ],
    }


def listed_claims(book: NotebookNode) -> set[str]:
    """Return the ids of the claims that the report's tables of claims list."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return {record["claim_id"] for output in outputs for record in output.get("data", {}).get(CLAIMS, [])}
