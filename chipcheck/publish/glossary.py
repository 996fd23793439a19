"""The terms of the glossary in the text of the page: in each chapter the first use leads to the explanation.

The list of terms is a table, its rows named by the ids of the terms, with `GLOSSARY` beside it, the forms of each. A
form is found as it is written there, or with a capital letter at the start of a sentence; of two that begin at one
place, the longer.
"""

import re
from collections import defaultdict

from nbformat import NotebookNode

from chipcheck import edition
from chipcheck.contract import GLOSSARY

# Within these nothing is marked: a link in a link is no HTML, a heading is read alone, code and formulas are no prose
CLOSED = re.compile(r"</?(a|h[1-6]|code|pre|math|table|button)\b")
_TAG = re.compile(r"(<[^>]+>)")


def forms(book: NotebookNode) -> dict[str, list[str]]:
    """Return the forms of each term, by its id, as the list of terms in the report has them; empty without a list."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return {term: found for output in outputs for term, found in output.get("data", {}).get(GLOSSARY, {}).items()}


class Glossary:
    """Marks terms in HTML; it remembers, by chapter, which have been marked."""

    def __init__(self, by_term: dict[str, list[str]]) -> None:
        self._terms = {either: term for term, found in by_term.items() for form in found for either in _written(form)}
        longest_first = sorted(self._terms, key=len, reverse=True)
        words = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest_first)
        # In Chinese nothing parts words
        ends = (r"(?<![A-Za-z-])", r"(?![A-Za-z-])") if edition.language() == "zh" else (r"(?<![\w-])", r"(?![\w-])")
        self._pattern = re.compile(f"{ends[0]}(?:{words}){ends[1]}") if words else None
        self._explained: defaultdict[str, set[str]] = defaultdict(set)

    def marked(self, made: str, chapter: str) -> str:
        """Return HTML in which each term that the chapter has not used before is a link to its explanation."""
        if self._pattern is None:
            return made
        closed, parts = 0, []
        for part in _TAG.split(made):
            if found := CLOSED.match(part):
                closed += -1 if found[0].startswith("</") else 1
            elif not closed and not part.startswith("<"):
                part = self._pattern.sub(lambda used: self._mark(used[0], self._explained[chapter]), part)
            parts.append(part)
        return "".join(parts)

    def _mark(self, used: str, explained: set[str]) -> str:
        term = self._terms[" ".join(used.split())]
        if term in explained:
            return used
        explained.add(term)
        return f'<a class="term" href="#term-{term}">{used}</a>'


def _written(form: str) -> set[str]:
    return {form, form[:1].upper() + form[1:]}
