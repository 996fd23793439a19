"""Keep the catalogues of the Chinese edition in step with what the report says.

    python -m maintain.catalogues

English is the source, and a message is an English template with its slots. A build of the edition writes down each
message that it asks for. One that the catalogues lack comes in here without a translation, or, where the sentence it
replaces is gone, with that one's, marked fuzzy: stale, until somebody has read it. What nothing says any more goes.
"""

import ast
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import nbformat
import pandas as pd
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from chipcheck import edition, paths
from chipcheck.contract import ANALYST, EXPLORE
from chipcheck.files import write_atomic
from chipcheck.templates import has_words, template_of

HEADER = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
LONG = 8  # words of a message that stands in the code, the notebooks or the tables as it is
_SAID = re.compile(r"'((?:[^'{}%]|\{\w+\})+)'")


def sentences() -> dict[str, str]:
    """Return what must have a translation by where it is said: Markdown, templates of `prose.say`, reasons."""
    found = {}
    for path in paths.notebooks():
        for cell in _cells(path):
            if cell.cell_type == "markdown":
                said = (block(one) for one in re.split(r"\n\n+", cell.source))
            else:
                calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
                said = (call.args[0].value for call in calls if ast.unparse(call.func) == "prose.say")
            found |= {one: f"notebooks/{path.name}" for one in said if has_words(one)}
    verdicts = pd.read_csv(paths.DATA / "verdicts.csv", dtype=str)
    for column in ("reason", "searched"):
        found |= dict.fromkeys(verdicts[column].dropna(), "data/verdicts.csv")
    return found


def texts() -> set[str]:
    """Return everything that the edition can be asked for: texts of notebooks, of our code and of the tables."""
    found = set(sentences())
    for path in paths.notebooks():
        for cell in _cells(path):
            if cell.cell_type == "code":
                found |= set(_of_code(cell.source))
    for path in (paths.ROOT / "chipcheck").rglob("*.py"):
        found |= set(_of_code(path.read_text(encoding="utf-8")))
    for path in paths.TEMPLATES.rglob("*.j2"):
        found |= set(_SAID.findall(path.read_text(encoding="utf-8")))
    for path in paths.DATA.glob("*.csv"):
        frame = pd.read_csv(path, dtype=str)
        found |= {value for column in frame for value in frame[column].dropna().unique()}
    # What code makes of such texts before a reader sees them
    parts = {part for text in found for part in re.split("[,;:] ", text)}
    found |= {" ".join(text.split()) for text in found} | {text.strip() for text in found} | parts
    return found | {text[:1].upper() + text[1:] for text in found} | {text.replace("-", " ") for text in found}


def block(markdown: str) -> str:
    """Return the message of a block of Markdown: a heading without its marks and its anchor."""
    return re.sub(r" *\{#[^}]*\}$", "", re.sub(r"^#+ +", "", markdown))


def _cells(path: Path) -> Iterator[nbformat.NotebookNode]:
    """Yield the cells of a notebook that the report shows."""
    for cell in nbformat.read(path, as_version=4).cells:
        if not {ANALYST, EXPLORE} & set(cell.metadata.get("tags", [])):
            yield cell


def _of_code(source: str) -> Iterator[str]:
    """Yield the strings of Python code, and the templates of its f-strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            yield template_of(node)[0]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def read(code: str, domain: str) -> Catalog:
    """Return a catalogue of a language."""
    with (paths.LOCALES / code / f"{domain}.po").open("rb") as lines:
        return read_po(lines, locale=code)


def rendered(catalog: Catalog, code: str) -> str:
    """Return the text of a catalogue's file, the same for the same messages."""
    body = BytesIO()
    write_po(body, catalog, width=0, omit_header=True, include_previous=True)
    return HEADER.format(code) + body.getvalue().decode()


def asked(code: str) -> dict[str, tuple[str, str]]:
    """Return all sentences, and what else the last build of an edition asked for, each with domain and place."""
    found = {message: ("prose", place) for message, place in sentences().items()}
    for file in sorted((paths.build_of(code) / "messages").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            domain, message = json.loads(line)
            known, place = found.get(message, ("", file.stem))
            found[message] = known or domain, place
    return found


def updated(code: str) -> dict[str, str]:
    """Return the texts of the catalogues of a language, by file name, after the last build of its edition.

    What that build asked for comes in, and sentences that are gone go; shorter messages, put together by code, stay.
    """
    said = texts()
    catalogs = {domain: read(code, domain) for domain in edition.DOMAINS}
    known = {" ".join(one.id.split()) for catalog in catalogs.values() for one in catalog if one.id}
    files = {}
    for domain, catalog in catalogs.items():
        template = Catalog(locale=code)
        for one in catalog:
            if one.id and (one.id in said or len(one.id.split()) < LONG):
                template.add(one.id, context=one.context)
        for message, (asked_as, place) in asked(code).items():
            new = has_words(message) and edition.CONTEXT not in message and " ".join(message.split()) not in known
            said_still = message in said or len(message.split()) < LONG  # that build may be older than the sentence
            if new and said_still and (asked_as or "interface") == domain:
                template.add(message, auto_comments=[f"said in {place}"])
        catalog.update(template)
        catalog.obsolete.clear()
        files[f"{domain}.po"] = rendered(catalog, code)
    return files


def faults(code: str) -> list[str]:
    """Return in sentences what is missing and what is stale in the catalogues of a language, and slots that differ."""
    found, translated = [], {}
    where = sentences()
    for domain in edition.DOMAINS:
        for one in read(code, domain):
            name = f"locales/{code}/{domain}.po: {_short(one.id)}"
            if not one.id:
                continue
            translated[one.id] = one.string
            differ = slots(one.id) ^ slots(one.string)
            if one.fuzzy:
                found.append(f"{name} is stale: the English changed; read the translation, remove the mark `fuzzy`")
            elif not one.string:
                found.append(f"{name} has no translation")
            elif differ:
                found.append(f"{name}: the slots differ: {', '.join(sorted(differ))}")
    for text, place in where.items():
        if text not in translated:
            found.append(f"{place}: {_short(text)} is in no catalogue; `make refresh` adds it")
    said = texts()
    for text in translated:
        if len(text.split()) >= LONG and text not in said:  # shorter ones are put together by code, piece by piece
            found.append(f"locales/{code}: {_short(text)} is stale: no English says it; `make refresh` removes it")
    return found


def slots(template: str) -> set[str]:
    """Return the slots of a template, without what a translation says of the unit: {x:.1f} for {x:.1f|bn}."""
    inside = re.findall(r"(?<!\{)\{([^{}]*)\}", template.replace("{{", "").replace("}}", ""))
    return {re.sub(r"\|(bn|m|k|1|brief)$", "", one) for one in inside}


def _short(text: str) -> str:
    words = " ".join(str(text).split())
    return repr(words if len(words) < 90 else f"{words[:87]}…")


def main() -> None:
    """Rewrite the catalogues of every language but English."""
    for code in edition.NAMES:
        if code == edition.SOURCE:
            continue
        for name, text in updated(code).items():
            if text != (paths.LOCALES / code / name).read_text(encoding="utf-8"):
                write_atomic(paths.LOCALES / code / name, text)
                print(f"  wrote locales/{code}/{name}")
        print("\n".join(faults(code)) or f"  locales/{code}: every message is translated")


if __name__ == "__main__":
    main()
