"""The printed report: a merged, executed notebook through Markdown and Typst to PDF.

`ReportPDFExporter` is an exporter of nbconvert: `jupyter nbconvert --to report_pdf build/report.ipynb`. Its
template (templates/report_pdf) has two files: `index.typ.j2` turns the notebook's parts into calls,
`report.typ` holds every decision about type and layout. Nothing is computed here, and nothing in the notebook
may be lost: what cannot be printed is an error that names notebook and cell.
"""

import json
import os
import re
import string
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat.v4 import new_notebook
from traitlets import Enum, default

from chipcheck import contract, edition, paths
from chipcheck.contract import NARROW_SVG, STRIP, TABLE
from chipcheck.dates import in_words
from chipcheck.publish import strip
from chipcheck.publish.charttext import plot_alone, width_over_height, with_fonts
from chipcheck.publish.errors import PublishError, refuse_unsaid
from chipcheck.publish.markdown import CITED, Piece, convert, keep_together, literal
from chipcheck.publish.typed import Table, listed_claims, read_table, swaps
from chipcheck.publish.working import counted, is_working, labels, shown_in
from chipcheck.tables import plain_text

SVG = "image/svg+xml"
MARKDOWN = "text/markdown"
SHOWN_ADDRESS = 60  # characters of an address that paper prints; its link has all

# Where a problem is: typst names our source, which is no file, __typst_py_bytes__.typ.
_FILE_AND_LINE = re.compile(r"(\w+)\.typ:(\d+):")
_PLACE = re.compile(r'^#at\("(.*)"\)$')
_PANIC = "panicked with: "

STRIP_COLUMNS, STRIP_OPENING = 28, 36  # cells of a strip side by side: in the text, on the opening page
_RATINGS = "90-rating-meanings"  # the table that says what the ratings mean
_HEADING_OR_ANCHOR = re.compile(r'^<([^>\s]+)>$|#anchor\("([^"]+)"\)', re.MULTILINE)
# Where a line may end: at a space, after a hyphen before a letter, between two Chinese characters
_BREAK = re.compile(f" |(?<=-)(?=[A-Za-z])|{contract.CHINESE}+")


class ReportPDFExporter(TemplateExporter):
    """Print the merged notebook as one PDF (PDF/UA-1, vector charts, the same bytes on every build)."""

    paper = Enum(["a4", "us-letter"], "a4", help="The size of the sheets.").tag(config=True)

    export_from_notebook = "PDF of the report"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self):
        return ".pdf"

    @default("template_extension")
    def _template_extension_default(self):
        return ".typ.j2"

    @default("template_name")
    def _template_name_default(self):
        return "report_pdf"

    @default("default_preprocessors")
    def _default_preprocessors_default(self):
        # The merged notebook is final. Each step, even one that does nothing, would check all of it anew.
        return []

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self):
        return [str(paths.TEMPLATES)]

    def default_filters(self):
        """Add what the template needs: charts as Typst can set them, and Python values as Typst strings."""
        yield from super().default_filters()
        yield "quote", quote
        yield "with_fonts", with_fonts
        yield "places", strip.places
        yield "say", edition.said
        yield "filled", edition.text

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return (PDF bytes, resources). Raises PublishError where nothing faithful can be printed."""
        source, resources = self.typst(nb, resources, **kw)
        return self.printed(source, nb), resources

    def typst(self, nb, resources=None, **kw):
        """Return (Typst source, resources) of a merged notebook."""
        if "report" not in nb.metadata:
            raise PublishError("this notebook is not the merged report: it has no metadata named report")
        # The template gets what it prints; the notebook with all its outputs would be copied for it first.
        with edition.using(nb.metadata["report"]["language"]):
            resources = (resources or {}) | {"report": typeset(nb)}
            made = super().from_notebook_node(new_notebook(), resources, **kw)
            refuse_unsaid("the PDF")
        return made

    def printed(self, source: str, nb) -> bytes:
        """Return the PDF of what `typst` made of `nb`; nearly all of it works outside Python's lock."""
        with edition.using(nb.metadata["report"]["language"]):
            inputs = {**contract.LIGHT, "paper": self.paper, "chinese": contract.CHINESE, "words": words_of_layout()}
            inputs["language"] = edition.language()
            refuse_unsaid("the PDF")
        return packed(compile_typst(source, build_time(nb.metadata["report"]["as_of"]), inputs))


# What report.typ says in words of its own
LAYOUT = (
    *("HTML edition", "Source", "Sources", "Figure", "Table", "Part", "Page {page} of {pages}", "Analytical report"),
    *("Known until: ", "Authors", "Licence", "Version", "Contents", "Chapter", "The answer", "no date", "Not cited"),
    *("Cited on p. ", "Cited on pp. ", "p. {page}", ", ", "; ", ": ", "row", "printed", "used", ".", ". ", " (", ")"),
)


def words_of_layout() -> str:
    """Return the words of report.typ in the edition's language, as JSON."""
    return json.dumps({text: edition.said(text, "layout") for text in LAYOUT}, ensure_ascii=False)


def compile_typst(source: str, timestamp: int, inputs: dict[str, str]) -> bytes:
    """Return the PDF of a Typst source that may import files of the template folder.

    `timestamp`: seconds since 1970, written into the file as its date; `inputs`: what report.typ asks for by name.
    An error or a warning of Typst becomes a PublishError that names notebook and cell by the last line `#at("PLACE")`
    before it.
    """
    import typst  # the compiler is 30 MB: load it only when a PDF is made

    try:
        pdf, warnings = typst.compile_with_warnings(
            source.encode(),
            format="pdf",
            root=paths.TEMPLATES / "report_pdf",
            font_paths=[paths.FONTS],
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            timestamp=timestamp,
            sys_inputs=inputs,
        )
    except typst.TypstError as error:
        raise PublishError(_explain(error, source)) from None
    if warnings:
        raise PublishError("\n".join(_explain(warning, source) for warning in warnings))
    return pdf


def packed(pdf: bytes) -> bytes:
    """Return the same document with its small objects packed together.

    Typst writes the tags that a screen reader needs as some twenty thousand plain objects, three quarters of the
    file. Nothing else changes, and the same bytes come out for the same bytes in.
    """
    import pikepdf

    target = BytesIO()
    with TemporaryDirectory() as folder:
        plain = Path(folder, "plain.pdf")  # read from a file: from memory, each object is a call of Python
        plain.write_bytes(pdf)
        with pikepdf.open(plain) as document:
            document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return target.getvalue()


def _explain(problem, source: str) -> str:
    """Return a Typst error or warning as one line that starts with notebook and cell, if known."""
    found = _FILE_AND_LINE.search(problem.diagnostic.partition("error: ")[2] or problem.diagnostic)
    if problem.message.startswith(_PANIC):  # raised by the template, which knows the place
        return problem.message.removeprefix(_PANIC)
    place = "the report"
    if found and found[1] == "__typst_py_bytes__":
        for line in source.splitlines()[: int(found[2])]:
            place = match[1] if (match := _PLACE.match(line)) else place
    elif found:
        place = f"{found[1]}.typ, line {found[2]}"
    hints = "; ".join(problem.hints)
    return f"{place}: {problem.message}" + (f" ({hints})" if hints else "")


def build_time(as_of: str) -> int:
    """Return the date the PDF carries, in seconds since 1970: SOURCE_DATE_EPOCH, else the day `as_of` at 00:00 UTC."""
    midnight = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    return int(os.environ.get("SOURCE_DATE_EPOCH") or midnight.timestamp())


def quote(value: str | None) -> str:
    """Return a Typst string literal, `none` for None.

    >>> quote('say "\\\\"')
    '"say \\\\"\\\\\\\\\\\\""'
    """
    if value is None:
        return "none"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def link_target(url: str) -> str:
    """Return an address as a PDF's link may hold it: of ASCII alone, the rest percent-encoded.

    >>> link_target("https://example.org/a%20b/芯片?n=J#x")
    'https://example.org/a%20b/%E8%8A%AF%E7%89%87?n=J#x'
    """
    return percent_encode(url, safe=string.punctuation)


def shown_address(url: str) -> str:
    """Return an address as paper shows it beside its link: without what browsers add, and cut where it runs on.

    >>> shown_address("https://www.example.org/a/")
    'example.org/a'
    """
    text = re.sub(r"^https?://(www\.)?", "", url).rstrip("/")
    return text if len(text) <= SHOWN_ADDRESS else text[: SHOWN_ADDRESS - 1] + "…"


def typeset(nb) -> dict:
    """Return what the template prints, every text of it already in Typst markup.

    Keys: `meta` (the notebook's report metadata), `cover` and `known_until` (its texts for readers), `chapters` (in
    reading order: id, number, part, whether it is the `first` of that, title, where, answer, blocks, `working`, the
    line that stands for it unless it is `beside` a strip, and `opening` for the opening), `left_out` (what the working
    would show, by anchor, with its label), `sources`, `corrections`. A block is a dict with `kind` (prose, figures,
    table, verdicts, swaps, strip; plot in the opening), `where` and its fields; figures are those of one place in the
    text.
    """
    meta = nb.metadata["report"]
    texts = _Texts({source["source_id"] for source in meta["sources"]})
    sources = {}
    for source in meta["sources"]:
        shown = {"title": texts.add_literal(edition.title(source["title"]))}
        shown["publisher"] = texts.add_literal(edition.publisher(source["publisher"]))
        how = {"target": "" if source["linked"] == "no" else link_target(source["url"]), "kind": kind_words(source)}
        how["url"] = shown_address(source["url"])
        if source["date"] and edition.language() != edition.SOURCE:
            how["date"] = in_words(source["date"])
        sources[source["source_id"]] = source | shown | how
    chapters, unprinted = _chapters(nb, texts, sources)
    corrections = []
    for correction in meta["corrections"]:
        # A correction may rest on a source that no page cites and that the list therefore lacks.
        cited = [sources[key] for key in re.split(r"\s*;\s*", correction["source_id"]) if key in sources]
        corrections.append(correction | {"reason": texts.add_literal(correction["reason"]), "sources": cited})
    cover = {key: texts.add_literal(meta[key]) for key in ("title", "subtitle", "description", "licence")}
    texts.convert()
    return {
        "meta": meta,
        "cover": cover,
        "known_until": edition.said(", ").join(
            edition.text("{subject} {when}", subject=subject, when=in_words(when))
            for subject, when in meta["known_until"]
        ),
        "chapters": chapters,
        "left_out": _left_out(nb, unprinted),
        "sources": [one for one in sources.values() if one["source_id"] not in meta["only_on_page"]],
        "corrections": corrections,
    }


def kind_words(source: dict) -> str:
    """Return what kind of document a source is, and where it was read if not at its own address."""
    words = edition.said("machine-written page" if source["kind"] == "generated" else f"{source['kind']} source")
    notes = [edition.said("address not linked")] * (source["linked"] == "no")
    notes += [edition.text("read at {host}", host=urlsplit(source["read_at"]).netloc)] * bool(source["read_at"])
    return edition.text("{kind} ({notes})", kind=words, notes=edition.said("; ").join(notes)) if notes else words


class _Text:
    """A text that becomes Typst markup once all texts are converted together."""

    typst = None

    def __str__(self):
        return self.typst


class _Texts:
    """Collects every text of the report, so that one call converts them all."""

    def __init__(self, known_sources: set[str]):
        self._known_sources = known_sources
        self._pieces: list[tuple[Piece, list[_Text]]] = []
        self._literals: list[str] = []
        self._literal_texts: list[_Text] = []

    def add(self, text: str, chapter: str, where: str) -> _Text:
        """Return a handle for Markdown; it prints as Typst after `convert`.

        Raises PublishError if it cites a source that the list of sources lacks.
        """
        return self._add(text, [_Text()], chapter, where)[0]

    def add_lines(self, lines: list[str], chapter: str, where: str) -> list[_Text]:
        """Return handles for the cells of a table, as `add` does for one text."""
        return self._add(lines, [_Text() for _ in lines], chapter, where)

    def _add(self, text: str | list[str], handles: list[_Text], chapter: str, where: str) -> list[_Text]:
        cited = CITED.findall("\n".join([text] if isinstance(text, str) else text))
        if unknown := [source for _, source in cited if source not in self._known_sources]:
            raise PublishError(f"{where}: the list of sources lacks {', '.join(unknown)}")
        self._pieces.append((Piece(text, chapter, where), handles))
        return handles

    def add_literal(self, text: str) -> _Text:
        """Return a handle for text that is data, not Markdown: a title, a name."""
        self._literals.append(literal(text))
        self._literal_texts.append(_Text())
        return self._literal_texts[-1]

    def convert(self) -> None:
        """Run pandoc over all texts; literal ones are many and short, and go as the lines of one piece."""
        self._add(self._literals, self._literal_texts, "data", "titles and names of the report's metadata")
        made = convert([piece for piece, _ in self._pieces], "typst")
        for (_, handles), typst in zip(self._pieces, made, strict=True):
            for handle, text in zip(handles, [typst] if isinstance(typst, str) else typst, strict=True):
                handle.typst = text.strip()


def _chapters(nb, texts: _Texts, sources: dict[str, dict]) -> tuple[list[dict], list[_Text]]:
    """Return the chapters in the order of the report's metadata, with the blocks of their cells; and what is unprinted.

    The texts of the working are converted with the rest: the page names its headings along with the others.
    """
    chapters = {
        chapter["id"]: chapter
        | {
            "where": "report metadata, chapters",
            "title": None,
            "answer": [],
            "blocks": [],
            "working": [],
        }
        for chapter in nb.metadata["report"]["chapters"]
    }
    names, unprinted = {}, []
    listed = listed_claims(nb)
    for cell in nb.cells:
        place = cell.metadata.get("chipcheck")
        if place is None:
            raise PublishError(f"a cell does not say where it comes from: {cell.source[:60]!r}")
        # A title that the merge wrote comes from no notebook.
        where = f"chapter {place['chapter']}"
        if place["notebook"]:
            where = f"{place['notebook']}, cell {place['cell']}"
        chapter = chapters.get(place["chapter"])
        if chapter is None:
            raise PublishError(f"{where}: the report lists no chapter {place['chapter']!r}")
        if place["role"] == "title":
            heading = re.fullmatch(r"#\s+([^\n]+)", cell.source.strip())
            if not heading:
                raise PublishError(f"{where}: the title cell must hold one line, '# ' and the question")
            chapter.update(title=texts.add(heading[1], chapter["id"], where), where=where)
            continue
        if is_working(cell):
            chapter["working"].append(cell)
            unprinted += [texts.add(text, chapter["id"], where) for text in _words_of(cell)]
            continue
        blocks = _blocks(cell, chapter["id"], where, texts, listed)
        for block in blocks:
            _check_names(block, names)
            _look_up_sources(block, sources)
        if place["role"] == "answer" and all(block["kind"] == "prose" for block in blocks):
            chapter["answer"] += blocks
        else:
            chapter["blocks"] += blocks
    for chapter in chapters.values():
        if chapter["title"] is None:
            raise PublishError(f"chapter {chapter['id']} has no title cell")
    part = ""
    for chapter in chapters.values():
        chapter["first"], part = chapter["part"] != part, chapter["part"]
        for block in chapter["blocks"]:
            if block["kind"] == "verdicts" and f"table {_RATINGS}" in names:
                block["meanings"] = f"table-{_RATINGS}"
        if chapter["id"] == "opening":
            chapter["opening"] = _opening(chapter["blocks"], texts)
        else:
            chapter["blocks"] = _gather_figures(chapter["blocks"])
        note = _working_note(chapter["working"])
        strips = [block for block in chapter["blocks"] if block["kind"] == "strip"]
        if note and strips:
            strips[-1]["beside"], note = note, None  # in a line of its own it could be all of a page
        chapter["working"] = note
    return list(chapters.values()), unprinted


def _words_of(cell) -> list[str]:
    """Return the Markdown that a cell shows as prose."""
    if cell.cell_type == "markdown":
        return [cell.source]
    shown = [output for output in cell.get("outputs", []) if not output.get("metadata", {}).get("chipcheck")]
    return [output.data[MARKDOWN] for output in shown if MARKDOWN in output.get("data", {})]


def _working_note(cells: list) -> str | None:
    """Return the line that stands for the working of a chapter, or None where it has none."""
    if not cells:
        return None
    shown = counted(cells, edition.said(" and "))
    notebook = cells[0].metadata["chipcheck"]["notebook"].partition("-")[0]
    if not shown:
        return edition.text("The working of this chapter is in the HTML edition and in notebook {n}.", n=notebook)
    words = "The working of this chapter, {shown}, is in the HTML edition and in notebook {n}."
    return edition.text(words, shown=shown, n=notebook)


def _left_out(nb, unprinted: list[_Text]) -> dict[str, str]:
    """Return the places within the working that others may lead to, by anchor; figures and tables with their label."""
    called = labels(nb)
    shown = [f"{kind}-{name}" for cell in nb.cells if is_working(cell) for kind, name in shown_in(cell)]
    places = [one or other for text in unprinted for one, other in _HEADING_OR_ANCHOR.findall(str(text))]
    return dict.fromkeys(places, "") | {anchor: called[anchor] for anchor in shown}


def _check_names(block: dict, names: dict) -> None:
    """Raise PublishError if a figure's or table's name is taken."""
    label = f"{'figure' if block['kind'] == 'figure' else 'table'} {block.get('name')}"
    if block.get("name") and names.setdefault(label, block["where"]) != block["where"]:
        raise PublishError(f"{block['where']}: {label} is also the name of one in {names[label]}")


def _look_up_sources(block: dict, sources: dict[str, dict]) -> None:
    """Replace the ids of a block's sources by the sources; raises PublishError for one not in the list."""
    ids = block.get("sources", [])
    if unknown := [source for source in ids if source not in sources]:
        raise PublishError(f"{block['where']}: the report lists no source {', '.join(unknown)}")
    block["sources"] = [sources[source] for source in ids]


def _opening(blocks: list[dict], texts: _Texts) -> dict:
    """Return the opening in its parts, each a list of blocks.

    `lead` is what comes before the first heading, the strip of statements included. Of the sections, `cards` have a
    chart and share the first page with the lead; a card is its `words` and its `plots`. Of the others, those with a
    table go over the width of the page (`wide`), and the rest stand in two `columns`. A chart here is the plot alone:
    its head, split into `title` and `measure`, and its sources are set in the page's own type.
    """
    sections = [[]]
    for block in blocks:
        if block.get("starts_with_heading"):
            sections.append([])
        if block["kind"] == "strip":
            block |= {"hangs": False, "columns": STRIP_OPENING}
        if block["kind"] == "figure":
            block |= {"kind": "plot", "svg": plot_alone(block["narrow_svg"], *block["plot"])}
            block |= {key: texts.add_literal(block[key]) for key in ("title", "measure")}
        sections[-1].append(block)
    lead, *sections = sections

    def having(*kinds: str) -> list[list[dict]]:
        return [section for section in sections if any(block["kind"] in kinds for block in section)]

    pictured, wide = having("plot"), having("table", "verdicts", "swaps")
    cards = [
        {
            "words": [block for block in card if block["kind"] != "plot"],
            "plots": [block for block in card if block["kind"] == "plot"],
        }
        for card in pictured
    ]
    columns = [section for section in sections if section not in pictured and section not in wide]
    return {"lead": lead, "cards": cards, "wide": wide, "columns": columns}


def _gather_figures(blocks: list[dict]) -> list[dict]:
    """Return the blocks with figures joined into blocks of kind `figures`, one for each place in the text.

    Figures with no prose between them, though perhaps a table, illustrate the same words and stay together. The
    prose that they illustrate, from its heading on, is marked `leads_to_chart`. Right below a heading a figure
    could float to the page before it: there it follows the section's next block, or does not float (`floats`).
    """
    joined, place = [], None
    for block in blocks:
        if block["kind"] != "figure":
            joined.append(block)
            place = None if block["kind"] == "prose" else place
        elif place:
            place["figures"].append(block)
        else:
            words = [earlier for earlier in joined[-2:] if earlier["kind"] == "prose"]
            if words:
                (words[0] if words[0]["ends_in_heading"] else words[-1])["leads_to_chart"] = True
            first = all(earlier["kind"] != "figures" for earlier in joined)
            place = {"kind": "figures", "where": block["where"], "figures": [block], "floats": True, "first": first}
            joined.append(place)
    for index in range(1, len(joined)):
        figures, after = joined[index], joined[index + 1 : index + 2]
        if figures["kind"] == "figures" and joined[index - 1].get("ends_in_heading"):
            if after and not after[0].get("starts_with_heading"):
                joined[index : index + 2] = after[0], figures
            else:
                figures["floats"] = False
    return joined


def _blocks(cell, chapter: str, where: str, texts: _Texts, listed: set[str]) -> list[dict]:
    """Return what one cell prints: its Markdown, or the outputs of its code; never the code itself."""
    if cell.cell_type == "markdown":
        return [_prose(cell.source, chapter, where, texts)]
    if cell.cell_type == "code":
        return [_block(output, chapter, where, texts, listed) for output in cell.outputs]
    if cell.source.strip():
        raise PublishError(f"{where}: a {cell.cell_type} cell cannot be printed")
    return []


def _prose(markdown: str, chapter: str, where: str, texts: _Texts) -> dict:
    """Return a block of kind prose, which also tells whether headings are its first and last lines."""
    lines = markdown.strip().split("\n")
    return {
        "kind": "prose",
        "where": where,
        "text": texts.add(markdown, chapter, where),
        "starts_with_heading": lines[0].startswith("#"),
        "ends_in_heading": lines[-1].startswith("#"),
    }


def _block(output, chapter: str, where: str, texts: _Texts, listed: set[str]) -> dict:
    """Return the block of one output; raises PublishError unless it is prose, a figure or a table."""
    if output.output_type == "stream":
        start = output.text.strip()[:80]
        raise PublishError(f"{where}: prints to {output.name} ({start!r}); return Markdown instead")
    if output.output_type == "error":
        raise PublishError(f"{where}: ended with {output.ename}: {output.evalue}")
    about = output.metadata.get("chipcheck", {})
    kind = about.get("kind", "prose")
    needed = {"prose": MARKDOWN, "figure": SVG, "table": TABLE, "strip": STRIP}.get(kind)
    if needed not in output.data:
        raise PublishError(f"{where}: an output of kind {kind} holds only {', '.join(sorted(output.data))}")
    if kind == "prose":
        return _prose(output.data[MARKDOWN], chapter, where, texts)
    needed = ("name", "caption", "alt", "title", "measure", "plot") if kind == "figure" else ("name", "caption")
    missing = [key for key in needed if not about.get(key)]
    if missing:
        raise PublishError(f"{where}: the {kind} {about.get('name', '')} lacks {', '.join(missing)}")
    block = {
        "kind": kind,
        "where": where,
        "name": about["name"],
        "caption": texts.add(about["caption"], chapter, f"{where}, caption"),
        "sources": about.get("sources", []),
    }
    if kind == "strip":
        title = texts.add_literal(about["title"]) if about.get("title") else ""
        return block | {"title": title} | _strip(output.data[STRIP], listed, about["name"])
    if kind == "figure":
        svg = output.data[SVG]
        try:
            ratio = width_over_height(svg)
        except ValueError as error:
            raise PublishError(f"{where}: the figure {about['name']}: {error}") from None
        shown = {"svg": svg, "ratio": ratio, "narrow_svg": output.data.get(NARROW_SVG, svg)}
        return block | shown | {key: about[key] for key in ("alt", "title", "measure", "plot")}
    table = read_table(output, where)
    heads, *rows = table.in_rows(texts.add_lines(table.texts, chapter, where))
    if "verdict" in table.kinds:
        return block | {"kind": "verdicts"} | _verdicts(table, heads, rows)
    if "slip" in table.kinds:
        return block | {"kind": "swaps"} | swaps(table, [heads, *rows])
    wide = about.get("wide", False)
    return block | {"wide": wide, "aligns": table.aligns, "heads": heads, "rows": rows} | _measures(table)


def _strip(records: list[dict], listed: set[str], name: str) -> dict:
    """Return the fields of a strip: its parts, what its cells mean, in how many columns, with names in the margin.

    `all` is the anchor of the list of claims, for the strip of a chapter and where the report has the list.
    """
    return {
        "parts": strip.parts(records, listed),
        "legend": strip.legend(records),
        "hangs": True,
        "columns": STRIP_COLUMNS,
        "count": len(records),
        "all": "chapter-claims-table" if listed and name != paths.SUMMARY else "",
    }


def _verdicts(table: Table, heads: list[_Text], rows: list[list[_Text]]) -> dict:
    """Return a table of verdicts as the template sets it, one box a claim.

    `margin` and `names` are the heads of what hangs in the margin and of the rest. An entry of `rows` has `mark` (the
    verdict's sign), its texts by kind of column, None where a cell is empty, and as `details`, each with its head,
    those of other columns but of those by which only a screen filters and sorts (kind `tag`).
    """
    own = {kind: at for at, kind in enumerate(table.kinds) if kind in ("verdict", "line", "claim", "reason")}
    margin = [own["verdict"], own["line"]]

    def entry(cells: list[str | None], made: list[_Text]) -> dict:
        filled = [at for at, cell in enumerate(cells) if cell]
        details = [(heads[at], made[at]) for at in filled if at not in own.values() and table.kinds[at] != "tag"]
        texts = {kind: made[at] if at in filled else None for kind, at in own.items()}
        return {"mark": cells[own["verdict"]][0], "details": details, **texts}

    return {
        "margin": [heads[at] for at in margin],
        "names": [head for at, head in enumerate(heads) if at not in margin and table.kinds[at] != "tag"],
        "rows": [entry(*row) for row in zip(table.rows, rows, strict=True)],
    }


def _measures(table: Table) -> dict:
    """Return the longest words of each column, which no line may cut, and its longest texts.

    Which of them is the widest, Typst will measure.
    """
    columns = [
        [keep_together(plain_text("–" if cell is None else cell)) for cell in column]
        for column in zip(table.heads, *table.rows, strict=True)
    ]

    def longest(texts: Iterable[str], count: int) -> list[str]:
        return sorted(set(texts), key=lambda text: (-len(text), text))[:count]

    return {
        "words": [longest((word for text in column for word in _BREAK.split(text) if word), 6) for column in columns],
        "texts": [longest(column, 3) for column in columns],
    }
