"""The committed notebooks: readable, reproducible, and free of typed numbers."""

import ast
import base64
import functools
import re
from io import BytesIO
from string import Formatter

import nbformat
import pytest
from matplotlib.image import imread, imsave

from chipcheck import data, paths, schemas
from chipcheck.contract import EXPLORE
from chipcheck.publish import merge
from chipcheck.publish.execute import to_text
from maintain import refresh

BOOKS = {path.name[:2]: nbformat.read(path, as_version=4) for path in paths.notebooks()}
CHAPTERS = [number for number in BOOKS if number != merge.SUMMARY]

# What may hold digits in a sentence: dates, terms of the field, and a figure quoted in backticks (checked apart)
DATE = re.compile(
    r"(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{4})?|\b(?:19|20)\d\d\b|(?:FY|fiscal (?:year )?)\d{4}|\d{4}年\d{1,2}月"
)
TERM = re.compile(  # beside the names found in data/
    r"FP\d+|BF16|INT8|TF32|\bH20\b|\bH200\b|\b910[BC]\b|\b6000D\b|NVL72|\bS\d{4}\b|\b(?:8|16)-bit"
    r"|MLPerf v\d\.\d|Form 10-[KQ]|\b10-[KQ]\b|\bN\+\d|\d-nanometre|\bR\d\b|\bV\d\b|(?:Chat)?GPT-3\.5|Llama-70B"
    r"|[Ss]ection 232|[Cc]hapter \d\d?|notebook \d\d|^\d\. ",
    re.MULTILINE,
)
FORMULA = re.compile(r"(?<!\\)\$[^$]+(?<!\\)\$+|\$\$.*?\$\$", re.DOTALL)
QUOTED = re.compile(r"`([^`]*)`")
LINK = re.compile(r"\]\([^)]*\)")
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
BOOK = "notebooks/03-are-most-of-chinas-ai-cards-for-inference.ipynb"
OTHER = (BOOK, "figures/03-fleet-worth.png", "figures/03-fleet-worth.csv")
SAID = {  # where a notebook's code speaks to readers: the argument, by position or name
    "say": (0,),
    "finish": ("finding", "measure", "caption", "alt"),
    "show": (2,),
}


@functools.cache
def names_in_data():
    """Return every name in the tables that holds a digit: chips, products, bills, formats."""
    columns = ("chip", "product", "system", "subject", "reference", "precision", "company", "workload", "rule", "actor")
    names = set()
    for table in schemas.TABLES:
        frame = data.load(table)
        for column in set(columns) & set(frame.columns):
            names |= {str(name) for name in frame[column].dropna() if re.search(r"\d", str(name))}
    return sorted(names, key=len, reverse=True)


def typed_numbers(text):
    """Return the words of a text that hold digits and are no date, no name, no term and no formula."""
    text = QUOTED.sub("", LINK.sub("]", FORMULA.sub("", text)))
    for name in names_in_data():
        text = text.replace(name, "")
    return re.findall(r"\S*\d\S*", re.sub(TERM, "", DATE.sub("", text)))


def typed(node):
    """Yield what a program has typed of a text: its literals, without what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.BinOp):
        yield from (*typed(node.left), *typed(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*typed(node.body), *typed(node.orelse))


def said(cell):
    """Yield what a code cell types into sentences, titles, captions and alternative texts, and the name of the call."""
    for call in ast.walk(ast.parse(cell.source)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SAID):
            continue
        given = {**dict(enumerate(call.args)), **{keyword.arg: keyword.value for keyword in call.keywords}}
        for argument in SAID[call.func.attr]:
            for text in typed(given.get(argument)):
                if call.func.attr == "say":
                    text = "…".join(literal for literal, *_ in Formatter().parse(text))
                yield f"{call.func.attr} {argument}", text


@pytest.mark.parametrize("number", BOOKS)
def test_no_number_is_typed(number):
    """Digits are typed only in dates, names, terms of the field, and figures of the article in backticks.

    That holds for Markdown and for what code says: sentences, titles, captions, alternative texts.
    """
    claims = data.load("claims")
    own = claims if number == merge.SUMMARY else claims[claims["notebook"] == number]
    figures = set(own["figure_as_printed"].dropna())
    offenders = []
    for position, cell in enumerate(BOOKS[number].cells, start=1):
        for where, text in [("text", cell.source)] if cell.cell_type == "markdown" else said(cell):
            for quoted in QUOTED.findall(text):
                if re.search(r"\d", quoted) and quoted not in figures:
                    offenders.append(f"cell {position}, {where}: `{quoted}` is no figure of this notebook's claims")
            offenders += [f"cell {position}, {where}: {found!r}" for found in typed_numbers(text)]
    assert not offenders, "\n".join(offenders)


def test_a_typed_number_is_seen_wherever_code_speaks():
    cell = nbformat.v4.new_code_cell(
        'prose.say("{a:.1f} of 12 at FP8")\n'
        'charts.finish(fig, "n", finding="x" if y else f"{z} of 34", measure="", alt="5.6 " + word, caption="H200")\n'
        'tables.show(frame, "n7", "8 rows of `9`")'
    )
    found = [number for _, text in said(cell) for number in typed_numbers(text)]
    assert found == ["12", "34", "5.6", "8"]


@pytest.mark.parametrize("number", BOOKS)
def test_a_finding_without_a_number_in_it_says_when_it_holds(number):
    """A title that is only typed stays as it is when its numbers move; `holds` is what stops the build then."""
    for position, cell in enumerate(BOOKS[number].cells, start=1):
        for call in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "finish":
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                assert not isinstance(given["finding"], ast.Constant) or "holds" in given, f"cell {position}"


@pytest.mark.parametrize("number", BOOKS)
def test_code_stays_within_120_columns(number):
    """A line may be longer by a sentence: its longest text does not count, and what is left is short."""
    for position, cell in enumerate(BOOKS[number].cells, start=1):
        if cell.cell_type != "code":
            continue
        wide = []
        for line, text in enumerate(cell.source.splitlines(), start=1):
            longest = max(map(len, LITERAL.findall(text)), default=0)
            wide += [line] if len(text) > 120 and len(text) - longest > 80 else []
        assert not wide, f"cell {position}, lines {wide}"


@pytest.mark.parametrize("number", BOOKS)
def test_cells_stay_short_and_prose_cells_are_folded(number):
    for position, cell in enumerate(BOOKS[number].cells, start=1):
        tags = cell.metadata.get("tags", [])
        if "hide-input" in tags:
            assert cell.metadata.jupyter.source_hidden, f"cell {position} is prose and shows its code"
        elif cell.cell_type == "code":
            lines = len(cell.source.splitlines())
            assert lines <= 25, f"cell {position} has {lines} lines; one thought is about ten, and 25 at most"


@pytest.mark.parametrize("number", CHAPTERS)
def test_a_chapter_asks_answers_and_saves(number):
    cells = BOOKS[number].cells
    assert cells[0].source.startswith("# ")
    assert sum(cell.source.startswith("# ") for cell in cells if cell.cell_type == "markdown") == 1
    assert "answer" in cells[-1].metadata.tags
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert f'Facts("{number}")' in source and "facts.save()" in source
    assert f'chapter.verdict_table("{number}", facts)' in source


@pytest.mark.parametrize("number", BOOKS)
def test_outputs_are_there_and_carry_no_trace_of_the_machine(number):
    book = BOOKS[number]
    text = nbformat.writes(book)
    assert not re.search(r"/(?:tmp|root|home)/\w", text)
    for position, cell in enumerate(book.cells, start=1):
        if cell.cell_type != "code":
            continue
        if EXPLORE in cell.metadata.get("tags", []):
            assert not cell.outputs and not cell.execution_count, f"cell {position} is for a running kernel only"
            continue
        assert cell.execution_count, f"cell {position} was never run"
        assert not any(out.output_type in ("error", "stream") for out in cell.outputs), f"cell {position}"
        objects = [out.data["text/plain"] for out in cell.outputs if re.search(r" at 0x\w+>", str(out.data))]
        assert not objects, f"cell {position} shows an object and its address; end the line with a semicolon"


def test_every_claim_belongs_to_a_notebook_of_the_design():
    assert set(data.load("claims")["notebook"]) <= set(CHAPTERS) == set(schemas.CHAPTERS)


def test_one_stale_file_of_each_kind_is_named(tmp_path):
    """In a copy, spoil a notebook's output, a figure, a table of the README, the codebook and the data package."""
    kinds = [*OTHER, "figures/03-fleet-worth.svg", "README.md", "data/README.md", "data/datapackage.json"]  # fmt: skip
    files = {name: (paths.ROOT / name).read_bytes() for name in kinds}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert refresh.stale(files, tmp_path) == []
    for name, content in files.items():
        (tmp_path / name).write_bytes(content.replace(b"6", b"9", 1))
        assert refresh.stale(files, tmp_path) == [name]
        (tmp_path / name).unlink()
        assert refresh.stale(files, tmp_path) == [name]
        (tmp_path / name).write_bytes(content)
    (tmp_path / "figures" / "03-gone.csv").write_text("left over")
    assert refresh.stale(files, tmp_path) == ["figures/03-gone.csv"]


def repainted(png, pixels):
    """The PNG with the first pixels of its middle row painted black."""
    picture = imread(BytesIO(png), format="png").copy()
    picture[picture.shape[0] // 2, :pixels, :3] = 0.0
    content = BytesIO()
    imsave(content, picture, format="png")
    return content.getvalue()




def other_machine(tmp_path, pixels):
    """Files that another machine derives, and a root with ours: one chart has some other pixels."""
    book, picture, csv = OTHER
    names = [*OTHER, "figures/03-fleet-worth.svg"]
    files = {name: (paths.ROOT / name).read_bytes() for name in names}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    png = repainted(files[picture], pixels)
    notebook = nbformat.reads(files[book].decode(), as_version=4)
    for cell in notebook.cells:
        for out in cell.get("outputs", []):
            if out.get("metadata", {}).get("chipcheck", {}).get("name") == "03-fleet-worth":
                out.data["image/png"] = base64.b64encode(png).decode()
    return files | {book: to_text(notebook).encode(), picture: png}


def test_a_few_other_pixels_with_the_same_numbers_are_reported_and_pass(tmp_path):
    files = other_machine(tmp_path, 100)
    assert refresh.stale(files, tmp_path) == []
    assert set(refresh.other_pixels(files, tmp_path)) == set(OTHER[:2])


def test_many_other_pixels_or_another_number_are_stale(tmp_path):
    book, picture, csv = OTHER
    assert set(refresh.stale(other_machine(tmp_path, 1400), tmp_path)) == {book, picture}
    files = other_machine(tmp_path, 100)
    files[csv] = files[csv].replace(b"6", b"9", 1)
    assert set(refresh.stale(files, tmp_path)) == {book, picture, csv}


@pytest.mark.parametrize("number", BOOKS)
def test_colours_come_from_the_palette(number):
    """A typed colour stays behind when the palette changes; `charts.tint` thins one of its colours."""
    typed_colours = {
        f"cell {position}: {found}"
        for position, cell in enumerate(BOOKS[number].cells, start=1)
        if cell.cell_type == "code"
        for found in re.findall(r"#[0-9a-fA-F]{6}\b", cell.source)
    }
    assert not typed_colours
