"""The swapped denominators: numbers that the article keeps while it changes what they are a number of. No file access.

A row of denominators.csv names a number, the claim that puts it on another object, and what the number is true of. It
counts as a case only if a fact of that other object is the printed figure, and our rating of the claim says so.
"""

from collections.abc import Mapping

import pandas as pd

from chipcheck import edition, verdicts
from chipcheck.facts import Fact, FactError, filled
from chipcheck.records import figure_words
from chipcheck.verdicts import VerdictError

RATED = (verdicts.MISLEADING, verdicts.WRONG, verdicts.NOT_FOUND)
TOLD = ("said_of", "true_of", "told")  # words with facts to be filled in; each has a twin in Chinese


def factor(said: Fact, true: Fact) -> tuple[float, float]:
    """Return how many times the figure of the object named is the printed one, as a range; the only slip that divides.

    Raises `VerdictError` for two units.
    """
    if said.unit != true.unit:
        raise VerdictError(f"{said.fact_id} in {said.unit}, {true.fact_id} in {true.unit}: no factor")
    return said.low / true.high, said.high / true.low


def cases(swaps: pd.DataFrame, rated: pd.DataFrame, facts: Mapping[str, Fact]) -> pd.DataFrame:
    """Return the rows of denominators.csv with what our verdicts say of them, their sentences filled from facts.

    `rated` are all claims joined with their verdicts. Columns added: `figure` (the printed number as an English reader
    sees it), `figure_as_printed`; `line`, `rating`, `strength`, `notebook` and statement of the claim that swaps; and
    `firm`: the evidence shows what is right as well, and not weakly. Raises `VerdictError` naming every row that is no
    case, and every claim rated misleading that is the swap of no row, or of two.
    """
    claims = rated.set_index("claim_id", drop=False)
    faults = [fault for row in swaps.to_dict("records") for fault in _faults(row, claims, facts)]
    counts = swaps["swap"].value_counts()
    for claim_id in claims.index[claims["rating"] == verdicts.MISLEADING]:
        if (found := counts.get(claim_id, 0)) != 1:
            faults.append(f"{claim_id}: rated {verdicts.MISLEADING!r}, the swap of {found} rows of denominators.csv")
    if faults:
        raise VerdictError("\n".join(faults))
    statements = [column for column in claims if column.startswith("statement")]
    frame = swaps.join(claims[["line", "rating", "strength", "notebook", *statements]], on="swap")
    frame = frame.join(claims["figure_as_printed"], on="number")
    frame["figure"] = [printed_words(claims.loc[number]) for number in frame["number"]]
    shown_right = frame["rating"].isin([verdicts.MISLEADING, verdicts.WRONG])
    frame["firm"] = shown_right & frame["strength"].isin(["strong", "medium"])
    for column in TOLD:
        words = column if edition.language() == edition.SOURCE else f"{column}_{edition.language()}"
        frame[column] = [filled(row[words], _slots(row, facts)) for row in frame.to_dict("records")]
    return frame


def printed_words(claim: Mapping) -> str:
    """Return a claim's figure as an English reader sees it: as printed, or, where that is Chinese, its number and unit.

    >>> printed_words({"figure_as_printed": "18个月", "low": 18.0, "high": 18.0, "unit": "months"})
    '18 months'
    """
    printed = claim["figure_as_printed"]
    if printed.isascii() or edition.language() == "zh":
        return printed
    figure = verdicts.claimed_figure(claim)
    one = len(verdicts.numerals(printed)) == 1  # “three times higher” prints one number, though it can be read as two
    return figure_words(verdicts.Figure(figure.low, figure.low, figure.unit) if one else figure)


def _slots(row: Mapping, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts that a row's sentences may name, and the factor where it has one."""
    if row["slip"] != "factor":
        return dict(facts)
    low, high = factor(facts[row["said_fact"]], facts[row["true_fact"]])
    return {**facts, "factor": Fact("factor", low, high, "", 1, (), "")}


def _faults(row: Mapping, claims: pd.DataFrame, facts: Mapping[str, Fact]) -> list[str]:
    """Return why a row is no case, in sentences that name it."""
    name, number, swap = f"denominators.csv, {row['swap_id']}", claims.loc[row["number"]], claims.loc[row["swap"]]
    said = row["said_fact"] if isinstance(row["said_fact"], str) else None
    named = [fact_id for fact_id in (row["true_fact"], said) if fact_id]
    if unknown := [fact_id for fact_id in named if fact_id not in facts]:
        return [f"{name}: no notebook computes the fact {', '.join(unknown)}"]
    true, faults = facts[row["true_fact"]], []
    try:
        if not verdicts.agrees(verdicts.claimed_figure(number), true.figure, number["figure_as_printed"]):
            faults.append(f"{row['number']} prints {number['figure_as_printed']}, {true.fact_id} is {true}")
        filled(" ".join(row[column] + row[f"{column}_zh"] for column in TOLD), _slots(row, facts))
    except (VerdictError, FactError) as error:
        faults.append(str(error))
    if swap["rating"] not in RATED:
        faults.append(f"{row['swap']} is rated {swap['rating']!r}, which is no swap")
    if (swap["rating"] == verdicts.NOT_FOUND) != (row["slip"] == "none"):
        faults.append(f"{row['swap']} is rated {swap['rating']!r}, the slip is {row['slip']!r}")
    if row["number"] == row["swap"]:
        ours = {"true_fact": (row["true_fact"], swap["reproduced"]), "said_fact": (said, swap["found"])}
        for column, (typed, verdict) in ours.items():
            if isinstance(verdict, str) and typed != verdict:
                faults.append(f"{column} is {typed!r}, the verdict names {verdict!r}")
    if row["slip"] == "count" and not _counts(row, facts):
        faults.append(f"{row['told']!r} names no count of {said} that makes {true.fact_id}")
    return [f"{name}: {fault}" for fault in faults]


def _counts(row: Mapping, facts: Mapping[str, Fact]) -> bool:
    """Say whether the slip names a count by which the two figures differ."""
    true, said = facts[row["true_fact"]], facts[row["said_fact"]]
    low, high = true.low / said.high, true.high / said.low
    named = [fact for fact_id, fact in facts.items() if "{" + fact_id + "}" in row["told"]]
    return any(fact.unit == "count" and low <= fact.low <= high for fact in named)


def evidence(cases: pd.DataFrame, facts: Mapping[str, Fact]) -> pd.DataFrame:
    """Return the cases for programs: a row each, both figures with unit, basis, date and sources (joined by `;`)."""
    kept = ["swap_id", "figure_as_printed", *TOLD, "slip", "number", "swap", "rating", "strength", "firm"]
    frame = cases[kept].reset_index(drop=True)
    for role in ("true", "said"):
        found = [facts[fact_id] if isinstance(fact_id, str) else None for fact_id in cases[f"{role}_fact"]]
        for key in ("fact_id", "low", "high", "unit", "basis", "as_of"):
            frame[f"{role}_{key}"] = [getattr(fact, key) if fact else None for fact in found]
        frame[f"{role}_source_id"] = [";".join(fact.sources) if fact else None for fact in found]
    return frame
