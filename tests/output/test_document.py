"""The finished PDF as a reader, a screen reader and an archive see it."""

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from urllib.parse import unquote

import nbformat
import pikepdf
import pypdf
import pytest

from chipcheck import paths
from chipcheck.contract import CHINESE, CLAIMS, CLOSING
from chipcheck.publish.working import is_working

PAGE_FOOT = 24 / 25.4 * 72  # points from the paper's edge up to the text


@pytest.fixture(scope="module")
def document(pdf):
    with pikepdf.open(pdf) as opened:
        yield opened


@pytest.fixture(scope="module")
def reader(pdf):
    return pypdf.PdfReader(pdf)


@pytest.fixture(scope="module")
def texts(reader):
    """The text of each page."""
    return [page.extract_text() for page in reader.pages]


@pytest.fixture(scope="module")
def book(pdf):
    path = pdf.with_suffix(".ipynb")
    if not path.exists():
        pytest.skip(f"{path.name} is missing beside {pdf.name}")
    read = nbformat.read(path, as_version=4)
    read.cells = [cell for cell in read.cells if not is_working(cell)]  # which the PDF leaves out
    return read


def kids(node):
    """Return what an element of the structure tree holds: elements, and the marks of text and of links."""
    held = node.get("/K", [])
    return held if isinstance(held, pikepdf.Array) else [held]


def elements(node):
    """Yield the elements of the structure tree below `node`, in reading order."""
    for kid in kids(node):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


@pytest.fixture(scope="module")
def structure(document):
    return list(elements(document.Root.StructTreeRoot))


def of_kind(structure, kind):
    return [element for element in structure if str(element.S) == kind]


def outputs(book, kind):
    """Return what `kind` (figure, table) the notebook shows, as pairs of metadata and data."""
    found = [output for cell in book.cells for output in cell.get("outputs", [])]
    return [(o.metadata["chipcheck"], o.data) for o in found if o.metadata.get("chipcheck", {}).get("kind") == kind]


def headings(book):
    """Return the words of every heading of the notebook, in reading order, letters and digits only."""
    found = []
    for cell in book.cells:
        shown = [cell.source] if cell.cell_type == "markdown" else []
        for output in cell.get("outputs", []):
            if output.metadata.get("chipcheck", {}).get("kind", "prose") == "prose":
                shown.append(output.data["text/markdown"])
        for text in shown:
            found += re.findall(r"^#{1,3}\s+(.+?)(?:\s*\{#.*\})?$", text, re.MULTILINE)
    return [letters(re.sub(r"\]\([^)]*\)", "]", heading)) for heading in found]


def letters(text):
    return "".join(filter(str.isalnum, text)).casefold()


def bookmarks(outline, level=1):
    """Yield (level, item) for the bookmarks of the PDF, in reading order."""
    for item in outline:
        if isinstance(item, list):
            yield from bookmarks(item, level + 1)
        else:
            yield level, item


def test_no_line_of_the_text_runs_into_the_next(reader):
    """Lines of the text column stand a line apart; a paragraph after a chart's call once began on the line before."""
    close, seen = [], 0
    for number, page in enumerate(reader.pages, start=1):
        lines = set()

        def note(text, at, _, __, size, lines=lines):
            if text.strip() and size == 10 and abs(at[4] - 170) < 1:
                lines.add(round(at[5], 1))

        page.extract_text(visitor_text=note)
        heights = sorted(lines)
        seen += len(heights)
        close += [(number, low) for low, high in pairwise(heights) if high - low < 11]
    assert seen > 500 and close == []


def test_the_story_is_short_enough_to_finish(reader, book, bar):
    """Words of opening and chapters as a reader meets them: without charts, tables, lists of claims, the working."""
    story = [cell for cell in book.cells if cell.metadata.chipcheck.chapter not in ("80", *CLOSING)]
    texts = [cell.source for cell in story if cell.cell_type == "markdown"]
    outputs = [output for cell in story for output in cell.get("outputs", [])]
    texts += [out.data["text/markdown"] for out in outputs if not out.metadata.get("chipcheck") and "data" in out]
    words = sum(len(re.sub(r"\]\([^)]*\)", "", text).split()) for text in texts)
    bar("words of opening and chapters", f"{words:,}", "at most 11,000")
    bar("report.pdf", f"{len(reader.pages)} pages", "at most 75")
    assert 5_000 < words <= 11_000 and len(reader.pages) <= 75


# ------------------------------------------------------------------ what it says of itself


def test_it_is_tagged_and_says_its_language_and_title(document, book):
    report = book.metadata["report"]
    assert bool(document.Root.MarkInfo.Marked)
    assert str(document.Root.Lang) == report["language"]
    assert str(document.docinfo["/Title"]) == report["title"]
    assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == report["title"]


def test_pdfinfo_sees_a_tagged_a4_document(pdf, book):
    told = poppler("pdfinfo", pdf)
    for name, value in (("Tagged", "yes"), ("JavaScript", "no"), ("Encrypted", "no")):
        assert re.search(rf"^{name}:\s+{value}$", told, re.MULTILINE)
    assert "(A4)" in told and book.metadata["report"]["title"] in told


def poppler(tool, pdf):
    if not shutil.which(tool):
        pytest.skip(f"{tool} (poppler) is not on this machine")
    run = subprocess.run([tool, str(pdf)], capture_output=True, text=True, check=True)
    # Poppler reads a flag of the tags as a name, where the standard has a boolean.
    faults = [line for line in run.stderr.splitlines() if "Suspects object" not in line]
    assert not faults, faults
    return run.stdout


def test_every_page_but_the_cover_says_page_x_of_y(texts):
    for number, text in enumerate(texts[1:], start=2):
        assert f"Page {number} of {len(texts)}" in " ".join(text.split())


# ------------------------------------------------------------------ finding one's way


def test_every_chapter_and_section_is_bookmarked_in_order(reader, book):
    # Bookmarks also hold the contents and the list of sources; a chapter's number stands before its title.
    marked = [letters(item.title) for _, item in bookmarks(reader.outline)]
    wanted = headings(book)
    assert len(wanted) >= len(book.metadata["report"]["chapters"])
    position = 0
    for heading in wanted:
        later = [at for at in range(position, len(marked)) if marked[at].endswith(heading)]
        assert later, f"no bookmark after {marked[position - 1]} is called {heading}"
        position = later[0] + 1


def test_chapters_are_bookmarked_under_their_part(reader, book):
    within, part = {}, ""
    for level, item in bookmarks(reader.outline):
        part = letters(item.title) if level == 1 else part
        within[letters(item.title)] = (level, part)
    for chapter in book.metadata["report"]["chapters"]:
        name = letters(chapter["number"] + chapter["title"])
        assert within[name] == ((2, letters(chapter["part"])) if chapter["part"] else (1, name))


def test_every_link_within_the_report_has_a_target(reader):
    for page in reader.pages:
        for link in page.get("/Annots", []):
            target = link.get_object().get("/Dest")
            if isinstance(target, str):
                assert target in reader.named_destinations


def printed_sources(book):
    """The sources that the PDF lists: all but those of what only the page has."""
    report = book.metadata["report"]
    return [source for source in report["sources"] if source["source_id"] not in report["only_on_page"]]


def links(page):
    """Yield what each link of a page leads to: a name, a web address, or the object number of a page."""
    for link in (link.get_object() for link in page.get("/Annots", [])):
        target = link["/Dest"] if "/Dest" in link else link["/A"].get("/URI", link["/A"].get("/D"))
        yield str(target) if isinstance(target, str) else target[0].idnum


def test_every_source_is_listed_with_links_to_the_pages_that_cite_it(reader, texts, book):
    number_of = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages, start=1)}
    leads = [{number_of.get(target) for target in links(page)} for page in reader.pages]
    first = texts.index(next(text for text in reversed(texts) if "Corrections to source values" in text))
    listed = dict.fromkeys(source["n"] for source in printed_sources(book))
    number = None
    for at, text in enumerate(texts[first:], start=first):
        for entry, pages in re.findall(r"^\[(\d+)\]\s|Cited\s+on\s+pp?\.\s+([\d,–\s]+)$", text, re.MULTILINE):
            if entry:
                number, listed[int(entry)] = int(entry), []
            else:
                runs = [(int(start), int(end or start)) for start, end in re.findall(r"(\d+)(?:–\s*(\d+))?", pages)]
                assert {page for run in runs for page in run} <= leads[at]
                listed[number] = [page for start, end in runs for page in range(start, end + 1)]
    for number, pages in listed.items():
        assert pages is not None, f"source {number} is not in the list"
        for page in pages:
            assert f"[{number}]" in texts[page - 1], f"page {page} does not cite source {number}"
        for page, text in enumerate(texts[:first], start=1):
            assert page in pages or f"[{number}]" not in text, f"source {number} does not lead back to page {page}"
            assert page not in pages or leads[page - 1] & set(range(first + 1, len(texts) + 1))


def rows_of_claims(reader, book):
    """Yield the pages that each row of the table of all claims leads to; a row begins with a link on its verdict."""
    begins = {item.title: reader.get_destination_page_number(item) for _, item in bookmarks(reader.outline)}
    title_of = {chapter["id"]: chapter["title"] for chapter in book.metadata["report"]["chapters"]}
    first, after = begins[title_of["claims-table"]], begins[title_of["about"]]
    number_of = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    named = {name: number_of[place.page.idnum] for name, place in reader.named_destinations.items()}
    row = None
    for page in reader.pages[first:after]:
        found = [link.get_object() for link in page.get("/Annots", [])]
        places = [(round(-float(link["/Rect"][3])), float(link["/Rect"][0]), link) for link in found]
        for _, left, link in sorted(places, key=lambda place: place[:2]):
            target = link["/Dest"] if "/Dest" in link else link["/A"].get("/D")
            number = named[str(target)] if isinstance(target, str) else number_of[target[0].idnum]
            if left < 100 and number == first:  # in the margin
                if row:
                    yield row
                row = []
            if row is not None:
                row.append(number)
    yield row


def test_a_row_of_claims_leads_to_ratings_evidence_and_chapter_in_one_click(reader, book):
    begins = {item.title: reader.get_destination_page_number(item) for _, item in bookmarks(reader.outline)}
    titles = tuple(chapter["title"] for chapter in book.metadata["report"]["chapters"])
    chapters = {number for title, number in begins.items() if title.endswith(titles)}
    claims = [claim for cell in book.cells for out in cell.get("outputs", []) for claim in out.data.get(CLAIMS, [])]
    rows = list(rows_of_claims(reader, book))
    assert len(rows) == len(claims)
    for claim, (ratings, *others) in zip(claims, rows, strict=True):
        assert ratings == begins["What the ratings mean"]
        assert chapters & set(others), claim["claim_id"]
        if claim["sources"]:
            assert max(others) >= begins["Sources"], claim["claim_id"]


def test_references_to_other_pages_tell_the_page(reader, texts):
    """Where the text says "(Figure 5, p. 6)", Figure 5 is on page 6, and so for tables; pages exist."""
    shown = [" ".join(text.split()) for text in texts]
    for text in shown:
        for kind, number, page in re.findall(r"\((Figure|Table) (\d+), p\. (\d+)\)", text):
            assert f"{kind} {number} " in shown[int(page) - 1]
        assert all(int(page) <= len(texts) for page in re.findall(r"p\. (\d+)\)", text))


# ------------------------------------------------------------------ for readers who listen


def test_every_figure_has_its_text_alternative(structure, book):
    told = [str(figure.get("/Alt", "")) for figure in of_kind(structure, "/Figure")]
    assert all(told)
    assert sorted(told) == sorted(about["alt"] for about, _ in outputs(book, "figure"))


def test_every_formula_has_its_text_alternative(structure):
    assert all(str(formula.get("/Alt", "")) for formula in of_kind(structure, "/Formula"))


def attributes(element):
    """Yield the attributes of an element of the structure tree: dictionaries of what /A holds."""
    found = element.get("/A", [])
    yield from found if isinstance(found, pikepdf.Array) else [found]


def test_every_table_marks_its_header_cells(structure, book):
    tables = of_kind(structure, "/Table")
    assert len(tables) >= len(outputs(book, "table"))
    for table in tables:
        heads = of_kind(list(elements(table)), "/TH")
        assert heads
        for head in heads:
            assert any(entry.get("/Scope") == "/Column" for entry in attributes(head))
        names = {str(head.ID) for head in heads}
        for cell in of_kind(list(elements(table)), "/TD"):
            told = [str(name) for entry in attributes(cell) for name in entry.get("/Headers", [])]
            assert told and set(told) <= names


def addresses(element):
    """Return the web addresses that the links within an element of the structure tree lead to, each once, decoded.

    A PDF holds an address in ASCII: a viewer may not open another.
    """
    marked = (child for link in of_kind(elements(element), "/Link") for child in kids(link))
    actions = [child.Obj.get("/A", {}) for child in marked if isinstance(child, pikepdf.Dictionary) and "/Obj" in child]
    return list(dict.fromkeys(unquote(bytes(action["/URI"]).decode("ascii")) for action in actions if "/URI" in action))


def test_every_source_is_one_paragraph_for_who_listens(structure, book):
    told = [addresses(paragraph) for paragraph in of_kind(structure, "/P")]
    linked = [source for source in printed_sources(book) if source["linked"] != "no"]
    listed = [unquote(source["url"]) for source in linked]
    assert [each for each in told if each][-len(listed) :] == [[url] for url in listed]


def test_headings_go_down_one_level_at_a_time(structure):
    before = 0
    for element in structure:
        if match := re.fullmatch(r"/H(\d)", str(element.S)):
            assert int(match[1]) <= before + 1
            before = int(match[1])


def test_every_page_has_its_text_in_tags_or_marks_it_as_page_furniture(document):
    for page in document.pages:
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
            assert depth or operator not in ("Tj", "TJ")


def characters(font):
    """Return {code: text} of a font, from its table of characters for readers."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    known = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            known[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int(text, 16)
            for offset in range(int(last, 16) - int(first, 16) + 1):
                known[(int(first, 16) + offset).to_bytes(len(first) // 2, "big")] = chr(start + offset)
    return known


def language_of(mark, parents):
    """Return (language, whether within a figure) of a stretch of marked content."""
    properties, number = mark
    language = str(properties.get("/Lang", "")) or None
    element = parents[number] if number is not None else None
    drawn = False
    while element is not None and "/S" in element:
        language = language or (str(element.Lang) if "/Lang" in element else None)
        drawn = drawn or element.S == "/Figure"
        element = element.get("/P")
    return language, drawn


def test_chinese_is_marked_as_chinese(document):
    """Every Chinese character of the text says so; those within a chart are covered by its text alternative."""
    tree = document.Root.StructTreeRoot.ParentTree
    parents = dict(pikepdf.NumberTree(tree).items())
    tables, seen = {}, 0
    for page in document.pages:
        marks, font = [], None
        of_page = parents[int(page.StructParents)] if "/StructParents" in page else []
        for instruction in pikepdf.parse_content_stream(page):
            operands, operator = instruction.operands, str(instruction.operator)
            if operator in ("BDC", "BMC"):
                properties = operands[1] if operator == "BDC" else {}
                marks.append((properties, int(properties["/MCID"]) if "/MCID" in properties else None))
            elif operator == "EMC":
                marks.pop()
            elif operator == "Tf":
                font = page.Resources.Font[str(operands[0])]
            elif operator in ("Tj", "TJ") and "NotoSansSC" in str(font.BaseFont):
                known = tables.setdefault(str(font.BaseFont), characters(font))
                shown = operands[0] if operator == "TJ" else operands
                codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
                text = "".join(known[codes[at : at + 2]] for at in range(0, len(codes), 2))
                if not re.search(CHINESE, text) or marks[-1][1] is None:
                    continue  # a running head repeats a title, outside the text
                language, drawn = language_of(marks[-1], of_page)
                seen += 1
                assert drawn or (language or "").startswith("zh"), f"{text} is marked {language}"
    assert seen


# ------------------------------------------------------------------ fonts and pages


def test_every_font_travels_as_a_subset(document):
    found = 0
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            found += 1
            assert re.match(r"/[A-Z]{6}\+", str(item.FontName))
            assert any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    assert found


def test_pdffonts_sees_every_font_embedded_as_a_subset_with_its_characters(pdf):
    rows = poppler("pdffonts", pdf).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.search(r"\s(yes)\s+(yes)\s+(yes)\s+\d+\s+0$", row), row
        assert "ReleaseSans" in row or "NotoSansSC" in row or "Mono" in row or "Math" in row


def test_charts_are_vectors(document):
    assert not any(item.get("/Subtype") == "/Image" for item in document.objects if isinstance(item, pikepdf.Stream))


def test_words_and_chinese_can_be_read_back(texts):
    text = "".join(texts)
    assert "dense" in text and "吴晓波" in text


def places_of(page):
    """Return the height above the paper's edge, in points, of each text of a page but its foot."""
    found = []

    def visit(text, transform, matrix, *_):
        if text.strip():
            height = matrix[4] * transform[1] + matrix[5] * transform[3] + transform[5]
            if height > PAGE_FOOT - 20:
                found.append(height)

    page.extract_text(visitor_text=visit)
    return found


@pytest.fixture(scope="module")
def heights(reader):
    return [places_of(page) for page in reader.pages]


def test_no_heading_stands_alone_at_the_foot_of_a_page(reader, heights):
    for _, item in bookmarks(reader.outline):
        number = reader.get_destination_page_number(item)
        lines = {round(height) for height in heights[number] if height < float(item.top) - 20}
        assert len(lines) >= 2, f"{item.title} stands alone at the foot of page {number + 1}"


def test_pages_are_filled_unless_a_chapter_ends(reader, heights, book):
    """A figure or table that does not fit leaves no page more than half empty."""
    names = {letters(chapter["number"] + chapter["title"]) for chapter in book.metadata["report"]["chapters"]}
    marked = [(level, item) for level, item in bookmarks(reader.outline) if level == 1 or letters(item.title) in names]
    starts = {reader.get_destination_page_number(item) for _, item in marked}
    turned = [page.mediabox.width > page.mediabox.height for page in reader.pages]
    for number in range(1, len(turned) - 1):
        if number + 1 not in starts and not turned[number] and not turned[number + 1]:
            assert min(heights[number]) < 0.5 * 842, f"page {number + 1} is half empty"


@pytest.fixture(scope="module")
def opening(reader, book):
    """The pages of the opening."""
    first, second = (chapter["title"] for chapter in book.metadata["report"]["chapters"][:2])
    begins = {item.title: reader.get_destination_page_number(item) for _, item in bookmarks(reader.outline)}
    second = next(title for title in begins if title.endswith(second))
    return reader.pages[begins[first] : begins[second]]


def test_the_opening_has_thesis_strip_and_answers_on_one_page_and_the_rest_on_the_next(opening, book):
    assert len(opening) == 2, "the opening spills onto another page: its words have grown too many"
    first, second = (page.extract_text() for page in opening)
    charts = [about for about, _ in outputs(book, "figure") if about["name"].startswith("90-")]
    assert len(charts) == 3
    strip = next(about["title"] for about, _ in outputs(book, "strip") if about["name"] == "90")
    for title in [strip, *(about["title"] for about in charts)]:
        assert letters(title) in letters(first)
    headings = ("The swapped denominators", "What the article got right", "What came of it", "摘要 (summary")
    assert all(heading in second for heading in headings)


def test_the_opening_is_set_in_type_that_can_be_read(opening):
    """7.5 points at least, but for raised reference numbers."""
    sizes = {}

    def visit(text, transform, matrix, _, size):
        if text.strip() and not re.fullmatch(r"(\[\d+\])+", text.strip()):
            height = abs(size * matrix[3] * transform[3])
            sizes[round(height, 2)] = text

    for page in opening:
        page.extract_text(visitor_text=visit)
    assert sizes and min(sizes) >= 7.49, sizes[min(sizes)]


def test_the_contents_take_two_pages_at_most(reader, book):
    begins = {item.title: reader.get_destination_page_number(item) for _, item in bookmarks(reader.outline)}
    assert begins[book.metadata["report"]["chapters"][0]["title"]] - begins["Contents"] <= 2


def without_references(text):
    """Return letters and digits of Markdown or of a page, without numbers of sources and pages."""
    text = re.sub(r"\[\d+\]\(#source-[^)]*\)|\]\([^)]*\)", "", text)
    return letters(re.sub(r"\[\d+\]|\((?:\w+ \d+, )?p\.\s\d+\)", "", text))


def test_figures_stand_near_their_text(reader, texts, book):
    """A figure stands on the page where the words before it end, or on the next."""
    first = book.metadata["report"]["chapters"][0]["title"]
    opening = next(item for _, item in bookmarks(reader.outline) if item.title == first)
    contents = range(reader.get_destination_page_number(opening))  # their words stand there too, as titles
    pages = ["" if number in contents else without_references(text) for number, text in enumerate(texts)]
    before, checked = "", 0
    for cell in book.cells:
        if cell.cell_type == "markdown":
            before = cell.source
        for output in cell.get("outputs", []):
            about = output.metadata.get("chipcheck", {})
            if about.get("kind", "prose") == "prose":
                before = output.data["text/markdown"]
            elif about["kind"] == "figure":
                words, label = without_references(before)[-25:], without_references(about["caption"])[:30]
                here = [number for number, page in enumerate(pages) if words in page]
                there = [number for number, page in enumerate(pages) if label in page]
                if here and there:  # else words or caption run over two pages, or a table stands between
                    checked += 1
                    near = any(0 <= figure - text <= 1 for figure in there for text in here)
                    assert near, f"figure {about['name']} is on page {there[0] + 1}, its text on {here[0] + 1}"
    assert checked >= len(outputs(book, "figure")) / 2


# ------------------------------------------------------------------ the file


def test_it_is_small_enough_to_mail(pdf, html):
    assert pdf.stat().st_size <= 4e6
    assert html.stat().st_size <= 3e6


def test_another_folder_time_zone_and_language_give_the_same_bytes(pdf, book, tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import nbformat;"
        "from chipcheck.publish.pdf import ReportPDFExporter;"
        "book = nbformat.read(sys.argv[2], as_version=4);"
        "sys.stdout.buffer.write(ReportPDFExporter().from_notebook_node(book)[0])"
    )
    made = []
    for folder, zone, language, seed in (("a", "UTC", "C", "1"), ("b 中文", "Asia/Shanghai", "C.UTF-8", "2")):
        (tmp_path / folder).mkdir()
        made.append(
            subprocess.run(
                [sys.executable, "-c", script, str(paths.ROOT), str(pdf.with_suffix(".ipynb").resolve())],
                cwd=tmp_path / folder,
                env=os.environ | {"TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout
        )
    assert made[0] == made[1]
    if "SOURCE_DATE_EPOCH" not in os.environ:
        assert made[0] == pdf.read_bytes(), f"{pdf.name} is not what the notebook beside it gives: run `make report`"
