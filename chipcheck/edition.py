"""The edition that is being made, and its words: English as typed, or another language from the catalogues.

English is the source. What reaches a reader passes a door (`prose.say`, `tables.show`, `charts.finish`, the exporters),
and there, in another edition, a text is looked up under the template that it was made from. `locales/zh` has two
catalogues, `prose.po` for sentences and `interface.po` for heads, labels and buttons; figures are set by `chinese`.
A text that no catalogue has stays English and is named: in the story the build then stops.
"""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from chipcheck import chinese, paths
from chipcheck.contract import CHINESE
from chipcheck.templates import HOOK, Hook, has_words

SOURCE = "en"
NAMES = {"en": "English", "zh": "中文"}  # as a link to the edition says it
CONTEXT = "\x04"  # between the context of a message and the message, as gettext has it
SCALES = {"USD bn": 10, "US$ billion": 10, "CNY bn": 10, "CNY billion": 10, "US$ million": 0.01, "million cards": 100}
BRIEF = "brief"  # asks in a slot for a short date: {day|brief}
DOMAINS = ("prose", "interface")
CITATION = re.compile(r'( ?\[(?:[^\[\]\\]|\\.)*\]\(\S+ "source:[a-z0-9.-]+"\))')

_chosen: ContextVar[str] = ContextVar("edition")
_UNSAID = re.compile(r"`[^`]*`|\]\([^)\s]*(?: \"[^\"]*\")?\)|https?://\S+|\{[^{}]*\}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z’'-]*[a-z][A-Za-z’'-]*|[A-Za-z]{3,}")
_LINK = re.compile(r"(\[)([^\[\]]*)(\]\(#[^)\s]*\))")
_SIGNED = re.compile(r"([✓≈≠×?…○–] )(\S.*)")
_CODE = re.compile(r"(`[^`]*`|\]\([^)\s]*(?: \"[^\"]*\")?\)|https?://\S+)")
_UNITED = re.compile(r"[%亿万元年月日季倍块张颗]|[A-Za-z]\d|\d[A-Za-z]")
_BREAK = re.compile(rf"(?<={CHINESE})\n|\n(?={CHINESE})")
_MARKS, _WIDE, _HAN = re.compile(r"([,;:.] )(?=\S)"), {",": "，", ";": "；", ":": "：", ".": "。"}, re.compile(CHINESE)
_ENDED = re.compile(rf"{_MARKS.pattern}|(?<=\}})\.$")
_ID = re.compile(r"(?=.*[_#-](?![^{]*\}))(?:[a-z0-9_#.-]|\{[^{}]*\})+")
_PLACED = re.compile(r", (in|after|via|notice in|as quoted by|quoting) (?:a )?")
_PLACES = {
    "in": "，载于", "after": "，转引自", "via": "，经由", "notice in": "公告，载于", "as quoted by": "，引自",
    "quoting": "，引述",
}  # fmt: skip


def language() -> str:
    """Return the code of the language of the edition at work."""
    return _chosen.get(os.environ.get("CHIPCHECK_EDITION", SOURCE))


@contextmanager
def using(code: str) -> Iterator[None]:
    """Make what is done within in the edition of this language."""
    token = _chosen.set(code)
    try:
        yield
    finally:
        _chosen.reset(token)


@cache
def catalogue(code: str) -> dict[str, str]:
    """Return the translations of a language by English template; stale (fuzzy) ones are left out."""
    from babel.messages.pofile import read_po

    found: dict[str, str] = {}
    for domain in reversed(DOMAINS):
        file = paths.LOCALES / code / f"{domain}.po"
        if file.exists():
            with file.open("rb") as lines:
                entries = read_po(lines, locale=code)
            entries = [one for one in entries if one.id and one.string and not one.fuzzy]
            found |= {f"{one.context}{CONTEXT}{one.id}" if one.context else one.id: one.string for one in entries}
    return found


@cache
def _without_breaks(code: str) -> dict[str, tuple[str, str]]:
    """Return the messages whose lines are broken, for labels, by what they say in one line: message, translation."""
    broken = {one: said for one, said in catalogue(code).items() if "\n" in one.strip()}
    return {" ".join(one.split()): (one, _BREAK.sub("", said).replace("\n", " ")) for one, said in broken.items()}


def _found(text: str) -> str | None:
    """Return the translation of a message and note its use; None where the catalogues lack it."""
    made = catalogue(language()).get(text)
    if made is None:
        message, made = _without_breaks(language()).get(" ".join(text.split()), (text, None))
        text = message
    if made is not None:
        _write_down("", text)
    return made


def publisher(name: str) -> str:
    """Return who published a source, or from whom it took it over, in the edition's language.

    >>> with using("zh"):
    ...     publisher("Nobody Ltd, in 网易 (NetEase)")
    'Nobody Ltd，载于网易'
    """
    if language() == SOURCE:
        return name
    name = re.sub(r"(?<=\w)’(?=\w)", "'", name) if (made := _found(name)) is None else name
    if made is not None:
        return re.sub(r"(?<=[a-z])’(?=[a-z])", "'", made)
    parts = _PLACED.split(name)
    if len(parts) > 1:
        return "".join(_PLACES[part] if at % 2 else publisher(part) for at, part in enumerate(parts))
    outside, _, inside = name.partition(" (")
    inside = inside.removesuffix(")")
    if _HAN.search(outside) and inside.isascii():
        return outside  # 网易 (NetEase)
    return inside if _HAN.search(inside) and outside.isascii() else name


def title(words: str) -> str:
    """Return the title of a document: its own, or what we call it, in the edition's language."""
    return words if language() == SOURCE else _found(words) or words


def people(names: str) -> str:
    """Return whom a statement is attributed to, names joined by `;`, in the edition's language."""
    return names if language() == SOURCE else "、".join(said(name) for name in names.split(";"))


@cache
def _publishers() -> frozenset[str]:
    """Return the names in Latin letters of those who published our sources."""
    with (paths.DATA / "sources.csv").open(encoding="utf-8", newline="") as lines:
        names = [row["publisher"] for row in csv.DictReader(lines)]
    return frozenset(word for name in names for word in _LATIN.findall(name) if word[0].isupper())


@cache
def kept(code: str) -> frozenset[str]:
    """Return the words in Latin letters that translations use: names and units that stay as they are."""
    used = {word for text in catalogue(code).values() for word in _LATIN.findall(_UNSAID.sub(" ", text))}
    return frozenset(used | _publishers())


@dataclass
class Said:
    """What this process knows of texts that its notebook made; only another edition than the English one fills it."""

    made: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  # text: template, texts in its slots
    constants: set[str] = field(default_factory=set)  # strings in its code
    missing: list[str] = field(default_factory=list)  # messages without a translation, as doors met them


_SAID = Said()


def file_name(kind: str, code: str) -> str:
    """Return the name of a finished file of an edition: report.html, report.zh.html."""
    return f"report.{kind}" if code == SOURCE else f"report.{code}.{kind}"


def listen() -> None:
    """Have the kernel read f-strings as templates from now on; it is the first thing that a translated run does."""
    from IPython import get_ipython

    shell, hook = get_ipython(), Hook()
    hook.constants = _SAID.constants
    shell.ast_transformers.append(hook)
    shell.user_ns_hidden[HOOK] = shell.user_ns[HOOK] = filled


class _Named(Formatter):
    """Fills templates; a slot that names an attribute or an item is asked for by its whole name first."""

    def get_field(self, name: str, args: Any, values: dict[str, Any]) -> tuple[Any, str]:
        return (values[name], name) if name in values else super().get_field(name, args, values)


class _Slots(_Named):
    """Fills templates in the edition's language."""

    def parse(self, text: str) -> Iterator[tuple]:
        for literal, name, spec, conversion in super().parse(text):
            name, mark, what = (name or "").partition("|")  # `{x|bn}`, which has no format
            yield literal, name if spec is not None else None, f"{spec}{mark}{what}" if mark else spec, conversion

    def format_field(self, value: Any, spec: str) -> str:
        """Return a value in the edition's form."""
        spec, _, what = spec.partition("|")
        if what == BRIEF:
            return chinese.brief(_translated(value))
        if what:
            return chinese.counted(_translated(value) if isinstance(value, str) else value, spec, what)
        if isinstance(value, str):
            return format(_translated(value), spec)
        return _localised(format(value, spec))


_SLOTS = _Slots()


def text(template: str, **values: Any) -> str:
    """Return a template of our own code, filled, in the edition's language."""
    if language() == SOURCE:
        return template.format(**values)
    _own(template)
    return filled(template, list(values), list(values.values()))


def filled(template: str, names: list[str], values: list[Any]) -> str:
    """Return a template, translated where the catalogues have it, with its slots filled."""
    slots = dict(zip(names, values, strict=True))
    if _ID.fullmatch(template):  # no words, but a name that code gives to something
        return _Named().vformat(template, (), slots)
    translated = _found(template)
    made = _SLOTS.vformat(translated or template, (), slots)
    if translated is None and not has_words(template):  # only marks between texts that are translated
        marks = _ENDED.sub(lambda mark: _WIDE[mark[0][0]], template) if _HAN.search(made) else template
        made = _localised(_SLOTS.vformat(marks, (), slots))
    _SAID.made[made] = template, tuple(value for value in values if isinstance(value, str))
    return made


def said(text: str, context: str = "") -> str:
    """Return a text of our own code in the edition's language; what is no text is returned as it is.

    `context` tells apart what English says in one word, as gettext does: the Figure of a chart from one of a sum.
    """
    if language() == SOURCE or not isinstance(text, str):
        return text
    if context and (made := _found(context + CONTEXT + text)) is not None:
        return made
    _own(text)
    return _looked_up(text)


def shown(text: Any, domain: str = "interface") -> Any:
    """Return what a reader of the edition sees where English readers see `text`: the door for heads, cells, labels.

    Other values than text are returned as they are. What has no translation is noted, see `untranslated`.
    """
    if language() == SOURCE or not isinstance(text, str) or not text:
        return text
    made = _translated(text)
    if domain != "prose" and text not in catalogue(language()):
        made = _tidy(made)
    if leftover(made):
        lacks = [part for part in _parts(text) if _found(part) is None] or [text]
        _SAID.missing.extend(lacks)
        for part in lacks:
            _write_down(domain, part)
    return made


def translate_prose(book: Any) -> None:
    """Put the Markdown cells of a notebook into the edition's language, block by block; headings keep their anchors.

    A cell with a block that has no translation gets metadata `untranslated`, the blocks concerned.
    """
    if language() == SOURCE:
        return
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = "\n\n".join(_block(block) for block in re.split(r"\n\n+", cell.source))
            if missing := untranslated():
                cell.metadata["untranslated"] = missing


def _block(block: str) -> str:
    """Return a block of Markdown in the edition's language; a heading tells the anchor of the English one."""
    marks, heading, anchor = re.fullmatch(r"((?:#+ +)?)(.*?)((?: *\{#[^}]*\})?)", block, re.DOTALL).groups()
    made = shown(heading, "prose")
    if len(marks.strip()) > 1 and not anchor:
        anchor = f' {{says="{slug(heading)}"}}'
    return marks + made + anchor if made != heading else block


def slug(heading: str) -> str:
    """Return what an English heading is called in an anchor, as markdown.lua calls it.

    >>> slug("Did it fall to *single* digits?")
    'did-it-fall-to-single-digits'
    """
    return re.sub("[^a-z0-9]+", "-", re.sub(r"\]\([^)]*\)", "]", heading).lower()).strip("-") or "section"


def _tidy(text: str) -> str:
    """Return a text whose marks and spaces are Chinese, but for code and addresses in it."""
    return _but_for_code(chinese.tidy, text)


def _localised(text: str) -> str:
    """Return a text whose figures and dates are Chinese, but for code and addresses in it."""
    return _but_for_code(chinese.localised, text)


def _but_for_code(change: Callable[[str], str], text: str) -> str:
    parts = _CODE.split(text)
    return "".join(part if at % 2 else change(part) for at, part in enumerate(parts))


def scale(unit: str) -> float:
    """Return by how much numbers of a unit grow where the edition counts in another: billions in 亿, tenfold."""
    return 1 if language() == SOURCE else next((by for name, by in SCALES.items() if unit.startswith(name)), 1)


def scaled(text: str, by: float) -> str:
    """Return a label with its numbers `by` times as large, if they have no unit in it.

    A number of thousands is of something else: no amount that we count in billions is as large.
    """
    left = by == 1 or not isinstance(text, str) or _UNITED.search(text) or re.search(r"\d{4}|\d,\d", text)
    return text if left else chinese.scaled(text, by)


def in_unit(cell: Any, by: float) -> Any:
    """Return a cell of a column in the edition's language, its numbers `by` times as large."""
    return shown(cell if by == 1 or not isinstance(cell, str) else chinese.scaled(cell, by))


def untranslated() -> list[str]:
    """Return the messages that doors met without a translation since this was last asked."""
    found = list(dict.fromkeys(_SAID.missing))
    _SAID.missing.clear()
    return found


def lacks() -> dict[str, list[str]]:
    """Return `untranslated` as metadata of an output; nothing in English, or where all is said."""
    return {"untranslated": found} if (found := untranslated()) else {}


def leftover(text: str) -> list[str]:
    """Return the words of a translated text that look English: in Latin letters, and in no translation."""
    if language() == SOURCE:
        return []
    known, words = kept(language()), _LATIN.findall(_UNSAID.sub(" ", CITATION.sub(" ", text)))
    return [word for word in words if word not in known]


def template(text: str, domain: str = "prose", context: str = "") -> str:
    """Return a template in the edition's language, with its slots, and note it; `context` as in `said`."""
    if language() == SOURCE or not text:
        return text
    if context and (made := _found(context + CONTEXT + text)) is not None:
        return made
    translated = _found(text)
    _write_down(domain, text)
    if translated is None and has_words(text):
        _SAID.missing.append(text)
    return translated or text


def _own(text: str) -> None:
    """Note a text of our own code, and as missing where it has words and no translation."""
    if _HAN.search(text):
        return  # translated before
    if re.search("[A-Za-z]{2}", re.sub(r"\{[^{}]*\}", "", text)) or text.strip(" ") in (";", ",", ".", ":", ""):
        _write_down("interface", text)
        if text not in catalogue(language()) and leftover(text):
            _SAID.missing.append(text)


def _looked_up(text: str) -> str:
    """Return the translation of a whole text, or the text with its figures in the edition's form."""
    if text in _SAID.made:
        return text
    made = _found(text)
    return _localised(text) if made is None else made


def _translated(text: str) -> str:
    """Return a text in the edition's language: as one message, or from the messages that code put together to it."""
    if text in _SAID.made:
        return text
    if (said := _found(text)) is not None:
        return said
    if len(parts := CITATION.split(text)) > 1:
        return "".join(part.lstrip(" ") if at % 2 else _translated(part) for at, part in enumerate(parts))
    bare = text.strip()
    if bare != text:
        return text.replace(bare, _translated(bare)) if bare else text
    if found := _LINK.fullmatch(text):
        return f"{found[1]}{_translated(found[2])}{found[3]}"
    if found := _SIGNED.fullmatch(text):  # the sign of a rating, and the rating
        return f"{found[1]}{_translated(found[2])}"
    if "\n" in text and not leftover(made := _localised(text)):
        return made
    for part in [*_made_in(text), *(one for one in _constants_in(text) if _MARKS.search(one) and _found(one))]:
        before, _, after = text.partition(part)
        return "".join(_translated(one) if one.strip() else one for one in (before, part, after))
    if len(parts := _MARKS.split(text)) > 1:
        return _joined([part if at % 2 else _translated(part) for at, part in enumerate(parts)])
    made = text
    for part in _constants_in(text):
        if (said := _found(part)) is not None:
            made = _whole(part).sub(lambda _, said=said: said, made)
    if leftover(made) and "\n" in text:
        return _translated(" ".join(text.split()))  # a label broken elsewhere than the message
    return _localised(text if leftover(made) else made)


@cache
def _whole(part: str) -> re.Pattern:
    """Return a pattern that finds a text, but not within a word."""
    before = r"(?<![A-Za-z0-9_/.-])" if part[0].isalnum() else ""
    after = r"(?![A-Za-z0-9_-])" if part[-1].isalnum() else ""
    return re.compile(before + re.escape(part) + after)


def _joined(parts: list[str]) -> str:
    """Return parts with the marks between them, which are wide beside Chinese."""
    for at in range(1, len(parts), 2):
        if any(_HAN.search(part) for part in (parts[at - 1], parts[at + 1])):
            parts[at] = _WIDE[parts[at][0]]
    return "".join(parts)


def _constants_in(text: str) -> list[str]:
    """Return the strings in the code of the notebook that stand in a longer text, the longest first."""
    return sorted((one for one in _SAID.constants if one in text and one != text), key=lambda one: (-len(one), one))


def _made_in(text: str) -> list[str]:
    """Return the texts made from templates that stand in a longer one, the longest first; scraps do not count."""
    found = [made for made in _SAID.made if len(made) > 5 and made != text and made in text]
    return sorted(found, key=len, reverse=True)


def _parts(text: str) -> list[str]:
    """Return the templates from which a text was made: its own, and those of the texts in its slots."""
    if text in _SAID.made:
        template, slots = _SAID.made[text]
        own = [template] if re.search(r"[A-Za-z]{2}", re.sub(r"\{[^{}]*\}", "", template)) else []
        return own + [part for slot in slots for part in _parts(slot)]
    known = catalogue(language())
    if text in known:
        return [text]
    if len(pieces := CITATION.split(text)[::2]) > 1:
        return [part for piece in pieces if piece.strip() for part in _parts(piece.strip())]
    if found := _LINK.fullmatch(text) or _SIGNED.fullmatch(text):
        return _parts(found[2])
    within = _made_in(text)
    within = [made for made in within if not any(made != other and made in other for other in within)]
    pieces = _MARKS.split(text)[::2]
    if any(piece in known or piece in _SAID.made for piece in pieces):
        return [part for piece in pieces for part in _parts(piece)]
    found = [part for made in within for part in _parts(made)]
    found += [one for one in _constants_in(text) if one in known]
    if found:
        return found
    return [text] if leftover(_translated(text)) and not ("-" in text and _ID.fullmatch(text)) else []


def _write_down(domain: str, message: str) -> None:
    """Write down a message that was asked for, for who keeps the catalogues, where `CHIPCHECK_MESSAGES` says.

    `domain` is empty for one that a catalogue has.
    """
    if file := os.environ.get("CHIPCHECK_MESSAGES"):
        with Path(file).open("a", encoding="utf-8") as notes:
            notes.write(json.dumps([domain, message], ensure_ascii=False) + "\n")
