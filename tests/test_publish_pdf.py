"""The PDF says all that the merged notebook says, and is the same on every build."""

import io
import os
import re
import subprocess
import sys
from io import BytesIO

import nbformat.v4 as nbf
import pandas as pd
import pikepdf
import pypdf
import pytest
from test_publish_html import STATEMENTS, strip_of
from traitlets.config import Config

from chipcheck import paths, tables
from chipcheck.contract import CLAIMS, TABLE
from chipcheck.publish.errors import PublishError
from chipcheck.publish.pdf import ReportPDFExporter, build_time, quote, typeset

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><rect width="40" height="20"/></svg>'
SHARES = pd.DataFrame({"Chip": ["H20[1](#source-s-one)", "华为 910C"], "Share": ["15.0%", "-3.2%"]})


def figure(name="02-share", **changes):
    about = {"kind": "figure", "name": name, "title": "t", "caption": "How to *read* it.", "alt": "Two bars"}
    about |= {"measure": "m", "plot": [0, 36], "sources": ["s-one"]} | changes
    return nbf.new_output("display_data", data={"image/svg+xml": SVG}, metadata={"chipcheck": about})


def table(frame=SHARES, typed=None, **changes):
    about = {"kind": "table", "name": "02-table", "caption": "The shares.", "sources": ["s-one"], "wide": False}
    shown = {TABLE: tables.resource(frame, **(typed or {}))}
    return nbf.new_output("display_data", data=shown, metadata={"chipcheck": about | changes})


def prose(markdown):
    return nbf.new_output("execute_result", data={"text/markdown": markdown}, execution_count=1)


def report(*outputs, markdown="Text with 华为, $x^2$ and [the chart](#figure-02-share)."):
    """A merged notebook of one chapter: title, answer, a Markdown cell, and a code cell with `outputs`."""
    cells = [
        nbf.new_markdown_cell("# How much?"),
        nbf.new_code_cell("secret_code = 1", outputs=[prose("It is **15.0%**.")]),
        nbf.new_markdown_cell(markdown),
        nbf.new_code_cell("secret_code = 2", outputs=list(outputs)),
    ]
    for number, (cell, role) in enumerate(zip(cells, ("title", "answer", "body", "body"), strict=True), 1):
        cell.metadata["chipcheck"] = {"chapter": "02", "notebook": "02-x.ipynb", "cell": number, "role": role}
    book = nbf.new_notebook(cells=cells)
    source = {"n": 1, "source_id": "s-one", "title": "年报 & #1", "publisher": "NVIDIA", "date": "", "kind": "primary"}
    book.metadata["report"] = {
        "title": "Right number",
        "subtitle": "by the numbers",
        "description": "What it is.",
        "language": "en",
        "authors": ["The contributors"],
        "as_of": "2026-11-23",
        "known_until": [["hardware", "2026-11-23"]],
        "version": "0.1.0",
        "licence": "CC BY 4.0",
        "chapters": [{"id": "02", "title": "How much?", "number": "02", "part": "Numbers"}],
        "sources": [source | {"url": "https://a.b/c_d?e=1", "language": "zh", "read_at": "", "linked": ""}],
        "corrections": [],
        "only_on_page": [],
    }
    return book


def export(book):
    return ReportPDFExporter().from_notebook_node(book)[0]


@pytest.fixture(autouse=True)
def _no_date_from_outside(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def test_a_report_becomes_a_tagged_pdf_without_its_code():
    pdf = export(report(figure(), table()))
    assert pdf.startswith(b"%PDF-1.7")
    with pikepdf.open(BytesIO(pdf)) as document:
        assert "/StructTreeRoot" in document.Root and "/Lang" in document.Root
        assert b"pdfuaid:part>1<" in document.Root.Metadata.read_bytes()


def test_the_same_bytes_in_every_folder_and_time_zone(tmp_path, monkeypatch):
    first = export(report(figure(), table()))
    script = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]; import test_publish_pdf as t;"
        "sys.stdout.buffer.write(t.export(t.report(t.figure(), t.table())))"
    )
    again = subprocess.run(
        [sys.executable, "-c", script, str(paths.ROOT), str(paths.ROOT / "tests")],
        cwd=tmp_path,
        env=os.environ | {"TZ": "Asia/Shanghai"},
        capture_output=True,
        check=True,
    ).stdout
    assert first == again


@pytest.mark.parametrize(("options", "size"), [({}, (595, 842)), ({"paper": "us-letter"}, (612, 792))])
def test_the_paper_is_a_choice(options, size):
    exporter = ReportPDFExporter(config=Config(ReportPDFExporter=options))
    pages = pypdf.PdfReader(io.BytesIO(exporter.from_notebook_node(report(figure(), table()))[0])).pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {size}


def test_no_path_of_the_machine_is_in_the_file():
    assert str(paths.ROOT).encode() not in export(report(figure(), table()))


def test_every_kind_of_block_reaches_the_template_in_order():
    chapter = typeset(report(prose("First."), figure(), table()))["chapters"][0]
    assert [block["kind"] for block in chapter["blocks"]] == ["prose", "prose", "figures", "table"]
    assert [str(block["text"]) for block in chapter["answer"]] == ["It is #strong[15\\.0\\%]\\."]


def shown_by(*outputs, markdown="Text."):
    """What the template prints of the chapter's body: kinds of blocks, or the names of figures and tables."""
    blocks = typeset(report(*outputs, markdown=markdown))["chapters"][0]["blocks"]
    shown = []
    for block in blocks:
        shown.append([one["name"] for one in block["figures"]] if "figures" in block else block.get("name", "prose"))
    return shown, blocks


def test_charts_of_one_place_in_the_text_stay_together():
    shown, _ = shown_by(figure("02-a"), table(), figure("02-b"), prose("More."), figure("02-c"))
    assert shown == ["prose", ["02-a", "02-b"], "02-table", "prose", ["02-c"]]


def test_a_chart_never_comes_before_the_heading_it_stands_under():
    shown, blocks = shown_by(figure("02-a"), prose("Words."), figure("02-b"), markdown="Lead.\n\n## Section")
    assert shown == ["prose", "prose", ["02-a"], ["02-b"]] and blocks[0]["leads_to_chart"]
    shown, blocks = shown_by(figure("02-a"), prose("## Another"), markdown="## Section")
    assert shown == ["prose", ["02-a"], "prose"] and not blocks[1]["floats"]


def test_two_tall_charts_of_one_place_are_drawn_smaller_to_share_a_page():
    tall = SVG.replace('height="36pt"', 'height="54pt"')  # 125 mm high in the report's width
    book = report(figure("02-a"), figure("02-b", caption="Second."), markdown="Text.")
    for output in book.cells[3].outputs:
        output.data["image/svg+xml"] = tall
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(export(book))).pages]
    assert any("How to read it." in page and "Second." in page for page in pages)


def test_a_part_holds_its_chapters_in_contents_and_bookmarks():
    book = report(figure(), markdown="## Section\n\nWords.")
    rows = [("02", "02", "Numbers"), ("04", "04", "Numbers"), ("09", "09", "What came"), ("80", "", "")]
    names = [dict(zip(("id", "number", "part"), row, strict=True)) | {"title": f"Title {row[0]}"} for row in rows]
    book.metadata["report"]["chapters"] = names
    cells = [cell for cell in book.cells if cell.metadata["chipcheck"]["role"] != "answer"][:2]
    for row in names[1:]:
        for cell in cells:
            other = nbf.new_markdown_cell(cell.source, metadata={"chipcheck": dict(cell.metadata["chipcheck"])})
            other.metadata["chipcheck"]["chapter"] = row["id"]
            book.cells.append(other)
    reader = pypdf.PdfReader(io.BytesIO(export(book)))

    def tree(items):
        return [tree(item) if isinstance(item, list) else item.title for item in items]

    assert tree(reader.outline)[1:-2] == [
        "Numbers", ["02 How much?", ["Section"], "04 How much?", ["Section"]],
        "What came", ["09 How much?", ["Section"]],
        "How much?", ["Section"],
    ]  # fmt: skip
    contents = " ".join(reader.pages[1].extract_text().split())
    assert re.fullmatch(r"Contents Numbers 02 How much\?.* What came 09 How much\?.*", contents)


def test_a_wide_table_is_turned_not_cut():
    columns = {f"A rather long heading {number}": ["1234567.8"] for number in range(14)}
    pdf = export(report(figure(), table(pd.DataFrame(columns), wide=True)))
    with pikepdf.open(BytesIO(pdf)) as document:
        widths = [float(page.MediaBox[2]) for page in document.pages]
    assert any(width > 800 for width in widths) and any(width < 600 for width in widths)
    # Nothing hangs over the edge of the turned page, whose margin holds no labels.
    starts = []
    turned = next(page for page in pypdf.PdfReader(io.BytesIO(pdf)).pages if page.mediabox.width > 800)

    def note(text, cm, tm, *_):
        starts.append((text.strip(), tm[4] * cm[0] + tm[5] * cm[2] + cm[4]))

    turned.extract_text(visitor_text=note)
    left = 22 / 25.4 * 72
    assert any("Table" in text for text, _ in starts)
    assert all(start >= left - 0.1 for text, start in starts if text)


def test_the_working_is_left_out_and_told_in_one_line():
    seen = "See [a](#figure-02-a), [b](#02-how-so), [c](#table-02-t), [d](#kept) and [e](#figure-02-b)."
    book = report(figure("02-b"), prose(seen), table(name="02-f"), markdown="## First")
    for shown in ([prose("## How so\n\nHidden [x]{#kept}.")], [figure("02-a"), table(name="02-t")]):
        cell = nbf.new_code_cell("1", outputs=shown, metadata=book.cells[3].metadata | {"tags": ["working"]})
        book.cells.insert(3, cell)
    pdf = export(book)
    text = words_of(pdf)
    assert "Hidden" not in text and "How so" not in text
    assert "a (Figure W1, HTML edition), b (HTML edition), c (Table W1, HTML edition), d (HTML edition)" in text
    assert "Figure 1 How to read it." in text and "Table 1 The shares." in text
    assert "The working of this chapter, 1 figure and 1 table, is in the HTML edition and in notebook 02." in text
    book.metadata["report"]["only_on_page"] = ["s-one"]
    assert typeset(book)["sources"] == []


def test_a_table_no_page_can_hold_is_an_error():
    columns = {f"unbreakableunbreakable{number}": ["unbreakableunbreakable"] for number in range(30)}
    with pytest.raises(PublishError, match="02-x.ipynb, cell 4.*too wide for a page"):
        export(report(figure(), table(pd.DataFrame(columns))))


VERDICTS = pd.DataFrame(
    [[28, "The H20 has *7.5%*.", "7.5%", "≠ misleading basis", "Because"], [29, "It fell.", None, "– opinion", ""]],
    columns=["At", "Said", "As printed", "Rated", "Because of"],
)
TYPED = {
    "numbers": ["At"],
    "kinds": {"At": "line", "Said": "claim", "Rated": "verdict", "Because of": "reason"},
    "keys": pd.Series(["share", "fall"], name="claim_id"),
}


def all_claims():
    """The table that lists the claims: their rows are the claims' places."""
    shown = table(VERDICTS, TYPED, name="90-claims")
    shown.data[CLAIMS] = [{"claim_id": claim_id, "sources": [], "found": []} for claim_id in TYPED["keys"]]
    return shown


def words_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_table_of_verdicts_sets_each_claim_with_its_verdict_and_reason():
    text = words_of(export(report(figure(), table(VERDICTS, TYPED))))
    assert "Rated · At Said · As printed · Because of" in text
    assert "≠ misleading basis At 28 The H20 has 7.5%. As printed 7.5% Because" in text
    assert text.count("As printed") == 2  # in the head and for one claim: what is empty takes no room


def test_columns_are_as_wide_as_what_no_line_may_cut():
    cells = pd.DataFrame({"A": ["a multi-token 4.5–8.5% of `x`[1](#source-s-one) 华为910C, 96 GB"], "B": [None]})
    block = typeset(report(figure(), table(cells)))["chapters"][0]["blocks"][-1]
    assert block["words"][0] == ["4.5–8.5%", "multi-", "910C,", "96\u00a0GB", "token", "of"]
    assert block["words"][1] == block["texts"][1] == ["B", "–"]


def test_a_claim_can_be_referred_to():
    book = report(figure(), all_claims(), markdown="See [the share](#claim-share).")
    assert "See the share" in words_of(export(book))


def test_a_verdict_leads_to_the_meaning_of_the_ratings_and_its_line_is_the_place_of_the_claim():
    every = all_claims()
    meanings = table(pd.DataFrame({"Verdict": ["holds"], "Meaning": ["It is so."]}), name="90-rating-meanings")
    book = report(figure(), every, meanings)
    shown = {block["name"]: block for block in typeset(book)["chapters"][0]["blocks"] if "name" in block}
    assert str(shown["90-claims"]["rows"][0]["line"]) == '#anchor("claim-share")[28]'
    assert shown["90-claims"]["meanings"] == "table-90-rating-meanings"
    assert export(book).startswith(b"%PDF")
    assert all("meanings" not in block for block in typeset(report(every))["chapters"][0]["blocks"])


def test_a_strip_leads_to_the_claims_and_tells_what_it_means():
    book = report(strip_of("02", *STATEMENTS), all_claims(), figure())
    book.cells[3].outputs[1].data[CLAIMS] = [{"claim_id": one} for one in ("one", "two")]
    keys = pd.Series(["one", "two"], name="claim_id")
    book.cells[3].outputs[1].data[TABLE] = tables.resource(VERDICTS, **TYPED | {"keys": keys})
    listing = nbf.new_markdown_cell("# All claims")
    listing.metadata["chipcheck"] = {"chapter": "claims-table", "notebook": "", "cell": 0, "role": "title"}
    book.cells.append(listing)
    book.metadata["report"]["chapters"].append({"id": "claims-table", "title": "All", "number": "", "part": ""})
    block = typeset(book)["chapters"][0]["blocks"][1]
    assert (block["kind"], block["columns"], block["all"]) == ("strip", 28, "chapter-claims-table")
    assert [one["link"] for part in block["parts"] for one in part["cells"]] == ["claim-one", "claim-two", ""]
    text = words_of(export(book))
    for part in ("Behind 7.5% ≠", "Growth", "40 ?", "≠ misleading basis 1", "? not found 1", "How to read it.",
                 "All 3 statements of this chapter, with reasons (p."):  # fmt: skip
        assert part in text, part


def test_the_line_of_the_working_is_never_all_of_a_page():
    """It stands beside the caption of the strip, which is kept whole; below it, it began pages of its own."""
    book = report(figure(), strip_of("02", *STATEMENTS))
    cell = nbf.new_code_cell("1", outputs=[figure("02-a")], metadata=book.cells[3].metadata | {"tags": ["working"]})
    book.cells.insert(3, cell)
    chapter, *_ = typeset(book)["chapters"]
    assert chapter["working"] is None
    assert "in notebook 02." in next(block["beside"] for block in chapter["blocks"] if block["kind"] == "strip")
    assert "The working of this chapter, 1 figure, is in the HTML edition and in notebook 02." in words_of(export(book))


def test_the_strip_of_the_opening_page_has_its_width():
    page = typeset(opening(prose("Lead."), strip_of("90", *STATEMENTS), prose("## One"), figure("02-a")))
    parts = page["chapters"][0]["opening"]
    assert [(one["hangs"], one["columns"]) for one in parts["lead"] if one["kind"] == "strip"] == [(False, 36)]
    assert "7.5% ≠" in words_of(export(opening(strip_of("90", *STATEMENTS), prose("## One"), figure("02-a"))))


def test_titles_that_are_data_keep_their_order_and_may_be_empty():
    book = report(figure())
    book.metadata["report"]["subtitle"] = ""
    shown = typeset(book)
    cover = [str(shown["cover"][key]) for key in ("title", "subtitle", "licence")]
    assert cover == ["Right number", "", "CC BY 4\\.0"]
    assert str(shown["sources"][0]["publisher"]) == "NVIDIA"


def test_a_long_table_repeats_its_head_on_every_page():
    rows = [[29, f"Claim number {n}.", None, "✓ holds", "A reason."] for n in range(60)]
    typed = {"kinds": TYPED["kinds"]}
    text = words_of(export(report(figure(), table(pd.DataFrame(rows, columns=VERDICTS.columns), typed))))
    assert text.count("Said · As printed · Because of") >= 3
    assert all(f"Claim number {n}. A reason." in text for n in range(60))


def opening(*outputs):
    """The report with its chapter as the opening page: a lead, then `outputs`."""
    book = report(*outputs, markdown="Lead.")
    book.metadata["report"]["chapters"][0] |= {"id": "opening", "number": "", "part": ""}
    for cell, role in zip(book.cells, ("title", "body", "body", "body"), strict=True):
        cell.metadata["chipcheck"] |= {"chapter": "opening", "role": role}
    return book


SWAPS = pd.DataFrame(
    [["7.5%", "a chip", "*two* rates", "twice", "firm", "01"], ["42%", "sales", "a product", "?", "hollow", "06"]],
    columns=["Printed", "Said of", "True of", "The slip", "Evidence", "Chapter"],
)
SWAP_KINDS = dict(zip(SWAPS.columns, ("printed", "said", "true", "slip", "firm"), strict=False))


def test_the_opening_has_a_card_for_each_chart_its_table_in_full_width_and_columns_for_words():
    swaps = table(SWAPS, {"kinds": SWAP_KINDS}, name="90-swaps")
    shown = [prose("## One"), prose("Words."), figure("02-a"), prose("## Swapped"), swaps]
    shown += [prose("## Two\n\nMore."), prose("## 三\n\n三。")]
    parts = typeset(opening(*shown))["chapters"][0]["opening"]
    kinds = {part: [[block["kind"] for block in section] for section in parts[part]] for part in ("wide", "columns")}
    assert kinds == {"wide": [["prose", "swaps"]], "columns": [["prose"], ["prose"]]}
    assert [{part: len(blocks) for part, blocks in card.items()} for card in parts["cards"]] == [
        {"words": 2, "plots": 1}
    ]
    assert [str(block["text"]) for block in parts["lead"]] == ["It is #strong[15\\.0\\%]\\.", "Lead\\."]
    assert [row["firm"] for row in parts["wide"][0][1]["rows"]] == [True, False]
    words = words_of(export(opening(*shown)))
    assert "Words. Figure 1. t. m. How to read it. Source: NVIDIA [1]." in words and "Two More. 三" in words
    assert "Printed Said of True of The slip 7.5% a chip two rates twice Evidence firm Chapter 01" in words


def pages_of_opening(sentences):
    book = opening(prose("## One"), figure("02-a"), prose("## Two\n\n" + "Some words more. " * sentences))
    return len(pypdf.PdfReader(io.BytesIO(export(book))).pages)


def test_the_opening_page_takes_smaller_type_before_it_takes_a_second_page():
    fewest = pages_of_opening(10)
    assert pages_of_opening(170) == fewest < pages_of_opening(900)


def test_corrections_are_listed_with_or_without_a_cited_source():
    book = report(figure())
    row = {"table": "chip_specs", "row_id": "h200", "column": "value", "printed": 3958, "used": 1979}
    book.metadata["report"]["corrections"] = [
        row | {"reason": "A sparse rate.", "source_id": "s-one"},
        row | {"reason": "Another.", "source_id": "not-cited"},
    ]
    assert export(book).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        (nbf.new_output("display_data", data={"text/html": "<b>x</b>", "text/plain": "x"}), "holds only text/html"),
        (nbf.new_output("display_data", data={"image/png": "iVBO"}), "holds only image/png"),
        (nbf.new_output("execute_result", data={"text/plain": "42"}, execution_count=1), "holds only text/plain"),
        (nbf.new_output("stream", name="stderr", text="a warning"), "prints to stderr"),
        (nbf.new_output("error", ename="KeyError", evalue="'x'", traceback=[]), "ended with KeyError"),
        (figure(kind="film"), "kind film"),
        (figure(alt=""), "lacks alt"),
        (figure(sources=["s-two"]), "no source s-two"),
        (prose("| a |\n|---|\n| b |"), "show it with tables.show"),
        (table(caption=""), "lacks caption"),
        (prose("a <i>tag</i>"), "raw HTML"),
        (prose("[gone](#figure-gone)"), "nothing in the report is called #figure-gone"),
        (prose("known[9](#source-gone)"), "the list of sources lacks gone"),
        (prose("a rare sign: \U0002a6d6"), "could not be displayed"),
        (prose("#### Too deep"), "heading level"),
    ],
)
def test_what_cannot_be_printed_is_an_error_that_names_the_cell(output, fault):
    with pytest.raises(PublishError) as caught:
        export(report(figure("02-other"), output, markdown="Text."))
    assert fault in str(caught.value)
    assert str(caught.value).startswith("02-x.ipynb, cell 4")


def test_a_name_is_used_once():
    book = report(figure())
    book.cells[1].outputs.append(figure())
    with pytest.raises(PublishError, match="cell 4: figure 02-share is also the name of one in 02-x.ipynb, cell 2"):
        export(book)


def test_a_notebook_that_is_no_report_is_refused():
    with pytest.raises(PublishError, match="not the merged report"):
        export(nbf.new_notebook())


def test_the_build_time_comes_from_outside_or_from_the_evidence(monkeypatch):
    assert build_time("1970-01-02") == 86400
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "7")
    assert build_time("1970-01-02") == 7


def test_strings_are_quoted_for_typst():
    assert quote('a "b" \\ c\n') == '"a \\"b\\" \\\\ c\\n"'
    assert quote(None) == "none"
