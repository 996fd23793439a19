"""Join the executed notebooks into one, in the order in which a reader meets them.

The opening of notebook 90 comes first, its table of all claims last. Each chapter's
answer is lifted under its title. Citations are numbered here, so that both renderings agree: first those that both
print, so that the list of the PDF has no gaps, then those of what only the page has, the working and the explorers.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat

from chipcheck import __version__, data, edition, paths
from chipcheck.chapter import known_until
from chipcheck.contract import ANALYST, ANSWER, AUTHORS, CLAIMS, CLOSING, EXPLORER, OPENING, SUBTITLE, TABLE, TITLE
from chipcheck.files import write_atomic
from chipcheck.paths import METHOD, SUMMARY
from chipcheck.publish.errors import PublishError, Untranslated
from chipcheck.publish.execute import to_text
from chipcheck.publish.working import is_working

DESCRIPTION = (
    "A Chinese article of December 2025 says that the H20 has 7.5% of an H200’s performance, that NVIDIA’s "
    "China revenue share fell to zero and that 57.6% of China’s accelerator cards are for inference. "
    "We rated its statements one by one and recomputed what can be computed."
)
LICENCE = "CC BY 4.0 (text and tables), MIT (code)"
TITLES = {"opening": "In short", "claims-table": "All claims and verdicts", "about": "About this report"}
# The story in parts, by their first chapter; all later chapters fall into the last
PARTS = {"01": "Three numbers", "04": "Chips and makers", "09": "Washington, Beijing, and what came"}

# A citation as `data.cite` writes it, and the space before it: a number stands at its word, or it could begin a line
CITATION = re.compile(r'(?m)(?:(?<!\n)(?<!^[-*+])(?<!^\d\.)[ \n])?\[(?:[^\[\]\\]|\\.)*\]\(\S+ "source:([a-z0-9.-]+)"\)')


def merge(books: dict[str, nbformat.NotebookNode], names: dict[str, str]) -> nbformat.NotebookNode:
    """Return the report as one notebook.

    `books` maps two-digit numbers to executed notebooks, `names` the same numbers to file names. Raises
    `PublishError` when a chapter lacks its title or its answer, or when a source is cited that we do not list.
    """
    cells = list(_ordered(books, names))
    _refuse_untranslated(cells)
    corrections = data.load("corrections").fillna("").to_dict("records")
    order: dict[str, int] = {}
    _number_sources([cell for cell in cells if not is_working(cell)], order)
    for correction in corrections:  # their list cites too
        for source_id in data.split_ids(correction["source_id"]):
            order.setdefault(source_id, len(order) + 1)
    printed = len(order)
    _number_sources([cell for cell in cells if is_working(cell)], order)
    for source_id in sorted(set(_explored(cells))):  # behind what a page computes; perhaps no text cites them
        order.setdefault(source_id, len(order) + 1)
    sources = data.load("sources").set_index("source_id", drop=False)
    report = nbformat.v4.new_notebook(cells=cells)
    report.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "report": {
                "title": edition.said(TITLE),
                "subtitle": edition.said(SUBTITLE),
                "description": edition.said(DESCRIPTION),
                "language": edition.language(),
                "authors": [AUTHORS],
                "as_of": as_of(),
                "known_until": known_until(),
                "version": __version__,
                "released": released(),
                "licence": edition.said(LICENCE),
                "chapters": _chapters(cells),
                "sources": [_source(number, sources.loc[source_id]) for source_id, number in order.items()],
                "corrections": corrections,
                "only_on_page": [*order][printed:],
            },
        }
    )
    return report


def released() -> str:
    """Return the day of the release, from CITATION.cff."""
    return re.search(r'(?m)^date-released: "(.*)"', (paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))[1]


def as_of() -> str:
    """Return the state of the evidence: the latest date of a document in sources.csv, as a full day."""
    dates = data.load("sources")["date"].dropna()
    return dates[dates.str.len() == len("2026-01-31")].max()


def _ordered(books: dict[str, nbformat.NotebookNode], names: dict[str, str]) -> Iterator[nbformat.NotebookNode]:
    summary = books.get(SUMMARY)
    chapters = [number for number in sorted(books) if number != SUMMARY]
    if summary:
        yield _heading("opening", edition.said(TITLES["opening"]))
        yield from _part(summary, names[SUMMARY], "opening", OPENING)
    for number in chapters:
        yield from _chapter(number, books[number], names[number])
    if summary:
        for part in CLOSING:
            cells = list(_part(summary, names[SUMMARY], part, (part,)))
            if cells:
                yield _heading(part, edition.said(TITLES[part]))
                yield from cells


UNTRANSLATED = "This passage of the working is not yet translated."


def _refuse_untranslated(cells: list[nbformat.NotebookNode]) -> None:
    """Raise `Untranslated` naming each text of the story that has no translation; the working stays English, marked.

    A text stays English that no catalogue has, or whose translation is stale because the English was changed.
    """
    faults = []
    for cell in cells:
        lacks = [*cell.metadata.get("untranslated", [])]
        for out in cell.get("outputs", []):
            lacks += out.get("metadata", {}).get("untranslated", [])
        place = cell.metadata["chipcheck"]
        if lacks and is_working(cell):
            _mark_as_english(cell)
        elif lacks:
            where = f"{place['notebook']}, cell {place['cell']}"
            faults += [f"{where}: {' '.join(message.split())!r}" for message in dict.fromkeys(lacks)]
    if faults:
        raise Untranslated(faults)


def _mark_as_english(cell: nbformat.NotebookNode) -> None:
    """Say above what a cell shows as prose, and in the captions of figures and tables, that it is not translated."""
    note = edition.said(UNTRANSLATED)
    if cell.cell_type == "markdown":
        cell.source = f"{note}\n\n::: {{lang=en}}\n{cell.source}\n:::"
    for out in cell.get("outputs", []):
        shown, meta = out.get("data", {}), out.get("metadata", {}).get("chipcheck", {})
        if "untranslated" not in out.get("metadata", {}):
            continue
        if "caption" in meta:
            meta["caption"] = f"{note} {meta['caption']}"
        elif "text/markdown" in shown:
            shown["text/markdown"] = f"{note}\n\n::: {{lang=en}}\n{shown['text/markdown']}\n:::"


def _heading(chapter: str, title: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_markdown_cell(f"# {title}", id=f"title-{chapter}")
    return _placed(cell, chapter, "", 0, "title")


def _part(
    book: nbformat.NotebookNode, name: str, chapter: str, tags: tuple[str, ...]
) -> Iterator[nbformat.NotebookNode]:
    for position, cell in _reported(book):
        if _tags(cell) & {*tags}:
            yield _placed(cell, chapter, name, position, "body")


def _reported(book: nbformat.NotebookNode) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    """Yield the cells that belong to the report, with their numbers in the notebook."""
    return ((position, cell) for position, cell in enumerate(book.cells, start=1) if ANALYST not in _tags(cell))


def _tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _chapter(number: str, book: nbformat.NotebookNode, name: str) -> Iterator[nbformat.NotebookNode]:
    """Yield title, answer, then the rest in the order of the notebook."""
    first = book.cells[0]
    title, _, rest = first.source.partition("\n")
    if first.cell_type != "markdown" or not title.startswith("# "):
        raise PublishError(f"{name}: the first cell must be Markdown and begin with '# ' and the question")
    answers, others = [], []
    for position, cell in _reported(book):
        (answers if ANSWER in _tags(cell) else others).append((position, cell))
    if not answers:
        raise PublishError(f"{name}: no cell is tagged {ANSWER!r}; a chapter ends with its answer")
    yield _heading(number, title[2:])
    for position, cell in answers:
        yield _placed(cell, number, name, position, "answer")
    if rest.strip():
        opening = nbformat.from_dict({**first, "source": rest.strip(), "id": f"lead-{number}"})
        yield _placed(opening, number, name, 1, "body")
    for position, cell in others:
        if position > 1:
            yield _placed(cell, number, name, position, "body")


def _placed(cell: nbformat.NotebookNode, chapter: str, name: str, position: int, role: str) -> nbformat.NotebookNode:
    """Return a copy of the cell that knows where it came from; ids stay unique across notebooks."""
    cell = nbformat.from_dict(cell)
    cell.id = re.sub(r"[^a-zA-Z0-9-]", "-", f"{chapter}-{cell.id}")[:64]
    cell.metadata["chipcheck"] = {"chapter": chapter, "notebook": name, "cell": position, "role": role}
    return cell


def _chapters(cells: list[nbformat.NotebookNode]) -> list[dict[str, str]]:
    titles = [cell for cell in cells if cell.metadata["chipcheck"]["role"] == "title"]
    return [_chapter_row(cell.metadata["chipcheck"]["chapter"], cell.source[2:]) for cell in titles]


def _chapter_row(chapter: str, title: str) -> dict[str, str]:
    """Return id and title of a chapter, its number for readers and its part, if it has them, and what citations say."""
    if not chapter.isdigit() or chapter == METHOD:
        label = {"opening": edition.said("Opening"), METHOD: edition.said("Method")}.get(chapter, title)
        return {"id": chapter, "title": title, "number": "", "part": "", "label": label}
    part = PARTS[max((first for first in PARTS if first <= chapter), default=min(PARTS))]
    label = edition.text("Chapter {number}", number=int(chapter))
    return {"id": chapter, "title": title, "number": chapter, "part": edition.said(part), "label": label}


def _number_sources(cells: list[nbformat.NotebookNode], order: dict[str, int]) -> None:
    """Rewrite every citation as a number, counted in reading order; `order`, the numbers by source id, grows."""
    known = set(data.load("sources")["source_id"])

    def place(source_id: str, where: str) -> int:
        if source_id not in known:
            raise PublishError(f"{where} cites {source_id!r}, which data/sources.csv does not list")
        return order.setdefault(source_id, len(order) + 1)

    def rewrite(text: str, where: str) -> str:
        return CITATION.sub(lambda cited: f"[{place(cited[1], where)}](#source-{cited[1]})", text)

    for cell in cells:
        place_of = cell.metadata["chipcheck"]
        where = f"{place_of['notebook']}, cell {place_of['cell']}"
        if cell.cell_type == "markdown":
            cell.source = rewrite(cell.source, where)
        for out in cell.get("outputs", []):
            meta = out.get("metadata", {}).get("chipcheck", {})
            if "caption" in meta:
                meta["caption"] = rewrite(meta["caption"], where)
            for source_id in meta.get("sources", []):
                place(source_id, where)
            shown = out.get("data", {})
            if TABLE in shown:  # its Markdown is for readers of the notebook
                for row in shown[TABLE]["data"]:
                    row.update({name: rewrite(cell, where) for name, cell in row.items() if cell})
            elif "text/markdown" in shown:
                shown["text/markdown"] = rewrite(shown["text/markdown"], where)
            for record in shown.get(CLAIMS, []):
                for source_id in record["sources"] + [s for part in record["found"] for s in part["sources"]]:
                    place(source_id, where)


def _explored(cells: list[nbformat.NotebookNode]) -> Iterator[str]:
    """Yield the ids of the sources behind the explorers."""
    for cell in cells:
        for out in cell.get("outputs", []):
            yield from out.get("data", {}).get(EXPLORER, {}).get("sources", [])


def _source(number: int, row: object) -> dict[str, object]:
    return {"n": number, **{key: value if isinstance(value, str) else "" for key, value in row.items()}}


def _read(path: Path) -> nbformat.NotebookNode:
    """Return an executed notebook; raise `PublishError` naming one whose file is damaged."""
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError):
        raise PublishError(f"{path} is damaged: remove it and run `make report` again") from None


def ratings(report: nbformat.NotebookNode) -> str:
    """Return how many typed ratings were held against computed figures; one that does not follow stops its notebook."""
    outputs = [out for cell in report.cells for out in cell.get("outputs", [])]
    records = [record for out in outputs for record in out.get("data", {}).get(CLAIMS, [])]
    computed = sum(bool(record["found"]) for record in records)
    return f"all {computed} ratings with a figure follow from it, {len(records) - computed} are judgments"


def main(target: Path, executed: list[Path]) -> nbformat.NotebookNode:
    """Write the merged notebook and return it."""
    started = time.perf_counter()
    books = {path.name[:2]: _read(path) for path in executed}
    report = merge(books, {path.name[:2]: path.name for path in executed})
    write_atomic(target, to_text(report))
    print(f"  {time.perf_counter() - started:5.1f} s  merge; {ratings(report)}", flush=True)
    return report
