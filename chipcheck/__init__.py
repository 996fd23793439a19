"""Checks of one article's numbers: tables, formulas, verdicts and the report made of them."""

__version__ = "0.1.0"
