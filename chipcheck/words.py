"""Numbers as a reader sees them: grouped, rounded, with their unit."""

import re

from chipcheck import chinese, edition

MINUS = "\u2212"  # the typographic minus; a hyphen in front of a number reads as a dash
FORMATS = {
    "%": "{}%",
    "x": "{}×",
    "USD bn": "US${} billion",
    "USD m": "US${} million",
    "CNY bn": "CNY {} billion",
    "count": "{}",
    "": "{}",
}


def number(value: float, digits: int) -> str:
    """Return a number with grouped thousands, a real minus and `digits` decimals; never a negative zero."""
    if edition.language() != edition.SOURCE:
        return chinese.number(value, digits)
    rounded = round(value, digits) + 0.0
    return f"{rounded:,.{max(digits, 0)}f}".replace("-", MINUS)


def quantity(low: float, high: float, digits: int, unit: str) -> str:
    """Return a figure or a range as a reader sees it, with its unit, rounded to `digits` decimals."""
    if edition.language() != edition.SOURCE:
        return chinese.quantity(low, high, digits, unit)
    first, last = number(low, digits), number(high, digits)
    to = "–" if unit in ("%", "x") else " to "
    shown = first if first == last else f"{first}{to}{last}"
    return FORMATS.get(unit, "{} " + unit).format(shown)


def ranged(low: str, high: str, unit: str) -> str:
    """Return a range in words from its ends, each as `quantity` gives it: the unit is said once.

    >>> ranged("US$2 billion", "US$5 billion", "USD bn"), ranged("20%", "25%", "%")
    ('US$2 to 5 billion', '20 to 25%')
    """
    if edition.language() != edition.SOURCE:
        return chinese.ranged(low, high, unit)
    before, after = FORMATS.get(unit, "{} " + unit).split("{}")
    return f"{low.removesuffix(after)} to {high.removeprefix(before)}"


def dollars(text: str) -> str:
    """Return Markdown in which “US$” is an amount: two bare dollar signs would set what stands between as a formula."""
    return re.sub(r"(?<!\\)US\$", r"US\\$", text)
