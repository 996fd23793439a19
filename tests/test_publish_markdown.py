"""Markdown becomes the same thing on screen and on paper, or an error that names the cell."""

import pytest

from chipcheck.publish.errors import PublishError
from chipcheck.publish.markdown import Piece, convert, keep_together, literal, open_fence


def one(text, to):
    """Convert one piece of chapter 02."""
    return convert([Piece(text, "02", "02-x.ipynb, cell 3")], to)[0].strip()


def test_pieces_come_back_in_order_and_apart():
    texts = ["first *one*", "- a list", ["a cell", "- *b*", "", "# c", "| d", "1. e"], [], "last"]
    html = convert([Piece(text, "02", "here") for text in texts], "html")
    cells = ["a cell", "- <em>b</em>", "", "# c", "| d", "1. e"]
    assert [html[0].strip()[:4], html[1].strip()[:4], *html[2:4], html[4].strip()] == [
        "<p>f", "<ul>", cells, [], "<p>last</p>",
    ]  # fmt: skip


def test_a_list_may_follow_a_paragraph_at_once():
    assert "<ul>" in one("Two things:\n- one\n- two", "html")


def test_chinese_runs_carry_their_language():
    assert one("made by 华为 Ascend", "html") == '<p>made by <span lang="zh">华为</span> Ascend</p>'
    assert '#text(lang: "zh", region: "cn")[华为]' in one("made by 华为 Ascend", "typst")


def test_math_is_mathml_on_screen_and_has_a_text_alternative_on_paper():
    assert "<math" in one("so $a_1 \\ge 2$", "html")
    typst = one("so $a_1 \\ge 2$", "typst")
    assert '#math.equation(alt: "a_1 \\\\ge 2", block: false, $a_1 gt.eq 2$)' in typst
    assert 'alt: "x", block: true' in one("$$ x $$", "typst")


def cell(text, to):
    """Convert one cell of a table."""
    return convert([Piece([text], "02", "02-x.ipynb, cell 3")], to)[0][0]


def test_cells_hold_links_code_and_pipes():
    html = cell("`x` [y](https://a.b) one | two", "html")
    assert html == '<code>x</code> <a href="https://a.b">y</a> one | two'


def test_citations_and_references_call_the_template():
    typst = one("known[3](#source-abc), see [the chart](#figure-02-x), [claim]{#claim-y}", "typst")
    assert typst == (
        'known#cite-source("abc")[3]\\, see #see("figure-02-x")[the chart]\\, #anchor("claim-y")[claim]'
    )
    assert '<a href="#source-abc" id="a" class="cite">3</a>' in one("known[3](#source-abc){#a .cite}", "html")


def test_link_titles_survive():
    html = one('[10-K](https://a.b "source:abc")', "html")
    assert html == '<p><a href="https://a.b" title="source:abc">10-K</a></p>'


def test_characters_that_mean_something_to_typst_are_escaped():
    typst = one("a # $5 @b \\* c_d <e -- f... 'g' \"h\" ~ 1. `#let $x`", "typst")
    assert typst == "a \\# \\$5 \\@b \\* c\\_d \\<e \\-\\- f\\.\\.\\. \\'g\\' \\\"h\\\" \\~ 1\\. `#let $x`"


@pytest.mark.parametrize("cell", ["- a", "+ b", "= c", "/ d"])
def test_a_cell_that_begins_like_a_list_stays_a_cell(cell):
    assert convert([Piece([cell], "02", "here")], "typst") == [[f"\\{cell}"]]


def test_a_hyphen_before_a_number_is_a_minus_and_no_other_is():
    assert one("-5.2% (-3) H20-3e 2024-11 20-25", "html") == "<p>−5.2% (−3) H20-3e 2024-11 20-25</p>"


def test_headings_of_the_page_go_one_level_down_and_lead_to_themselves():
    assert one("## A *b*", "html") == '<h3 id="02-a-b"><a href="#02-a-b" class="self">A <em>b</em></a></h3>'
    assert one("## See [c](https://d.e)", "html") == '<h3 id="02-see-c">See <a href="https://d.e">c</a></h3>'


def test_code_has_no_ids_that_would_repeat():
    assert one("```python\nx = 1\n```", "html") == "<pre><code>x = 1</code></pre>"


def test_heading_ids_are_unique_over_all_pieces():
    texts = {"02": ["# A b", "## C, d", "## C d"], "04": ["## C d", "## 中文 {#ratings}"]}
    pieces = [Piece(text, chapter, "here") for chapter in texts for text in texts[chapter]]
    html = "".join(convert(pieces, "html"))
    for wanted in ("chapter-02", "02-c-d", "02-c-d-2", "04-c-d", "ratings"):
        assert html.count(f'id="{wanted}"') == 1


def test_on_paper_no_line_breaks_within_a_figure():
    typst = one("It has 15,832 TPP, or US\\$ 4.5 billion (line 29), by **6 October**; H20 chips", "typst")
    assert typst.replace("\u00a0", "~") == (
        "It has 15\\,832~TPP\\, or US\\$~4\\.5~billion \\(line~29\\)\\, by #strong[6~October]\\; H20 chips"
    )
    assert one("up to 96 GB[3](#source-a)", "typst").replace("\u00a0", "~") == 'up to 96~GB#cite-source("a")[3]'
    assert one("from 4.5–8.5% to A–B", "typst") == "from #box[4\\.5–8\\.5\\%] to A–B"
    assert "15,832 TPP" in one("15,832 TPP", "html")


@pytest.mark.parametrize("verbatim", ["`96 GB`", "``a `96 GB` b``", "$96 x$", "```\n96 GB\n```"])
def test_code_and_formulas_keep_their_spaces(verbatim):
    assert keep_together(verbatim) == verbatim
    assert keep_together(f"{verbatim} and 96 GB") == f"{verbatim} and 96\u00a0GB"


def test_ids_typed_by_hand_stay_unique():
    pieces = [Piece("## One {#same}", "02", "here"), Piece("## Two {#same}", "02", "there")]
    html = "".join(convert(pieces, "html"))
    assert 'id="same"' in html and 'id="same-2"' in html


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("some <b>bold</b>", "raw HTML is not allowed: <b>"),
        ("<div>\nblock\n</div>", "raw HTML is not allowed: <div>"),
        ("<!-- hidden -->", "raw HTML"),
        ("$\\nosuchcommand{x}$", "Could not convert TeX math"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a table in Markdown has no layout: show it with tables.show"),
        ("a | b\n---|---\n1 | 2", "a table in Markdown has no layout"),
        ("| a | b |\n| 1 | 2 |", "looks like a table but is none"),
        ("![chart](chart.png)", "a picture in Markdown"),
        ("text[^1]\n\n[^1]: note", "footnotes"),
        ("[data](../data/claims.csv)", 'not to "../data/claims.csv"'),
        ("```{=typst}\n#x\n```", "a raw block"),
        ("```python\nnever closed", "opened in line 1 is never closed"),
    ],
)
@pytest.mark.parametrize("to", ["html", "typst"])
def test_what_would_be_lost_is_an_error_that_names_the_cell(text, fault, to):
    with pytest.raises(PublishError) as caught:
        convert([Piece("fine", "02", "02-x.ipynb, cell 1"), Piece(text, "02", "02-x.ipynb, cell 2")], to)
    assert fault in str(caught.value)
    assert "02-x.ipynb, cell 2" in str(caught.value) and "cell 1" not in str(caught.value)


def test_a_line_that_is_more_than_one_is_an_error():
    with pytest.raises(PublishError, match="cell 3: a caption or a cell of a table holds an empty line"):
        cell("one\n\n- two", "html")


def test_all_faults_are_told_at_once():
    with pytest.raises(PublishError) as caught:
        convert([Piece("<b>", "02", "first"), Piece("![a](b.png)", "02", "second")], "html")
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["first", "second"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("```\nx\n```", None),
        ("a\n\n~~~~\n~~~\nx", 3),
        ("```\n````", None),
        ("```python\n```python\n", 1),
        ("- item\n  ```\n  x\n  ```", None),
        ("```code span``` in a line", None),
    ],
)
def test_open_fences_are_found(text, line):
    assert open_fence(text) == line


def test_literal_text_reads_as_it_stands():
    assert one(literal("50% *off* [a_b] # <x> 华为 -- $5 | `q`"), "html") == (
        '<p>50% *off* [a_b] # &lt;x&gt; <span lang="zh">华为</span> -- $5 | `q`</p>'
    )


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match="latex"):
        convert([], "latex")
