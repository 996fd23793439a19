"""Charts that look fine: a title too wide, a box for a character, a file that differs from run to run."""

import re

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.image import imread

from chipcheck import charts, data, paths
from chipcheck.contract import NARROW_SVG


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """Catch what a chart displays; write its files to a scratch folder."""
    caught = []
    monkeypatch.setenv("CHIPCHECK_FIGURES", str(tmp_path))
    monkeypatch.delenv("CHIPCHECK_OUTPUT", raising=False)
    monkeypatch.setattr(charts, "display", lambda bundle, **options: caught.append((bundle, options)))
    charts.setup()
    return caught


def draw(**changes):
    fig, ax = charts.start(1.5)
    ax.plot([1, 2], [3, 4])
    texts = {
        "finding": "A finding that is long enough to need a second line on a phone, 沐曦 and 壁仞 included",
        "measure": "what is plotted",
        "caption": "how to read it",
        "alt": "a line",
        "numbers": pd.DataFrame({"x": [1, 2], "y": [3, 4]}),
        "sources": ["epoch-ml-hardware", "nvidia-10k-fy2025"],
        "unit": "TFLOPS",
    }
    charts.finish(fig, "t-chart", **{**texts, **changes})
    return fig


def test_a_chart_leaves_svg_png_and_its_numbers(shown, tmp_path):
    draw()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t-chart.csv", "t-chart.png", "t-chart.svg"]
    bundle, options = shown[0]
    assert options["metadata"]["image/png"]["alt"] == "a line"
    assert options["metadata"]["chipcheck"]["sources"] == ["epoch-ml-hardware", "nvidia-10k-fy2025"]
    assert "text/csv" not in bundle
    assert "<text" not in (tmp_path / "t-chart.svg").read_text()  # letters as outlines, which look alike everywhere


def test_a_report_build_also_gets_a_layout_for_phones(shown, monkeypatch, tmp_path):
    monkeypatch.setenv("CHIPCHECK_OUTPUT", "report")
    draw()
    bundle, _ = shown[0]
    assert [path.name for path in tmp_path.iterdir()] == ["t-chart.csv"]
    wide, narrow = bundle["image/svg+xml"], bundle[NARROW_SVG]
    assert 'width="518' in wide.replace("518.4pt", "518") or "518.4" in wide
    assert "280.8" in narrow
    assert all(">what is plotted</text>" in svg for svg in (wide, narrow))
    head, first, _ = bundle["text/csv"].splitlines()
    assert head == "x,y,unit,basis,as_of,source_id"
    assert first.startswith("1,3,TFLOPS,what is plotted,20") and first.endswith(",epoch-ml-hardware;nvidia-10k-fy2025")


def test_a_report_build_says_where_the_plot_alone_stands(shown, monkeypatch):
    monkeypatch.setenv("CHIPCHECK_OUTPUT", "report")
    draw()
    bundle, options = shown[0]
    about, svg = options["metadata"]["chipcheck"], bundle["application/vnd.chipcheck.narrow+svg"]
    top, bottom = about["plot"]
    assert about["measure"] == "what is plotted"
    # 1.5 inches, and a little space around them.
    assert 1.5 * 72 < bottom - top < 1.5 * 72 + 15
    frame = re.findall(r'<g id="(head|foot)">\s*<text [^>]* y="([\d.]+)"', svg)
    assert {part for part, _ in frame} == {"head", "foot"}
    assert all((float(y) < top) if part == "head" else (float(y) > bottom) for part, y in frame)


def test_the_same_chart_gives_the_same_bytes(shown, tmp_path):
    draw()
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    draw()
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize("text", ["finding", "measure", "caption", "alt", "sources"])
def test_a_chart_without_one_of_its_texts_is_refused(shown, text):
    with pytest.raises(ValueError, match=text):
        draw(**{text: ""})


def test_a_chart_without_numbers_is_refused(shown):
    with pytest.raises(ValueError, match="numbers"):
        draw(numbers=pd.DataFrame())


def test_a_missing_glyph_is_an_error_and_not_a_box(shown):
    with pytest.raises(RuntimeError, match="missing from font"):
        draw(measure="a rocket: \U0001f680")


def test_the_head_never_leaves_the_figure(shown, monkeypatch):
    monkeypatch.setenv("CHIPCHECK_OUTPUT", "report")
    fig = draw()
    renderer = fig.canvas.get_renderer()
    for text in fig.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= fig.bbox.width and box.y0 >= 0 and box.y1 <= fig.bbox.height


def test_long_lines_stay_inside_at_the_size_of_the_picture(shown):
    many = list(data.load("sources")["source_id"].head(40))
    fig = draw(sources=many)
    fig.dpi = 200  # as in the PNG; at another size letters come out wider or narrower
    renderer = fig.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in fig.texts]
    assert len(boxes) > 4 and max(box.x1 for box in boxes) <= fig.bbox.width


def test_the_source_line_is_read_off_the_sources(shown):
    fig = draw()
    foot = " ".join(text.get_text() for text in fig.texts if text.get_gid() == "foot")
    assert foot == "Source: " + data.publishers(["epoch-ml-hardware", "nvidia-10k-fy2025"])


def test_clip_paths_are_not_named_after_memory_addresses():
    one = b'<g clip-path="url(#p97a1294236)"/><path id="pbacbde0b99"/><clipPath id="p97a1294236"/>'
    other = b'<g clip-path="url(#pd864fdc941)"/><path id="pe7917b502a"/><clipPath id="pd864fdc941"/>'
    assert charts._stable_ids(one) == charts._stable_ids(other)
    assert charts._stable_ids(one).count(b"clip1") == 2


@pytest.mark.parametrize("picture", sorted((paths.ROOT / "figures").glob("*.png")), ids=lambda path: path.stem)
def test_no_committed_chart_is_cut_off(picture):
    ink = imread(picture)[..., :3].min(axis=-1) < 0.8
    assert ink.any() and not (ink[:2].any() or ink[-2:].any() or ink[:, :2].any() or ink[:, -2:].any())


def test_a_style_of_whoever_draws_is_put_aside():
    with mpl.rc_context({"savefig.bbox": "tight", "lines.solid_capstyle": "round"}):
        charts.setup()
        assert mpl.rcParams["savefig.bbox"] is None
        assert mpl.rcParams["lines.solid_capstyle"] == mpl.rcParamsDefault["lines.solid_capstyle"]


def test_a_title_that_the_numbers_no_longer_bear_is_refused(shown):
    with pytest.raises(ValueError, match="t-chart: its finding no longer holds: 'Prices rose'"):
        draw(finding="Prices rose", holds=False)
    assert not shown


def test_rows_are_dots_or_ranges_named_and_labelled_from_the_top(shown):
    _, ax = charts.start(1.5)
    ends = {"low": [15.0, 26.0], "high": [15.0, 51.0]}
    frame = pd.DataFrame({"label": ["H20", "H200"], **ends, "text": ["15%", "26–51%"], "firm": [True, False]})
    charts.rows(ax, frame, stem=0, article=7.5)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["H20", "H200"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert [text.get_text() for text in ax.texts] == ["15%", "26–51%"]
    dot, ends = (dots.get_offsets().tolist() for dots in ax.collections if isinstance(dots, PathCollection))
    assert (dot, ends) == ([[15.0, 0.0]], [[26.0, 1.0], [51.0, 1.0]])
    assert {mark.get_gid() for mark in ax.collections} == {None, "tip: H20: 15%", "tip: H200: 26–51%"}
    assert ax.lines[-1].get_xdata() == [7.5, 7.5]


def test_a_row_may_have_its_text_on_the_left(shown):
    _, ax = charts.start(1.5)
    frame = pd.DataFrame({"label": ["one", "two"], "low": [1, 2], "high": [3, 4], "text": ["1–3", "2–4"]})
    charts.rows(ax, frame.assign(left=[True, False]))
    assert [(text.xy[0], text.get_ha()) for text in ax.texts] == [(1, "right"), (4, "left")]


def test_two_marks_may_share_a_row(shown):
    _, ax = charts.start(1.5)
    charts.rows(ax, pd.DataFrame({"label": ["one", "one", "two"], "low": [1, 2, 3], "high": [1, 2, 3], "y": [0, 0, 1]}))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["one", "two"]


def test_a_relay_has_a_box_under_what_each_statement_is_about(shown):
    _, ax = charts.start(1.5)
    said = [("May, Huang", "its size", "larger"), ("May, Huang", "its chips", "alike")]
    said += [("the article", "its speed", "faster")]
    frame = pd.DataFrame(said, columns=["label", "about", "text"]).assign(firm=[True, False, True])
    columns = ["its chips", "its size", "its speed"]
    charts.relay(ax, frame, columns)
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [
        ("larger", (1, 0)), ("alike", (0, 0)), ("faster", (2, 1)),
    ]  # fmt: skip
    assert [mpl.colors.to_hex(text.get_bbox_patch().get_facecolor()) for text in ax.texts] == [
        charts.EVIDENCE, charts.PAPER, charts.EVIDENCE,
    ]  # fmt: skip
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["May, Huang", "the article"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == columns
    assert ax.texts[0].get_gid() == "tip: May, Huang: its size: larger"
    with pytest.raises(ValueError, match="its price"):
        charts.relay(ax, frame.assign(about="its price"), columns)


def test_a_tint_lies_between_its_colour_and_paper():
    assert charts.tint("#1d4ed8", 100) == "#1d4ed8"
    assert charts.tint("#1d4ed8", 0) == "#ffffff"
    assert charts.tint("#000000", 50) == "#808080"


@pytest.mark.parametrize("width", [1.5, 3.4, 6.3])
@pytest.mark.parametrize(
    "text",
    ["", "one", "iiii iiii iiii WWWWWW WWWWWWW iiii i i i i i", "a" * 90 + " b c", "The H20 has 7.5% of an H200, " * 9],
)
def test_a_guess_at_the_words_of_a_line_breaks_it_where_one_by_one_would(text, width):
    fig, _ = charts.start(1.5)
    renderer = fig.canvas.get_renderer()
    lines, current = [], ""
    for word in text.split():
        trial = f"{current} {word}".strip()
        if current and charts._width(trial, 9, "normal", renderer, fig) > width - 2 * charts.MARGIN:
            lines.append(current)
            current = word
        else:
            current = trial
    assert charts._wrap(text, width, 9, "normal", renderer, fig) == [*lines, current]
