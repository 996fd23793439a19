"""The worked examples of CONTRIBUTING.md apply to the tables as they are, and say what the checks say."""

import ast
import colorsys
import importlib
import re

import pytest

from chipcheck import chapter, contract, data, outcomes, paths, schemas, verdicts
from chipcheck.facts import Facts
from chipcheck.publish.html import ReportHTMLExporter
from chipcheck.publish.pdf import ReportPDFExporter
from chipcheck.verdicts import VerdictError

TEXT = (paths.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"\n##+ ", TEXT)}
REST = "…"


def edits(section):
    """Return the diff of a section: for each file the lines that begin with a space, `-` or `+`."""
    (diff,) = re.findall(r"```diff\n(.*?)```", SECTIONS[section], flags=re.DOTALL)
    parts = re.split(r"^--- (\S+)\n", diff, flags=re.MULTILINE)[1:]
    return {name: body.splitlines() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def apply(lines, changes):
    """Return lines after a diff whose lines may end in `…`, for the rest of a line, which then stays as it is."""
    lines, at, rest = list(lines), 0, ""
    for sign, shown in ((change[0], change[1:]) for change in changes):
        start, cut = shown.removesuffix(REST), shown.endswith(REST)
        if sign == "+":
            lines.insert(at, start + (rest if cut else ""))
            at += 1
            continue
        found = [n for n, line in enumerate(lines) if line == shown or (cut and line.startswith(start))]
        assert len(found) == 1, f"{len(found)} lines begin with {start!r}: update the example in CONTRIBUTING.md"
        rest = lines[found[0]].removeprefix(start)
        at = found[0] + (sign == " ")
        if sign == "-":
            del lines[at]
    return lines


def carry_out(folder, section, only=None):
    """Carry out an example in a copy of data/, in `only` one table of it if given."""
    for name, changes in edits(section).items():
        if name.startswith("data/") and only in (None, name):
            path = folder.path / name.removeprefix("data/")
            path.write_text("\n".join(apply(path.read_text(encoding="utf-8").split("\n"), changes)), encoding="utf-8")


def quoted(section, message):
    """Say whether a section quotes a message; table rows move, so their numbers do not count."""
    unnumbered = [re.sub(r"row \d+", "row", " ".join(text.split())) for text in (message, SECTIONS[section])]
    return unnumbered[0] in unnumbered[1]


def message(error):
    """Return a fault of a table on one line, as CONTRIBUTING.md prints it."""
    return str(error.value).replace(": 1 fault\n ", ":")


@pytest.mark.parametrize(
    "section", ["Correct a row", "Add a source", "Add a claim with its verdict", "Add an outcome"]
)
def test_an_example_applies_and_the_tables_accept_it(folder, section):
    before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    carry_out(folder, section)
    assert {path.name for path in folder.path.iterdir() if path.read_bytes() != before[path.name]} == {
        name.removeprefix("data/") for name in edits(section)
    }
    for table in schemas.TABLES:
        data.load(table, folder.path)


@pytest.mark.parametrize(
    ("section", "only"),
    [
        ("Add a source", "data/chip_prices.csv"),
        ("Add a claim with its verdict", "data/verdicts.csv"),
        ("Add a chapter", "data/claims.csv"),
    ],
)
def test_a_forgotten_table_is_named_as_quoted(folder, section, only):
    carry_out(folder, section, only)
    with pytest.raises(data.DataError) as error:
        data.load(only.removeprefix("data/").removesuffix(".csv"), folder.path)
    assert quoted(section, message(error))


def test_a_thousands_comma_is_named_as_quoted(folder):
    path = folder.file("chip_prices")
    path.write_text(path.read_text().replace("h200-2025-12,H200,2025-12,27000", 'h200-2025-12,H200,2025-12,"28,000"'))
    with pytest.raises(data.DataError) as error:
        data.load("chip_prices", folder.path)
    assert quoted("Correct a row", message(error))


def test_a_claim_without_verdict_is_named_as_quoted(folder, monkeypatch):
    carry_out(folder, "Add a claim with its verdict", "data/claims.csv")
    monkeypatch.setattr(paths, "DATA", folder.path)
    with pytest.raises(VerdictError) as error:
        chapter.rated_claims(data.load("claims"))
    assert quoted("Add a claim with its verdict", f"VerdictError: {error.value}")


def test_an_outcome_changes_the_score_and_asks_for_the_verdict_as_quoted(folder):
    for only in ("data/sources.csv", "data/outcomes.csv"):
        carry_out(folder, "Add an outcome", only)
    tables = ("claims", "verdicts", "forecasts", "outcomes")
    with pytest.raises(VerdictError) as error:
        outcomes.check(*(data.load(name, folder.path) for name in tables))
    assert quoted("Add an outcome", f"VerdictError: {error.value}")
    carry_out(folder, "Add an outcome", "data/verdicts.csv")
    outcomes.check(*(data.load(name, folder.path) for name in tables))


def test_a_forecast_called_off_early_is_named_as_quoted(folder):
    for only in ("data/sources.csv", "data/outcomes.csv"):
        carry_out(folder, "Add an outcome", only)
    path = folder.file("outcomes")
    path.write_text(path.read_text().replace("2026-09-20,partly came true", "2026-09-20,did not come true"))
    with pytest.raises(outcomes.OutcomeError) as error:
        outcomes.forecast_status(*(data.load(name, folder.path) for name in ("forecasts", "outcomes")))
    assert quoted("Add an outcome", f"OutcomeError: {error.value}")


def test_the_chapter_of_the_example_names_what_there_is():
    (script,) = re.findall(r"<<'END'\n(.*?)^END", SECTIONS["Add a chapter"], flags=re.DOTALL | re.MULTILINE)
    ast.parse(script)
    rows = re.findall(r'"([a-z0-9-]+-epoch)"', script)
    assert len(rows) == 2 and set(rows) <= set(data.load("chip_specs")["row_id"])


def test_a_chapter_without_a_claim_is_named_as_quoted():
    with pytest.raises(ValueError) as error:
        chapter.verdict_table("12", Facts("12"))
    assert quoted("Add a chapter", f"ValueError: {error.value}")


def changed(section, name):
    """Return a file of the repository as an example changes it."""
    text = (paths.ROOT / name).read_text(encoding="utf-8")
    return "\n".join(apply(text.split("\n"), edits(section)[name]))


CODE = ["A colour", "A verdict rule", "The look of a table", "A margin", "An option of an exporter"]


@pytest.mark.parametrize("section", CODE)
def test_an_example_of_code_applies_to_the_files_as_they_are(section):
    for name in edits(section):
        made = changed(section, name)
        assert made != (paths.ROOT / name).read_text(encoding="utf-8")
        if name.endswith(".py"):
            compile(made, name, "exec")


def test_the_colour_of_the_example_is_dark_enough_and_reaches_the_charts():
    names = {}
    exec(changed("A colour", "chipcheck/contract.py"), names)
    light, dark = names["PALETTE"]["china"]
    assert names["LIGHT"]["china"] == light != contract.LIGHT["china"]
    assert dark != contract.PALETTE["china"][1]
    assert hue(light) == names["WORDS"]["china"]


def hue(colour):
    """Return what a reader would call a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    degrees = 360 * colorsys.rgb_to_hsv(red, green, blue)[0]
    return next((word for word, (low, high) in HUES.items() if low <= degrees < high), "red")


HUES = {"amber": (20, 50), "green": (70, 150), "teal": (160, 195), "blue": (195, 255), "violet": (255, 300)}


def test_captions_call_a_colour_what_it_is():
    """“Blue dots” in a caption stays as it is when the colour changes: then the word here is wrong, and says so."""
    for name, word in contract.WORDS.items():
        assert hue(contract.LIGHT[name]) == word, f"{name} is called {word} in captions; change both"


def test_what_the_text_names_is_there():
    """Every `module.name` of the package in the text exists."""
    modules = {path.stem for path in (paths.ROOT / "chipcheck").glob("*.py")}
    for module, name in set(re.findall(r"`([a-z]+)\.([A-Za-z_]+)[`(]", TEXT)):
        if module in modules and name not in ("csv", "json", "po", "py", "schema"):
            assert hasattr(importlib.import_module(f"chipcheck.{module}"), name), f"{module}.{name}"


def test_the_rule_of_the_example_lets_ranges_agree_that_overlap():
    names = {"__name__": "example"}
    exec(changed("A verdict rule", "chipcheck/verdicts.py"), names)
    printed, found = (verdicts.Figure(*ends, "%") for ends in ((20, 25), (17, 22)))
    assert not verdicts.agrees(printed, found, "20%—25%")
    assert names["agrees"](printed, found, "20%—25%")


def test_the_options_that_are_named_are_there():
    named = re.findall(r"--(Report\w+Exporter)\.(\w+)=", SECTIONS["An option of an exporter"])
    exporters = {"ReportHTMLExporter": ReportHTMLExporter, "ReportPDFExporter": ReportPDFExporter}
    assert len(named) == 2
    for name, option in named:
        assert exporters[name].class_traits(config=True)[option].help
