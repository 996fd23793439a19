"""The committed notebooks: readable, reproducible, and free of typed numbers."""

import base64
import re
from io import BytesIO

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

# What may hold digits in a sentence: dates, and a figure quoted in backticks (checked apart)
DATE = re.compile(
    r"(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{4})?|\b(?:19|20)\d\d\b|(?:FY|fiscal (?:year )?)\d{4}"
)
QUOTED = re.compile(r"`([^`]*)`")
LINK = re.compile(r"\]\([^)]*\)")


def names_in_data():
    """Return every name in the tables that holds a digit: chips, products, bills, formats."""
    columns = ("chip", "product", "system", "subject", "reference", "precision", "company", "workload", "rule", "actor")
    names = {"BF16", "FP16", "FP8", "FP4", "INT8", "TF32", "H20", "H200", "MLPerf v4.0", "MLPerf v4.1", "MLPerf v5.1"}
    for table in schemas.TABLES:
        frame = data.load(table)
        for column in set(columns) & set(frame.columns):
            names |= {str(name) for name in frame[column].dropna() if re.search(r"\d", str(name))}
    return sorted(names, key=len, reverse=True)


@pytest.mark.parametrize("number", BOOKS)
def test_markdown_types_no_number(number):
    """Digits stand in Markdown only in dates, in names found in data/, and in quoted figures of claims."""
    claims = data.load("claims")
    own = claims if number == merge.SUMMARY else claims[claims["notebook"] == number]
    figures = set(own["figure_as_printed"].dropna())
    offenders = []
    for position, cell in enumerate(BOOKS[number].cells, start=1):
        if cell.cell_type != "markdown":
            continue
        text = LINK.sub("]", cell.source)
        for quoted in QUOTED.findall(text):
            if re.search(r"\d", quoted) and quoted not in figures:
                offenders.append(f"cell {position}: `{quoted}` is no figure that this notebook's claims print")
        text = QUOTED.sub("", text)
        for name in names_in_data():
            text = text.replace(name, "")
        text = DATE.sub("", text)
        text = re.sub(r"[Cc]hapter \d\d|notebook \d\d", "", text)
        offenders += [f"cell {position}: {found!r}" for found in re.findall(r"\S*\d\S*", text)]
    assert not offenders, "\n".join(offenders)


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
    kinds = ["notebooks/06-how-large-is-inference.ipynb", "figures/06-fleet-worth.svg", "figures/06-fleet-worth.csv",
             "figures/06-fleet-worth.png", "README.md", "data/README.md", "data/datapackage.json"]  # fmt: skip
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
    (tmp_path / "figures" / "06-gone.csv").write_text("left over")
    assert refresh.stale(files, tmp_path) == ["figures/06-gone.csv"]


def repainted(png, pixels):
    """The PNG with the first pixels of its middle row painted black."""
    picture = imread(BytesIO(png), format="png").copy()
    picture[picture.shape[0] // 2, :pixels, :3] = 0.0
    content = BytesIO()
    imsave(content, picture, format="png")
    return content.getvalue()


OTHER = ("notebooks/06-how-large-is-inference.ipynb", "figures/06-fleet-worth.png", "figures/06-fleet-worth.csv")


def other_machine(tmp_path, pixels):
    """Files that another machine derives, and a root with ours: one chart has some other pixels."""
    book, picture, csv = OTHER
    names = [*OTHER, "figures/06-fleet-worth.svg"]
    files = {name: (paths.ROOT / name).read_bytes() for name in names}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    png = repainted(files[picture], pixels)
    notebook = nbformat.reads(files[book].decode(), as_version=4)
    for cell in notebook.cells:
        for out in cell.get("outputs", []):
            if out.get("metadata", {}).get("chipcheck", {}).get("name") == "06-fleet-worth":
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
