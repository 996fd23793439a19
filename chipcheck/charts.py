"""Start, label and finish a figure: one look, a finding as the title, and the numbers beside the picture."""

import os
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib import font_manager, scale, ticker
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from chipcheck import data, edition, paths
from chipcheck.contract import CHINESE, LIGHT, NARROW_SVG, TIP
from chipcheck.files import write_atomic
from chipcheck.words import dollars

INK, MUTED, RULE, PAPER, PANEL = (LIGHT[name] for name in ("ink", "muted", "rule", "paper", "panel"))
ARTICLE, NVIDIA, CHINA, EVIDENCE, AMBER = (LIGHT[name] for name in ("article", "nvidia", "china", "evidence", "amber"))
COLOURS = {  # of every chart, by name of Matplotlib's setting; the rest of the look is in report.mplstyle
    **dict.fromkeys(("text.color", "xtick.labelcolor", "ytick.labelcolor"), INK),
    **dict.fromkeys(("axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), MUTED),
    **dict.fromkeys(("figure.facecolor", "savefig.facecolor"), PAPER),
    "grid.color": RULE,
}

WIDE, NARROW = 7.2, 3.9  # inches: a text column, and a phone held upright
PNG_DPI = 200
MARGIN = 0.04  # inches between the text of a figure and its edge
STEADY = 12  # decimals of a logarithm; the last bit of a double is in the sixteenth
FAMILIES = ["Release Sans", "Noto Sans SC"]


class SteadyLogScale(scale.LogScale):
    """The scale `log` with logarithms rounded to 12 decimals.

    The last bit of NumPy's log10 depends on the processor's instruction set. Where the layout puts an edge on half a
    pixel, or a sixth decimal on a tie, that bit decides, and a chart would have other bytes on another machine.
    """

    def __init__(self, *, nonpositive: str = "clip", **options: object) -> None:
        super().__init__(nonpositive=nonpositive, **options)
        self._transform = SteadyLog(self.base, nonpositive)


class SteadyLog(scale.LogTransform):
    """A logarithm rounded to `STEADY` decimals."""

    def transform_non_affine(self, values: np.ndarray) -> np.ndarray:
        """Return the logarithms of `values`, rounded."""
        return np.round(super().transform_non_affine(values), STEADY)

    def inverted(self) -> "SteadyPower":
        """Return the power that belongs to this logarithm."""
        return SteadyPower(self.base)


class SteadyPower(scale.InvertedLogTransform):
    """A power whose inverse is the rounded logarithm."""

    def inverted(self) -> SteadyLog:
        """Return the logarithm that belongs to this power."""
        return SteadyLog(self.base)


def tint(colour: str, percent: float) -> str:
    """Return `colour` (#rrggbb) thinned to `percent` of it on paper; a tint follows its colour, on dark pages too."""
    red, green, blue = (round(255 - percent / 100 * (255 - int(colour[at : at + 2], 16))) for at in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"


def setup() -> None:
    """Load the project's fonts and its style; call once at the top of a notebook."""
    for file in sorted(paths.FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(file)
    mpl.rcdefaults()  # a matplotlibrc of whoever draws must not show
    mpl.style.use(paths.STYLE)
    mpl.rcParams.update(COLOURS)
    known = {font.name for font in font_manager.fontManager.ttflist}
    if missing := [family for family in FAMILIES if family not in known]:
        raise RuntimeError(f"fonts missing from chipcheck/fonts: {', '.join(missing)}")
    mpl.rcParams["font.family"] = FAMILIES
    scale.register_scale(SteadyLogScale)
    _alias_weight("Noto Sans SC", 600)
    # Seaborn's theme functions reset the fonts, so notebooks use its plots and this style, not its themes.


def _alias_weight(family: str, weight: int) -> None:
    """Let the one face of a family serve another weight too, or matplotlib logs a line for every bold title."""
    fonts = font_manager.fontManager.ttflist
    own = next(font for font in fonts if font.name == family)
    if not any(font.name == family and font.weight == weight for font in fonts):
        fonts.append(replace(own, weight=weight))


def start(height: float = 3.4, **subplots: object) -> tuple[Figure, Axes]:
    """Open a figure of the report's width and `height` inches (head and foot not counted).

    `subplots` is passed to `Figure.subplots`. The figure is kept out of pyplot, so that a notebook shows it once,
    finished, and may build it over several cells.
    """
    fig = Figure(figsize=(WIDE, height), layout="constrained")
    FigureCanvasAgg(fig)
    return fig, fig.subplots(**subplots)


def finish(
    fig: Figure,
    name: str,
    *,
    finding: str,
    measure: str,
    caption: str,
    alt: str,
    numbers: pd.DataFrame,
    sources: list[str] | tuple[str, ...],
    holds: bool = True,
    unit: str = "",
    narrow_height: float | None = None,
    extra: dict[str, object] | None = None,
) -> None:
    """Add head and foot to a figure, write it with its numbers, and show it.

    `finding` is the title (a sentence that says what was found), `measure` the line under it (what is
    plotted, in which unit), `caption` Markdown on how to read it, `alt` the picture in words, `numbers`
    what is plotted, `sources` ids of sources.csv, `unit` the unit of the numbers unless a column says it.
    `holds` is the finding as a condition on the numbers: a title that they no longer bear is an error.
    Writes `name`.svg, .png and .csv to `paths.figures()`;
    a report build writes the CSV only, and shows SVG whose letters are text, for pages that bring the fonts: this
    chart, and a layout for phones, `narrow_height` inches high, of which it says where the plot alone stands.
    `extra` adds data under other MIME types, for a report build only.
    Raises `ValueError` when one of the texts, the numbers or the sources is missing or the finding does not hold, and
    `RuntimeError` when a character has no glyph.
    """
    required = {"finding": finding, "measure": measure, "caption": caption, "alt": alt}
    missing = [key for key, value in required.items() if not value]
    missing += ["numbers"] if numbers.empty else []
    missing += [] if unit or "unit" in numbers else ["unit"]
    missing += [] if sources else ["sources"]
    if missing:
        raise ValueError(f"chart {name} lacks {', '.join(missing)}")
    if not holds:
        raise ValueError(f"chart {name}: its finding no longer holds: {finding!r}")
    ids = data.own_language_first(data.split_ids(list(sources)))
    foot = edition.said("Source: ") + data.publishers(ids)
    height = fig.get_figheight()
    csv = described(numbers, unit, measure, ids).to_csv(index=False, lineterminator="\n")
    finding, measure, caption, alt = (edition.shown(words) for words in (finding, measure, caption, alt))
    _in_edition(fig, edition.scale(unit))
    folder = paths.figures()
    meta = {"kind": "figure", "name": name, "title": finding, "caption": dollars(caption), "alt": alt, "sources": ids}
    with _no_warnings(name):
        write_atomic(folder / f"{name}.csv", csv)
        _frame(fig, WIDE, height, finding, measure, foot)
        if os.environ.get("CHIPCHECK_OUTPUT") == "report":
            shown = "image/svg+xml"
            wide = _render(fig, "svg", name, letters="none").decode()
            meta |= {"measure": measure, "plot": _frame(fig, NARROW, narrow_height or height, finding, measure, foot)}
            narrow = _render(fig, "svg", name, letters="none").decode()
            bundle = {shown: wide, NARROW_SVG: narrow, "text/csv": csv}
            bundle |= extra or {}
        else:
            shown = "image/png"
            write_atomic(folder / f"{name}.svg", _render(fig, "svg", name))
            bundle = {shown: _render(fig, "png", name)}
            write_atomic(folder / f"{name}.png", bundle[shown])
    about = {"chipcheck": meta, shown: {"alt": alt}} | edition.lacks()
    display({**bundle, "text/plain": alt}, raw=True, metadata=about)


def _in_edition(fig: Figure, scale: float) -> None:
    """Put the words of a figure into the edition's language, and bare numbers, `scale` times as large, too."""
    if edition.language() == edition.SOURCE:
        return
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            inner = axis.get_major_formatter()
            if not isinstance(inner, TranslatedTicks):
                bare = isinstance(inner, ticker.ScalarFormatter)  # of amounts; other labels were written by hand
                axis.set_major_formatter(TranslatedTicks(inner, scale if bare else 1))
    # Labels of ticks are written anew by their formatters
    ticks = {id(label) for ax in fig.axes for label in (*ax.get_xticklabels(), *ax.get_yticklabels())}
    for artist in fig.findobj():
        if isinstance(artist, Text) and artist.get_text() and id(artist) not in ticks:
            text = edition.shown(artist.get_text())
            artist.set_text(edition.scaled(text, scale) if artist.axes else text)
        if (artist.get_gid() or "").startswith(TIP):
            tip(artist, edition.shown(artist.get_gid().removeprefix(TIP)))


class TranslatedTicks(ticker.Formatter):
    """A formatter whose labels are put into the edition's language, bare numbers `scale` times as large."""

    def __init__(self, inner: ticker.Formatter, scale: float = 1) -> None:
        self._inner, self._scale = inner, scale

    def set_axis(self, axis: object) -> None:
        """Set the axis of both."""
        super().set_axis(axis)
        self._inner.set_axis(axis)

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of one tick."""
        return edition.scaled(edition.shown(self._inner(x, pos)), self._scale)

    def format_ticks(self, values: list[float]) -> list[str]:
        """Return the labels of all ticks."""
        return [edition.scaled(edition.shown(label), self._scale) for label in self._inner.format_ticks(values)]

    def get_offset(self) -> str:
        """Return what stands at the end of the axis."""
        return self._inner.get_offset()


def described(numbers: pd.DataFrame, unit: str, measure: str, ids: list[str]) -> pd.DataFrame:
    """Return the numbers of a chart with what a row needs to stand alone: unit, basis, as_of and source_id.

    A column that is there stays; otherwise all rows get the chart's unit, what the line says that is plotted, the
    latest date of a source, and the ids of all sources.
    """
    dates = data.these(data.load("sources"), ids)["date"].dropna()
    basis, _, _ = measure.partition(";")
    whole = {"unit": unit, "basis": basis, "as_of": max(dates, default=""), "source_id": ";".join(ids)}
    return numbers.assign(**{column: value for column, value in whole.items() if column not in numbers})


def _render(fig: Figure, kind: str, name: str, letters: str = "path") -> bytes:
    """Return the figure as SVG or PNG bytes that are the same on every run.

    `letters` of an SVG: `path` draws outlines, alike everywhere; `none` writes text, a tenth of the bytes.
    """
    buffer = BytesIO()
    stamp = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[kind]
    grounds = [fig.patch, *(ax.patch for ax in fig.axes)]
    for ground in grounds:
        ground.set_visible(letters == "path")  # the report has a paper of its own
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": letters}):
        fig.savefig(buffer, format=kind, dpi=PNG_DPI, metadata=stamp)
    for ground in grounds:
        ground.set_visible(True)
    return _stable_ids(buffer.getvalue()) if kind == "svg" else buffer.getvalue()


def _stable_ids(svg: bytes) -> bytes:
    """Number an SVG's clip paths in the order they are used; matplotlib names some after a memory address."""
    names = list(dict.fromkeys(re.findall(rb"\bp[0-9a-f]{10}\b", svg)))
    numbers = {name: b"clip%d" % number for number, name in enumerate(names, start=1)}
    return re.sub(rb"\bp[0-9a-f]{10}\b", lambda match: numbers[match[0]], svg)


@contextmanager
def _no_warnings(name: str) -> Iterator[None]:
    """Make a warning an error: a box instead of a character and a layout that does not fit look fine otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            yield
        except Warning as warning:
            raise RuntimeError(f"chart {name}: {warning}") from None


def _frame(fig: Figure, width: float, body: float, finding: str, measure: str, foot: str) -> list[float]:
    """Set the figure to `width` and give it a head and a foot, wrapped to fit; `body` is the plot's height.

    Returns where the head ends and the foot begins, in points from the upper edge.
    """
    for old in [text for text in fig.texts if text.get_gid() in ("head", "foot")]:
        old.remove()
    fig.set_figwidth(width)
    renderer = fig.canvas.get_renderer()
    lines = [
        (_wrap(finding, width, 12, "semibold", renderer, fig), 12, "semibold", INK, 1.22),
        (_wrap(measure, width, 9, "normal", renderer, fig), 9, "normal", MUTED, 1.3),
    ]
    foot_lines = _wrap(foot, width, 7.5, "normal", renderer, fig)
    head_height = sum(len(block) * size * spacing / 72 for block, size, _, _, spacing in lines) + 0.16
    foot_height = len(foot_lines) * 7.5 * 1.3 / 72 + 0.1
    total = body + head_height + foot_height
    fig.set_figheight(total)
    top = total - MARGIN
    for block, size, weight, color, spacing in lines:
        for line in block:
            _text(fig, line, top, size, weight, color, "top", "head")
            top -= size * spacing / 72
    bottom = MARGIN
    for line in reversed(foot_lines):
        _text(fig, line, bottom, 7.5, "normal", MUTED, "bottom", "foot")
        bottom += 7.5 * 1.3 / 72
    below, above = foot_height / total, head_height / total
    fig.get_layout_engine().set(rect=(0, below, 1, 1 - below - above), w_pad=MARGIN, h_pad=MARGIN)
    return [round(72 * (total - edge), 2) for edge in (top, bottom)]


def _text(fig: Figure, line: str, y: float, size: float, weight: str, color: str, align: str, gid: str) -> None:
    x, height = MARGIN / fig.get_figwidth(), fig.get_figheight()
    text = fig.text(x, y / height, line, size=size, weight=weight, color=color, va=align, ha="left", gid=gid)
    text.set_in_layout(False)  # the layout engine already leaves room for head and foot


def _wrap(text: str, width: float, size: float, weight: str, renderer: object, fig: Figure) -> list[str]:
    """Break text into lines no wider than the figure, measured in its own font."""
    unbroken = re.compile(r"\S+ *") if edition.language() == edition.SOURCE else _UNBROKEN
    words, room = unbroken.findall(" ".join(text.split())), width - 2 * MARGIN

    def line(start: int, end: int) -> str:
        return "".join(words[start:end]).rstrip()

    def fits(start: int, end: int) -> bool:
        return _width(line(start, end), size, weight, renderer, fig) <= room

    # To measure takes long: guess from the letters how many words fit, then try around the guess
    letters = room * len(text) / (_width(text, size, weight, renderer, fig) or 1)
    lines, start = [], 0
    while start < len(words):
        end = start + 1
        while end < len(words) and len(line(start, end + 1)) <= letters:
            end += 1
        while end > start + 1 and not fits(start, end):
            end -= 1
        while end < len(words) and fits(start, end + 1):
            end += 1
        lines.append(line(start, end))
        start = end
    return lines or [""]


# What no line break parts: a word, or a Chinese character, with the marks that may not end or begin a line
_OPENS, _CLOSES = "[（《“‘]*", "[，。；：？！、）》”’%]*"
_LETTERS = rf"(?:(?!{CHINESE}|[“”‘’—])\S|(?<=\w)’(?=\w))+"
_UNBROKEN = re.compile(rf"{_OPENS}(?:{CHINESE}|{_LETTERS}|\S){_CLOSES} *")


def _width(line: str, size: float, weight: str, renderer: object, fig: Figure) -> float:
    """Return the width of a line in inches, the larger of that in the PNG and that in the SVG.

    In a PNG letters are fitted to pixels, so that the width depends on the resolution; at ten times the size hardly.
    A line of Chinese is measured letter by letter, each once: to fit a character to pixels takes long.
    """
    if edition.language() != edition.SOURCE:
        return size * sum(_advance(letter, weight, renderer, fig) for letter in line)
    widths = []
    for times in (PNG_DPI / fig.dpi, 10):
        font = font_manager.FontProperties(family=FAMILIES, size=times * size, weight=weight)
        widths.append(renderer.get_text_width_height_descent(line, font, False)[0] / times / fig.dpi)
    return max(widths)


ADVANCES: dict[tuple[str, str], float] = {}  # inches a letter takes at one point, by letter and weight


def _advance(letter: str, weight: str, renderer: object, fig: Figure) -> float:
    """Return how wide a letter is at a size of one point, in inches."""
    if (letter, weight) not in ADVANCES:
        font = font_manager.FontProperties(family=FAMILIES, size=100, weight=weight)
        # Between two others, since a blank alone has no width
        wide, bare = (renderer.get_text_width_height_descent(text, font, False)[0] for text in (f"n{letter}n", "nn"))
        ADVANCES[letter, weight] = (wide - bare) / 100 / fig.dpi
    return ADVANCES[letter, weight]


def label(
    ax: Axes, x: float, y: float, text: str, color: str = INK, dx: float = 6, dy: float = 0, **style: object
) -> None:
    """Write a direct label beside a point, offset in points; the layout makes room for it."""
    placed = {"ha": "left" if dx >= 0 else "right", "va": "center", **style}
    ax.annotate(text, (x, y), xytext=(dx, dy), textcoords="offset points", color=color, **placed)


def tip(artist: Artist, words: str) -> None:
    """Let a mark say `words` while a pointer is on it, on the page; a chart's text alternative must say them too."""
    artist.set_gid(TIP + " ".join(words.split()))


def row_names(ax: Axes, names: Iterable[str], *, above: float = 0.6, below: float = 0.6) -> None:
    """Name the rows of a chart that stand at 0, 1, 2 … from the top, without an axis line or ticks.

    `above` and `below` are the room over the first and under the last row, in rows.
    """
    names = list(names)
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 1 + below, -above))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", left=False)


def rows(ax: Axes, frame: pd.DataFrame, *, stem: float | None = None, article: float | None = None) -> None:
    """Draw one row for each line of `frame`, from the top: a dot, or a bar between two dots, with its label.

    Columns: label (name of the row), low and high (equal for a dot); optional: text (written beside the mark), colour,
    shape (of the dots), firm (false leaves the dots hollow), left (true writes the text left of the mark), y (the
    place, where two marks share a row). `stem` draws a thin line from that value to the mark, `article` a dashed line
    at the article's figure.
    """
    frame = frame.assign(**{name: value for name, value in ROW_LOOK.items() if name not in frame})
    frame = frame if "y" in frame else frame.assign(y=range(len(frame)))
    if stem is not None:
        ax.hlines(frame["y"], stem, frame["low"], color=RULE, linewidth=1)
    for row in frame.itertuples():
        values = row.text or "–".join(f"{end:,g}" for end in dict.fromkeys((row.low, row.high)))
        words = edition.text("{label}: {values}", label=row.label, values=values)
        if row.low != row.high:
            tip(ax.hlines(row.y, row.low, row.high, color=row.colour, linewidth=5), words)
        ends = list(dict.fromkeys((row.low, row.high)))
        face = row.colour if row.firm else PAPER
        look = {"marker": row.shape, "color": face, "edgecolors": row.colour, "linewidths": 1.4}
        tip(ax.scatter(ends, [row.y] * len(ends), s=46, zorder=3, **look), words)
        if row.text:
            x, dx = (row.low, -8) if row.left else (row.high, 8)
            label(ax, x, row.y, row.text, row.colour, dx=dx, weight="semibold")
    if article is not None:
        article_line(ax, article)
    named = frame.drop_duplicates("y").sort_values("y")
    row_names(ax, named["label"])


ROW_LOOK = {"text": "", "colour": EVIDENCE, "shape": "o", "firm": True, "left": False}  # unless a row says otherwise


def relay(ax: Axes, frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Draw what became of a phrase: a row for each statement, from the top, and a box under each thing it is about.

    `columns` are these things, from the left, with a line break where a name is too wide for a phone. `frame` has a row
    for each box: label (the statement; its boxes share it), about (one of `columns`) and text; optional: colour, and
    firm (false leaves the box hollow). Raises `ValueError` for a thing that is not among `columns`.
    """
    columns, names = list(columns), list(dict.fromkeys(frame["label"]))
    frame = frame.assign(**{name: value for name, value in ROW_LOOK.items() if name not in frame})
    for row in frame.itertuples():
        ink, face = (PAPER, row.colour) if row.firm else (row.colour, PAPER)
        box = {"boxstyle": "round,pad=0.35", "facecolor": face, "edgecolor": row.colour, "linewidth": 1}
        place = columns.index(row.about), names.index(row.label)
        text = ax.text(*place, row.text, color=ink, ha="center", va="center", fontsize=8, bbox=box)
        told = {"label": row.label, "about": row.about, "text": row.text}
        tip(text, edition.text("{label}: {about}: {text}", **told))
    row_names(ax, names, above=0.5, below=0.5)
    ax.set(xlim=(-0.5, len(columns) - 0.5))
    ax.set_xticks(range(len(columns)), columns)
    ax.tick_params(axis="x", top=False, bottom=False, labeltop=True, labelbottom=False, labelcolor=MUTED)
    ax.spines["bottom"].set_visible(False)
    ax.hlines([place - 0.5 for place in range(len(names))], *ax.get_xlim(), color=RULE, linewidth=0.6)


def article_line(ax: Axes, value: float) -> None:
    """Draw the article's figure as a dashed line across all rows."""
    ax.axvline(value, color=ARTICLE, linewidth=1, linestyle=(0, (4, 3)))
