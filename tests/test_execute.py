"""Running a notebook: what fails must say where, and leave nothing half-written."""

import json
import signal
import subprocess
import sys
import time

import nbformat
import pytest

from chipcheck import paths
from chipcheck.publish import execute
from chipcheck.publish.errors import PublishError


@pytest.fixture
def notebook(tmp_path):
    """Return a function that writes a notebook of code cells (source, or (source, tags))."""

    def write(*cells, name="02-test.ipynb"):
        book = nbformat.v4.new_notebook()
        for cell in cells:
            source, tags = cell if isinstance(cell, tuple) else (cell, [])
            book.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
        path = tmp_path / name
        nbformat.write(book, path)
        return path

    return write


def test_a_cell_that_raises_is_named_with_its_first_lines(notebook):
    path = notebook("x = 1", "# a comment\nvalue = x / 0")
    with pytest.raises(PublishError) as error:
        execute.execute(path)
    for part in ("02-test.ipynb, cell 2", "value = x / 0", "ZeroDivisionError: division by zero"):
        assert part in str(error.value)


def test_a_warning_stops_the_run_and_does_not_become_text_of_the_report(notebook):
    path = notebook("import warnings\nwarnings.warn('careful')")
    with pytest.raises(PublishError, match="wrote to stderr"):
        execute.execute(path)


def test_cells_for_people_at_a_keyboard_are_not_run(notebook):
    book = execute.execute(notebook("1 + 1", ("raise SystemError", ["explore"])))
    assert len(book.cells) == 1


def test_an_executed_notebook_carries_no_trace_of_time_or_place(notebook):
    text = execute.to_text(execute.execute(notebook("import sys\nprint('done')")))
    assert "execution" not in json.loads(text)["cells"][0]["metadata"]
    assert "iopub" not in text and str(paths.ROOT) not in text


def test_the_fragment_for_make_names_the_tables_read(notebook, tmp_path):
    path = notebook("from chipcheck import data\nlen(data.load('accelerator_mix'))")
    target = tmp_path / "executed" / path.name
    execute.main(path, target)
    text = (tmp_path / "02.d").read_text()
    assert "data/accelerator_mix.csv" in text and "data/sources.csv" in text and "data/listings.csv" not in text
    assert target.exists()


def test_a_failed_run_leaves_the_last_good_one(notebook, tmp_path):
    target = tmp_path / "executed" / "02-test.ipynb"
    execute.main(notebook("1"), target)
    before = target.read_bytes()
    with pytest.raises(PublishError):
        execute.main(notebook("raise ValueError('bad row')"), target)
    assert target.read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == ["02-test.ipynb"]


def test_the_command_ends_with_a_message_and_not_a_traceback(notebook, tmp_path):
    path = notebook("raise ValueError('bad row')")
    command = [sys.executable, "-m", "chipcheck.publish.execute", str(path), str(tmp_path / "executed" / path.name)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=paths.ROOT)
    assert done.returncode != 0
    assert "ValueError: bad row" in done.stderr and "Traceback" not in done.stderr
    assert "The report was not changed" in done.stderr


def test_a_kernel_takes_no_port_that_another_could_have_taken(notebook):
    """Of a dozen notebooks started at once, two hit on one port in one build of six, and the build stopped."""
    source = "from ipykernel import get_connection_info as info; info(unpack=True)['transport']"
    book = execute.execute(notebook(source))
    assert book.cells[0].outputs[0].data["text/plain"] == "'ipc'"


def test_a_folder_too_deep_for_a_socket_still_runs_a_notebook(notebook, tmp_path, monkeypatch):
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    monkeypatch.setattr(execute.tempfile, "tempdir", str(deep))
    assert execute.execute(notebook("6 * 7")).cells[0].outputs[0].data["text/plain"] == "42"


@pytest.mark.parametrize(
    ("source", "settings", "said"),
    [
        ("6 * 7", {"PYTHONHOME": "/nowhere"}, "before replying.*No module named 'encodings'"),
        ("import os; os._exit(1)", {}, "died"),
    ],
    ids=["at its start", "at work"],
)
def test_a_kernel_that_dies_is_named_with_what_it_said(notebook, source, settings, said):
    with pytest.raises(PublishError, match=rf"(?s)02-test\.ipynb: .*{said}"):
        execute.execute(notebook(source), settings)


def test_a_cell_that_never_ends_is_named_with_its_notebook(notebook, monkeypatch):
    monkeypatch.setattr(execute, "TIMEOUT", 1)
    with pytest.raises(PublishError, match=r"(?s)02-test\.ipynb: .*timed out.*time\.sleep"):
        execute.execute(notebook("import time; time.sleep(60)"))


def test_settings_of_whoever_builds_do_not_reach_the_report(notebook, tmp_path, monkeypatch):
    mine = tmp_path / ".ipython" / "profile_default" / "startup" / "mine.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine = 1")
    rc = tmp_path / ".config" / "matplotlib" / "matplotlibrc"
    rc.parent.mkdir(parents=True)
    rc.write_text("legend.fontsize: 33\nfigure.dpi: 33")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    source = "import matplotlib\n['mine' in globals(), matplotlib.rcParams['figure.dpi']]"
    book = execute.execute(notebook(source))
    assert book.cells[0].outputs[0].data["text/plain"] == "[False, 100.0]"


def test_a_table_edited_while_a_notebook_runs_makes_it_stale(notebook, tmp_path):
    """The executed notebook carries the time when its run began, so that Make sees the later edit."""
    table = tmp_path / "table.csv"
    path = notebook(f"from pathlib import Path\nPath({str(table)!r}).touch()")
    target = tmp_path / "executed" / path.name
    execute.main(path, target)
    assert target.stat().st_mtime_ns < table.stat().st_mtime_ns


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_run_that_is_ended_says_so_in_one_sentence(notebook, tmp_path, number):
    """nbclient stops the kernel on a signal, and that looked like the death of a kernel, with two tracebacks."""
    mark = tmp_path / "running"
    path = notebook(f"from pathlib import Path\nimport time\nPath({str(mark)!r}).touch()\ntime.sleep(60)")
    command = [sys.executable, "-m", "chipcheck.publish.execute", str(path), str(tmp_path / "executed" / path.name)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=paths.ROOT) as process:
        while not mark.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        assert process.stderr.read() == "\nEnded from outside. The report was not changed.\n"
    assert process.returncode == 1 and not (tmp_path / "executed").exists()
