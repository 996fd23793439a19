"""The strip of statements as both exporters set it: a cell each, in the order of the article, by its parts."""

import re
from collections import Counter
from itertools import groupby

from chipcheck import edition, verdicts
from chipcheck.contract import CHINESE

WITHIN_WORD = re.compile(rf"(?<={CHINESE})(?={CHINESE})")  # a cell breaks 50%以上 before 以, where it has to

# How a cell looks, by rating; the mark in it says the same without colour. Red is the article's own, everywhere.
LOOKS = {
    verdicts.HOLDS: "full",
    verdicts.CAVEAT: "light",
    verdicts.MISLEADING: "amber",
    verdicts.WRONG: "ink",
    verdicts.NOT_FOUND: "hollow",
    "came true": "full",
    "partly came true": "light",
    "open": "dotted",
    "did not come true": "ink",
    "untested": "dotted",
    verdicts.OPINION: "dot",
}


def parts(records: list[dict], listed: set[str]) -> list[dict]:
    """Return the parts of the article (title, cells) that the statements of a strip belong to.

    `records` are those of `chapter.strip`. A cell is a record with its `look`, the `figure` printed in it, whether it
    is `big`, its `name` for who listens, and `link`, the anchor of a claim that the report lists, or nothing.
    """
    return [
        {"title": edition.said(section).capitalize(), "cells": [_cell(record, listed) for record in run]}
        for section, run in groupby(records, key=lambda record: record["section"])
    ]


def _cell(record: dict, listed: set[str]) -> dict:
    big, claim_id = record["weight"] == "headline", record["claim_id"]
    place = edition.said(", ").join(filter(None, [edition.text("line {n}", n=record["line"]), record["as_printed"]]))
    return {
        **record,
        "look": LOOKS[record["rating"]],
        "figure": WITHIN_WORD.sub("\u2060", record["as_printed"]) if big else "",
        "big": big,
        "name": edition.text("{place}: {rating}", place=place, rating=record["rating"]),
        "link": f"claim-{claim_id}" if claim_id in listed else "",
    }


def legend(records: list[dict]) -> list[dict]:
    """Return what the cells of a strip mean: look, mark, rating and number of statements, in the order of the scale."""
    counts, marks = Counter(one["rating"] for one in records), {one["rating"]: one["mark"] for one in records}
    return [
        {"look": look, "mark": marks[rating], "rating": edition.said(rating), "count": counts[rating]}
        for rating, look in LOOKS.items()
        if counts[rating]
    ]


def places(cells: list[dict], columns: int) -> list[tuple[int, int]]:
    """Return column and row of each cell in a grid, row by row, as a browser places them; a big one takes two by two.

    >>> places([{"big": True}, {"big": False}, {"big": True}, {"big": False}], 4)
    [(0, 0), (2, 0), (2, 1), (0, 2)]
    """
    taken, found, at = set(), [], 0
    for cell in cells:
        size = 2 if cell["big"] else 1
        while True:
            row, column = divmod(at, columns)
            wanted = {(column + right, row + down) for right in range(size) for down in range(size)}
            at += 1
            if column + size <= columns and not wanted & taken:
                break
        taken |= wanted
        found.append((column, row))
    return found
