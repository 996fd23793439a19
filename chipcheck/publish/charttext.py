"""Charts for paper: text drawn as outlines becomes text again.

Matplotlib writes each label of an SVG as outlines of its characters, which look alike everywhere. On paper the fonts
travel with the file anyway; as text, a chart takes a tenth of the room, and its labels can be searched and copied.
"""

import re
from functools import cache
from html import escape, unescape

from chipcheck import paths

# One label: a comment that tells its text, then the outlines and where each of them stands.
_LABEL = re.compile(
    r"<!-- (?P<text>[^\n]*?) -->\s*"
    r'<g(?P<style>[^>]*?) transform="(?P<move>[^"]*?) ?scale\((?P<scale>[\d.]+) -(?P=scale)\)">'
    r"(?P<body>(?:\s*<defs>.*?</defs>)?\s*(?:<use [^>]*/>\s*)+)</g>",
    re.DOTALL,
)
_USE = re.compile(
    r'<use xlink:href="#(?P<font>[\w.-]+)-(?P<glyph>[0-9a-f]+)"(?: transform="translate\((?P<x>[\d.-]+) 0\)")?/>'
)
_DEFS = re.compile(r"<defs>.*?</defs>", re.DOTALL)
# A line of the head or the foot, once it is text; the size of the whole chart.
_FRAME = re.compile(
    r'<g id="(?P<part>head|foot)">\s*<text [^>]*?transform="translate\([\d.-]+ (?P<y>[\d.-]+)\)" '
    r'font-size="(?P<size>[\d.]+)">(?P<spans>.*?)</text>\s*</g>',
    re.DOTALL,
)
_EXTENT = re.compile(r'width="(?P<width>[\d.]+)pt" height="[\d.]+pt" viewBox="0 0 (?P=width) [\d.]+"')
_SIDES = re.compile(r'<svg\b[^>]*? width="(?P<width>[\d.]+)pt" height="(?P<height>[\d.]+)pt"')
_UNITS = 100  # the outlines stand on a grid of a hundred units to the type size
_FACES = {  # font file -> family, weight, style
    "ReleaseSans-Regular": ("Release Sans", 400, "normal"),
    "ReleaseSans-SemiBold": ("Release Sans", 600, "normal"),
    "ReleaseSans-Italic": ("Release Sans", 400, "italic"),
    "NotoSansSC-Regular": ("Noto Sans SC", 400, "normal"),
}
_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}


def outlines_to_text(svg: str) -> str:
    """Return the chart with its labels as text, each word where its outlines stood.

    A label stays as it is where its outlines are not exactly the characters that its comment tells: another font,
    a rare form of a letter.
    """
    labels = list(_LABEL.finditer(svg))
    texts = [_text(label) for label in labels]
    # Each outline is defined where it is first used: a label that others draw on keeps its definitions.
    parts, end = [], 0
    for label, text in zip(labels, texts, strict=True):
        if text is None:
            continue
        kept = "".join(_DEFS.findall(label["body"])) if None in texts else ""
        parts += [svg[end : label.start()], kept, text]
        end = label.end()
    return "".join([*parts, svg[end:]])


def split_frame(svg: str) -> tuple[str, str]:
    """Return a chart with text labels without its head and foot, and the words of its head, in one line.

    For a page that sets these words itself. A chart without a head or a foot stays whole.
    """
    lines = list(_FRAME.finditer(svg))
    heads = [line for line in lines if line["part"] == "head"]
    feet = [line for line in lines if line["part"] == "foot"]
    if not heads or not feet or svg.count('<g id="head">') + svg.count('<g id="foot">') != len(lines):
        return svg, ""
    heads.sort(key=lambda line: float(line["y"]))
    words = " ".join(unescape(re.sub(r"<[^>]*>", "", line["spans"])) for line in heads)
    # A letter reaches a third of its size below the line it stands on, and less than its size above.
    top = max(float(line["y"]) + float(line["size"]) / 3 for line in heads)
    bottom = min(float(line["y"]) - float(line["size"]) for line in feet)
    height = bottom - top
    extent = rf'width="\g<width>pt" height="{height:g}pt" viewBox="0 {top:g} \g<width> {height:g}"'
    return _EXTENT.sub(extent, _FRAME.sub("", svg), count=1), words


def width_over_height(svg: str) -> float:
    """Return the ratio of a chart's sides, from its own width and height; ValueError if it does not tell them."""
    sides = _SIDES.search(svg)
    if sides is None:
        raise ValueError("its SVG does not tell width and height in points")
    return float(sides["width"]) / float(sides["height"])


def _text(label: re.Match) -> str | None:
    """Return a label as an SVG text element, or None where it must stay as it is."""
    rest = unescape(label["text"])
    uses = _USE.findall(_DEFS.sub("", label["body"]))
    if len(uses) != label["body"].count("<use "):
        return None
    spans, before = [], None
    for font, glyph, x in uses:
        characters = _drawn(font, int(glyph, 16), rest)
        if not characters:
            return None
        rest = rest[len(characters) :]
        if font != before or spans[-1][2].endswith(" "):
            spans.append([font, float(x or 0), ""])
        spans[-1][2] += characters
        before = font
    if rest:
        return None
    scale = float(label["scale"])
    words = []
    for font, x, word in spans:
        family, weight, style = _FACES[font]
        face = f'font-family="{family}" font-weight="{weight}" font-style="{style}"'
        words.append(f'<tspan x="{x * scale:.4f}" {face}>{escape(word)}</tspan>')
    size = f'font-size="{scale * _UNITS:g}"'
    return f'<text xml:space="preserve"{label["style"]} transform="{label["move"]}" {size}>{"".join(words)}</text>'


def _drawn(font: str, glyph: int, text: str) -> str:
    """Return the characters at the start of `text` that this glyph stands for: one, those of a ligature, or none."""
    glyphs = _glyphs(font)
    for sign in (text[:1], *_LIGATURES):
        if glyphs.get(sign) == glyph and text.startswith(_LIGATURES.get(sign, sign)):
            return _LIGATURES.get(sign, sign)
    return ""


@cache
def _glyphs(font: str) -> dict[str, int]:
    """Return the number of each character's own glyph in a font of the project; none for another font."""
    from fontTools.ttLib import TTFont

    if font not in _FACES:
        return {}
    with TTFont(paths.FONTS / f"{font}.ttf", lazy=True) as opened:
        # Numbers for names: to look up the names of all glyphs takes longer than to read the rest.
        opened.setGlyphOrder([str(number) for number in range(opened["maxp"].numGlyphs)])
        return {chr(code): int(glyph) for code, glyph in opened.getBestCmap().items()}
