"""Charts for paper: labels, which are text, in the fonts that have their letters; and the plot without its frame."""

import re
from functools import cache
from html import escape, unescape
from itertools import groupby

from chipcheck import paths

# As Matplotlib writes them: a label, its alignment and place; head and foot; the size of the whole.
_LABEL = re.compile(r"(<text\b[^>]*>)([^<]*)(</text>)")
_ALIGNED = re.compile(r'font-size: (?P<size>[\d.]+)px.*text-anchor: (?P<at>middle|end).* x="(?P<x>[^"]*)"')
_Y = re.compile(r' y="([^"]*)"')
_CHINESE = ' font-family="Noto Sans SC"'
_FRAME = re.compile(r'<g id="(?:head|foot)">.*?</g>\s*', re.DOTALL)
_EXTENT = re.compile(r'width="(?P<width>[\d.]+)pt" height="[\d.]+pt" viewBox="0 0 (?P=width) [\d.]+"')
_SIDES = re.compile(r'<svg\b[^>]*? width="(?P<width>[\d.]+)pt" height="(?P<height>[\d.]+)pt"')


def with_fonts(svg: str) -> str:
    """Return a chart in which each run of a label's letters names the font that has it, and all blanks count."""
    return _LABEL.sub(_in_runs, svg).replace("<svg ", '<svg xml:space="preserve" ', 1)


def _in_runs(label: re.Match) -> str:
    """Return a label as runs in one font each; as it is where the first font has all its letters.

    Typst falls back to one font for a whole piece of text: with a single Chinese character in it, a bold label would
    come out thin and its apostrophes wide. A run that names its y is a piece of its own. It is then aligned by itself
    as well, so a label of several runs has to start at its left.
    """
    start, words, end = label.groups()
    widths = _widths("SemiBold" if "font-weight: 600" in start else "Regular")
    runs = [(known, "".join(run)) for known, run in groupby(unescape(words), key=widths.__contains__)]
    if all(known for known, _ in runs):
        return label[0]
    if len(runs) > 1 and (aligned := _ALIGNED.search(start)):
        em = sum(widths.get(letter, 1) for _, run in runs for letter in run)
        left = float(aligned["x"]) - em * float(aligned["size"]) / (2 if aligned["at"] == "middle" else 1)
        start = start.replace(f'x="{aligned["x"]}"', f'x="{left:.2f}"').replace(f": {aligned['at']}", ": start")
    y = (_Y.search(start) or {1: "0"})[1]
    spans = (f'<tspan y="{y}"{"" if known else _CHINESE}>{escape(run)}</tspan>' for known, run in runs)
    return f"{start}{''.join(spans)}{end}"


@cache
def _widths(weight: str) -> dict[str, float]:
    """Return the characters of the report's first font, each with its width as a share of the type size."""
    from fontTools.ttLib import TTFont

    with TTFont(paths.FONTS / f"ReleaseSans-{weight}.ttf", lazy=True) as font:
        units, measured = font["head"].unitsPerEm, font["hmtx"]
        return {chr(code): measured[name][0] / units for code, name in font.getBestCmap().items()}


def plot_alone(svg: str, top: float, bottom: float) -> str:
    """Return a chart without head and foot, cut to what stands between `top` and `bottom`, points from its edge."""
    height = bottom - top
    extent = rf'width="\g<width>pt" height="{height:g}pt" viewBox="0 {top:g} \g<width> {height:g}"'
    return _EXTENT.sub(extent, _FRAME.sub("", svg), count=1)


def width_over_height(svg: str) -> float:
    """Return the ratio of a chart's sides, from its own width and height; ValueError where it lacks them."""
    sides = _SIDES.search(svg)
    if sides is None:
        raise ValueError("its SVG does not tell width and height in points")
    return float(sides["width"]) / float(sides["height"])
