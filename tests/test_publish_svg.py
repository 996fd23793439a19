"""Charts on the page: each test guards a fault that would look right in the light theme, or alone on a page."""

import re

import pytest

from chipcheck import charts
from chipcheck.contract import PALETTE
from chipcheck.publish.errors import PublishError
from chipcheck.publish.html import FACES
from chipcheck.publish.svg import _FAMILY, Shared, css_colour, inline

CHARTED = {name: pair for name, pair in PALETTE.items() if name != "link"}  # links are no part of a chart
FONT = "font-size: 8.5px; font-family: 'Release Sans', 'Noto Sans SC'"
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def chart(colour="#b3261e", inside=""):
    """Return what matplotlib writes: prolog, metadata, a style sheet, a label, a marker and a clip path."""
    return f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
{HEAD}width="518.4pt" height="244.8pt" viewBox="0 0 518.4 244.8" version="1.1">
 <metadata><a>Matplotlib, https://matplotlib.org/</a></metadata>
 <defs><style type="text/css">*{{stroke-linejoin: round}}</style></defs>
 <g id="figure_1"><g id="patch_1"><path d="M 0.123456 1 L 2 3.999999" clip-path="url(#p1)" style="fill: {colour}"/></g>
  <defs><path id="m1" d="M 0 3" style="stroke: #5b6570"/></defs><use xlink:href="#m1" x="1.23456" y="2"/>
  <text style="font-weight: 600; {FONT}; text-anchor: end; fill: #1b1f24" x="1.123456" y="2"
   transform="rotate(-0 1.123456 2)">A  &amp; B</text></g>
 <defs><clipPath id="p1"><rect x="1" y="2" width="3" height="4"/></clipPath></defs>{inside}
</svg>"""


def test_ids_of_two_charts_never_meet_and_references_follow():
    shared = Shared()
    page = "".join(inline(chart(), name, "alt", "wide", shared) for name in ("02-a", "02-b"))
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 6  # a name, a marker and a clip path for each chart
    assert set(re.findall(r'href="#([^"]+)"', page)) | set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_a_rule_of_paint_is_on_the_page_once():
    shared = Shared()
    both = [inline(chart(), name, "alt", "wide", shared) for name in ("a", "b")]
    assert shared.css() == (
        ".p0{fill:var(--article)}.p1{stroke:var(--muted)}"
        ".p2{font-weight:600;font-size:8.5px;text-anchor:end;fill:var(--ink)}"
    )
    assert all('class="p0"' in one and "style=" not in one for one in both)


def test_a_mark_says_its_value_under_the_pointer():
    mark = '<g id="tip: H20 &lt; H200: 15%"><g clip-path="url(#p1)"><path d="M 0 1"/></g></g>'
    made = inline(chart(inside=mark), "a", "alt", "wide", Shared())
    assert re.search(r"<g><title>H20 &lt; H200: 15%</title><g clip-path=[^>]*><path", made)


def test_what_the_page_has_no_use_for_goes():
    made = inline(chart(), "a", 'alt with "quotes" & <tags>', "wide", Shared())
    assert made.startswith(
        '<svg class="wide" viewBox="0 0 518.4 244.8" role="img" id="alt-a" aria-label="alt with &quot;'
    )
    for gone in ("http", "metadata", "<style", "518.4pt", "<!--", "figure_1", "0.123456"):
        assert gone not in made, gone


@pytest.mark.parametrize("name", CHARTED)
def test_every_colour_of_the_palette_becomes_a_variable(name):
    light, _ = PALETTE[name]
    shared = Shared()
    made = inline(chart(light.upper()), "a", "alt", "wide", shared) + shared.css()
    assert f"fill:var(--{name})" in made
    assert not re.search(r"#[0-9a-f]{6}", made)


def test_a_tint_on_paper_follows_its_colour():
    assert css_colour("#d9938f") == "color-mix(in srgb,var(--article) 50%,var(--paper))"


def test_the_palette_is_the_one_of_the_charts():
    for name, (light, _) in CHARTED.items():
        assert getattr(charts, name.upper()) == light


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("name", [name for name in PALETTE if name not in ("paper", "panel", "rule")])
def test_text_in_any_colour_can_be_read_on_paper_and_panel(name, theme):
    for ground in ("paper", "panel"):
        assert contrast(PALETTE[name][theme], PALETTE[ground][theme]) >= 4.5


def contrast(one, other):
    """Return the WCAG 2 contrast ratio of two colours (#rrggbb)."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "faulty, said",
    [
        (chart(colour="#123abc"), "figure a: the colour #123abc"),
        (chart(inside="<script>alert(1)</script>"), "<script>"),
        (chart(inside='<g onclick="x()"/>'), "event handler"),
        (chart(inside='<image xlink:href="https://example.org/x.png"/>'), "outside the page"),
        (chart(inside="<text style=\"font-family: 'Other Sans'\">A</text>"), "lacks the font 'Other Sans'"),
        (chart().replace("viewBox", "viewbox"), "no viewBox"),
        ("<svg", "cannot be read"),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_name(faulty, said):
    with pytest.raises(PublishError, match=re.escape(said)):
        inline(faulty, "a", "alt", "wide", Shared())


def test_a_label_keeps_its_words_place_and_blanks():
    assert '<text x="1.1" y="2" class="p2">A  &amp; B</text>' in inline(chart(), "a", "alt", "wide", Shared())


def test_a_turned_label_stays_turned():
    turned = f'<text style="{FONT}" transform="translate(10.25 20) rotate(-90)">per wafer</text>'
    made = inline(chart(inside=turned), "a", "alt", "wide", Shared())
    assert 'transform="translate(10.2 20) rotate(-90)" class="p3">per wafer</text>' in made


def test_the_font_is_the_one_of_the_charts_and_of_the_page():
    assert ", ".join(map(repr, charts.FAMILIES)) == _FAMILY
    assert list(dict.fromkeys(family for family, *_ in FACES)) == charts.FAMILIES


def test_neighbours_in_one_frame_name_it_once_unless_their_own_transform_would_move_it():
    path = '<path d="M 1 2 L 3 4" clip-path="url(#p1)"/>'
    turned = path.replace("clip-path", 'transform="scale(2)" clip-path')
    made = inline(chart(inside=path * 3 + turned), "a", "alt", "wide", Shared())
    assert re.search(r'<g clip-path="url\(#c\d+\)">(<path d="M1 2L3 4"/>){3}</g>', made)
    assert re.search(r'<path d="M1 2L3 4" transform="scale\(2\)" clip-path="url\(#c\d+\)"/>', made)
