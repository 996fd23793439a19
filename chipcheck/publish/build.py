"""The steps of a build: check the tables, run the notebooks that are due, merge, render.

Notebooks run in kernels forked from one warm process. HTML and PDF are both made before either is written, so a fault
in one leaves the last good pair in place.
"""

import copy
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat

from chipcheck import edition, identities, paths
from chipcheck.files import write_atomic
from chipcheck.publish import execute, kept, merge, warm
from chipcheck.publish.errors import Untranslated


def run_missing(executed: list[Path], jobs: int, began: int) -> None:
    """Check the tables and run the notebooks whose executed form is not there, at most `jobs` at a time.

    What is made carries the time `began`, in nanoseconds since 1970: nothing was read before.
    """
    stamp = paths.build() / "consistent"
    if not stamp.exists():
        identities.main(stamp, began=began)
    since = began if warm.POSSIBLE else None
    missing = [path for path in executed if not path.exists()]
    execute.side_by_side(missing, lambda path: execute.main(paths.NOTEBOOKS / path.name, path, warm_since=since), jobs)


def exporters() -> dict[str, type]:
    """Import and return the exporters by kind; that takes a while."""
    from chipcheck.publish.html import ReportHTMLExporter
    from chipcheck.publish.pdf import ReportPDFExporter

    return {"html": ReportHTMLExporter, "pdf": ReportPDFExporter}


def render_all(reports: dict[Path, nbformat.NotebookNode], kinds: list[str]) -> dict[Path, bytes]:
    """Return the rendered bytes of merged notebooks by path, each edition in a process of its own where possible."""
    first, *others = ({notebook: report} for notebook, report in reports.items())
    if not (others and warm.POSSIBLE):
        return {path: content for one in (first, *others) for path, content in render(one, kinds).items()}
    forks = ProcessPoolExecutor(len(others), get_context("fork"), warm.end_with_the_build)
    try:
        beside = [forks.submit(render, other, kinds) for other in others]
        made = render(first, kinds)
        for other in beside:
            made |= other.result()
    finally:
        forks.shutdown(wait=False, cancel_futures=True)
    return made


def render(reports: dict[Path, nbformat.NotebookNode], kinds: list[str]) -> dict[Path, bytes]:
    """Return the rendered bytes of merged notebooks by target path; `kinds` are `html` and `pdf`.

    The PDF begins: once its text is set up, Typst works outside Python's lock, and the HTML is made beside it.
    """
    made, started = {}, time.perf_counter()

    def done(path: Path, content: bytes) -> None:
        print(f"  {time.perf_counter() - started:5.1f} s  {path} ({len(content) / 1e6:.2f} MB)", flush=True)
        made[path] = content

    with ThreadPoolExecutor(max_workers=1) as beside:
        printed = {}
        for notebook, report in reports.items() if "pdf" in kinds else ():
            exporter = exporters()["pdf"]()
            source, _ = exporter.typst(copy.deepcopy(report))
            printed[notebook] = beside.submit(exporter.printed, source, report)
        for notebook, report in reports.items() if "html" in kinds else ():
            page, _ = exporters()["html"]().from_notebook_node(copy.deepcopy(report))
            done(notebook.with_suffix(".html"), page.encode("utf-8"))
        for notebook, pdf in printed.items():
            done(notebook.with_suffix(".pdf"), pdf.result())
    return made


def merged(notebook: Path, executed: list[Path]) -> dict[Path, nbformat.NotebookNode]:
    """Merge the executed notebooks, edition by edition; return the reports by the paths of their notebooks.

    An edition that lacks translations is left out beside the English one, and its old files go: they would say what
    the report no longer does. Alone it is an error.
    """
    reports = {}
    for code in edition.NAMES:
        books = [path for path in executed if execute.edition_of(path) == code]
        if not books:
            continue
        target = notebook.with_name(edition.file_name("ipynb", code))
        try:
            with edition.using(code):
                reports[target] = merge.main(target, books)
        except Untranslated as lacks:
            if not reports:
                raise
            for kind in ("ipynb", "html", "pdf"):
                target.with_suffix(f".{kind}").unlink(missing_ok=True)
            print(f"\n{lacks}\nIt was left out.\n", flush=True)
            continue
    return reports


def main(notebook: Path, kinds: list[str], executed: list[Path], jobs: int, began: int) -> None:
    """Run what is missing, merge, render and write, edition by edition; `began` as in `run_missing`."""
    kept.keep_in(paths.build() / "kept")
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(exporters)  # while notebooks are waited for
        run_missing(executed, jobs, began)
    with tempfile.TemporaryDirectory() as scratch:
        (asked := Path(scratch, "messages")).touch()
        os.environ["CHIPCHECK_MESSAGES"] = str(asked)  # what the exporters say, for who keeps the catalogues
        made = render_all(merged(notebook, executed), kinds)
        said = asked.read_text(encoding="utf-8")
    for code in {execute.edition_of(path) for path in executed} - {edition.SOURCE}:
        write_atomic(paths.build_of(code) / "messages" / "exporters.jsonl", said)
    for path, content in made.items():
        write_atomic(path, content, began)
