"""Run one notebook from top to bottom and write it with its outputs.

    python -m chipcheck.publish.execute notebooks/02-….ipynb build/executed/02-….ipynb

A build asks for vector charts (`CHIPCHECK_OUTPUT=report`); `refresh` leaves the PNGs that code hosts show.
Beside the executed notebook stands a Make fragment, `build/NN.d`, that names the tables it read.
"""

import atexit
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from multiprocessing import active_children
from pathlib import Path
from typing import TypeVar

import nbformat
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from traitlets.config import Config

from chipcheck import edition, paths
from chipcheck.contract import ABROAD, ANALYST, EXPLORE
from chipcheck.ending import ending
from chipcheck.files import write_atomic
from chipcheck.publish import warm
from chipcheck.publish.errors import PublishError

SHOWN_LINES = 5  # of a failing cell: enough to recognise it
TIMEOUT = 300  # seconds for one cell; the slowest takes two
START_TIMEOUT = 300  # seconds for a kernel to be ready; a dozen may start at once
LONGEST_SOCKET = 100  # bytes of a socket's path; systems allow 103 or more
T = TypeVar("T")
WHOLE = "# whole"  # last line of a list of tables; Make does not count a list without it


class Client(NotebookClient):
    """A client that stops its kernel once, however often it is asked: nbclient 0.11 fails at the second time.

    A `warm` one has its kernel forked (see `publish.warm`).
    """

    warm = False

    def create_kernel_manager(self) -> KernelManager:
        """Return what will start and stop the kernel."""
        manager = super().create_kernel_manager()
        if self.warm:
            manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": warm.NAME}
        return manager

    async def _async_cleanup_kernel(self) -> None:
        if self.km is not None:
            await super()._async_cleanup_kernel()

    @property
    def was_ended(self) -> bool:
        """Whether a signal made it stop the kernel, which then looks like a death."""
        return hasattr(self, "_async_cleanup_kernel_future")


def execute(
    notebook: Path, environment: dict[str, str] | None = None, forked: bool = False
) -> nbformat.NotebookNode:
    """Return the notebook run from top to bottom in a kernel of its own, without traces of when and where.

    `environment` is added to the kernel's; `forked` has it start warm, once `warm.start` was called. Raises
    `PublishError` naming notebook, cell number and the cell's first lines when a cell raises, writes to stderr, or
    the kernel dies.
    """
    book = nbformat.read(notebook, as_version=4)
    translated = (environment or {}).get("CHIPCHECK_EDITION", edition.SOURCE) != edition.SOURCE
    left_out = {EXPLORE, ANALYST, ABROAD} if translated else {EXPLORE}  # an analyst reads the English notebook
    book.cells = [cell for cell in book.cells if not left_out & set(cell.metadata.get("tags", []))]
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    settings = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", **paths.FONT_LIST, **(environment or {})}
    listen = ["--InteractiveShellApp.exec_lines=from chipcheck.edition import listen; listen(); del listen"]
    # A folder of IPython's own: the settings and start-up files of whoever builds would be part of the report.
    # The noise is the kernel's own remarks, shown only if it dies.
    with tempfile.TemporaryDirectory() as scratch, Path(scratch, "noise").open("w+") as noise:
        client = Client(
            book,
            timeout=TIMEOUT,
            startup_timeout=START_TIMEOUT,
            shutdown_kernel="immediate",  # its files are written whole, and a slow good-bye costs a tenth of a build
            kernel_name="python3",
            config=_connection(Path(scratch)),
            record_timing=False,
            resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
            extra_arguments=["--HistoryManager.enabled=False", "--Application.log_level=50", *listen * translated],
        )
        client.warm = forked
        try:
            client.execute(env={**settings, "IPYTHONDIR": scratch}, stderr=noise)
        except CellExecutionError as error:
            raise _cell_error(notebook, book, error) from None
        except (RuntimeError, CellTimeoutError) as error:  # it died at work or before it was ready, or hangs
            atexit.unregister(client._cleanup_kernel)  # done, and nbclient 0.11 would fail to do it twice
            if client.was_ended:
                raise KeyboardInterrupt("Ended from outside.") from None
            noise.seek(0)
            raise PublishError(f"{notebook.name}: {error}\n{noise.read()[-2000:]}") from None
    _refuse_stderr(notebook, book)
    return _cleaned(book)


def _connection(folder: Path) -> Config:
    """Return settings that let this process and its kernel talk through files in `folder`.

    Ports are chosen, let go and taken up again by the kernel: of a dozen notebooks started at once, two hit on
    the same port in one build of six. Only a folder whose path is too long for a socket leaves no other way.
    """
    connection = folder / "kernel.json"
    fits = len(os.fsencode(f"{connection.with_suffix('')}-ipc-5")) <= LONGEST_SOCKET
    return Config(ConnectionFileMixin={"connection_file": str(connection), "transport": "ipc" if fits else "tcp"})


def _cell_error(notebook: Path, book: nbformat.NotebookNode, error: CellExecutionError) -> PublishError:
    for number, cell in enumerate(book.cells, start=1):
        if cell.cell_type == "code" and any(out.output_type == "error" for out in cell.outputs):
            return PublishError(f"{_where(notebook, number, cell)}\n{error.ename}: {error.evalue}")
    return PublishError(f"{notebook.name}: {error.ename}: {error.evalue}")


def _refuse_stderr(notebook: Path, book: nbformat.NotebookNode) -> None:
    """Stop on warnings: what a cell writes to stderr would become text of the report."""
    for number, cell in enumerate(book.cells, start=1):
        for out in cell.get("outputs", []):
            if out.output_type == "stream" and out.name == "stderr":
                raise PublishError(f"{_where(notebook, number, cell)}\nwrote to stderr: {out.text.strip()[:500]}")


def _where(notebook: Path, number: int, cell: nbformat.NotebookNode) -> str:
    lines = cell.source.splitlines()
    shown = "\n".join(f"    {line}" for line in lines[:SHOWN_LINES])
    more = "\n    …" if len(lines) > SHOWN_LINES else ""
    return f"{notebook.name}, cell {number}:\n{shown}{more}"


def _cleaned(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop what differs between machines and runs and says nothing to a reader."""
    book.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in book.cells:
        cell.metadata.pop("execution", None)
    return book


def to_text(book: nbformat.NotebookNode) -> str:
    """Return a notebook as the text of its file."""
    nbformat.validate(book)
    return nbformat.writes(book) + "\n"


def dependencies(target: Path, tables: list[str]) -> str:
    """Return a Make fragment: `target` is stale when one of the tables it read changes."""
    names = " ".join(f"data/{table}.csv" for table in sorted(tables))
    # The empty rule below keeps Make going when a table is renamed; the load itself then says what is missing.
    rules = "".join(f"data/{table}.csv:\n" for table in sorted(tables))
    return f"{target.as_posix()}: {names}\n{rules}{WHOLE}\n"


def side_by_side(notebooks: list[Path], run: Callable[[Path], T], jobs: int) -> list[T]:
    """Return what `run` makes of each notebook, at most `jobs` at a time; the summary waits for its chapters.

    After a failure no other notebook is begun; those at work go on to their end. Raises `PublishError` with the
    messages of all that failed. When it is ended from outside, it ends the kernels that were forked.
    """
    first = [path for path in notebooks if not path.name.startswith(paths.SUMMARY)]
    done: dict[Path, T] = {}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for batch in (first, [path for path in notebooks if path not in first]):
            running = {path: pool.submit(run, path) for path in batch}
            try:
                wait(running.values(), return_when=FIRST_EXCEPTION)
                for future in running.values():
                    future.cancel()  # of one that runs or ran, this does nothing
                wait(running.values())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for kernel in active_children():
                    kernel.kill()
                raise
            faults = [future.exception() for future in running.values() if not future.cancelled()]
            if unforeseen := [fault for fault in faults if fault and not isinstance(fault, PublishError)]:
                raise unforeseen[0]
            if any(faults):
                raise PublishError("\n\n".join(str(fault) for fault in faults if fault))
            done |= {path: future.result() for path, future in running.items()}
    return [done[path] for path in notebooks]


def list_fonts() -> None:
    """Have Matplotlib look for fonts and keep its list in the environment; set-up calls this once."""
    subprocess.run(
        [sys.executable, "-c", "import matplotlib.font_manager"], env={**os.environ, **paths.FONT_LIST}, check=True
    )


def edition_of(target: Path) -> str:
    """Return the language for which an executed notebook is made: `build/zh/executed/…` is in Chinese."""
    folder = target.parent.parent.name
    return folder if folder in edition.NAMES else edition.SOURCE


def main(notebook: Path, target: Path, warm_since: int | None = None) -> None:
    """Run `notebook` for the report; write `target` and its dependencies, or neither.

    `warm_since` says, in nanoseconds since 1970, when the process began to read from which the kernel is to be forked.
    """
    started, read = time.perf_counter(), warm_since or time.time_ns()
    with tempfile.TemporaryDirectory() as scratch:
        reads = Path(scratch) / "reads"
        reads.touch()
        code = edition_of(target)
        build = paths.build_of(code).resolve()
        (messages := Path(scratch) / "messages").touch()
        book = execute(
            notebook,
            {
                "CHIPCHECK_OUTPUT": "report",
                "CHIPCHECK_BUILD": str(build),
                "CHIPCHECK_FIGURES": str(build / "figures"),
                "CHIPCHECK_READS": str(reads),
                "CHIPCHECK_EDITION": code,
                "CHIPCHECK_MESSAGES": str(messages),
            },
            forked=warm_since is not None,
        )
        tables, asked = reads.read_text(encoding="utf-8").split(), messages.read_text(encoding="utf-8")
    with edition.using(code):
        edition.translate_prose(book)
    if code != edition.SOURCE:
        write_atomic(build / "messages" / f"{notebook.name[:2]}.jsonl", asked)
    write_atomic(target.parent.parent / f"{notebook.name[:2]}.d", dependencies(target, tables))
    write_atomic(target, to_text(book), read)
    name = notebook.stem if code == edition.SOURCE else f"{notebook.stem} ({code})"
    print(f"  {time.perf_counter() - started:5.1f} s  {name}", flush=True)


if __name__ == "__main__":
    with ending("The report was not changed.", PublishError):
        main(Path(sys.argv[1]), Path(sys.argv[2]))
