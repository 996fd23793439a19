"""What every chapter shows in the same way: the claims it checks, and how they were rated."""

import json
import os
import re
from itertools import groupby
from textwrap import shorten

import pandas as pd
from IPython.display import display

from chipcheck import data, denominators, edition, outcomes, paths, tables, verdicts
from chipcheck.contract import CLAIMS, STRIP, TITLE
from chipcheck.facts import Fact, Facts
from chipcheck.files import write_atomic
from chipcheck.records import MARKS, claim_record, found_text, reason_text, text_of
from chipcheck.records import topic_title as topic_title  # notebooks ask for it here
from chipcheck.words import dollars

# What stands in the columns of the table of all claims, for `tables.show`
COLUMN_KINDS = {
    "Line": "line", "Claim": "claim", "Verdict": "verdict", "Why": "reason", "Topic": "tag", "Weight": "tag",
}  # fmt: skip
# … and in those of the swapped denominators
SWAP_KINDS = {"Printed": "printed", "Said of": "said", "True of": "true", "The slip": "slip", "Evidence": "firm"}
BOOKKEEPING = {"article_lines", "claims", "corrections", "sources", "verdicts"}  # tables that every chapter reads


def verdict_table(notebook: str, facts: Facts) -> None:
    """Hold the rated claims of a chapter against the facts; show them as a strip, and what the chapter has read.

    Call it once every table is loaded. Raises `verdicts.VerdictError` naming the claim when a typed rating does not
    follow, and `ValueError` when the chapter has no claim.
    """
    rated = rated_claims(_claims(notebook))
    check_all(rated, facts.all())
    first, last = int(rated["line"].min()), int(rated["line"].max())
    opinions = int(rated["rating"].eq(verdicts.OPINION).sum())
    count = len(rated) - opinions
    statements = edition.text("{count} statements" if count > 1 else "{count} statement", count=count)
    lines = "line {first}" if first == last else "lines {first}–{last}"
    about = {"statements": statements, "lines": edition.text(lines, first=first, last=last)}
    checks = "Checks {statements} of {lines}; reads {files}."
    if opinions:
        told = "{count} opinions" if opinions > 1 else "{count} opinion"
        about["opinions"] = edition.text(told, count=opinions)
        checks = "Checks {statements} and {opinions} of {lines}; reads {files}."
    read = data.tables_read()
    names = [name for name in read if name not in BOOKKEEPING] or read
    files = edition.said(", ", "list").join(f"`data/{name}.csv`" for name in names)
    strip(rated, edition.text(checks, **about, files=files), notebook)


def strip(rated: pd.DataFrame, caption: str, notebook: str = paths.SUMMARY, finding: str = "") -> None:
    """Show statements as a strip, a cell each in the order of the article, large where they carry the argument.

    `rated` are rows of claims.csv joined with verdicts.csv, `caption` inline Markdown, `finding` what the whole strip
    shows, as a title. `notebook` names the strip; that of a chapter leads to its statements in the list of all claims.
    A notebook shows a line of marks for each part of the article. The data of the strip, under the MIME type `STRIP`,
    are a list of records: claim_id, section, weight, statement, rating, its mark, line, the first words of that line's
    paragraph, and the figure as printed, short and without Chinese, or nothing.
    """
    words = data.load("article_lines").set_index("line")["words"]
    records = [
        {
            **{key: row[key] for key in ("claim_id", "section", "weight", "rating")},
            "statement": statement(row),
            "mark": MARKS[row["rating"]],
            "line": int(row["line"]),
            "words": text_of(words[row["line"]]),
            "as_printed": _brief(row) if text_of(row["figure_as_printed"]) else "",
        }
        for row in rated.to_dict("records")
    ]
    marks = [
        f"**{edition.said(section).capitalize()}** {' '.join(_shown(record) for record in run)}"
        for section, run in groupby(records, key=lambda record: record["section"])
    ]
    title = [f"**{finding}**"] if finding else []
    bundle = {"text/markdown": dollars("\n\n".join([*title, *marks, caption])), "text/plain": caption}
    if os.environ.get("CHIPCHECK_OUTPUT") == "report":
        bundle |= {STRIP: records}
    meta = {"kind": "strip", "name": notebook, "caption": dollars(caption)} | ({"title": finding} if finding else {})
    display(bundle, raw=True, metadata={"chipcheck": meta})


def statement(row: dict) -> str:
    """Return our paraphrase of a claim in the edition's language."""
    return row["statement"] if edition.language() == edition.SOURCE else row[f"statement_{edition.language()}"]


def _brief(claim: dict) -> str:
    """Return a claim's figure as a small cell can hold it: "18 months", "20–25%"."""
    return denominators.printed_words(claim).split(", ")[0].replace(" to ", "–")


def _shown(record: dict) -> str:
    """Return a cell for a notebook: the mark, in bold with the figure where the statement carries the argument."""
    if record["weight"] != "headline":
        return record["mark"]
    return f"**{' '.join(filter(None, [record['mark'], record['as_printed']]))}**"


def rated_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Return claims joined with their verdicts, one row each."""
    joined = claims.merge(data.load("verdicts"), on="claim_id", how="left", validate="one_to_one")
    if missing := list(joined.loc[joined["rating"].isna(), "claim_id"]):
        raise verdicts.VerdictError(f"verdicts.csv has no row for {', '.join(missing)}")
    return joined


def check_all(rated: pd.DataFrame, facts: dict[str, Fact]) -> None:
    """Hold every typed rating against the facts; raise `verdicts.VerdictError` naming every one that fails."""
    figures = {fact_id: fact.figure for fact_id, fact in facts.items()}
    faults = []
    for row in rated.to_dict("records"):
        try:
            verdicts.check(row, row, figures)
        except verdicts.VerdictError as error:
            faults.append(str(error))
    if faults:
        raise verdicts.VerdictError("\n".join(faults))


def in_the_article(line: int, figure: object = None) -> str:
    """Return a statement's figure and the first words of its paragraph, for readers without line numbers."""
    words = data.only(data.load("article_lines"), line=line)["words"]
    place = edition.text("“{words} …”", words=words) if isinstance(words, str) else ""
    return edition.said("; ").join(filter(None, [text_of(figure), place]))


def _claims(notebook: str) -> pd.DataFrame:
    claims = data.load("claims")
    found = claims[claims["notebook"] == notebook]
    if found.empty:
        raise ValueError(f"no claim is assigned to notebook {notebook}")
    return found


FORECASTS = ("came true", "partly came true", "open", "did not come true", "untested")


def rating_counts(rated: pd.DataFrame) -> pd.DataFrame:
    """Return how many claims have each rating, by weight and in all.

    Columns: rating, one for each weight, claims (their sum), forecast; in the order of the scale. `rated` has the
    columns rating and weight. Ratings that no claim has are left out. README, opening and `verdicts.json` all count
    through here.
    """
    counts = pd.crosstab(rated["rating"], rated["weight"]).reindex(columns=list(verdicts.WEIGHTS), fill_value=0)
    counts = counts.reindex([rating for rating in verdicts.RATINGS if rating in counts.index])
    frame = counts.assign(claims=counts.sum(axis=1)).rename_axis(index="rating", columns=None).reset_index()
    return frame.assign(forecast=frame["rating"].isin(FORECASTS))


def save_verdicts(claims: pd.DataFrame, facts: dict[str, Fact]) -> None:
    """Write `build/verdicts.json`: every claim with its verdict and evidence, for programs.

    `claims` are rows of claims.csv joined with verdicts.csv. The form is described, and tested, by
    `chipcheck/verdicts.schema.json`.
    """
    counts = rating_counts(claims).set_index("rating")
    record = {
        "title": f"{TITLE}: verdicts",
        "licence": "CC-BY-4.0",
        "known_until": dict(known_until()),
        "counts": {
            column: {rating: int(number) for rating, number in counts[column].items() if number}
            for column in ("headline", "substantive", "minor", "claims")
        },
        "meanings": verdicts.RATINGS,
        "weights": verdicts.WEIGHTS,
        "claims": [claim_record(row, facts) for row in claims.to_dict("records")],
    }
    write_atomic(paths.build() / "verdicts.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def known_until() -> list[tuple[str, str]]:
    """Return the last date in evidence by subject, as `outcomes.known_until` finds it in the tables."""
    return outcomes.known_until({name: data.load(name) for name in outcomes.SUBJECT_TABLES})


def show_claims(claims: pd.DataFrame, facts: dict[str, Fact], chapters: set[str], name: str, caption: str) -> None:
    """Show claims with their verdicts as one table, and carry the records behind it for a page that unfolds them.

    `claims` are rows of claims.csv joined with verdicts.csv, shown by weight and then by line; `chapters` the numbers
    of the chapters that exist (only these are linked). The records, under the MIME type `CLAIMS`, are what
    `claim_record` returns.
    """
    claims = claims.sort_values(["weight", "line"], key=_rank_of_weight, kind="stable", ignore_index=True)
    rows = claims.to_dict("records")
    records, texts = [claim_record(row, facts) for row in rows], [reason_text(row, facts) for row in rows]
    shown = pd.DataFrame(
        {
            "Line": [record["line"] for record in records],
            "Claim": [statement(record) for record in records],
            "In the article": [in_the_article(record["line"], record["as_printed"]) for record in records],
            "Found": [found_text(record["found"]) or None for record in records],
            "Verdict": [f"{record['mark']} {edition.said(record['rating'])}" for record in records],
            "Why": [
                edition.said(" ").join(filter(None, [text, data.cite(record["sources"]) if record["sources"] else ""]))
                for record, text in zip(records, texts, strict=True)
            ],
            "Chapter": [
                f"[{record['notebook']}](#chapter-{record['notebook']})"
                if record["notebook"] in chapters
                else record["notebook"]
                for record in records
            ],
            "Topic": [topic_title(record["topic"]) for record in records],
            "Weight": [record["weight"] for record in records],
        }
    )
    typed = {"kinds": COLUMN_KINDS, "keys": claims["claim_id"]}
    tables.show(shown, name, caption, numbers=["Line"], wide=True, extra={CLAIMS: records}, **typed)


def show_swaps(cases: pd.DataFrame, facts: dict[str, Fact], name: str, caption: str) -> None:
    """Show the swapped denominators as one table; its CSV has both figures of each with unit, basis, date and sources.

    `cases` are those of `denominators.cases`. A row leads to the statement that swaps, and to its chapter; it names
    that statement where the number itself is rated apart.
    """
    shown = pd.DataFrame(
        {
            "Printed": cases["figure"],
            "Said of": cases["said_of"],
            "True of": cases["true_of"],
            "The slip": cases["told"],
            "Rating": [
                edition.text(
                    "[{mark} {rating}, {strength}](#claim-{claim})"
                    if row["swap"] == row["number"]
                    else "[{mark} {rating}, {strength}](#claim-{claim}), as “{statement}”",
                    mark=MARKS[row["rating"]],
                    rating=row["rating"],
                    strength=row["strength"],
                    claim=row["swap"],
                    **({} if row["swap"] == row["number"] else {"statement": _shortened(statement(row))}),
                )
                for row in cases.to_dict("records")
            ],
            "Evidence": cases["firm"].map({True: "firm", False: "hollow"}),
            "Chapter": [f"[{int(notebook)}](#chapter-{notebook})" for notebook in cases["notebook"]],
        }
    )
    csv = denominators.evidence(cases, facts).to_csv(index=False, lineterminator="\n")
    tables.show(shown, name, caption, kinds=SWAP_KINDS, keys=cases["swap_id"], csv=csv)


def _shortened(words: str) -> str:
    """Return the beginning of a statement; Chinese says as much in half the letters."""
    if edition.language() == edition.SOURCE:
        return shorten(words, 60, placeholder=" …")
    return words if len(words) <= 30 else f"{words[:29]}…"


def terms(glossary: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return the list of terms as a reader sees it, and in which words the text may use each, by its id."""
    forms = dict(zip(glossary["term_id"], glossary["forms"].fillna("").map(data.split_ids), strict=True))
    heads = {"term": "Term", "explained": "Means here", "chinese": "In Chinese"}
    if edition.language() == edition.SOURCE:
        return glossary[[*heads]].rename(columns=heads), forms
    for row in glossary.to_dict("records"):
        if isinstance(row["chinese"], str):
            words = re.sub("（[^）]*）", "", row["chinese"]).split("、")
            forms[row["term_id"]] = [word for word in words if len(word) > 1]  # one character is part of other words
    return glossary[["term", "explained"]].rename(columns=heads), forms


def _rank_of_weight(column: pd.Series) -> pd.Series:
    """Return weights as numbers, the heaviest first; another column as it is."""
    return column.map(list(verdicts.WEIGHTS).index) if column.name == "weight" else column
