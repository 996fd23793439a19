"""On paper the labels of a chart are text, where their outlines stood."""

import io
import re

import pytest
from matplotlib.figure import Figure

from chipcheck import charts
from chipcheck.publish.charttext import outlines_to_text, split_frame


def chart(*labels, **style):
    charts.setup()
    figure = Figure(figsize=(4, 2))
    for number, label in enumerate(labels):
        figure.text(0.1, 0.2 * number, label, **style)
    drawing = io.StringIO()
    figure.savefig(drawing, format="svg")
    return drawing.getvalue()


def said(svg):
    texts = re.findall(r"<text.*?</text>", svg)
    return ["".join(re.findall(r"<tspan[^>]*>(.*?)</tspan>", text)) for text in texts]


@pytest.mark.parametrize("label", ["15.0% of H200", "≈ fiscal filing", "A & B <c>", "−3", "a  b"])
def test_a_label_becomes_text(label):
    svg = outlines_to_text(chart(label))
    assert said(svg) == [label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]
    assert "<use" not in svg


def test_chinese_and_weight_name_their_font():
    svg = outlines_to_text(chart("H20 华为", fontweight="semibold"))
    assert 'font-family="Release Sans" font-weight="600"' in svg
    assert 'font-family="Noto Sans SC"' in svg


def test_a_turned_label_stays_turned():
    assert 'rotate(-90)" font-size' in outlines_to_text(chart("PFLOPS", rotation=90))


def test_words_stand_where_their_outlines_stood():
    before = chart("Dense rate")
    places = [float(x) for x in re.findall(r"translate\(([\d.]+) 0\)", before)]
    scale = float(re.search(r"scale\(([\d.]+) -", before)[1])
    after = [float(x) for x in re.findall(r'<tspan x="([\d.]+)"', outlines_to_text(before))]
    assert after == pytest.approx([0, places[5] * scale], abs=1e-3)


def test_a_label_that_is_not_what_its_comment_says_stays_as_it_is():
    svg = chart("Dense", "Sparse").replace("<!-- Dense -->", "<!-- Dance -->")
    after = outlines_to_text(svg)
    assert said(after) == ["Sparse"]
    # Outlines that the label needs are still defined.
    for used in re.findall(r'xlink:href="#(ReleaseSans[^"]*)"', after):
        assert f'id="{used}"' in after


def test_outlines_of_other_fonts_stay():
    svg = chart("Dense").replace("ReleaseSans-Regular", "OtherSans-Regular")
    assert outlines_to_text(svg) == svg


def finished(**texts):
    """A chart with head, plot and foot, as a report build keeps it."""
    charts.setup()
    fig, ax = charts.start(1.2)
    ax.plot([0, 1], [0, 1])
    about = {"finding": "It fell", "measure": "Share, in percent", "foot": "Source: NVIDIA"} | texts
    charts._frame(fig, charts.NARROW, 1.2, about["finding"], about["measure"], about["foot"])
    return charts._render(fig, "svg", "x").decode()


def height_of(svg):
    return float(re.search(r'height="([\d.]+)pt"', svg)[1])


def test_head_and_foot_are_split_from_the_plot():
    long = "China’s share of NVIDIA’s revenue shrank for years & is not zero to this day"
    svg = outlines_to_text(finished(finding=long))
    plot, words = split_frame(svg)
    assert words == f"{long} Share, in percent"
    assert "NVIDIA" not in plot and "1.0" in plot
    # What is left is the plot: 1.2 inches, a little more for the space around it.
    assert 1.2 * 72 <= height_of(plot) < 1.2 * 72 + 20 < height_of(svg)


def test_the_plot_keeps_its_labels_whole():
    plot, _ = split_frame(outlines_to_text(finished()))
    top, height = map(float, re.search(r'viewBox="0 ([\d.]+) [\d.]+ ([\d.]+)"', plot).groups())
    for y, size in re.findall(r'<text [^>]*?transform="translate\([\d.-]+ ([\d.-]+)\)" font-size="([\d.]+)"', plot):
        assert top < float(y) - 0.75 * float(size) and float(y) < top + height


def test_a_chart_whose_head_is_no_text_stays_whole():
    svg = outlines_to_text(finished().replace("<!-- It fell -->", "<!-- It rose -->"))
    assert split_frame(svg) == (svg, "")
    bare = outlines_to_text(chart("Dense"))
    assert split_frame(bare) == (bare, "")
