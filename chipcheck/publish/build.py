"""The steps of a build: check the tables, run the notebooks that are due, merge, render.

Notebooks run in kernels forked from one warm process. HTML and PDF are both made before either is written, so a fault
in one leaves the last good pair in place.
"""

import copy
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from chipcheck import identities, paths
from chipcheck.files import write_atomic
from chipcheck.publish import execute, kept, merge, warm


def run_missing(executed: list[Path], jobs: int, began: int) -> None:
    """Check the tables and run the notebooks whose executed form is not there, at most `jobs` at a time.

    What is made carries the time `began`, in nanoseconds since 1970: nothing was read before.
    """
    stamp = paths.build() / "consistent"
    if not stamp.exists():
        identities.main(stamp, began=began)
    targets = {paths.NOTEBOOKS / path.name: path for path in executed if not path.exists()}
    since = began if warm.POSSIBLE else None
    execute.side_by_side([*targets], lambda path: execute.main(path, targets[path], warm_since=since), jobs)


def exporters() -> dict[str, type]:
    """Import and return the exporters by kind; that takes a while."""
    from chipcheck.publish.html import ReportHTMLExporter
    from chipcheck.publish.pdf import ReportPDFExporter

    return {"html": ReportHTMLExporter, "pdf": ReportPDFExporter}


def render(report: nbformat.NotebookNode, notebook: Path, kinds: list[str]) -> dict[Path, bytes]:
    """Return the rendered bytes of the merged notebook by target path; `kinds` are `html` and `pdf`.

    The PDF begins: once its text is set up, Typst works outside Python's lock, and the HTML is made beside it.
    """
    made, started = {}, time.perf_counter()

    def done(kind: str, content: bytes) -> None:
        path = notebook.with_suffix(f".{kind}")
        print(f"  {time.perf_counter() - started:5.1f} s  {path} ({len(content) / 1e6:.2f} MB)", flush=True)
        made[path] = content

    with ThreadPoolExecutor(max_workers=1) as beside:
        if "pdf" in kinds:
            exporter = exporters()["pdf"]()
            source, _ = exporter.typst(copy.deepcopy(report))
            printed = beside.submit(exporter.printed, source, report)
        if "html" in kinds:
            page, _ = exporters()["html"]().from_notebook_node(copy.deepcopy(report))
            done("html", page.encode("utf-8"))
        if "pdf" in kinds:
            done("pdf", printed.result())
    return made


def main(notebook: Path, kinds: list[str], executed: list[Path], jobs: int, began: int) -> None:
    """Run what is missing, merge, render and write; `began` as in `run_missing`."""
    kept.keep_in(paths.build() / "kept")
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(exporters)  # while notebooks are waited for
        run_missing(executed, jobs, began)
    report = merge.main(notebook, executed)
    for path, content in render(report, notebook, kinds).items():
        write_atomic(path, content, began)
