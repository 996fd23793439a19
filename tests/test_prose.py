"""Sentences that lose their number."""

import pytest

from chipcheck import prose, words
from chipcheck.prose import ProseError


def test_say_fills_every_slot():
    assert prose.say("{a:.1f} of {b}", a=14.96, b="H200").data == "15.0 of H200"


@pytest.mark.parametrize(
    ("sentence", "values"),
    [("{a}", {}), ("no slot", {"a": 1}), ("{a}", {"a": None}), ("{a:.1f}", {"a": float("nan")}), ("{a}", {"b": 1})],
)
def test_say_refuses_a_sentence_that_would_lose_its_number(sentence, values):
    with pytest.raises(ProseError):
        prose.say(sentence, **values)


def test_two_amounts_in_dollars_do_not_become_a_formula():
    text = prose.say("from {a} to {b}", a="US$2 billion", b="US$5 billion").data
    assert text == "from US\\$2 billion to US\\$5 billion"
    assert words.dollars(text) == text
