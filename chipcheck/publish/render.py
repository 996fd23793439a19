"""Merge the executed notebooks and render them as one HTML file and one PDF, in one process.

    python -m chipcheck.publish.render build/report.ipynb html pdf --executed build/executed/*.ipynb

Both files are made before either is written, so a fault in one leaves the last good pair in place.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from chipcheck import data
from chipcheck.ending import ending
from chipcheck.files import write_atomic
from chipcheck.publish import merge
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
        print(f"  {seconds:5.1f} s  {path} ({len(content) / 1e6:.2f} MB)", flush=True)
    return {path: content for path, content, _ in results}


def main(notebook: Path, kinds: list[str], executed: list[Path]) -> None:
    """Merge, where executed notebooks are given, then render and write."""
    began = time.time_ns()
    if executed:
        merge.main(notebook, executed)
    for path, content in render(notebook, kinds).items():
        write_atomic(path, content, began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Merge executed notebooks and render the report.")
    parser.add_argument("notebook", type=Path, help="the merged notebook; the outputs stand beside it")
    parser.add_argument("kinds", nargs="+", choices=["html", "pdf"])
    parser.add_argument("--executed", nargs="*", type=Path, default=[], help="notebooks to merge first")
    chosen = parser.parse_args()
    with ending("The report was not changed.", PublishError, data.DataError):
        main(chosen.notebook, chosen.kinds, chosen.executed)
