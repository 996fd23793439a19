"""Sentences that lose their number, and facts that lose their source."""

import pytest

from chipcheck import prose
from chipcheck.prose import Facts, ProseError


@pytest.fixture
def facts(tmp_path, monkeypatch):
    monkeypatch.setenv("CHIPCHECK_BUILD", str(tmp_path))
    return Facts("02")


def add(facts, fact_id="share", **changes):
    given = {"unit": "%", "digits": 1, "sources": ["epoch-ml-hardware"], "as_of": "2025-12"}
    return facts.add(fact_id, **{"value": 14.964, **given, **changes})


def test_say_fills_every_slot():
    assert prose.say("{a:.1f} of {b}", a=14.96, b="H200").data == "15.0 of H200"


@pytest.mark.parametrize(
    ("sentence", "values"),
    [("{a}", {}), ("no slot", {"a": 1}), ("{a}", {"a": None}), ("{a:.1f}", {"a": float("nan")}), ("{a}", {"b": 1})],
)
def test_say_refuses_a_sentence_that_would_lose_its_number(sentence, values):
    with pytest.raises(ProseError):
        prose.say(sentence, **values)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "15.0%"),
        ({"value": None, "low": 4.49, "high": 8.53}, "4.5–8.5%"),
        ({"value": 6.689, "unit": "x"}, "6.7×"),
        ({"value": 13.5, "unit": "USD bn"}, "US$13.5 billion"),
        ({"value": -0.04, "digits": 1}, "0.0%"),
        ({"value": -55.8}, "\u221255.8%"),
        ({"value": 15832, "unit": "TPP", "digits": 0}, "15,832 TPP"),
    ],
)
def test_a_fact_reads_with_its_unit_and_rounding(facts, changes, text):
    assert add(facts, **changes).text == text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sources": []}, "has no source"),
        ({"sources": ["nobody"]}, "cites unknown sources"),
        ({"value": float("nan")}, "has no number"),
        ({"as_of": "soon"}, "has a bad date"),
        ({"value": None, "low": 2, "high": 1}, "has low 2 above high 1"),
    ],
)
def test_a_fact_without_ground_is_refused(facts, changes, complaint):
    with pytest.raises(ProseError, match=complaint):
        add(facts, **changes)


def test_a_fact_is_recorded_once(facts):
    add(facts)
    with pytest.raises(ProseError, match="recorded twice"):
        add(facts)


def test_facts_come_back_as_they_were_written(facts):
    written = add(facts)
    facts.save()
    assert prose.read_facts() == {"share": written}


def test_two_notebooks_cannot_claim_one_name(facts):
    add(facts)
    facts.save()
    other = Facts("04")
    add(other)
    other.save()
    with pytest.raises(ProseError, match="written by two notebooks"):
        prose.read_facts()


def test_facts_say_what_to_run_when_there_are_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="make report"):
        prose.read_facts(tmp_path)


def test_fill_names_the_fact_that_nobody_computes(facts):
    with pytest.raises(ProseError, match="gone"):
        prose.fill("It is {gone}.", {"share": add(facts)})


def test_two_amounts_in_dollars_do_not_become_a_formula():
    text = prose.say("from {a} to {b}", a="US$2 billion", b="US$5 billion").data
    assert text == "from US\\$2 billion to US\\$5 billion"
    assert prose.dollars(text) == text
