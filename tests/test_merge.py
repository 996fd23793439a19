"""The order in which a reader meets the report, and the numbers of its sources."""

import nbformat
import pytest

from chipcheck import data
from chipcheck.contract import ANALYST, EXPLORER, TABLE, WORKING
from chipcheck.publish import merge
from chipcheck.publish.errors import PublishError

CITE = '[Epoch AI](https://epoch.ai "source:epoch-ml-hardware")'
EXPLORED = "zangshuxian-h20-h100"
FILING = '[NVIDIA](https://example.org/10k "source:nvidia-10k-fy2025")'


def markdown(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def prose(text, *tags):
    out = nbformat.v4.new_output("execute_result", {"text/markdown": text})
    return nbformat.v4.new_code_cell("say()", metadata={"tags": list(tags)}, outputs=[out])


def book(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


@pytest.fixture
def report():
    chapter = book(
        markdown("# How much?\n\nThe lead."), prose(f"Body {FILING} {CITE}"), prose("**The answer.**", "answer")
    )
    summary = book(
        markdown("# The verdicts\n\nNot printed."),
        prose(f"Opening {CITE}", "opening"),
        markdown("## Swapped", "opening"),
        prose("All claims", "claims-table"),
    )
    return merge.merge({"02": chapter, "90": summary}, {"02": "02-how.ipynb", "90": "90-verdicts.ipynb"})


def text_of(cell):
    return cell.source if cell.cell_type == "markdown" else cell.outputs[0].data["text/markdown"]


def test_opening_first_answer_under_the_title_table_last(report):
    texts = [text_of(cell) for cell in report.cells]
    assert [text.split("[")[0] for text in texts] == [
        "# In short", "Opening", "## Swapped", "# How much?", "**The answer.**", "The lead.", "Body",
        "# All claims and verdicts", "All claims",
    ]  # fmt: skip


def test_sources_are_numbered_as_they_are_met(report):
    listed = [(source["n"], source["source_id"]) for source in report.metadata.report.sources]
    assert listed == [(1, "epoch-ml-hardware"), (2, "nvidia-10k-fy2025")]
    body = text_of(report.cells[6])
    assert body == "Body[2](#source-nvidia-10k-fy2025)[1](#source-epoch-ml-hardware)"


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("So it is {}, or\n{}.", "So it is{}, or{}."),
        ("**So** {} {}", "**So**{}{}"),
        ("A list:\n\n- {}\n- x\n\n1. {}", "A list:\n\n- {}\n- x\n\n1. {}"),
        ("One.\n\n{} Two.", "One.\n\n{} Two."),
    ],
)
def test_a_number_stands_at_its_word_and_nothing_else_moves(text, cited):
    found = merge.CITATION.sub("[1](#source-epoch-ml-hardware)", text.replace("{}", CITE))
    assert found == cited.replace("{}", "[1](#source-epoch-ml-hardware)")


def test_citations_in_cells_are_numbered_row_by_row():
    table = {"data": [{"a": f"x {FILING}", "b": None}, {"a": CITE}]}
    cited = {"text/markdown": f"| a |\n|---|\n| {CITE} |", TABLE: table}
    shown = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", cited)])
    chapter = book(markdown("# How much?"), shown, prose("**The answer.**", "answer"))
    cell = merge.merge({"02": chapter}, {"02": "02-how.ipynb"}).cells[2]
    rows = cell.outputs[0].data[TABLE]["data"]
    assert rows == [{"a": "x[1](#source-nvidia-10k-fy2025)", "b": None}, {"a": "[2](#source-epoch-ml-hardware)"}]
    assert CITE in text_of(cell), "what people read in the notebook keeps its words"


def test_sources_that_only_the_page_has_are_numbered_last():
    """The PDF leaves out the working and the explorers: its list has no gaps."""
    corrected = {key for ids in data.load("corrections")["source_id"] for key in data.split_ids(ids)}
    explored = nbformat.v4.new_output("display_data", {"text/plain": "", EXPLORER: {"sources": [EXPLORED]}})
    shown = nbformat.v4.new_code_cell(outputs=[explored])
    words = prose(f"How {FILING} {CITE}", WORKING)
    chapter = book(markdown("# How much?"), words, shown, prose(f"**The answer.** {CITE}", "answer"))
    made = merge.merge({"02": chapter}, {"02": "02-how.ipynb"})
    listed = [source["source_id"] for source in made.metadata.report.sources]
    assert listed[0] == "epoch-ml-hardware" and listed[-2:] == ["nvidia-10k-fy2025", EXPLORED]
    assert set(listed[1:-2]) == corrected - {"epoch-ml-hardware"}
    assert made.metadata.report.only_on_page == listed[-2:]
    assert text_of(made.cells[2]) == f"How[{len(listed) - 1}](#source-nvidia-10k-fy2025)[1](#source-epoch-ml-hardware)"


def test_an_explorer_may_rest_on_what_the_text_cites():
    explored = {"text/plain": "", EXPLORER: {"sources": [EXPLORED, "nvidia-10k-fy2025"]}}
    shown = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", explored)])
    chapter = book(markdown("# How much?"), shown, prose(f"**The answer.** {FILING}", "answer"))
    made = merge.merge({"02": chapter}, {"02": "02-how.ipynb"}).metadata.report
    assert made.sources[0]["source_id"] == "nvidia-10k-fy2025" and made.only_on_page == [EXPLORED]


def test_each_cell_knows_where_it_came_from_and_ids_stay_unique(report):
    places = [(cell.metadata.chipcheck.chapter, cell.metadata.chipcheck.cell) for cell in report.cells]
    assert places[1] == ("opening", 2) and places[4] == ("02", 3) and places[6] == ("02", 2)
    assert len({cell.id for cell in report.cells}) == len(report.cells)
    nbformat.validate(report)


def test_what_is_for_analysts_stays_in_the_notebook():
    frame = nbformat.v4.new_output("execute_result", {"text/html": "<table></table>", "text/plain": "rows"})
    looked_at = nbformat.v4.new_code_cell("rates", metadata={"tags": [ANALYST]}, outputs=[frame])
    chapter = book(markdown("# How much?"), looked_at, prose("Body"), prose("**The answer.**", "answer"))
    cells = merge.merge({"02": chapter}, {"02": "02-how.ipynb"}).cells
    assert [text_of(cell) for cell in cells] == ["# How much?", "**The answer.**", "Body"]
    assert [cell.metadata.chipcheck.cell for cell in cells[1:]] == [4, 3], "cells keep their numbers"


def test_chapters_have_parts_and_the_method_comes_last_without_a_number():
    chapters = {number: book(markdown("# How?"), prose("**So.**", "answer")) for number in ("03", "04", "12", "80")}
    summary = book(prose("All claims", "claims-table"))
    names = {number: f"{number}-x.ipynb" for number in (*chapters, "90")}
    listed = merge.merge(chapters | {"90": summary}, names).metadata.report.chapters
    assert [(one["id"], one["number"], one["label"], one["part"]) for one in listed] == [
        ("opening", "", "Opening", ""),
        ("03", "03", "Chapter 3", "Three numbers"),
        ("04", "04", "Chapter 4", "Chips and makers"),
        ("12", "12", "Chapter 12", "Washington, Beijing, and what came"),
        ("80", "", "Method", ""),
        ("claims-table", "", "All claims and verdicts", ""),
    ]


def test_a_chapter_without_an_answer_is_refused():
    with pytest.raises(PublishError, match="02-how.ipynb: no cell is tagged 'answer'"):
        merge.merge({"02": book(markdown("# How much?"))}, {"02": "02-how.ipynb"})


def test_a_citation_of_nothing_is_refused():
    chapter = book(markdown("# How much?"), prose('[x](https://x.org "source:nobody")', "answer"))
    with pytest.raises(PublishError, match="02-how.ipynb, cell 2 cites 'nobody'"):
        merge.merge({"02": chapter}, {"02": "02-how.ipynb"})


def test_the_state_of_the_evidence_is_a_full_day(report):
    assert len(report.metadata.report.as_of) == len("2026-01-31")
