"""The rating scale, and the rules that hold a typed rating against the computed facts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from chipcheck.contract import ROLES

HOLDS = "holds"
CAVEAT = "holds with a caveat"
MISLEADING = "misleading basis"
WRONG = "wrong"
NOT_FOUND = "not found"
OPINION = "opinion"

RATINGS = {
    HOLDS: "On the basis the words name, the figure found rounds to the one printed; without a figure, sources say so.",
    CAVEAT: "True once a missing period, scope, speaker or unit is supplied; what is counted stays the same.",
    MISLEADING: "What the words name has another figure; the one printed belongs to something else, or mixes bases.",
    WRONG: "What the words name has another figure, and we saw none like that printed; or the evidence contradicts it.",
    NOT_FOUND: "It could be checked, but we found nothing that settles it; what we searched for is stated.",
    "came true": "Forecast: the latest dated outcome bears it out.",
    "partly came true": "Forecast: the latest dated outcome bears out a part.",
    "open": "Forecast: the time has not come, or nothing dated settles it.",
    "did not come true": "Forecast: the latest dated outcome contradicts it.",
    "untested": "Forecast: what it depends on has not happened.",
    OPINION: "An image, a judgment or a guess; not rated, and left out of every total of rated statements.",
}
WEIGHTS = {
    "headline": "carries the argument",
    "substantive": "an editor would ask for a source",
    "minor": "a caption, a credit, a spelling, a duplicate, an uncontested date",
}
SLIPS = {  # how large a slip is said to be, and whether that takes a figure of the object named
    "factor": True,  # one figure over the other
    "count": True,  # how many of the one make the other
    "both": True,  # the two figures side by side, where a quotient would mean nothing
    "period": False,  # one period taken for all
    "none": False,  # no figure of the object named was found
}
STRENGTHS = ["strong", "medium", "weak"]
RULE = "the fact, rounded like the printed figure, equals it or lies within the range or bound printed"


class VerdictError(ValueError):
    """A typed rating does not follow from the facts."""


@dataclass(frozen=True)
class Figure:
    """A number, a range or a bound, with its unit. `None` at one end means open."""

    low: float | None
    high: float | None
    unit: str

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g} {self.unit}"
        if self.high is None:
            return f"at least {self.low:g} {self.unit}"
        if self.low is None:
            return f"at most {self.high:g} {self.unit}"
        return f"{self.low:g} to {self.high:g} {self.unit}"


def decimals(printed: str) -> int:
    """Return how many decimals the figure as printed shows: `7.5%` has 1, `20%—25%` has 0."""
    shown = [part.partition(".")[2] for part in numerals(printed)]
    return max((len(part) for part in shown), default=0)


def agrees(claimed: Figure, found: Figure, printed: str) -> bool:
    """Say whether the figure found is the one claimed, at the rounding that was printed.

    A printed point is met when what was found rounds to it, a printed range when what was found, rounded, lies
    within it, and a bound when it is kept. Unlike units raise `VerdictError`: 7.5 % and 7.5 x are not the
    same figure.
    """
    if claimed.unit != found.unit:
        raise VerdictError(f"claimed in {claimed.unit}, found in {found.unit}: cannot be compared")
    digits = decimals(printed)
    if found.low is None or found.high is None:
        raise VerdictError(f"found figure {found} is open at one end: cannot be compared")
    low, high = round(found.low, digits), round(found.high, digits)
    floor = -math.inf if claimed.low is None else round(claimed.low, digits)
    ceiling = math.inf if claimed.high is None else claimed.high  # 9.9 as "single digit" must not round up to 10
    return floor <= low and high <= ceiling


def expected_rating(claimed: Figure, printed: str, facts: Mapping[str, Figure]) -> str:
    """Return the rating that follows from the facts: one rule for one situation, as the README states it.

    `facts` may hold `found` (what the words name), `found_if` (the same with a missing qualifier supplied) and
    `reproduced` (something else, or bases mixed). What the words name decides first; where we found no figure of it,
    the claim is not found, whatever looks like the printed figure.
    """
    for name, rating in (("found", HOLDS), ("found_if", CAVEAT)):
        if name in facts and agrees(claimed, facts[name], printed):
            return rating
    if not {"found", "found_if"} & facts.keys():
        return NOT_FOUND
    alike = "reproduced" in facts and agrees(claimed, facts["reproduced"], printed)
    return MISLEADING if alike else WRONG


def claimed_figure(claim: Mapping) -> Figure:
    """Return the figure that a row of claims.csv states; open at both ends where it states none."""
    return Figure(_end(claim["low"]), _end(claim["high"]), claim["unit"] if isinstance(claim["unit"], str) else "")


def check(claim: Mapping, verdict: Mapping, facts: Mapping[str, Figure]) -> None:
    """Raise `VerdictError` unless the typed rating is the one that follows from the facts.

    `claim` and `verdict` are rows of claims.csv and verdicts.csv, `facts` every fact by id. A verdict that
    names no fact is a judgment; a figure may be left to judgment only as long as nothing was found that
    settles it.
    """
    roles = [role for role in ROLES if isinstance(verdict[role], str)]
    if not roles:
        if _needs_a_fact(claim) and verdict["rating"] in (HOLDS, CAVEAT, MISLEADING, WRONG):
            raise VerdictError(f"{claim['claim_id']}: a figure rated {verdict['rating']!r} needs a fact")
        return
    claim_id, printed = claim["claim_id"], claim["figure_as_printed"]
    claimed = claimed_figure(claim)
    named = {}
    for role in roles:
        if verdict[role] not in facts:
            raise VerdictError(f"{claim_id}: no notebook computes the fact {verdict[role]!r} ({role})")
        named[role] = facts[verdict[role]]
    try:
        expected = expected_rating(claimed, printed, named)
    except VerdictError as error:
        raise VerdictError(f"{claim_id}: {error}") from None
    if verdict["rating"] != expected:
        found = "; ".join(f"{name} {verdict[name]} = {figure}" for name, figure in named.items())
        raise VerdictError(
            f"{claim_id}: claimed {claimed} (printed {printed}), {found}; "
            f"typed rating {verdict['rating']!r}, expected {expected!r}"
        )


def _needs_a_fact(claim: Mapping) -> bool:
    """Say whether a claim states a figure that a computed fact can settle."""
    claimed = claimed_figure(claim)
    return (claimed.low, claimed.high) != (None, None) and claim["kind"] in ("quantity", "comparison")


def _end(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)


def numerals(printed: str) -> list[str]:
    """Return the numbers that a figure as printed shows, as text: `20亿至50亿` has 20 and 50."""
    kept = "".join(char if char.isdigit() or char == "." else " " for char in printed)
    return [part for part in kept.split() if any(char.isdigit() for char in part)]
