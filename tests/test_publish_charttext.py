"""On paper a chart looks as Matplotlib laid it out: bold stays bold beside Chinese, and labels stay aligned."""

import io

import pypdf
import pytest
from matplotlib.figure import Figure
from test_publish_pdf import export, figure, opening, prose, report, words_of

from chipcheck import charts
from chipcheck.publish.charttext import plot_alone


def letters_of(words, **style):
    """Return (letter, font, left edge in points) of a label of Matplotlib's as the PDF shows it."""
    charts.setup()
    drawing = Figure(figsize=(4, 1))
    drawing.text(0.5, 0.5, words, **style)
    one, found = figure(), []
    one.data["image/svg+xml"] = charts._render(drawing, "svg", "x", letters="none").decode()

    def note(text, place, _, font, __):
        if place[0] != 1 and text.strip():  # only the chart is enlarged
            found.append((text.strip(), font["/BaseFont"].partition("+")[2], place[4] / (place[0] or place[1])))

    for page in pypdf.PdfReader(io.BytesIO(export(report(one)))).pages:
        page.extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize("turned", [0, 90])
def test_a_bold_label_with_chinese_stays_bold_and_its_signs_narrow(turned):
    letters = letters_of("H20 华为 A & B’s", weight="semibold", rotation=turned)
    assert "".join(letter for letter, *_ in letters) == "H20华为A&B’s"
    assert {font for letter, font, _ in letters if letter in "华为"} == {"NotoSansSC-SemiBold"}
    assert {font for letter, font, _ in letters if letter not in "华为"} == {"ReleaseSans-SemiBold"}


@pytest.mark.parametrize("aligned, shift", [("left", 20.1), ("center", 10.05), ("right", 0)])
def test_a_label_in_two_fonts_is_aligned_like_one(aligned, shift):
    *_, mixed = letters_of("华为 910C", ha=aligned)  # the name and a blank are 20.1 points wide
    *_, plain = letters_of("910C", ha=aligned)
    assert mixed[:2] == plain[:2] and mixed[2] - plain[2] == pytest.approx(shift, abs=0.1)


def test_every_blank_of_a_label_counts():
    (*_, one), (*_, two) = letters_of("a b"), letters_of("a  b")
    assert two[2] - one[2] > 2


def test_a_chart_of_the_opening_page_is_the_plot_alone_with_its_words_set_by_the_page():
    charts.setup()
    drawing, ax = charts.start(1.2)
    ax.set_xlabel("72%")
    plot = charts._frame(drawing, charts.NARROW, 1.2, "It fell & fell", "Share, in %", "Source: a foot")
    narrow = charts._render(drawing, "svg", "x", letters="none").decode()
    height = plot[1] - plot[0]
    assert f'height="{height:g}pt" viewBox="0 {plot[0]:g} 280.8 {height:g}"' in plot_alone(narrow, *plot)
    one = figure(title="It fell & fell", measure="Share, in %", plot=plot)
    one.data["application/vnd.chipcheck.narrow+svg"] = narrow
    words = words_of(export(opening(prose("## One"), one)))
    assert "72%" in words and words.count("It fell & fell") == 1 and "a foot" not in words
    assert "Figure 1. It fell & fell. Share, in %. How to read it." in words
