"""What every chapter shows in the same way: the claims it checks, and their verdicts at its end."""

import json

import pandas as pd
from IPython.display import Markdown

from chipcheck import data, outcomes, paths, tables, verdicts
from chipcheck.contract import CLAIMS
from chipcheck.facts import Fact, Facts
from chipcheck.files import write_atomic
from chipcheck.records import MARKS, claim_record, found_text, reason_text, text_of
from chipcheck.records import topic_title as topic_title  # notebooks ask for it here

KINDS = {"Line": "line", "Claim": "claim", "Verdict": "verdict", "Why": "reason"}  # of columns, for `tables.show`
LISTED = 12  # claims a chapter's map still lists; more would stand between the reader and the first chart


def checked_here(notebook: str, reads: list[str]) -> Markdown:
    """Return the map of a chapter: the article's claims it checks, by line, and the tables it reads."""
    claims = _claims(notebook)
    tables_read = f"Reads {', '.join(f'`data/{name}.csv`' for name in reads)}."
    if len(claims) > LISTED:
        first, last = int(claims["line"].min()), int(claims["line"].max())
        where = f"{len(claims)} statements of lines {first} to {last}, listed with their verdicts at the chapter’s end"
        return Markdown(f"**Checked here:** {where}. {tables_read}")
    lines = "\n".join(
        f"- line {int(claim.line)}, {in_the_article(claim.line, claim.figure_as_printed)}: {claim.statement}"
        for claim in claims.itertuples()
    )
    return Markdown(f"**Checked here**\n\n{lines}\n\n{tables_read}")


def verdict_table(notebook: str, facts: Facts) -> None:
    """Show the verdicts of a chapter's rated claims, after holding each against the facts.

    Raises `verdicts.VerdictError` naming the claim when a typed rating does not follow.
    """
    known = facts.all()
    rated = rated_claims(_claims(notebook))
    check_all(rated, known)
    shown = pd.DataFrame(
        {
            "Line": rated["line"].astype(int),
            "Claim": rated["statement"],
            "In the article": [in_the_article(row.line, row.figure_as_printed) for row in rated.itertuples()],
            "Verdict": [f"{MARKS[rating]} {rating}" for rating in rated["rating"]],
            "Why": [reason_text(row, known) for row in rated.to_dict("records")],
        }
    )
    tables.show(
        shown,
        f"{notebook}-verdicts",
        "The verdicts of this chapter; their evidence stands in the [table of all claims](#chapter-claims-table). "
        "[What the ratings mean](#claims-table-what-the-ratings-mean).",
        numbers=["Line"],
        download=False,  # the table of all claims offers them, with their sources
        kinds=KINDS,
        keys=rated["claim_id"],
    )


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
    place = f"“{words} …”" if isinstance(words, str) else ""
    return "; ".join(filter(None, [text_of(figure), place]))


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
    columns rating and weight. Ratings that no claim has are left out. README, opening page, chart and `verdicts.json`
    all count through here.
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
        "title": "A late release, by the numbers: verdicts",
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
            "Claim": [record["statement"] for record in records],
            "In the article": [in_the_article(record["line"], record["as_printed"]) for record in records],
            "Found": [found_text(record["found"]) or None for record in records],
            "Verdict": [f"{record['mark']} {record['rating']}" for record in records],
            "Why": [
                f"{text} {data.cite(record['sources']) if record['sources'] else ''}".strip()
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
    extra = {CLAIMS: records}
    tables.show(shown, name, caption, numbers=["Line"], wide=True, extra=extra, kinds=KINDS, keys=claims["claim_id"])


def _rank_of_weight(column: pd.Series) -> pd.Series:
    """Return weights as numbers, the heaviest first; another column as it is."""
    return column.map(list(verdicts.WEIGHTS).index) if column.name == "weight" else column
