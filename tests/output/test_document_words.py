"""Every word of the merged notebook is in the PDF: prose, tables, captions, charts and sources."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from functools import reduce
from html import unescape
from operator import or_

import nbformat
import pypandoc
import pypdf
import pytest

from chipcheck.contract import NARROW_SVG, TABLE
from chipcheck.publish.markdown import CITED
from chipcheck.publish.working import is_working
from chipcheck.tables import printed

READER = "commonmark+pipe_tables+tex_math_dollars+fenced_divs+attributes+bracketed_spans"
BETWEEN = "PIECE{}ENDS"  # a paragraph of its own between two pieces, which no text of the report holds
# A word of letters or digits, one Chinese character (lines break between any two), or a sign that carries meaning.
TOKEN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[%−≠≈×✓≤≥±]|[^\W_\u2e80-\u9fff\uf900-\ufaff]+")


def tokens(text):
    return TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def said(node):
    """Text of a part of pandoc's tree; formulas, which are drawn from other signs, are left out."""
    if isinstance(node, list):
        return "".join(said(child) for child in node)
    if not isinstance(node, dict):
        return ""
    kind, content = node.get("t"), node.get("c")
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind == "Str":
        return content
    if kind in ("Code", "CodeBlock"):
        return content[1]
    if kind == "Math":
        return " "
    text = said(content) if kind else "".join(said(child) for child in node.values())
    return text + "\n" if kind in ("Para", "Plain", "Header", "BulletList", "Table") else text


def pieces(book):
    """Yield (place, Markdown) for everything that readers read, and the labels of the charts."""
    for cell in book.cells:
        about = cell.metadata["chipcheck"]
        place = f"{about['notebook'] or 'chapter ' + about['chapter']}, cell {about['cell']}"
        if cell.cell_type == "markdown":
            yield place, cell.source
        for output in cell.get("outputs", []):
            kind = output.metadata.get("chipcheck", {}).get("kind", "prose")
            if kind != "prose":
                yield f"{place}, caption", output.metadata["chipcheck"]["caption"]
            if kind == "table":
                fields, rows = printed(output.data[TABLE])
                shown = [at for at, field in enumerate(fields) if field["kind"] != "tag"]  # which only a screen needs
                cells = [fields[at]["name"] for at in shown] + [row[at] for row in rows for at in shown]
                yield from ((place, cell) for cell in cells if cell)
            elif kind == "prose":
                yield place, output.data["text/markdown"]
    report = book.metadata["report"]
    for source in report["sources"]:
        if source["source_id"] in report["only_on_page"]:
            continue  # behind what only the page has
        for key in ("title", "publisher"):
            yield f"source {source['source_id']}", re.sub(r"([^\w\s])", r"\\\1", source[key])
    for correction in report["corrections"]:
        yield f"correction of {correction['row_id']}", re.sub(r"([^\w\s])", r"\\\1", correction["reason"])


def chart_labels(book):
    """Yield (place, text) for the labels of the charts."""
    for cell in book.cells:
        about = cell.metadata["chipcheck"]
        beside_prose = about["chapter"] == "opening"
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.data:
                kind = NARROW_SVG if beside_prose else "image/svg+xml"
                name = output.metadata["chipcheck"]["name"]
                yield f"chart {name}", unescape(" ".join(re.findall(r"<text[^>]*>(.*?)</text>", output.data[kind])))


def missing_words(pdf_texts, required):
    """Return {place: words} for the words that `required` (pairs of place and text) holds more often than any text."""
    printed = reduce(or_, (Counter(tokens(text)) for text in pdf_texts))
    asked, places = Counter(), defaultdict(list)
    for place, text in required:
        for token in tokens(text):
            asked[token] += 1
            places[token].append(place)
    missing = defaultdict(list)
    for token in asked - printed:
        for place in dict.fromkeys(places[token]):
            missing[place].append(token)
    return dict(missing)


def plain(marked):
    """Return pairs of place and text for pairs of place and Markdown, from one run of pandoc."""
    apart = [CITED.sub(r" \1 ", text) for _, text in marked]  # a citation is a word of its own
    joined = "".join(f"{text}\n\n{BETWEEN.format(number)}\n\n" for number, text in enumerate(apart))
    tree = json.loads(pypandoc.convert_text(joined, "json", format=READER))
    texts = re.split(r"PIECE\d+ENDS", said(tree["blocks"]))
    assert len(texts) == len(marked) + 1
    return [(place, text) for (place, _), text in zip(marked, texts[:-1], strict=True)]


@pytest.fixture(scope="module")
def book(pdf):
    path = pdf.with_suffix(".ipynb")
    if not path.exists():
        pytest.skip(f"{path.name} is missing beside {pdf.name}")
    read = nbformat.read(path, as_version=4)
    read.cells = [cell for cell in read.cells if not is_working(cell)]  # which the PDF leaves out
    return read


def test_no_word_of_the_notebook_is_lost(pdf, book):
    # Words are never hyphenated, so that each stands in one piece. Labels of a chart that end where another begins
    # are parted in the layout alone.
    pages = pypdf.PdfReader(pdf).pages
    texts = ["\n".join(page.extract_text(extraction_mode=mode) for page in pages) for mode in ("plain", "layout")]
    required = plain(list(pieces(book))) + list(chart_labels(book))
    assert len(required) > 50
    lost = missing_words(texts, required)
    assert not lost, "\n".join(f"{place}: {' '.join(words)}" for place, words in lost.items())


def test_the_check_itself_finds_a_lost_word():
    table = "| a | two |\n|--|--|\n|华为|−3|"
    required = plain([("02.ipynb, cell 1", "Two *words* and 12.5%"), ("02.ipynb, cell 2", table)])
    assert missing_words(["two words and 12.5% a two 华 为 −3"], required) == {}
    assert missing_words(["two words and 12.5% a 华为 −3"], required) == {
        "02.ipynb, cell 1": ["two"],
        "02.ipynb, cell 2": ["two"],
    }
    assert missing_words(["two words and 12.5% a two 华 −3"], required) == {"02.ipynb, cell 2": ["为"]}
