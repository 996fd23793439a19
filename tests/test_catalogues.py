"""The catalogues of the Chinese edition: nothing missing, nothing stale, no slot lost; and what happens when one is."""

import ast
import json
import re

import nbformat
import pandas as pd
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from nbformat import v4 as nbf

from chipcheck import charts, chinese, dates, edition, paths, prose, tables, words
from chipcheck.contract import CHINESE
from chipcheck.publish import merge
from chipcheck.publish.errors import Untranslated
from chipcheck.templates import Hook, template_of
from maintain import catalogues

CHANGED = "The strategy came out on 4 December 2025, before the post of 8 December."
BEFORE = "The strategy was released on 4 December 2025, before the post of 8 December."
HAN, ENGLISH_REMARK = re.compile(CHINESE), re.compile(r"[(（][^)）]*[A-Za-z]{3,} [a-z]{2,}")


@pytest.fixture
def in_chinese(monkeypatch):
    """The edition at work is the Chinese one, with a small catalogue of its own."""
    known = {"{count} cards, not {name}": "不是{name}，是{count|1}块", "the H20": "H20"}
    known |= {"Bar": "条", "a\nlabel": "标\n签"}
    monkeypatch.setattr(edition, "catalogue", lambda code: known)
    monkeypatch.setattr(edition, "kept", lambda code: frozenset())
    for cached in (edition._without_breaks, edition.kept):
        getattr(cached, "cache_clear", lambda: None)()
    monkeypatch.setattr(edition, "_SAID", edition.Said())
    with edition.using("zh"):
        yield
    edition._without_breaks.cache_clear()


def test_every_message_is_translated_and_none_is_stale():
    faults = [fault for code in edition.NAMES if code != edition.SOURCE for fault in catalogues.faults(code)]
    assert faults == []


def test_the_catalogues_are_as_refresh_would_write_them():
    for domain in edition.DOMAINS:
        text = (paths.LOCALES / "zh" / f"{domain}.po").read_text(encoding="utf-8")
        assert catalogues.rendered(catalogues.read("zh", domain), "zh") == text, f"{domain}.po; run `make refresh`"


def test_every_character_has_a_glyph():
    from fontTools.ttLib import TTFont

    has = set()
    for file in ("NotoSansSC-Regular.ttf", "ReleaseSans-Regular.ttf"):
        has |= {chr(code) for code in TTFont(paths.FONTS / file, lazy=True).getBestCmap()}
    lacking = {char: said for said in edition.catalogue("zh").values() for char in set(said) - has - {"\n"}}
    assert lacking == {}


def test_chinese_documents_have_chinese_titles():
    """A document in Chinese reaches Chinese readers under no English name of ours and with no English remark."""
    sources = pd.read_csv(paths.DATA / "sources.csv", dtype=str, keep_default_na=False)
    chinese_ones = sources[sources["language"].str.contains("zh")]
    with edition.using("zh"):
        titles = {row.source_id: edition.title(row.title) for row in chinese_ones.itertuples()}
    assert len(titles) > 50
    foreign = {at: said for at, said in titles.items() if not HAN.search(said) or ENGLISH_REMARK.search(said)}
    assert foreign == {}


def test_a_changed_sentence_is_stale_and_listed(monkeypatch, tmp_path):
    """The worked example of CONTRIBUTING.md."""
    english = catalogues.sentences() | {CHANGED: "data/verdicts.csv"}
    del english[BEFORE]
    monkeypatch.setattr(catalogues, "sentences", lambda: english)
    said = (catalogues.texts() | {CHANGED}) - {BEFORE}
    monkeypatch.setattr(catalogues, "texts", lambda: said)
    monkeypatch.setattr(catalogues, "asked", lambda code: {CHANGED: ("prose", "90")})
    missing = [fault for fault in catalogues.faults("zh") if "strategy" in fault]
    assert len(missing) == 2 and "in no catalogue" in missing[0] and "no English says it" in missing[1]
    (tmp_path / "zh").mkdir()
    for name, text in catalogues.updated("zh").items():
        (tmp_path / "zh" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "LOCALES", tmp_path)
    (stale,) = catalogues.faults("zh")
    assert stale in " ".join((paths.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    with (tmp_path / "zh" / "prose.po").open("rb") as lines:
        entry = read_po(lines).get(CHANGED)
    assert entry.fuzzy and "2025年12月4日" in entry.string


def test_a_build_older_than_a_sentence_brings_nothing_back(monkeypatch):
    """Who rewords a sentence and its translation, and then runs `make refresh`, has a build of before."""
    gone, new = "These are more than eight words that no chapter says now.", "Brief new label"
    monkeypatch.setattr(catalogues, "asked", lambda code: {gone: ("prose", "90"), new: ("interface", "90")})
    written = "".join(catalogues.updated("zh").values())
    assert new in written and gone not in written


def test_a_lost_slot_is_named(monkeypatch):
    spoilt = Catalog(locale="zh")
    spoilt.add("{a:.1f} of {b}", "{b}")
    spoilt.add("US${sum} of {n}", "{n}的{sum|bn}")
    monkeypatch.setattr(catalogues, "read", lambda code, domain: spoilt)
    monkeypatch.setattr(catalogues, "sentences", dict)
    (fault, again) = catalogues.faults("zh")
    assert fault == again.replace("interface", "prose") and "the slots differ: a:.1f" in fault


def test_the_story_refuses_what_the_working_marks():
    def cell(*tags):
        out = nbf.new_output("display_data", {"text/markdown": "Words."}, metadata={"untranslated": ["Words."]})
        place = {"chapter": "02", "notebook": "02-x.ipynb", "cell": 4, "role": "body"}
        return nbf.new_code_cell(outputs=[out], metadata={"tags": list(tags), "chipcheck": place})

    with edition.using("zh"):
        with pytest.raises(Untranslated, match=r"lacks 1 translation .*\n02-x.ipynb, cell 4: 'Words.'"):
            merge._refuse_untranslated([cell()])
        shown = cell("working")
        merge._refuse_untranslated([shown])
    assert shown.outputs[0].data["text/markdown"].endswith("::: {lang=en}\nWords.\n:::")


def test_an_f_string_is_found_by_its_template(in_chinese):
    code = "name, row = 'the H20', [7]\nsaid = f'{row[0]:,} cards, not {name}'\nkey = f'china-{name}'"
    template, slots = template_of(ast.parse(code).body[1].value)
    assert (template, [name for name, _ in slots]) == ("{1:,} cards, not {name}", ["1", "name"])
    hook, names = Hook(), {"__filled__": edition.filled}
    hooked = hook.visit(ast.parse(code.replace("row[0]:,", "count")))
    exec(compile(hooked, "", "exec"), names | {"count": 250_000}, names)
    assert names["said"] == "不是H20，是25万块" and names["key"] == "china-the H20"
    assert "the H20" in hook.constants


def test_what_has_no_translation_is_named_by_its_template(in_chinese):
    made = edition.filled("Nobody counted {n} of them", ["n"], [3])
    assert edition.shown(made) == "Nobody counted 3 of them"
    assert edition.untranslated() == ["Nobody counted {n} of them"] and edition.untranslated() == []


def test_tables_and_charts_pass_through(in_chinese):
    assert [edition.shown(text) for text in ("a label", "1,234", "20–25%")] == ["标签", "1234", "20%～25%"]
    cited = '[R](https://e.org/8-May-2025 "source:a")'
    assert edition.shown(f"Bar {cited}") == f"条{cited}"
    assert tables.markdown(tables.resource(tables.pd.DataFrame({"Bar": ["Bar"]}))).startswith("| Bar |")
    figure, ax = charts.start(1)
    ax.set(xlabel="Bar", xlim=(0, 3))
    charts._in_edition(figure, 10)
    assert ax.get_xlabel() == "条" and "30" in ax.xaxis.get_major_formatter().format_ticks([0, 3])


def test_figures_and_dates_are_set_by_the_edition(in_chinese):
    assert dates.in_words("2025-04") == "2025年4月" and words.quantity(2.0, 5.0, 0, "USD bn") == "20亿～50亿美元"
    assert prose.say("{count} cards, not {name}", count=12_345, name="the H20").data == "不是H20，是1.2345万块"


@pytest.mark.parametrize(
    "value, step, shown", [(999_949_999, 1e5, "9.999亿"), (1e8, 1e8, "1亿"), (-4.5e9, 1e8, "−45亿"), (0, 1, "0")]
)
def test_large_numbers_keep_the_digits_that_are_known(value, step, shown):
    assert chinese.large(value, step) == shown


def test_the_english_edition_is_left_as_typed():
    assert edition.language() == "en" and edition.shown("1,234 – any") == "1,234 – any"
    assert prose.say("{n:,} cards", n=12_345).data == "12,345 cards" and edition.untranslated() == []


def test_messages_are_noted_for_who_keeps_the_catalogues(in_chinese, monkeypatch, tmp_path):
    monkeypatch.setenv("CHIPCHECK_MESSAGES", str(tmp_path / "02.jsonl"))
    edition.shown(edition.filled("{count} cards, not {name}", ["count", "name"], [1, "the H20"]), "prose")
    noted = [json.loads(line) for line in (tmp_path / "02.jsonl").read_text().splitlines()]
    assert ["", "{count} cards, not {name}"] in noted and ["", "the H20"] in noted
    edition.shown("Unknown words here", "prose")
    assert (tmp_path / "02.jsonl").read_text().splitlines()[-1] == '["prose", "Unknown words here"]'


def test_headings_keep_their_anchors(in_chinese):
    book = nbf.new_notebook(cells=[nbf.new_markdown_cell("## Bar\n\nBar"), nbf.new_markdown_cell("Unknown words here")])
    edition.translate_prose(book)
    assert book.cells[0].source == '## 条 {says="bar"}\n\n条'
    assert book.cells[1].metadata["untranslated"] == ["Unknown words here"]
    nbformat.validate(book)
