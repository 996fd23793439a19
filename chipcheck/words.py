"""Numbers as a reader sees them: grouped, rounded, with their unit."""

import re

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
    rounded = round(value, digits) + 0.0
    return f"{rounded:,.{max(digits, 0)}f}".replace("-", MINUS)


def dollars(text: str) -> str:
    """Return Markdown in which “US$” is an amount: two bare dollar signs would set what stands between as a formula."""
    return re.sub(r"(?<!\\)US\$", r"US\\$", text)
