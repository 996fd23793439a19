"""Markdown to HTML or Typst, all pieces of a report in one call.

Both exporters use `convert`, so that a sentence means the same on screen and on paper. Pieces are parsed
apart from each other: a code fence left open in one cell cannot swallow the next. What pandoc would drop or
guess at (raw HTML, TeX it cannot read) and what has no layout (a table) is an error that names the cell.
"""

import json
import re
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from chipcheck import data, edition
from chipcheck.contract import CHINESE, CHINESE_RANGES
from chipcheck.publish import kept
from chipcheck.publish.errors import PublishError

FILTER = Path(__file__).with_name("markdown.lua")

CITED = re.compile(r"\[(\d+)\]\(#source-([^)\s]+)\)")  # a citation, as the merge writes it

_FENCE = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")

_UNITS = (
    "TPP|FLOPS|GFLOPS|TFLOPS|PFLOPS|EFLOPS|TOPS|B|KB|MB|GB|TB|GB/s|TB/s|Gb/s|W|kW|MW|GW|V|nm|mm|hours|days|weeks|months"
    "|years|quarters|thousand|million|billion|trillion|percent|percentage|points|times|fold|yuan|dollars|RMB|CNY|USD"
    "|bits?|tokens|tokens/s|nanometres|cards|chips|GPUs|units|statements|x|×|%|January|February|March|April|May|June"
    "|July|August|September|October|November|December"
)
_COUNTED = r"lines?|p\.|pp\.|pages?|[Cc]hapters?|Table|Figure|(?:US|HK)\\?\$|RMB|CNY|USD|No\."
_VERBATIM = r"(?P<ticks>`+).+?(?<!`)(?P=ticks)(?!`)|(?<!\\)\$[^$]+?(?<!\\)\$"  # code, formulas
_TOGETHER = re.compile(
    rf"(?P<verbatim>{_VERBATIM})"
    rf"|(?<![^\s|*])(?P<counted>[(\[]*(?:{_COUNTED}))[ \n](?=\d)"
    r"|(?<![^\s|*])(?P<number>(?:\\?[(\[~+−≈≥≤<>¥€$US])*\d(?:\d|\\?[,.–-](?=[\\\d,.–-]))*)[ \n]"
    rf"(?=(?:{_UNITS})\\?[),.;:!?\]*]*(?:[\s|\[]|$))",
    re.DOTALL,
)


class Piece(NamedTuple):
    """A stretch of Markdown: text, id of the chapter (`02`), and where it comes from, for error messages.

    The text may be a list of lines, such as the cells of a table: inline Markdown, each apart from the others.
    """

    text: str | list[str]
    chapter: str
    where: str


def convert(pieces: list[Piece], to: str) -> list[str | list[str]]:
    """Return each piece as `to` ("html" or "typst"), in order, a list of lines as a list; fragments without preamble.

    Dialect: CommonMark with TeX math between dollars, fenced divs, attributes and bracketed spans. Straight quotes
    and hyphens stay as typed, but a hyphen right before a number that stands alone becomes a minus, and a range of
    numbers stays on one line. Headings get the id `<chapter>-<slug>`, the first-level heading `chapter-<chapter>`; an
    id given in the text wins. In HTML they go one level down and lead to themselves. Chinese runs carry the language
    zh. The Typst output calls three functions that the report's template defines: `cite-source`, `see` and `anchor`.

    Raises PublishError, naming every piece at fault, on anything that would be lost or guessed at.
    """
    if to not in ("html", "typst"):
        raise ValueError(f"to must be 'html' or 'typst', not {to!r}")
    faults = []
    for piece in pieces:
        if isinstance(piece.text, str) and (line := open_fence(piece.text)):
            faults.append(f"{piece.where}: the code fence opened in line {line} is never closed")
    if faults:
        raise PublishError("\n".join(faults))
    if edition.language() == "zh":
        pieces = [piece._replace(text=_each(set_apart, _each(mark_latin, piece.text))) for piece in pieces]
    if to == "typst":
        pieces = [piece._replace(text=_each(keep_together, piece.text)) for piece in pieces]
    results = _results(pieces, to)
    faults = [
        f"{piece.where}: {fault}{_typed(fault)}"
        for piece, result in zip(pieces, results, strict=True)
        for fault in result["faults"]
    ]
    if faults:
        raise PublishError("\n".join(faults))
    texts = [[join(text) for text in result["text"]] for result in results]
    return [
        [one.strip() for one in text] if isinstance(piece.text, list) else text[0]
        for piece, text in zip(pieces, texts, strict=True)
    ]


def _each(change: Callable[[str], str], text: str | list[str]) -> str | list[str]:
    return change(text) if isinstance(text, str) else [change(line) for line in text]


def _typed(fault: str) -> str:
    """Return the cells of `data/` from which the address that a fault quotes comes, if it comes from any."""
    quoted = re.search(r'not to "([^"]+)"', fault)
    return data.typed(quoted[1]) if quoted else ""


def literal(text: str) -> str:
    """Return Markdown that reads as exactly `text`: for titles and names that are data, not Markdown.

    >>> literal("50% *off* [a_b]")
    '50\\\\% \\\\*off\\\\* \\\\[a\\\\_b\\\\]'
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def keep_together(text: str) -> str:
    """Return Markdown in which no line of print ends within what belongs together.

    A number and its unit, "line" and its number get a no-break space. Code and formulas stay as they are. (Done here
    rather than in pandoc: to ask each stretch of parsed text takes a fifth of the conversion.)

    >>> keep_together("about 96 GB, see line 28").replace("\\u00a0", "_")
    'about 96_GB, see line_28'
    """

    def joined(found: re.Match) -> str:
        if found["verbatim"]:
            return found[0]
        return (found["counted"] or found["number"]) + "\u00a0"

    return _TOGETHER.sub(joined, text)


# Stands with a space around emphasis in Chinese, until it is recognised
_ASIDE = "\ue001"


def set_apart(text: str) -> str:
    """Return Markdown in which emphasis is apart from Chinese around it: **成立。**数字 is none to CommonMark.

    >>> set_apart("**成立。**数字").replace("\ue001", "|")
    '**成立。** |数字'
    """
    text = re.sub(rf"(\*\*) (?={CHINESE})", r"\1", text) if "**" in text else text
    text = re.sub(r"(\*\*?)(?=\S)([^*\n]+?)(?<=\S)\1", rf"{_ASIDE} \1\2\1 {_ASIDE}", text)
    return re.sub(rf"(^|\n|[ >]){_ASIDE} | {_ASIDE}(?=\s|$)", r"\1", text)  # with nothing beside it


_CLOSED = re.compile(r"(`+[^`]*`+|\]\([^)\s]*(?: \"[^\"]*\")?\)|\{[^}]*\}|\$[^$]*\$|https?://\S+)")
_PHRASE = re.compile(r"(?<![A-Za-z])[A-Za-z][A-Za-z’'-]+(?:,? (?:and |of |the |for |in |on )?[A-Za-z][A-Za-z’'-]+){2,}")


def mark_latin(text: str) -> str:
    """Return Chinese Markdown in which English phrases of three words or more carry their language.

    >>> mark_latin("取自Secure and Feasible Exports of Chips，见[NVIDIA](#a)")
    '取自[Secure and Feasible Exports of Chips]{lang=en}，见[NVIDIA](#a)'
    """
    parts = _CLOSED.split(text)
    return "".join(
        part if at % 2 else _PHRASE.sub(lambda found: f"[{found[0]}]{{lang=en}}", part) for at, part in enumerate(parts)
    )


def join(text: str) -> str:
    """Return converted text without what `set_apart` put in."""
    return re.sub(f"(?:~| )?{_ASIDE} ?", "", text)


def open_fence(text: str) -> int | None:
    """Return the number of the line (from 1) whose code fence is never closed, or None."""
    opened = mark = None
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        # In CommonMark a line such as ```x``` is a code span, not the start of a block.
        if found and mark is None and not ("`" in found["info"] and found["mark"][0] == "`"):
            opened, mark = number, found["mark"]
        elif found and mark and found["mark"].startswith(mark) and not found["info"].strip():
            opened = mark = None
    return opened


def _results(pieces: list[Piece], to: str) -> list[dict]:
    """Return for each piece {"text": [str, ...], "faults": [str, ...]}; pandoc runs once, over what is not kept."""
    chapters: dict[str, list[dict]] = {}
    for piece in pieces:
        chapters.setdefault(piece.chapter, []).append({"text": piece.text, "chapter": piece.chapter})

    def make(items: list) -> list[list[dict]]:
        made = iter(_run_pandoc([piece for *_, chapter in items for piece in chapter], to))
        return [[*islice(made, len(chapter))] for *_, chapter in items]

    items = [[to, edition.language(), CHINESE_RANGES, chapter] for chapter in chapters.values()]
    made = kept.each(make, items, [Path(__file__), FILTER], ["pypandoc_binary"])
    by_chapter = {chapter: iter(results) for chapter, results in zip(chapters, made, strict=True)}
    return [next(by_chapter[piece.chapter]) for piece in pieces]


def _run_pandoc(pieces: list[dict], to: str) -> list[dict]:
    """Run the filter over pieces; return what `_results` returns."""
    # The packaged pandoc and no other: a newer one on the machine could print a different report. It is found
    # without importing pypandoc, which would look for every pandoc on the machine first.
    package = find_spec("pypandoc")
    if package is None:
        raise PublishError("pandoc is missing: install the package pypandoc_binary")
    pandoc = Path(package.origin).with_name("files") / "pandoc"
    ranges = (str(code) for both in CHINESE_RANGES for code in both)
    command = [str(pandoc), "lua", str(FILTER), to, edition.language(), *ranges]
    try:
        run = subprocess.run(command, input=json.dumps(pieces), capture_output=True, encoding="utf-8", check=False)
    except OSError as error:
        raise PublishError(f"pandoc does not start: {error.strerror}; reinstall pypandoc_binary") from error
    if run.returncode != 0:
        raise PublishError(f"pandoc failed with status {run.returncode}:\n{run.stderr.strip()}")
    results = json.loads(run.stdout)
    for result in results:  # whether an empty line comes first depends on what stood before
        result["text"] = [text.strip("\n") for text in result["text"]]
    if len(results) != len(pieces):
        raise PublishError(f"pandoc returned {len(results)} pieces of Markdown for {len(pieces)}")
    return results
