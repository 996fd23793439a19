"""What every chapter shows in the same way: the claims it checks, and their verdicts at its end."""

import pandas as pd
from IPython.display import Markdown

from chipcheck import data, tables, verdicts
from chipcheck.prose import Fact, Facts, fill

MARKS = {  # a sign beside the word, so that a rating never rests on colour alone
    verdicts.HOLDS: "✓",
    verdicts.CAVEAT: "≈",
    verdicts.MISLEADING: "≠",
    verdicts.WRONG: "×",
    verdicts.UNVERIFIABLE: "?",
    verdicts.NOT_RATED: "…",
    "came true": "✓",
    "partly came true": "≈",
    "did not come true": "×",
    "open": "…",
}


def checked_here(notebook: str, reads: list[str]) -> Markdown:
    """Return the map of a chapter: the article's claims it checks, by line, and the tables it reads."""
    claims = _claims(notebook)
    lines = "\n".join(
        f"- line {int(claim.line)}: {claim.statement}"
        + (f" (printed: {claim.figure_as_printed})" if isinstance(claim.figure_as_printed, str) else "")
        for claim in claims.itertuples()
    )
    return Markdown(f"**Checked here**\n\n{lines}\n\nReads {', '.join(f'`data/{name}.csv`' for name in reads)}.")


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
            "As printed": rated["figure_as_printed"],
            "Verdict": [f"{MARKS[rating]} {rating}" for rating in rated["rating"]],
            "Why": [reason_text(row, known) for row in rated.to_dict("records")],
        }
    )
    sources = [source for ids in rated["sources"].dropna() for source in data.split_ids(ids)]
    tables.show(
        shown,
        f"{notebook}-verdicts",
        "The verdicts of this chapter. [What the ratings mean](#opening-what-the-ratings-mean).",
        sources=list(dict.fromkeys(sources)),
        numbers=["Line"],
    )


def rated_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Return claims joined with their verdicts, one row each, without those not yet rated."""
    joined = claims.merge(data.load("verdicts"), on="claim_id", how="left", validate="one_to_one")
    if missing := list(joined.loc[joined["rating"].isna(), "claim_id"]):
        raise verdicts.VerdictError(f"verdicts.csv has no row for {', '.join(missing)}")
    return joined[joined["rating"] != verdicts.NOT_RATED]


def check_all(rated: pd.DataFrame, facts: dict[str, Fact]) -> None:
    """Hold every typed rating against the facts; raise `verdicts.VerdictError` at the first that fails."""
    figures = {fact_id: fact.figure for fact_id, fact in facts.items()}
    for row in rated.to_dict("records"):
        verdicts.check(row, row, figures)


def reason_text(row: dict, facts: dict[str, Fact]) -> str:
    """Return a verdict's reason with its facts filled in, and the inferred origin of a wrong figure."""
    text = fill(row["reason"], facts)
    if isinstance(row["origin"], str):
        text += f" *Most likely origin (our inference): {fill(row['origin'], facts)}*"
    return text


def _claims(notebook: str) -> pd.DataFrame:
    claims = data.load("claims")
    found = claims[claims["notebook"] == notebook]
    if found.empty:
        raise ValueError(f"no claim is assigned to notebook {notebook}")
    return found
