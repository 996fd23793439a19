"""Claims in words: how a record's computation reads, and what its readers can filter by.

A record is what `chipcheck.chapter.claim_record` returns. Nothing is computed here but what the rules of
`chipcheck.verdicts` say of each figure; the deviation is the record's own.
"""

from collections import Counter

from chipcheck import verdicts
from chipcheck.chapter import topic_title
from chipcheck.contract import ROLES
from chipcheck.prose import FORMATS, number

OUTCOMES = {  # of a rule, by the rating that follows
    verdicts.HOLDS: "the figure found agrees",
    verdicts.CAVEAT: "it agrees once what is missing is supplied",
    verdicts.MISLEADING: "it agrees only when a basis is mixed or dropped",
    verdicts.WRONG: "no figure found agrees",
    verdicts.NOT_FOUND: "we found a figure of something else, and none of what the words name",
}


def computation(record: dict) -> dict | None:
    """Return how a claim's rating was computed, in words, or None where no rule computes it.

    `claimed` is the figure as the rule reads it, `compared` a sentence for each figure found, `deviation` how far
    what was found lies from what was claimed, `rule` what counts as agreement and what follows here.
    """
    if not record["rule"]:
        return None
    claimed = verdicts.Figure(**record["claimed"])
    outcome = OUTCOMES.get(record["rating"])
    return {
        "claimed": figure_words(claimed),
        "compared": [
            f"{ROLES[part['role']]}: {part['text']}, which {_verb(claimed, part, record['as_printed'])}."
            for part in record["found"]
        ],
        "deviation": deviation_words(record),
        "rule": f"{record['rule'][:1].upper()}{record['rule'][1:]}." + (f" Here {outcome}." if outcome else ""),
    }


def figure_words(figure: verdicts.Figure) -> str:
    """Return a figure, a range or a bound in words, with its unit.

    >>> figure_words(verdicts.Figure(30.0, None, "months")), figure_words(verdicts.Figure(20.0, 25.0, "%"))
    ('at least 30 months', '20 to 25%')
    """
    low, high = (None if end is None else number(end, _digits(end)) for end in (figure.low, figure.high))
    if low is None and high is None:
        return "no figure"
    if low is None or high is None:
        shown, bound = (low, "at least ") if high is None else (high, "at most ")
    else:
        shown, bound = (low if low == high else f"{low} to {high}"), ""
    return bound + FORMATS.get(figure.unit, "{} " + figure.unit).format(shown)


def deviation_words(record: dict) -> str:
    """Return in words by how much what was found differs from what was claimed, or why no percentage tells it.

    >>> deviation_words({"deviation": -49.2, "found": []})
    'what was found is 49.2% below what is claimed'
    """
    deviation = record["deviation"]
    if deviation is None:
        if not any(part["role"] == "found" for part in record["found"]):
            return "none to state; on the basis the words name, no figure was found"
        return "not stated in percent; one of the two is a range, a bound or zero"
    if deviation == 0:
        return "none"
    return f"what was found is {number(abs(deviation), 1)}% {'above' if deviation > 0 else 'below'} what is claimed"


def filters(records: list[dict]) -> list[dict]:
    """Return what claims can be filtered by: `name`, `title` and the `options` (value, words, number of claims)."""

    def options(name: str, values: list[str], words=lambda value: value[:1].upper() + value[1:]) -> list[tuple]:
        numbers = Counter(record[name] for record in records)
        return [(value, words(value), numbers[value]) for value in values if numbers[value]]

    topics = list(dict.fromkeys(record["topic"] for record in records))
    kinds = sorted({record["kind"] for record in records})
    return [
        {"name": "weight", "title": "Weight", "options": options("weight", list(verdicts.WEIGHTS))},
        {"name": "rating", "title": "Verdict", "options": options("rating", list(verdicts.RATINGS))},
        {"name": "kind", "title": "Kind", "options": options("kind", kinds)},
        {"name": "topic", "title": "Topic", "options": options("topic", topics, topic_title)},
    ]


def _verb(claimed: verdicts.Figure, part: dict, printed: str) -> str:
    found = verdicts.Figure(part["low"], part["high"], part["unit"])
    return "agrees" if verdicts.agrees(claimed, found, printed) else "does not agree"


def _digits(value: float) -> int:
    """Return how many decimals a typed number has: 7.5 has 1, 300.0 has 0."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
