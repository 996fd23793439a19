"""Make alone decides what is stale: what it knows of the tables may be lost, and must not hide an edit."""

import re
import shutil
import subprocess
import time

import pytest

from chipcheck import paths
from chipcheck.publish import execute

TABLES = ("accelerator_mix", "chip_specs", "claims", "sources")


@pytest.fixture
def tree(tmp_path):
    """A tree with the Makefile and empty files in place of an up-to-date build; no recipe is ever run."""
    shutil.copy(paths.ROOT / "Makefile", tmp_path)
    for part in ("chipcheck", "tools", "locks", "data", "pyproject.toml", "CITATION.cff"):
        source = paths.ROOT / part
        ignored = shutil.ignore_patterns("__pycache__", "*.ttf")
        shutil.copytree(source, tmp_path / part, ignore=ignored) if source.is_dir() else shutil.copy(source, tmp_path)
    (tmp_path / "notebooks").mkdir()
    for path in paths.notebooks():
        (tmp_path / "notebooks" / path.name).touch()
    (tmp_path / ".venv").symlink_to(paths.ROOT / ".venv")
    time.sleep(0.02)
    build = tmp_path / "build"
    for folder in ("executed", "facts"):
        (build / folder).mkdir(parents=True)
    (build / "consistent").touch()
    for path in paths.notebooks():
        target = build / "executed" / path.name
        target.touch()
        (build / f"{path.name[:2]}.d").write_text(execute.dependencies(target.relative_to(tmp_path), list(TABLES)))
        if not path.name.startswith("90"):
            (build / "facts" / f"{path.name[:2]}.json").write_text("{}")
    (build / "executed" / paths.notebooks()[-1].name).touch()
    for name in ("report.html", "report.pdf"):
        (build / name).touch()
    return tmp_path


def would_run(tree, *goals):
    """The notebooks that make would run, by number."""
    command = ["make", "-n", "JOBS=1", *goals]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
    return sorted(set(re.findall(r"rm -f build/executed/(\d\d)-", done.stdout)))


def test_a_build_that_is_up_to_date_runs_nothing(tree):
    assert would_run(tree, "report") == []


def test_an_edited_table_reruns_its_readers_and_the_gate(tree):
    (tree / "data" / "accelerator_mix.csv").touch()
    assert len(would_run(tree, "report")) == len(paths.notebooks())
    done = subprocess.run(["make", "-n", "report"], cwd=tree, capture_output=True, text=True, check=True)
    assert done.stdout.index("rm -f build/consistent") < done.stdout.index("chipcheck.publish build/report.ipynb")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_text(""),
        lambda path: path.write_text("build/exe"),
        lambda path: path.write_text(path.read_text().split(" ")[0] + " data/chip"),
        lambda path: path.write_text(path.read_text().removesuffix(execute.WHOLE + "\n")),
    ],
    ids=["missing", "empty", "cut in the target", "cut inside a name", "without its end"],
)
def test_a_list_of_tables_that_is_not_whole_reruns_its_notebook_and_stops_nothing(tree, spoil):
    spoil(tree / "build" / "03.d")
    assert would_run(tree, "report") == ["03", "90"]
    assert would_run(tree, "clean") == []


def test_missing_facts_rerun_their_notebook(tree):
    (tree / "build" / "facts" / "03.json").unlink()
    assert would_run(tree, "report") == ["03", "90"]


@pytest.mark.parametrize("goal", ["report", "html", "pdf"])
def test_a_table_that_no_notebook_reads_still_passes_the_gate(tree, goal):
    (tree / "data" / "exemptions.csv").touch()
    done = subprocess.run(["make", "-n", goal], cwd=tree, capture_output=True, text=True, check=True)
    assert done.stdout.index("rm -f build/consistent") < done.stdout.index("chipcheck.publish build/report.ipynb")


@pytest.mark.parametrize(
    ("asked", "before"),
    [(["RUN=env", "report"], "env "), (["build/executed/03-are-most-of-chinas-ai-cards-for-inference.ipynb"], "")],
    ids=["through RUN", "by name"],
)
def test_a_notebook_asked_for_alone_has_a_command_of_its_own(tree, asked, before):
    (tree / "data" / "accelerator_mix.csv").touch()
    done = subprocess.run(["make", "-n", *asked], cwd=tree, capture_output=True, text=True, check=True)
    assert f"{before}.venv/bin/python -m chipcheck.publish.execute notebooks/03-" in done.stdout
    assert done.stdout.index("chipcheck.identities build/consistent") < done.stdout.index("publish.execute")
    assert "rm -f" not in done.stdout


def test_page_and_pdf_asked_for_together_do_not_run_the_same_notebooks_at_once(tree):
    """Each of the two would make what is missing: the PDF waits until the page has."""
    command = ["make", "-np", "html", "pdf"]
    printed = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout
    [needs] = re.findall(r"(?m)^pdf: .* \| (.*)$", printed)
    assert "html" in needs.split()
