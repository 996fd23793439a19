"""The report as one HTML file: an nbconvert exporter with a template of its own.

`Report` reads the merged notebook and puts what the template needs beside each cell, so that the template only
lays out: numbered figures and tables, citations with ways back, chapters that open and close. Everything the page
needs is inside it, fonts included; nothing is fetched.
"""

import base64
import hashlib
import html
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.preprocessors.base import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool, default

from chipcheck import contract, data, edition, paths, tables, verdicts
from chipcheck.contract import CLAIMS, EXPLORER, GLOSSARY, HIDDEN, NARROW_SVG, ROLES, STRIP
from chipcheck.dates import in_words
from chipcheck.publish import kept, strip, svg
from chipcheck.publish.errors import PublishError, refuse_unsaid
from chipcheck.publish.glossary import Glossary, forms
from chipcheck.publish.linked import linked_data
from chipcheck.publish.markdown import CITED, Piece, convert
from chipcheck.publish.typed import listed_claims, read_table, swaps
from chipcheck.publish.working import counted, is_working, labels
from chipcheck.records import computation, filters, topic_title

TEMPLATE = "report_html"
# (family, CSS weight, CSS style, file). The first that has a character shows it; later ones fill the gaps.
FACES = [
    ("Release Sans", 400, "normal", "ReleaseSans-Regular.ttf"),
    ("Release Sans", 600, "normal", "ReleaseSans-SemiBold.ttf"),
    ("Release Sans", 400, "italic", "ReleaseSans-Italic.ttf"),
    ("Noto Sans SC", 400, "normal", "NotoSansSC-Regular.ttf"),
]
# Of the Chinese edition: its own bold, and marks that are Chinese in Chinese text though the first family has them
CHINESE_FACES = [
    ("Han Marks", 400, "normal", "NotoSansSC-Regular.ttf"),
    ("Han Marks", 600, "normal", "print/NotoSansSC-SemiBold.ttf"),
    *FACES,
    ("Noto Sans SC", 600, "normal", "print/NotoSansSC-SemiBold.ttf"),
]
HAN_MARKS = set("“”‘’—…·")
LANGUAGES = {
    "en": "English", "zh": "Chinese", "pt": "Portuguese", "ko": "Korean", "ja": "Japanese", "de": "German",
    "fr": "French", "es": "Spanish", "fi": "Finnish", "nl": "Dutch", "hi": "Hindi", "it": "Italian", "ru": "Russian",
    "lt": "Lithuanian",
}  # fmt: skip
# The anchor under which notebook 90 says what the ratings mean
MEANINGS = "claims-table-what-the-ratings-mean"
FONTS_GO_HERE = "/*fonts*/"

_CHINESE = re.compile(f"{contract.CHINESE}+")
_NOT_SHOWN = re.compile(r"<(style|script|math)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_HEADING = re.compile(r"^#{2,6} +(.+?)(?: *\{[#s][^}]*\})?$", re.MULTILINE)
_DAY = re.compile(r"(\d{1,2} )?[A-Z][a-z]+ \d{4}")

@dataclass
class Chapter:
    """One chapter of the page, as the merged notebook lists it; `part` and `number` are empty where it has none."""

    id: str
    title: str
    number: str
    part: str
    label: str
    previous: "Chapter | None" = None
    next: "Chapter | None" = None

    @property
    def tells(self) -> bool:
        """Whether it is part of the story, in which terms are explained where they are first used."""
        return self.id == "opening" or self.id.isdigit()

    @property
    def kicker(self) -> str:
        """What stands over its title: which chapter of which part, or that it is the method."""
        own = self.label if self.label != self.title and self.id != "opening" else ""
        return " · ".join(filter(None, [own, self.part]))


@dataclass
class Source:
    """A row of the list of sources; `places` are where it is cited first, by chapter label."""

    n: int
    source_id: str
    title: str
    publisher: str
    date: str
    url: str
    read_at: str
    linked: str
    kind: str
    language: str
    places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.publisher, self.title = edition.publisher(self.publisher), edition.title(self.title)
        if self.url and not self.url.startswith(("https://", "http://")):
            raise PublishError(f"source {self.source_id}: {self.url!r} is no web address")

    @property
    def link(self) -> str:
        """The address to link to; nothing where it is only printed."""
        return "" if self.linked == "no" else self.url

    @property
    def how_read(self) -> str:
        """Where and by whose hand it was read, in words, if not at its own address or not written by a person."""
        parts = [edition.text("address not linked: {host}", host=host(self.url))] * (self.linked == "no")
        parts += [edition.text("read at {host}", host=host(self.read_at))] * bool(self.read_at)
        return edition.said("; ").join(parts)

    @property
    def kind_words(self) -> str:
        """The kind as a reader sees it."""
        kinds = {"generated": "Machine-written page"}
        return edition.said(kinds.get(self.kind, f"{self.kind.capitalize()} source"))

    @property
    def when(self) -> str:
        """The date in words, or "no date"."""
        return in_words(self.date) if self.date else edition.said("no date")

    @property
    def language_name(self) -> str:
        """The language in words, or its code."""
        return edition.said(LANGUAGES.get(self.language, self.language))


def bibtex(meta: dict) -> str:
    """Return the entry of the report for BibTeX, from the metadata of the merged notebook."""
    year, month, day = meta["released"].split("-")
    title = meta["title"] if meta["title"].isascii() else contract.TITLE  # a key of BibTeX has no other letters
    name = "-".join(re.findall(r"\w+", title.lower()))
    return (
        f"@misc{{{name}-{year},\n"
        f"  title = {{{meta['title']}}},\n"
        f"  author = {{{' and '.join(f'{{{author}}}' for author in meta['authors'])}}},\n"
        f"  year = {{{year}}}, month = {int(month)}, day = {int(day)},\n"
        f"  version = {{{meta['version']}}}\n"
        "}"
    )


def host(address: str) -> str:
    """Return the host of a web address, without www.

    >>> host("https://www.example.org/a/b.html")
    'example.org'
    """
    return urlsplit(address).netloc.removeprefix("www.")


class ReportHTMLExporter(TemplateExporter):
    """`jupyter nbconvert --to report_html build/report.ipynb`: the merged notebook as one self-contained page."""

    show_code = Bool(False, help="Show the code from the start.").tag(config=True)
    explorers = Bool(True, help="Keep the things to try; the charts above them stay without.").tag(config=True)

    export_from_notebook = "Report (one HTML file)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    @default("template_name")
    def _template_name_default(self):
        return TEMPLATE

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self):
        return [str(paths.TEMPLATES)]

    @default("optimistic_validation")
    def _optimistic_validation_default(self):
        return True  # the notebook is checked once, after all preprocessors, instead of after each

    @default("preprocessors")
    def _preprocessors_default(self):
        return [PrepareReport]

    def default_filters(self):
        """Add the filters of the template: Chinese marked, dates and topics in words."""
        yield from super().default_filters()
        yield "text", marked
        yield "in_words", in_words
        yield "topic", topic_title
        yield "say", edition.said
        yield "filled", edition.text
        yield "people", edition.people

    def _create_environment(self):
        environment = super()._create_environment()
        # Text from data is escaped unless it was made here as Markup.
        environment.autoescape = True
        return environment

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return (HTML, resources) of a merged notebook. Raises PublishError naming notebook and cell."""
        with edition.using(nb.metadata.get("report", {}).get("language", edition.SOURCE)):
            page, resources = super().from_notebook_node(nb, resources, **kw)
            check_links(page, nb)
            refuse_unsaid("the page")
            return page.replace(FONTS_GO_HERE, fonts_css(page, nb), 1), resources


class PrepareReport(Preprocessor):
    """Put `view` beside cells and outputs and `report` into the resources, for the template."""

    def preprocess(self, nb, resources):
        """Return the notebook and its resources, ready for the template."""
        exporter = self.parent
        resources["report"] = Report(nb, exporter.explorers).prepare() | {"show_code": exporter.show_code}
        return nb, resources


class Report:
    """Reads one merged notebook; `prepare()` returns what the template needs beside the cells."""

    def __init__(self, nb: NotebookNode, explorers: bool = True) -> None:
        self.nb = nb
        self.explorers = explorers
        try:
            self.meta = nb.metadata["report"]
        except KeyError:
            raise PublishError("this is no merged notebook: its metadata has no `report`") from None
        self.chapters = chain(self.meta["chapters"])
        self.sources = {row["source_id"]: Source(**row) for row in self.meta["sources"]}
        self.shared = svg.Shared()
        self.labels = labels(nb)
        self.numbers: Counter = Counter()
        self.claims: list[dict] = []  # the records of all claims on the page, in order
        self.listed = listed_claims(nb)
        self.glossary = Glossary(forms(nb))
        self.meanings = ""  # where the page says what the ratings mean
        self.packed: list[str] = []  # what the page unpacks by script
        self.pieces: list[Piece] = []
        self.waiting: list = []  # what to do with each converted piece

    def prepare(self) -> dict:
        """Set `view` on every cell and output; return the context of the template."""
        for cell in self.nb.cells:
            self._read(cell)
        for then, converted in zip(self.waiting, convert(self.pieces, "html"), strict=True):
            then(converted)
        self._open_and_close()
        explored = self.meta["only_on_page"]
        return {
            **self.meta,
            "corrections": [
                {**row, "cited": self._cite(row["source_id"], edition.said("Corrections"), "the corrections")}
                for row in self.meta["corrections"]
            ],
            "parts": [(part, list(run)) for part, run in groupby(self.chapters.values(), lambda one: one.part)],
            "sources": [one for one in self.sources.values() if one.places or one.source_id not in explored],
            "paints": Markup(self.shared.css()),
            "palette": contract.PALETTE,
            "other": other(self.meta["language"]),
            "words": words_of_scripts(),
            "claims": len(self.claims),
            "filters": filters(self.claims) if self.claims else [],
            "meanings": self.meanings,
            "packed": packed(self.packed),
            "script": script,
            "bibtex": bibtex(self.meta),
            "linked_data": Markup(linked_data(self.meta, self.claims)),
            "explorers": self.numbers["explorer"],
            "policy": policy(
                ["theme.js", "contents.js", "reading.js", "cards.js", "cite.js", "packed.js"]
                + ["claims.js"] * bool(self.claims)
                + ["explore.js"] * bool(self.numbers["explorer"])
            ),
        }

    def _read(self, cell: NotebookNode) -> None:
        """Note the Markdown of a cell for conversion, and set its `view` and those of its outputs."""
        place = cell.metadata.get("chipcheck", {})
        where = f"{place.get('notebook', 'the merged notebook')}, cell {place.get('cell', '?')}"
        chapter = self.chapters.get(place.get("chapter"))
        if chapter is None:
            raise PublishError(f"{where}: chapter {place.get('chapter')!r} is not in the list of chapters")
        tags = cell.metadata.get("tags", [])
        cell.view = NotebookNode(
            chapter=chapter,
            role=place.get("role", "body"),
            tags=tags,
            where=where,
            figure=False,
            heads=False,
            heading="",
            working=is_working(cell),
            explorer=None,
        )
        if cell.cell_type == "markdown" and cell.view.role != "title":
            self._prose(cell.source, cell, cell.view)
        for output in cell.get("outputs", []):
            self._read_output(output, cell)

    def _read_output(self, output: NotebookNode, cell: NotebookNode) -> None:
        where = cell.view.where
        if output.output_type == "stream":
            if output.name == "stderr":
                raise PublishError(f"{where}: wrote to stderr:\n{output.text[:500]}")
            output.view = NotebookNode(kind="text", text=output.text)
            return
        if output.output_type == "error":
            raise PublishError(f"{where}: raised {output.ename}: {output.evalue}")
        data = output.data
        meta = output.metadata.get("chipcheck", {})
        if meta.get("kind") == "figure":
            self._read_figure(output, meta, cell)
        elif meta.get("kind") == "table" and CLAIMS in data:
            self._read_claims(output, meta, cell)
        elif meta.get("kind") == "table":
            self._read_table(output, meta, cell)
        elif meta.get("kind") == "strip" and STRIP in data:
            self._read_strip(output, meta, cell)
        elif "text/markdown" in data:
            output.view = NotebookNode(kind="prose")
            self._prose(data["text/markdown"], cell, output.view)
        elif shown := [kind for kind in data if kind != "text/plain"]:
            raise PublishError(
                f"{where}: an output of the kind {', '.join(shown)} cannot be published; show figures through "
                "charts.finish, tables through tables.show and prose as Markdown"
            )
        else:
            output.view = NotebookNode(kind="text", text=data["text/plain"])

    def _read_figure(self, output: NotebookNode, meta: dict, cell: NotebookNode) -> None:
        where, name = cell.view.where, meta["name"]
        lacking = [key for key in ("image/svg+xml", NARROW_SVG) if key not in output.data]
        lacking += [key for key in ("alt", "caption", "title") if not meta.get(key)]
        if lacking:
            raise PublishError(f"{where}: figure {name} lacks {', '.join(lacking)}")
        cell.view.figure = True
        try:
            wide = svg.inline(output.data["image/svg+xml"], name, meta["alt"], "wide", self.shared)
            narrow = svg.inline(output.data[NARROW_SVG], name, "", "narrow", self.shared)
        except PublishError as error:
            raise PublishError(f"{where}: {error}") from None
        output.view = NotebookNode(
            kind="figure",
            id=f"figure-{name}",
            label=self.labels[f"figure-{name}"],
            title=meta["title"],
            wide=Markup(wide),
            narrow=Markup(narrow),
            data=self._data(output.data, name),
        )
        self._caption(output.view, meta, cell)
        if self.explorers and EXPLORER in output.data:
            cell.view.explorer = self._explorer(output.data[EXPLORER], cell.view.chapter.label, where)

    def _explorer(self, explorer: dict, label: str, where: str) -> dict:
        """Return an explorer as the template shows it: answered as it starts, and embedded for its script."""
        from chipcheck.explore import answer

        self.numbers["explorer"] += 1
        for source in {*explorer["sources"]} & {*self.meta["only_on_page"]}:  # no sentence leads to these
            self._source(source, where).places.setdefault(label, f"explore-{explorer['id']}")
        told = {"title", "lead", "sources", "shown", "presets"}  # in the page already
        kept = {key: value for key, value in explorer.items() if key not in told}
        kept["fields"] = [
            {key: value for key, value in field.items() if key not in ("label", "options")}
            for field in explorer["fields"]
        ]
        numbers = {source: self._source(source, where).n for source in explorer["sources"]}
        if "chips" in explorer:
            kept["chips"] = {
                kind: {chip: [*row[:3], [numbers[source] for source in row[3]]] for chip, row in chips.items()}
                for kind, chips in explorer["chips"].items()
            }
        embedded = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        return {**explorer, "answer": answer(explorer).shown, "embedded": Markup(embedded)}

    def _read_table(self, output: NotebookNode, meta: dict, cell: NotebookNode) -> None:
        table = read_table(output, cell.view.where)
        view = self._numbered_table(output, meta, cell, kind="table", wide=bool(meta.get("wide")))
        if "slip" in table.kinds:
            view.kind = "swaps"

            def fill(made: list[str]) -> None:
                view.update(swaps(table, table.in_rows([Markup(text) for text in made])))

            self._convert(table.texts, cell, fill)
            return

        def keep(made: list[str]) -> None:
            heads, *rows = table.in_rows(made)
            view.heads = [head_cell(shown, align) for shown, align in zip(heads, table.aligns, strict=True)]
            view.rows = [
                [body_cell(*one, first=not at) for at, one in enumerate(zip(shown, row, table.aligns, strict=True))]
                for shown, row in zip(rows, table.rows, strict=True)
            ]
            for cells, term in zip(view.rows, table.keys, strict=False):
                cells[0]["id"] = f"term-{term}" if GLOSSARY in output.data else ""

        self._convert(table.texts, cell, keep)

    def _read_claims(self, output: NotebookNode, meta: dict, cell: NotebookNode) -> None:
        """Show the table of claims as rows that open; the table itself is for paper."""
        if self.claims:
            raise PublishError(f"{cell.view.where}: a second table of claims; the page lists all in one")
        view = self._numbered_table(output, meta, cell, kind="claims")
        view.claims = [self._claim(record, cell) for record in output.data[CLAIMS]]
        self.claims = output.data[CLAIMS]

    def _read_strip(self, output: NotebookNode, meta: dict, cell: NotebookNode) -> None:
        records = output.data[STRIP]
        output.view = NotebookNode(
            kind="strip",
            id=f"strip-{meta['name']}",
            parts=strip.parts(records, self.listed),
            legend=strip.legend(records),
            title=meta.get("title", ""),
            # Where the list of all claims shows just these
            all=f"claims?notebook={meta['name']}" if self.listed and meta["name"] != paths.SUMMARY else "",
            count=len(records),
        )
        self._caption(output.view, meta, cell)

    def _data(self, bundle: dict, name: str) -> dict | None:
        """Return file name and place among the packed texts of the CSV in an output, or None."""
        return {"name": f"{name}.csv", "packed": self._pack(bundle["text/csv"])} if "text/csv" in bundle else None

    def _pack(self, text: str) -> int:
        """Keep a text for `packed` and return its place there."""
        self.packed.append(text)
        return len(self.packed) - 1

    def _numbered_table(self, output: NotebookNode, meta: dict, cell: NotebookNode, **fields: object) -> NotebookNode:
        """Set and return the view of a table, with what all tables have."""
        name = meta["name"]
        label = self.labels[f"table-{name}"]
        output.view = NotebookNode(id=f"table-{name}", label=label, data=self._data(output.data, name), **fields)
        self._caption(output.view, meta, cell)
        return output.view

    def _claim(self, record: dict, cell: NotebookNode) -> dict:
        """Return a claim's record with what a page adds: citations, a link to the chapter, words for the rule."""
        label, where = cell.view.chapter.label, cell.view.where
        found = [
            {
                **part,
                "basis": part["basis"].replace("_", " "),
                "words": edition.said(ROLES[part["role"]]),
                "cited": [self._source(source, where) for source in part["sources"]],
            }
            for part in record["found"]
        ]
        # The sources of facts are listed too, so that a row needs no cards.
        listed = dict.fromkeys(record["sources"])
        listed |= dict.fromkeys(source for part in found for source in part["sources"])
        listed = data.own_language_first([*listed])
        return {
            **record,
            "found": found,
            "computation": computation(record),
            "evidence": [(self._place(source, label, where), self.sources[source]) for source in listed],
            "chapter": self.chapters.get(record["notebook"]),
        }

    def _caption(self, view: NotebookNode, meta: dict, cell: NotebookNode) -> None:
        """Note the caption for conversion and cite the sources after it."""
        self._convert([meta["caption"]], cell, lambda made: view.update(caption=Markup(made[0])))
        label, where = cell.view.chapter.label, cell.view.where
        view.sources = [self._cite(source, label, where) for source in meta.get("sources", [])]

    def _prose(self, text: str, cell: NotebookNode, view: NotebookNode) -> None:
        """Note Markdown for conversion; `view.html` will be its HTML."""
        cell.view.heads = cell.view.heads or text.lstrip().startswith("#")
        if not cell.view.heading and (heading := _HEADING.search(text)):
            cell.view.heading = tables.plain_text(heading[1])

        def keep(made: str) -> None:
            if cell.view.chapter.tells and not cell.view.working:
                made = self.glossary.marked(made, cell.view.chapter.id)
            view.html = Markup(made)
            if f'id="{MEANINGS}"' in made:
                self.meanings = MEANINGS

        self._convert(text, cell, keep)

    def _convert(self, text: str | list[str], cell: NotebookNode, then: Callable) -> None:
        """Note Markdown, or a list of lines, for conversion; `then` gets its HTML."""
        chapter, where = cell.view.chapter.label, cell.view.where

        def cited(found: re.Match) -> str:
            place = self._place(found[2], chapter, where)
            label = edition.text("Source {number}", number=found[1])
            return f'{found[0]}{{{f"#{place} " if place else ""}.cite aria-label="{label}"}}'

        def with_ways_back(some: str) -> str:
            return CITED.sub(cited, some).replace('"}[', '"} [')  # between two numbers a line may end

        text = with_ways_back(text) if isinstance(text, str) else [with_ways_back(line) for line in text]
        self.pieces.append(Piece(text, cell.view.chapter.id, where))
        self.waiting.append(then)

    def _cite(self, source_id: str, label: str, where: str) -> Markup:
        """Return a small linked number that leads to the source, and note the place for the way back."""
        place, source = self._place(source_id, label, where), self.sources[source_id]
        own = Markup(' id="{}"').format(place) if place else ""
        label = edition.text("Source {number}", number=source.n)
        return Markup('<a href="#source-{}"{} class="cite" aria-label="{}">{}</a>').format(
            source_id, own, label, source.n
        )

    def _place(self, source_id: str, label: str, where: str) -> str:
        """Return the id of the place where a chapter first cites a source, for the way back; of a later one nothing."""
        places = self._source(source_id, where).places
        if label in places:
            return ""
        self.numbers["citation"] += 1
        places[label] = f"cite-{self.numbers['citation']}"
        return places[label]

    def _source(self, source_id: str, where: str) -> Source:
        source = self.sources.get(source_id)
        if source is None:
            raise PublishError(f"{where}: cites {source_id!r}, which is not in the list of sources")
        return source

    def _open_and_close(self) -> None:
        """Mark the cells at which chapters, and groups of the opening, begin and end."""
        cells = with_code([cell for cell in self.nb.cells if cell.view.role != "title"])
        coded = [cell for cell in cells if cell.view.get("code")]
        shown = kept.each(highlighted, [cell.view.code for cell in coded], [Path(__file__)], ["pygments"])
        for cell, code in zip(coded, shown, strict=True):
            cell.view.packed = self._pack(code)
        explorers_after_the_text(cells)
        self.nb.cells = cells
        seen = set()
        for before, cell, after in zip([None, *cells], cells, [*cells[1:], None], strict=False):
            view = cell.view
            view.opens = before is None or before.view.chapter is not view.chapter
            view.closes = after is None or after.view.chapter is not view.chapter
            if view.opens and view.chapter.id in seen:
                raise PublishError(f"{view.where}: chapter {view.chapter.id} is interrupted by another chapter")
            seen.add(view.chapter.id)
        groups(cells)
        fold(cells)


def other(language: str) -> dict[str, str]:
    """Return code, name and file of the other edition, to which each chapter leads."""
    code = next(code for code in edition.NAMES if code != language)
    return {"code": code, "name": edition.NAMES[code], "file": edition.file_name("html", code)}


# What the scripts of the page say; in another edition it hands them the translations
SCRIPTED = (
    *("Save PNG", "Save SVG", "Cite", "Copy", ", with basis and date", "line {line}", "Source {n}", ", ", ". "),
    *(", statement of {line}: “{said}” ({rating}), ", "{count} of {all} claims", "No claim fits this choice"),
    *("{words} ({count})", "{shown} of {count} statements.", "{count} statements."),
    *("chart; arrow keys read its points",),
    *verdicts.RATINGS,
)


def words_of_scripts() -> Markup:
    """Return the translations for the scripts as JSON that may stand in a page; nothing in English."""
    words = {text: edition.said(text) for text in SCRIPTED}
    words = {text: made for text, made in words.items() if made != text}
    return Markup(json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")) if words else Markup("")


def packed(texts: list[str]) -> str:
    """Return texts as the script of the page unpacks them: a JSON list, deflated, in Base64.

    Code and data are a third of a page of which most readers open neither.
    """
    return base64.b64encode(zlib.compress(json.dumps(texts, ensure_ascii=False).encode(), 9)).decode()


def with_code(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Set `view.code` on code cells and return the cells to show.

    What only puts numbers into a sentence (tag `hide-input`) is not shown: the sentence says it.
    A cell that shows nothing lends its code to the code cell right after it in its chapter, or else to the one right
    before it, so that readers meet one closed box with all that made a result instead of several in a row.
    """
    shown, waiting = [], []
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "code":
            waiting.append("" if HIDDEN in cell.view.tags else cell.source.strip())
            silent = not cell.outputs
            if silent and _is_code_beside(after, cell):
                continue
            code, waiting = "\n\n".join(part for part in waiting if part), []
            if silent and shown and _is_code_beside(shown[-1], cell):
                shown[-1].view.code += f"\n\n{code}"
                continue
            cell.view.code = code
        shown.append(cell)
    return shown


def _is_code_beside(other: NotebookNode | None, cell: NotebookNode) -> bool:
    """Say whether another cell is a code cell of the same chapter."""
    return other is not None and other.cell_type == "code" and other.view.chapter is cell.view.chapter


def explorers_after_the_text(cells: list[NotebookNode]) -> None:
    """Move an explorer behind the computed sentences that follow its chart, so that it does not part the two."""
    for cell, after in zip(cells, cells[1:], strict=False):
        reads_on = after.cell_type == "code" and all(one.view.kind == "prose" for one in after.outputs)
        together = after.view.chapter is cell.view.chapter and after.view.working == cell.view.working
        if cell.view.explorer and reads_on and together:
            cell.view.explorer, after.view.explorer = None, cell.view.explorer


def groups(cells: list[NotebookNode]) -> None:
    """Group the opening: a group starts at the chapter's first cell and at each cell that begins with a heading.

    Sets `view.group_opens` (None, or the group's CSS classes) and `view.group_closes`.
    """
    group: list[NotebookNode] = []
    for cell in cells:
        view = cell.view
        view.group_opens, view.group_closes = None, False
        if view.chapter.id != "opening":
            continue
        if view.opens or view.heads:
            group = []
        else:
            group[-1].view.group_closes = False
        group.append(cell)
        view.group_closes = True
        classes = ["group"]
        if any(one.view.figure for one in group):
            classes.append("pictured")
        classes += dict.fromkeys(f"tag-{tag}" for one in group for tag in one.view.tags)
        group[0].view.group_opens = " ".join(classes)


def fold(cells: list[NotebookNode]) -> None:
    """Fold each run of working: sets `view.fold_opens` (None, or what the run is called) and `view.fold_closes`.

    A cell that shows nothing, between two of the working, does not part them.
    """
    for before, cell, after in zip(cells, cells[1:], cells[2:], strict=False):
        if cell.cell_type == "code" and not cell.outputs and before.view.working and after.view.working:
            cell.view.working = before.view.chapter is after.view.chapter
    for cell in cells:
        cell.view.fold_opens, cell.view.fold_closes = None, False
    for (_, working), run in groupby(cells, key=lambda cell: (cell.view.chapter.id, cell.view.working)):
        if working:
            run = list(run)
            title = next((cell.view.heading for cell in run if cell.view.heading), "")
            run[0].view.fold_opens = {"title": title, "holds": counted(run, edition.said(", "))}
            run[-1].view.fold_closes = True


def chain(rows: list[dict]) -> dict[str, Chapter]:
    """Return the chapters by id, each knowing the one before and the one after."""
    chapters = [Chapter(**row) for row in rows]
    for before, after in zip(chapters, chapters[1:], strict=False):
        before.next, after.previous = after, before
    return {chapter.id: chapter for chapter in chapters}


def marked(text: object) -> Markup:
    """Return plain text as HTML, Chinese runs with their language.

    >>> marked("<b> 华为")
    Markup('&lt;b&gt; <span lang="zh">华为</span>')
    """
    escaped = html.escape(str(text))
    if edition.language() == "zh":
        return Markup(escaped)
    return Markup(_CHINESE.sub(lambda found: f'<span lang="zh">{found[0]}</span>', escaped))


def head_cell(shown: str, align: str) -> dict:
    """Return the head of a column for the template; an empty one heads nothing."""
    head = {"tag": "th", "scope": "col"} if shown else {"tag": "td"}
    return {**head, "classes": "r" if align == "right" else "", "html": Markup(shown)}


def body_cell(shown: str, text: str | None, align: str, first: bool) -> dict:
    """Return a cell for the template, from its HTML and its Markdown; the first of a row is the row's head.

    Its classes say how much room its words need. Without them, a column of text in a wide table is a word wide and a
    page long, and a date breaks at its hyphens.
    """
    words = tables.plain_text(text or "")
    if len(words) <= 12 or _DAY.fullmatch(words):
        room = "one" if re.search(r"[\s\u2013-]", words) else ""
    else:
        room = "long" if len(words) >= 60 else "words" if len(words) >= 25 and align == "left" else ""
    head = {"tag": "th", "scope": "row"} if first and shown else {"tag": "td"}
    return {**head, "classes": " ".join(["r"] * (align == "right") + [room] * bool(room)), "html": Markup(shown)}


def highlighted(codes: list[str]) -> list[str]:
    """Return Python sources as HTML with comments, strings and keywords marked; the rest is left plain."""
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Keyword, String

    tags = ((Comment, "em"), (String, "i"), (Keyword, "b"))  # short ones: there are thousands on the page
    lexer = PythonLexer(stripnl=False)

    def one(code: str) -> str:
        tokens = (
            (next((tag for group, tag in tags if kind in group), None), html.escape(value, quote=False))
            for kind, value in lexer.get_tokens(code.rstrip())
        )
        parts = []
        for tag, run in groupby(tokens, key=lambda token: token[0]):  # a quoted word is one run, not three
            text = "".join(value for _, value in run)
            parts.append(f"<{tag}>{text}</{tag}>" if tag else text)
        return "".join(parts).rstrip()

    return [one(code) for code in codes]


# ------------------------------------------------------------------ scripts and the policy that lets them run


@cache
def script(name: str) -> Markup:
    """Return the text of a script of the template without its indents; the page's policy names its hash."""
    text = (paths.TEMPLATES / TEMPLATE / name).read_text(encoding="utf-8").strip()
    return Markup(re.sub(r"\n\s+", "\n", text))


def policy(scripts: list[str]) -> str:
    """Return the Content-Security-Policy: nothing from anywhere, and only the named scripts, by their hash."""
    hashes = (base64.b64encode(hashlib.sha256(script(name).encode()).digest()).decode() for name in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    # The page connects to nothing; 'self' lets auditing tools read a site's robots.txt in its name.
    return (
        "default-src 'none'; connect-src 'self'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src {allowed}; base-uri 'none'; form-action 'none'"
    )


# ------------------------------------------------------------------ checks over the whole page


def check_links(page: str, nb: NotebookNode) -> None:
    """Raise PublishError when an id stands twice on the page or a link within it leads nowhere."""
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    if repeated := [name for name, count in ids.items() if count > 1]:
        raise PublishError(f"ids that stand twice on the page: {', '.join(repeated)}")
    for target in dict.fromkeys(re.findall(r'\shref="#([^"]*)"', page)):
        target = html.unescape(target)
        if target and target.partition("?")[0] not in ids:
            raise PublishError(f"{whose(f'#{target}', nb)}: the link #{target} leads nowhere")


def whose(text: str, nb: NotebookNode) -> str:
    """Return notebook and cell in which `text` occurs first, for messages about the finished page."""
    for cell in nb.cells:
        place = cell.metadata.get("chipcheck", {})
        shown = [cell.source]
        for output in cell.get("outputs", []):
            shown += [str(value) for key, value in output.get("data", {}).items() if "svg" not in key]
            shown += [str(output.get("metadata", {})), output.get("text", "")]
        if any(text in one for one in shown):
            return f"{place.get('notebook')}, cell {place.get('cell')}"
    return "title, sources or corrections of the report"


def visible_characters(page: str) -> set[str]:
    """Return the characters that the page shows as text; formulas have fonts of their own."""
    return set(html.unescape(_TAG.sub("", _NOT_SHOWN.sub("", page))))


def fonts_css(page: str, nb: NotebookNode) -> str:
    """Return @font-face rules with just the letters that `page` shows, the same bytes for the same page.

    Raises PublishError naming a character that no font has, and the cell it is in.
    """
    from fontTools.ttLib import TTFont

    wanted = visible_characters(page)
    missing = {char for char in wanted if unicodedata.category(char) not in ("Cc", "Cf", "Zs")}
    faces, subsets = [], []
    in_latin: set[str] = set()
    for family, weight, style, file in CHINESE_FACES if edition.language() == "zh" else FACES:
        with TTFont(paths.FONTS / file, lazy=True, recalcTimestamp=False) as font:
            has = {char for char in wanted if ord(char) in font.getBestCmap()}
        if family == "Han Marks":
            has &= HAN_MARKS
        elif family == FACES[0][0]:
            in_latin |= has
        else:
            has -= in_latin  # what the first family shows is not needed a second time
        missing -= has
        if has:
            faces.append(f'font-family:"{family}";font-weight:{weight};font-style:{style}')
            subsets.append([file, "".join(sorted(has))])
    if missing:
        faults = [
            f"{whose(char, nb)}: no font has {char!r} (U+{ord(char):04X}){data.typed(char)}" for char in sorted(missing)
        ]
        raise PublishError("\n".join(faults))
    files = [Path(__file__), *(paths.FONTS / file for file, _ in subsets)]
    fonts = kept.each(_subsets, subsets, files, ["fonttools", "brotli"])
    rules = (
        f"@font-face{{{face};src:url(data:font/woff2;base64,{font})}}" for face, font in zip(faces, fonts, strict=True)
    )
    return "".join(rules)


def _subsets(wanted: list[list[str]]) -> list[str]:
    """Return for each file and its characters a font with these alone, as woff2 in Base64."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(
        flavor="woff2", hinting=False, recalc_timestamp=False, notdef_outline=True, drop_tables=["DSIG", "meta", "STAT"]
    )
    options.layout_features = ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum"]

    def one(file: str, characters: str) -> str:
        with TTFont(paths.FONTS / file, lazy=True, recalcTimestamp=False) as font:
            subsetter = Subsetter(options)
            subsetter.populate(text=characters)
            subsetter.subset(font)
            font.flavor = "woff2"
            packed = BytesIO()
            font.save(packed)
        return base64.b64encode(packed.getvalue()).decode()

    return [one(*each) for each in wanted]
