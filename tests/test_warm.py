"""Kernels forked from one warm process: each must be what a kernel of its own would be, and know of no other."""

import os

import nbformat
import pytest

from chipcheck import data, paths, schemas
from chipcheck.publish import execute, warm
from chipcheck.publish.errors import PublishError

pytestmark = pytest.mark.skipif(not warm.POSSIBLE, reason="kernels are forked on Linux alone")

# What one notebook could leave to the next, as expressions, and a cell that changes them all
STATE = """
import builtins, gc, locale, os, random, sys, warnings
import matplotlib, numpy, pandas
from chipcheck import data, words
print([
    hasattr(builtins, "left"), os.environ.get("LEFT"), os.getcwd(), sys.argv[0], sys.flags.utf8_mode,
    pandas.get_option("display.max_columns"), pandas.get_option("display.precision"),
    sorted(map(str, warnings.filters)),
    matplotlib.rcParams["font.size"], matplotlib.get_backend(), numpy.geterr(), words.number(1.5, 1),
    data.tables_read(), len(data.load("accelerator_mix")), locale.setlocale(locale.LC_ALL), "left" in globals(),
    sys.getrecursionlimit(), gc.isenabled(), os.getppid() == int(os.environ["JPY_PARENT_PID"]),
])
"""
SPOIL = """
import builtins, os, sys, warnings
import matplotlib, numpy, pandas
from chipcheck import data, words
left = builtins.left = 1
os.environ["LEFT"] = "1"
os.chdir("/")
sys.path.insert(0, "/left"); sys.setrecursionlimit(4000)
pandas.set_option("display.precision", 2); pandas.set_option("display.max_columns", 3)
warnings.simplefilter("ignore")
matplotlib.rcParams["font.size"] = 40
numpy.seterr(all="raise")
words.number = lambda *given: "spoilt"
frame = data.load("accelerator_mix"); frame.drop(frame.index, inplace=True)
"""


@pytest.fixture(scope="module", autouse=True)
def warm_process():
    """The process from which kernels are forked."""
    warm.start()


@pytest.fixture
def run(tmp_path):
    """Return a function that runs cells in a kernel, forked or not, and returns what the last one printed."""

    def run(*cells, forked=True, **environment):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        path = tmp_path / "02-test.ipynb"
        nbformat.write(book, path)
        outputs = execute.execute(path, environment, forked=forked).cells[-1].outputs
        return "".join(output.get("text", "") for output in outputs)

    return run


def test_a_forked_kernel_is_what_one_of_its_own_would_be_also_after_another_was_spoilt(run):
    own = run(STATE, forked=False)
    assert run(STATE) == own
    assert run(SPOIL, STATE) != own
    assert run(STATE) == own


def test_random_numbers_differ_from_kernel_to_kernel(run):
    source = "import random, numpy as np; print(random.random(), np.random.random())"
    first, second = run(source).split(), run(source).split()
    assert not set(first) & set(second)


def test_a_forked_kernel_has_the_environment_of_one_of_its_own(run, monkeypatch):
    """Not that of the warm process, which began before. (PyDev is the debugger, which only the other one loads.)"""
    source = "import os; print(sorted((name, text) for name, text in os.environ.items() if name not in IGNORED))"
    source = f"IGNORED = {{'JPY_PARENT_PID', 'IPYTHONDIR', 'JPY_SESSION_NAME', 'PYDEVD_USE_FRAME_EVAL'}}; {source}"
    monkeypatch.setenv("SINCE", "set later")
    monkeypatch.delenv("HOME")
    assert run(source, MINE="1") == run(source, forked=False, MINE="1")


def test_a_warning_is_due_in_each_kernel_anew(run):
    source = "import warnings; from chipcheck import words\n"
    source += "warnings.warn_explicit('careful', UserWarning, words.__file__, 1)"
    for _ in range(2):
        with pytest.raises(PublishError, match="wrote to stderr.*careful"):
            run(source)


def test_a_forked_kernel_that_dies_is_named_with_what_it_said(run):
    with pytest.raises(PublishError, match=r"(?s)02-test\.ipynb: .*died.*last words"):
        run("import os, sys; os.write(sys.__stderr__.fileno(), b'last words'); os._exit(1)")


def test_a_forked_kernel_ends_with_its_notebook(run):
    pid = int(run("import os; print(os.getpid())"))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_tables_that_a_forked_notebook_read_are_listed(tmp_path):
    """They stand in memory already: nobody opens their files again."""
    [path] = [path for path in paths.notebooks() if path.name.startswith("03")]
    for folder, since in (("alone", None), ("forked", 1)):
        execute.main(path, tmp_path / folder / "executed" / path.name, warm_since=since)
    alone, forked = ((tmp_path / folder / "03.d").read_text() for folder in ("alone", "forked"))
    assert forked == alone.replace("alone", "forked") and "data/accelerator_mix.csv" in forked
    executed = [(tmp_path / folder / "executed" / path.name).read_bytes() for folder in ("alone", "forked")]
    assert executed[0] == executed[1]


@pytest.mark.parametrize("name", schemas.TABLES)
def test_a_table_at_hand_counts_for_all_that_were_read_for_it(name, monkeypatch):
    opened = set()
    read = data._read

    def noted(table, folder):
        opened.add(table.name)
        return read(table, folder)

    for kept in (data._load, data._plain, data._ids):
        kept.cache_clear()
    monkeypatch.setattr(data, "_read", noted)
    data.load(name)
    assert opened == data._behind(name)


# ---- side by side ----


def notebooks(*numbers):
    return [paths.Path(f"{number}-test.ipynb") for number in numbers]


def test_the_summary_waits_for_every_chapter():
    done = []
    books = notebooks("90", "01", "02", "03")
    assert execute.side_by_side(books, lambda path: done.append(path.name[:2]) or path.name, 3) == [
        path.name for path in books
    ]
    assert done[-1] == "90" and sorted(done[:-1]) == ["01", "02", "03"]


def test_all_that_failed_is_said_at_once_and_nothing_more_is_begun():
    begun = []

    def run(path):
        begun.append(path.name[:2])
        if path.name[:2] in ("01", "02"):
            raise PublishError(f"{path.name} is at fault")

    with pytest.raises(PublishError, match=r"01-test\.ipynb is at fault"):
        execute.side_by_side(notebooks("01", "02", "03", "90"), run, 1)
    assert begun[0] == "01" and "90" not in begun and len(begun) <= 2


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_a_notebook():
    with pytest.raises(ZeroDivisionError):
        execute.side_by_side(notebooks("01", "90"), lambda path: 1 / 0, 2)
