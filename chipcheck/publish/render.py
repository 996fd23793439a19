"""Render the merged notebook as one HTML file and one PDF, in one process.

    python -m chipcheck.publish.render build/report.ipynb html pdf

Both are made before either is written, so a fault in one leaves the last good pair in place.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from chipcheck.files import write_atomic
from chipcheck.publish.errors import PublishError


def render(notebook: Path, kinds: list[str]) -> dict[Path, bytes]:
    """Return the rendered bytes by target path; `kinds` are `html` and `pdf`."""
    from chipcheck.publish.html import ReportHTMLExporter
    from chipcheck.publish.pdf import ReportPDFExporter

    exporters = {"html": ReportHTMLExporter, "pdf": ReportPDFExporter}

    def one(kind: str) -> tuple[Path, bytes, float]:
        started = time.perf_counter()
        book = nbformat.read(notebook, as_version=4)
        body, _ = exporters[kind]().from_notebook_node(book)
        content = body.encode("utf-8") if isinstance(body, str) else body
        return notebook.with_suffix(f".{kind}"), content, time.perf_counter() - started

    # pandoc and typst work outside Python's lock, so the two overlap on a second core
    with ThreadPoolExecutor(max_workers=len(kinds)) as pool:
        results = list(pool.map(one, kinds))
    for path, content, seconds in results:
        print(f"  {seconds:5.1f} s  {path.suffix[1:]}: {path} ({len(content) / 1e6:.2f} MB)", flush=True)
    return {path: content for path, content, _ in results}


def main(notebook: Path, kinds: list[str]) -> None:
    """Render and write."""
    for path, content in render(notebook, kinds).items():
        write_atomic(path, content)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2:])
    except PublishError as error:
        sys.exit(f"\n{error}\n\nThe report was not changed.")
