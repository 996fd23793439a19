"""Terms in the text of the page: marked where a chapter first uses them, and nowhere else."""

import re

import pandas as pd
import pytest
from test_publish_html import WORK, export, figure, markdown, table

from chipcheck.contract import GLOSSARY
from chipcheck.publish.glossary import Glossary

FORMS = {
    "rate": ["rate", "rates"],
    "dense-rate": ["dense rate", "dense"],
    "chip": ["H200", "H20"],
    "filing": ["10-Q"],
    "strength": [],
}


def marked(text, chapter="01", glossary=None):
    """Return the terms marked in a text, each with the words it is marked at."""
    made = (glossary or Glossary(FORMS)).marked(text, chapter)
    return re.findall(r'<a class="term" href="#term-([^"]+)">([^<]+)</a>', made)


def terms(rows=FORMS):
    """Return a list of terms as a notebook shows it, in another order than its forms."""
    frame = pd.DataFrame({"Term": list(rows), "Means here": [f"What {term} means." for term in rows]})
    shown = table("80-glossary", frame, keys=pd.Series(list(rows), name="term_id"))
    shown.data[GLOSSARY] = dict(sorted(rows.items()))
    return shown


def test_a_term_is_marked_at_its_first_use_in_each_chapter():
    glossary = Glossary(FORMS)
    assert marked("<p>An H20 and an H200.</p>", "01", glossary) == [("chip", "H20")]
    assert marked("<p>Rates of an H200; a rate.</p>", "01", glossary) == [("rate", "Rates")]
    assert marked("<p>An H200.</p>", "02", glossary) == [("chip", "H200")]


def test_of_two_terms_the_longer_is_taken_and_the_shorter_waits():
    assert marked("<p>A dense\nrate, and a rate.</p>") == [("dense-rate", "dense\nrate"), ("rate", "rate")]
    assert marked("<p>A dense rate, a dense rate, a rate.</p>")[1:] == [("rate", "rate")], "not within the longer one"


@pytest.mark.parametrize(
    "text",
    [
        '<p><a href="#x">The <em>H20</em></a>.</p>',
        '<h3 id="an-h20">An H20</h3>',
        "<p><code>H20</code></p><pre>rate</pre>",
        "<math><mi>rate</mi></math>",
        '<p class="rate" title="H20">–</p>',
        "<p>A rated H200-class chip, at a separate-rate H2000; Hrate.</p>",
    ],
)
def test_nothing_is_marked_in_links_headings_code_attributes_and_other_words(text):
    assert Glossary(FORMS).marked(text, "01") == text
    assert marked(f"{text}<p>The <em>H200</em>’s rate (10-Q).</p>") == [
        ("chip", "H200"),
        ("rate", "rate"),
        ("filing", "10-Q"),
    ]


def test_without_a_list_of_terms_nothing_is_marked():
    assert Glossary({}).marked("<p>An H20.</p>", "01") == "<p>An H20.</p>"
    assert 'class="term"' not in export("An H20.")


def test_the_story_leads_to_the_list_of_terms_and_its_working_and_captions_do_not():
    page = export(
        ("Words of an H20.", *WORK.values()),
        [markdown("## The dense rate\n\nA [rate](#figure-02-a) of **H200**s, **H200**.")],
        [figure("02-a")],
        [terms()],
    )
    assert re.findall(r'class="term" href="#([^"]+)">([^<]+)<', page) == [("term-chip", "H200")]
    cells = dict(
        re.findall(r'<th id="term-([^"]+)" scope="row"[^>]*>[^<]+</th><td[^>]*>What ([^<]+) means.</td>', page)
    )
    assert cells == {term: term for term in FORMS}, "each beside its own explanation"
