"""Claims as records: everything a reader may ask about one claim, ready for JSON, and its words.

`build/verdicts.json` holds these records, the page unfolds them, and the tables of chapters say the same in short.
"""

from collections import Counter
from dataclasses import asdict

from chipcheck import data, edition, verdicts
from chipcheck.contract import ROLES
from chipcheck.facts import Fact, fill
from chipcheck.paths import METHOD
from chipcheck.words import number, quantity, ranged

MARKS = {  # a sign beside the word, so that a rating never rests on colour alone
    verdicts.HOLDS: "✓",
    verdicts.CAVEAT: "≈",
    verdicts.MISLEADING: "≠",
    verdicts.WRONG: "×",
    verdicts.NOT_FOUND: "?",
    verdicts.OPINION: "–",
    "came true": "✓",
    "partly came true": "≈",
    "did not come true": "×",
    "open": "…",
    "untested": "○",
}
OUTCOMES = {  # of a rule, by the rating that follows
    verdicts.HOLDS: "the figure found agrees",
    verdicts.CAVEAT: "it agrees once what is missing is supplied",
    verdicts.MISLEADING: "it agrees only when a basis is mixed or dropped",
    verdicts.WRONG: "no figure found agrees",
    verdicts.NOT_FOUND: "we found a figure of something else, and none of what the words name",
}
NO_PRIMARY = "*We found no primary source.*"
TEXTS_OF_A_CLAIM = ("claim_id", "section", "kind", "topic", "weight", "statement", "statement_zh", "notebook")


def claim_record(row: dict, facts: dict[str, Fact]) -> dict:
    """Return everything a reader may ask about one claim, ready for JSON: texts, figures, evidence and rating."""
    claimed = verdicts.claimed_figure(row)
    found = [
        {
            "role": role,
            "fact_id": row[role],
            **{key: getattr(facts[row[role]], key) for key in ("text", "low", "high", "unit", "basis", "as_of")},
            "sources": list(facts[row[role]].sources),
            "agrees": verdicts.agrees(claimed, facts[row[role]].figure, row["figure_as_printed"]),
        }
        for role in ROLES
        if isinstance(row[role], str)
    ]
    return {
        **{key: row[key] for key in TEXTS_OF_A_CLAIM},
        "line": int(row["line"]),
        "words": text_of(data.only(data.load("article_lines"), line=row["line"])["words"]),
        "as_printed": text_of(row["figure_as_printed"]),
        "attributed_to": text_of(row["attributed_to"]),
        "rating": row["rating"],
        "mark": MARKS[row["rating"]],
        "meaning": verdicts.RATINGS[row["rating"]],
        "strength": text_of(row["strength"]),
        "reason": fill(text_of(row["reason"]), facts),
        "searched": edition.template(text_of(row["searched"])),
        "no_primary_source": lacks_primary(row) or "no primary source" in row["reason"],
        "rule": verdicts.RULE if found else "",
        "claimed": asdict(claimed),
        "found": found,
        "deviation": _deviation(claimed, facts.get(text_of(row["found"]))),
        "sources": data.split_ids(text_of(row["sources"])),
    }


def _deviation(claimed: verdicts.Figure, found: Fact | None) -> float | None:
    """Return by how many percent what was found differs from what was claimed, where both are points."""
    if found is None or found.low != found.high or not claimed.low or claimed.low != claimed.high:
        return None
    return round(100 * (found.low / claimed.low - 1), 1)


def reason_text(row: dict, facts: dict[str, Fact]) -> str:
    """Return a verdict's reason with its facts filled in, what was searched for, and a headline's lack of sources."""
    parts = [fill(row["reason"], facts)]
    if isinstance(row["searched"], str):
        parts.append(edition.text("*Searched:* {what}", what=edition.template(row["searched"])))
    if lacks_primary(row):
        parts.append(edition.said(NO_PRIMARY))
    return edition.said(" ").join(parts)


def lacks_primary(row: dict) -> bool:
    """Say whether a headline claim rests on no primary source, and its reason does not say so itself.

    `row` is a row of claims.csv joined with verdicts.csv. An opinion needs no source.
    """
    if row["weight"] != "headline" or row["rating"] == verdicts.OPINION or "no primary source" in row["reason"]:
        return False
    sources = data.load("sources").set_index("source_id")["kind"]
    return "primary" not in set(sources[data.split_ids(text_of(row["sources"]))])


def found_text(found: list[dict]) -> str:
    """Return what was found for a claim in one line."""
    return edition.said("; ").join(
        part["text"]
        if part["role"] == "found"
        else edition.text("{figure} ({role})", figure=part["text"], role=_within(ROLES[part["role"]]))
        for part in found
    )


def _within(words: str) -> str:
    """Return words as they stand within a sentence."""
    return edition.said(words).lower()


def computation(record: dict) -> dict | None:
    """Return how a claim's rating was computed, in words, or None where no rule computes it.

    `claimed` is the figure as the rule reads it, `compared` a sentence for each figure found, `deviation` how far
    what was found lies from what was claimed, `rule` what counts as agreement and what follows here.
    """
    if not record["rule"]:
        return None
    outcome = OUTCOMES.get(record["rating"])
    return {
        "claimed": figure_words(verdicts.Figure(**record["claimed"])),
        "compared": [
            edition.text(
                "{role}: {figure}, which agrees." if part["agrees"] else "{role}: {figure}, which does not agree.",
                role=edition.said(ROLES[part["role"]]),
                figure=part["text"],
            )
            for part in record["found"]
        ],
        "deviation": deviation_words(record),
        "rule": _sentence(edition.said(record["rule"]))
        + (edition.text(" Here {outcome}.", outcome=edition.said(outcome)) if outcome else ""),
    }


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{edition.said('.')}"


def figure_words(figure: verdicts.Figure) -> str:
    """Return a figure, a range or a bound in words, with its unit.

    >>> figure_words(verdicts.Figure(30.0, None, "months")), figure_words(verdicts.Figure(20.0, 25.0, "%"))
    ('at least 30 months', '20 to 25%')
    """
    ends = [end for end in (figure.low, figure.high) if end is not None]
    if not ends:
        return edition.said("no figure")
    low, high = (quantity(end, end, _digits(end), figure.unit) for end in (ends[0], ends[-1]))
    if len(ends) == 2:
        return low if low == high else ranged(low, high, figure.unit)
    bound = "at least {figure}" if figure.high is None else "at most {figure}"
    return edition.text(bound, figure=low)


def deviation_words(record: dict) -> str:
    """Return in words by how much what was found differs from what was claimed, or why no percentage tells it.

    >>> deviation_words({"deviation": -49.2, "found": []})
    'what was found is 49.2% below what is claimed'
    """
    deviation = record["deviation"]
    if deviation is None:
        if not any(part["role"] == "found" for part in record["found"]):
            return edition.said("none to state; on the basis the words name, no figure was found")
        return edition.said("not stated in percent; one of the two is a range, a bound or zero")
    if deviation == 0:
        return edition.said("none")
    return edition.text(
        "what was found is {by}% above what is claimed"
        if deviation > 0
        else "what was found is {by}% below what is claimed",
        by=number(abs(deviation), 1),
    )


def filters(records: list[dict]) -> list[dict]:
    """Return what claims can be filtered by: `name`, `title` and the `options` (value, words, number of claims)."""

    def options(name: str, values: list[str], words=lambda value: _capital(edition.said(value))) -> list[tuple]:
        numbers = Counter(record[name] for record in records)
        return [(value, words(value), numbers[value]) for value in values if numbers[value]]

    topics = list(dict.fromkeys(record["topic"] for record in records))
    kinds = sorted({record["kind"] for record in records})
    by_chapter = options("notebook", sorted({record["notebook"] for record in records}), _chapter_words)
    return [
        {"name": "weight", "title": edition.said("Weight"), "options": options("weight", list(verdicts.WEIGHTS))},
        {"name": "rating", "title": edition.said("Verdict"), "options": options("rating", list(verdicts.RATINGS))},
        {"name": "kind", "title": edition.said("Kind"), "options": options("kind", kinds)},
        {"name": "topic", "title": edition.said("Topic"), "options": options("topic", topics, topic_title)},
        {"name": "notebook", "title": edition.said("Chapter"), "options": by_chapter},
    ]


def _chapter_words(notebook: str) -> str:
    return edition.said("Method") if notebook == METHOD else str(int(notebook))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _digits(value: float) -> int:
    """Return how many decimals a typed number has: 7.5 has 1, 300.0 has 0."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def topic_title(topic: str) -> str:
    """Return a topic of claims.csv as a heading: `us-policy` becomes “US policy”."""
    words = topic.replace("-", " ")
    for plain, proper in (("us ", "US "), ("cloudmatrix", "CloudMatrix"), ("china", "China")):
        words = words.replace(plain, proper)
    return edition.said(_capital(words))


def text_of(value: object) -> str:
    """Return what a cell of text holds; nothing for an empty one."""
    return value if isinstance(value, str) else ""
