"""The opening must say the same wherever it stands, and what our verdicts bear."""

import json
import re

import jsonschema
import nbformat
import pytest

from chipcheck import chapter, data, paths, verdicts
from chipcheck.contract import ROLES
from maintain import refresh


@pytest.fixture(scope="module")
def summary():
    """The committed notebook 90."""
    return nbformat.read(next(paths.NOTEBOOKS.glob("90-*.ipynb")), as_version=4)


@pytest.fixture(scope="module")
def counts():
    return chapter.rating_counts(chapter.rated_claims(data.load("claims"))).set_index("rating")


def outputs(book, mime):
    return [out.data[mime] for cell in book.cells for out in cell.get("outputs", []) if mime in out.get("data", {})]


def test_the_readme_counts_the_same(counts):
    text = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    printed = {
        rating: (int(headline), int(number))
        for rating, headline, number in re.findall(r"^\| \S+ ([a-z ]+) \| (\d+) \| (\d+) \|", text, flags=re.MULTILINE)
        if rating in verdicts.RATINGS
    }
    assert printed == {row.Index: (row.headline, row.claims) for row in counts.itertuples()}


def test_the_table_of_all_claims_has_every_claim_once(summary):
    tables = [text for text in outputs(summary, "text/markdown") if text.startswith("| Line | Claim |")]
    rows = sum(len(text.splitlines()) - 2 for text in tables)
    assert rows == len(data.load("claims"))


def test_the_thesis_counts_what_the_table_counts(summary, counts):
    thesis = next(text for text in outputs(summary, "text/markdown") if text.startswith("**The article gets"))
    scale = [rating for rating in verdicts.RATINGS if rating not in (*chapter.FORECASTS, verdicts.OPINION)]
    number = counts[["headline", "claims"]].reindex(scale).fillna(0).astype(int)
    failed = [verdicts.MISLEADING, verdicts.WRONG, verdicts.NOT_FOUND]
    hold = number.loc[[verdicts.HOLDS, verdicts.CAVEAT]]
    found = [int(one) for one in re.findall(r"\b\d+\b", thesis)[:8]]
    assert found[:5] == [
        number["claims"].sum(), hold["claims"].sum(), hold.loc[verdicts.CAVEAT, "claims"],
        number["headline"].sum(), hold["headline"].sum(),
    ]  # fmt: skip
    swapped, of, firmly = found[5:]
    assert firmly < swapped < of == number.loc[failed, "headline"].sum()


def test_the_chinese_summary_carries_the_same_numbers(summary):
    """In at most five lines: the thesis, the three answers, and what came of it."""
    texts = outputs(summary, "text/markdown")
    chinese = next(text for text in texts if text.startswith("- **数字没错"))
    english = " ".join(texts[: texts.index(chinese)])
    assert len(chinese.splitlines()) == 5
    figure = re.compile(r"\d[\d.]*%")
    chinese, english = chinese.replace("～", "%–"), english.replace("–", "%–")
    assert len(figure.findall(chinese)) > 7 and set(figure.findall(chinese)) <= set(figure.findall(english))


def test_the_readme_says_what_the_opening_says(summary):
    found = refresh.findings(summary)
    thesis, empty, *answers = found.splitlines()
    assert thesis.startswith("The article gets") and not empty
    assert [answer.split("**")[1][-1] for answer in answers] == ["?"] * 3
    assert "#chapter" not in found and found.count("**") == 6


def test_the_verdicts_for_programs_keep_their_schema(tmp_path, monkeypatch, counts):
    monkeypatch.setenv("CHIPCHECK_BUILD", str(tmp_path))
    claims = data.load("claims").merge(data.load("verdicts"), on="claim_id")
    unruled = claims.assign(**dict.fromkeys(ROLES), reason=claims["reason"].map(_without_facts))
    chapter.save_verdicts(unruled, {})
    record = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
    schema = json.loads((paths.ROOT / "chipcheck" / "verdicts.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    assert schema["$defs"]["claim"]["properties"]["found"]["items"]["properties"]["role"]["enum"] == list(ROLES)
    assert record["counts"]["claims"] == counts["claims"].to_dict() and len(record["claims"]) == len(claims)
    assert sum(record["counts"]["headline"].values()) == sum(one["weight"] == "headline" for one in record["claims"])


def _without_facts(reason):
    return re.sub(r"\{[^}]*\}", "…", reason) if isinstance(reason, str) else reason


def test_no_claim_is_without_a_verdict():
    rated = data.load("verdicts")
    assert set(rated["claim_id"]) == set(data.load("claims")["claim_id"])
