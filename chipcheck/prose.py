"""Numbers into sentences: `say` fills a sentence from values, and none can lose its number unnoticed."""

from string import Formatter

from IPython.display import Markdown

from chipcheck import edition
from chipcheck.words import dollars


class ProseError(ValueError):
    """A sentence and its values do not fit each other."""


def say(sentence: str, **values: object) -> Markdown:
    """Return the sentence, its `{slots}` filled from named values, as Markdown, in the edition's language.

    Raises `ProseError` for a slot without a value, a value without a slot, and a value that is not a
    number or text (a NaN in a sentence is a missing row, not a result).
    """
    slots = {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(sentence) if name}
    if slots != values.keys():
        raise ProseError(f"slots and values differ: {', '.join(sorted(slots ^ values.keys()))}")
    for name, value in values.items():
        if value is None or value != value:
            raise ProseError(f"{name} has no value")
    if edition.language() == edition.SOURCE:
        return Markdown(dollars(sentence.format(**values)))
    told = edition.shown(edition.filled(sentence, list(values), list(values.values())), "prose")
    told = told.replace(" [", "[")  # a number of a source stands at its word
    if sentence.startswith("#"):
        told += f' {{says="{edition.slug(sentence.lstrip("# ").format(**values))}"}}'
    return Markdown(dollars(told), metadata=edition.lacks())
