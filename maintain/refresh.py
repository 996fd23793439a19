"""Rewrite what is derived and committed: notebook outputs, figures, README tables, codebook, data package.

    python -m maintain.refresh

The same function, `derived`, says what these files should hold; a test compares it with what is committed.
"""

import os
import re
import tempfile
import time
from functools import partial
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import nbformat
from matplotlib.image import imread

from chipcheck import chapter, data, paths, verdicts
from chipcheck.contract import OPENING
from chipcheck.ending import ending
from chipcheck.facts import FactError
from chipcheck.files import write_atomic
from chipcheck.publish import warm
from chipcheck.publish.errors import PublishError
from chipcheck.publish.execute import execute, side_by_side, to_text
from maintain import codebook, influence


def derived(scratch: Path) -> dict[str, bytes]:
    """Return every derived and committed file by its path in the repository.

    Runs all notebooks as a person would, with charts and facts kept in `scratch`. Raises `PublishError` when a
    notebook fails and `ValueError` when the README lacks a marker.
    """
    figures, build = scratch / "figures", scratch / "build"
    environment = {"CHIPCHECK_FIGURES": str(figures), "CHIPCHECK_BUILD": str(build), "CHIPCHECK_OUTPUT": "notebook"}
    books = paths.notebooks()
    warm.start()
    run = partial(execute, environment=environment, forked=warm.POSSIBLE)
    ran = dict(zip(books, side_by_side(books, run, os.cpu_count()), strict=True))
    files = {f"notebooks/{path.name}": to_text(with_outputs(path, book)).encode() for path, book in ran.items()}
    files |= {f"figures/{path.name}": path.read_bytes() for path in sorted(figures.iterdir())}
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    drawn = {path.stem for path in figures.glob("*.png")}
    files["README.md"] = with_blocks(readme, readme_blocks(ran[books[-1]], drawn)).encode()
    files |= {f"data/{name}": text.encode() for name, text in codebook.render().items()}
    return files


def with_outputs(path: Path, ran: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook at `path` with the outputs of its run; cells that were not run keep none."""
    book = nbformat.read(path, as_version=4)
    outputs = {cell.id: cell for cell in ran.cells if cell.cell_type == "code"}
    for cell in book.cells:
        if cell.cell_type == "code":
            done = outputs.get(cell.id)
            cell.outputs = done.outputs if done else []
            cell.execution_count = done.execution_count if done else None
            cell.metadata.pop("execution", None)
    book.metadata = ran.metadata
    return book


def readme_blocks(summary: nbformat.NotebookNode, drawn: set[str]) -> dict[str, str]:
    """Return the generated parts of the README by marker name.

    `summary` is the last notebook with its outputs, `drawn` are the names of all charts.
    """
    return {"findings": findings(summary), "verdicts": _verdict_counts(), "notebooks": _notebook_table(drawn)}


def findings(summary: nbformat.NotebookNode) -> str:
    """Return what the opening of the report says first: the thesis, then each of its questions with the answer."""
    shown = []
    for cell in summary.cells:
        if cell.cell_type == "markdown":
            shown.append(cell.source)
        elif set(OPENING) & set(cell.metadata.get("tags", [])):
            shown += [out.data["text/markdown"] for out in cell.outputs if "text/markdown" in out.get("data", {})]
    thesis = next(text for text in shown if text.startswith("**"))
    asked = [(one, other) for one, other in pairwise(shown) if one.startswith("## ") and one.endswith("?")]
    answers = [f"**{question[3:]}** {LINK_WITHIN.sub('', text).replace('**', '')}" for question, text in asked]
    return "\n".join([thesis.replace("**", ""), "", *(f"{at}. {text}" for at, text in enumerate(answers, start=1))])


def _verdict_counts() -> str:
    counts = chapter.rating_counts(chapter.rated_claims(data.load("claims")))
    rows = "\n".join(
        f"| {chapter.MARKS[row.rating]} {row.rating} | {row.headline} | {row.claims} | {verdicts.RATINGS[row.rating]} |"
        for row in counts.itertuples()
    )
    head = "| verdict | that carry the argument | statements | meaning |\n|---|---:|---:|---|"
    return f"{head}\n{rows}\n| all | {counts['headline'].sum()} | {counts['claims'].sum()} | |"


def _notebook_table(drawn: set[str]) -> str:
    lines = ["| notebook | question | reads | draws |", "|---|---|---|---|"]
    for path in paths.notebooks():
        book = nbformat.read(path, as_version=4)
        source = "\n".join(cell.source for cell in book.cells)
        title = book.cells[0].source.partition("\n")[0].removeprefix("# ")
        reads = ", ".join(f"`{name}`" for name in sorted(set(re.findall(r'data\.load\("(\w+)"', source))))
        draws = ", ".join(f"`{name}`" for name in sorted(drawn) if name.startswith(path.name[:2]))
        lines.append(f"| [{path.name[:2]}](notebooks/{path.name}) | {title} | {reads} | {draws} |")
    return "\n".join(lines)


def with_blocks(text: str, blocks: dict[str, str]) -> str:
    """Return text with what stands between `<!-- name -->` and `<!-- /name -->` replaced, for each block."""
    for name, content in blocks.items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            raise ValueError(f"README.md needs the markers {start} and {end}, once each")
        before, _, rest = text.partition(start)
        after = rest.partition(end)[2]
        text = f"{before}{start}\n{content}\n{end}{after}"
    return text


LINK_WITHIN = re.compile(r" \[[^\]]*\]\(#[^)]*\)\.")  # a sentence that only leads to a place in the report
OTHER_PIXELS = 0.001  # share of a chart's pixels that may differ between machines whose numbers are the same


def stale(files: dict[str, bytes], root: Path) -> list[str]:
    """Return the names of derived files that are not as they should be under `root`, and of figures nobody draws.

    Bytes count, but for pictures that show the same numbers in a few other pixels (see `other_pixels`).
    """
    changed = [name for name, content in files.items() if not _holds(root / name, content)]
    left_over = [f"figures/{path.name}" for path in sorted((root / "figures").glob("*"))]
    same = other_pixels(files, root)
    return [name for name in changed if name not in same] + [name for name in left_over if name not in files]


def other_pixels(files: dict[str, bytes], root: Path) -> list[str]:
    """Return the charts, and notebooks showing them, that differ from those under `root` by a few pixels alone.

    SVG and CSV of such a chart are equal byte for byte: the numbers and the drawing are the same, and another
    processor or library of fonts has coloured less than a thousandth of the pixels otherwise.
    """
    same = []
    for name in sorted(files, key=lambda name: name.endswith(".ipynb")):  # charts first
        content, old = files[name], root / name
        if _holds(old, content) or not old.exists():
            continue
        if name.endswith(".png"):
            drawn = [name.removesuffix(".png") + kind for kind in (".svg", ".csv")]
            alike = all(part in files and _holds(root / part, files[part]) for part in drawn)
            if alike and _few_pixels_differ(content, old.read_bytes()):
                same.append(name)
        elif name.endswith(".ipynb"):
            new = nbformat.reads(content.decode(), as_version=4)
            _borrow_pictures(new, nbformat.read(old, as_version=4), same)
            if _holds(old, to_text(new).encode()):
                same.append(name)
    return same


def _borrow_pictures(new: nbformat.NotebookNode, old: nbformat.NotebookNode, same: list[str]) -> None:
    """Give each chart of `new` that is among the charts `same` the picture it has in `old`."""
    pictures = {
        about["name"]: out.data["image/png"]
        for cell in old.cells
        for out in cell.get("outputs", [])
        if "image/png" in out.get("data", {}) and (about := out.metadata.get("chipcheck", {}))
    }
    for cell in new.cells:
        for out in cell.get("outputs", []):
            name = out.get("metadata", {}).get("chipcheck", {}).get("name")
            if f"figures/{name}.png" in same and name in pictures:
                out.data["image/png"] = pictures[name]


def _few_pixels_differ(one: bytes, other: bytes) -> bool:
    """Say whether two PNGs have one size and differ in less than `OTHER_PIXELS` of their pixels; no PNG differs."""
    try:
        new, old = (imread(BytesIO(content), format="png") for content in (one, other))
    except (OSError, SyntaxError, ValueError):
        return False
    return new.shape == old.shape and (new != old).any(axis=-1).mean() < OTHER_PIXELS


def _holds(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


def main() -> None:
    """Write the derived files whose content changed, and remove figures that no notebook draws any more."""
    started = time.perf_counter()
    influence.main()  # the codebook lists what it finds
    with tempfile.TemporaryDirectory() as scratch:
        files = derived(Path(scratch))
    changed = stale(files, paths.ROOT)
    for name in other_pixels(files, paths.ROOT):
        print(f"  kept {name}: same numbers, other pixels")
    for name in changed:
        if name in files:
            write_atomic(paths.ROOT / name, files[name])
        else:
            (paths.ROOT / name).unlink()
        print(f"  {'wrote' if name in files else 'removed'} {name}")
    print(f"  {time.perf_counter() - started:5.1f} s  {len(files)} derived files, {len(changed)} changed")


if __name__ == "__main__":
    with ending("Nothing was refreshed.", PublishError, data.DataError, verdicts.VerdictError, FactError):
        main()
