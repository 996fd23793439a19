"""Ids joined in one cell."""

from chipcheck import ids


def test_what_rests_on_copies_alone():
    kinds = {"a-filing": "primary", "a-digest": "tertiary", "a-copy": "tertiary"}
    assert ids.only_tertiary("a-digest;a-copy", kinds)
    assert not ids.only_tertiary("a-digest;a-filing", kinds)
