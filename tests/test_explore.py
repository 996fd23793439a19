"""The two explorers: what they answer, what they refuse, and that the cells which show them run."""

import html
import json

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, explore, fees, hardware, paths
from chipcheck.publish.execute import EXPLORE, execute

WORK = pd.DataFrame(
    {"label": ["64 tokens at once", "Plain attention"], "middle": [64.0, 1.0]},
    index=["linear-64-tokens", "mha-decode"],
)


@pytest.fixture(scope="module")
def roofline():
    return explore.roofline_explorer(data.load("chip_specs"), WORK, {"Chat": "mha-decode"}, "7.5%")


ARRIVED = pd.DataFrame(
    {"label": ["Delivered", "Asked for"], "cards": [20_000.0, 2_000_000.0]}, index=["delivered", "asked"]
)
FEE = explore.fee_explorer(ARRIVED, 27_000, 25, 75)


def spec(chip, metric, value, status="disclosed", basis=None, precision=None, source="a"):
    unit = "TFLOPS" if metric == "tensor_throughput" else "TB/s"
    return {"row_id": f"{chip}-{value}", "chip": chip, "metric": metric, "value": value, "unit": unit, "basis": basis,
            "precision": precision, "status": status, "as_of": "2025", "source_id": source}  # fmt: skip


def test_the_value_that_stands_for_a_chip_is_the_lowest_of_the_best_founded():
    rate = {"basis": "dense", "precision": "bf16"}
    rows = [
        spec("X", "tensor_throughput", 800, **rate, source="a"),
        spec("X", "tensor_throughput", 752, **rate, source="b;c"),
        spec("X", "tensor_throughput", 752.5, **rate, source="d"),
        spec("X", "tensor_throughput", 700, "claimed", **rate),
        spec("X", "tensor_throughput", 600, "measured", **rate),
        spec("X", "tensor_throughput", 1504, basis="unstated", precision="bf16"),
        spec("X", "memory_bandwidth", 3.2, "claimed", source="e"),
        spec("X", "memory_bandwidth", 3.0, "forecast"),
        spec("Y", "tensor_throughput", 100, **rate),
        spec("Z", "memory_bandwidth", 1),
    ]
    (found,) = hardware.roofs(pd.DataFrame(rows)).to_dict("records")
    assert (found["chip"], found["rate"], found["bandwidth"], found["status"]) == ("X", 752, 3.2, "claimed")
    assert (found["rate_low"], found["rate_high"], found["bandwidth_low"]) == (700, 800, 3.0)
    assert found["sources"] == ("b", "c", "d", "e")


def test_the_explorer_takes_the_rates_that_the_chapter_names_by_hand(roofline):
    """The chapter chooses rows in the open; the rule behind the explorer must come to the same."""
    for chip, rate, bandwidth in (
        ("H20", 148, 4),
        ("H200", 989, 4.8),
        ("H100", 989, 3.35),
        ("Ascend 910C", 752, 3.2),
    ):
        assert roofline["chips"]["dense-bf16"][chip][:2] == [rate, bandwidth]


def test_rates_of_one_basis_and_one_format_only(roofline):
    specs = data.load("chip_specs")
    assert "unstated" not in json.dumps(roofline["kinds"])
    for kind, chips in roofline["chips"].items():
        basis, precision = kind.split("-")
        rates = specs[
            specs["metric"].eq("tensor_throughput")
            & specs["basis"].eq(basis)
            & specs["precision"].eq(precision)
        ]
        assert len(chips) >= 2
        for chip, (rate, *_) in chips.items():
            assert rate in set(rates.loc[rates["chip"] == chip, "value"]), (kind, chip)


def test_worked_by_hand(roofline):
    made = explore.answer(roofline)
    assert made.numbers["part"] == 148 and made.numbers["whole"] == 64 * 4.8
    assert made.sentence == (
        "In dense BF16, at 64 operations per byte (64 tokens at once), the H20 reaches at most 148 TFLOPS and waits "
        "for its arithmetic; the H200 reaches 307 TFLOPS and waits for its memory. By peak figures alone, the H20 "
        "does 48.2% of the H200’s work."
    )
    made = explore.answer(FEE)
    assert made.sentence == (
        "If 20,000 of the 2,000,000 cards asked for arrive, 1.0%, at US$27,000 each, a fee of 25% brings "
        "US$135 million; all of them would bring US$13.5 billion. To earn as much as without it, the seller must raise "
        "the price by 33.3%. If the seller bears the fee instead, a gross margin of 75% becomes 50.0%."
    )
    made = explore.answer(FEE, said="", cards="4", price="31,250", fee="50", margin="45")
    assert made.shown["sum_value"] == "US$0.062 million", "a tie, to the even digit"
    assert made.shown["left_value"] == "−5.0%" and made.sentence.endswith("−5.0%, a loss on every sale.")


def test_at_the_ridge_point_the_chip_waits_for_its_arithmetic(roofline):
    at_ridge = explore.answer(roofline, whole="H20", work="", at="37")
    assert at_ridge.shown["part_value"] == "148 TFLOPS, waiting for arithmetic"
    assert at_ridge.shown["percent_value"] == "100.0%"
    assert explore.answer(roofline, work="", at="36.99").shown["part_value"].endswith("memory")
    assert "at 1 operation per byte," in explore.answer(roofline, work="", at="1.0").sentence


@given(at=st.floats(*explore.INTENSITY))
def test_the_ratio_is_that_of_the_chapter(roofline, at):
    made = explore.answer(roofline, work="", at=repr(at) if "e" not in repr(at) else f"{at:.20f}")
    low, high = hardware.roofline_limits((148, 4), (989, 4.8))
    assert 100 * low <= made.numbers["percent"] <= 100 * high * (1 + 1e-15)


@given(st.integers(0, 2_000_000), st.floats(0, 100_000), st.floats(0, 99), st.floats(0, 100))
def test_the_fee_is_that_of_the_chapter(cards, price, fee, margin):
    made = explore.answer(FEE, cards=str(cards), price=f"{price:.9f}", fee=f"{fee:.9f}", margin=f"{margin:.9f}")
    rate, price = float(f"{fee:.9f}") / 100, float(f"{price:.9f}")
    assert made.numbers["sum"] == fees.fee(cards * price / 1e6, rate)
    assert made.numbers["whole"] == fees.fee(2_000_000 * price / 1e9, rate)
    assert made.numbers["rise"] == 100 * fees.price_rise(rate)


@pytest.mark.parametrize(
    "text", ["", " ", "-1", "abc", "1e3", "9" * 400, "1,5", "5001", "0.49", "nan", "inf", "１２x"]
)
def test_bad_input_is_refused_with_what_is_allowed(roofline, text):
    with pytest.raises(explore.Refused) as caught:
        explore.answer(roofline, work="", at=text)
    assert caught.value.reasons == {
        "at": "Only a number from 0.5 to 5,000 will do, written with a decimal point."
    }


def test_every_field_at_fault_gets_a_reason(roofline):
    with pytest.raises(explore.Refused) as caught:
        explore.answer(roofline, kind="dense-fp4", part="Rubin")
    assert (
        set(caught.value.reasons) == {"whole", "work"}
        and "FP4 rate of the H200" in caught.value.reasons["whole"]
    )
    with pytest.raises(explore.Refused) as caught:
        explore.answer(FEE, cards="2,000,001", price="x")
    assert set(caught.value.reasons) == {"cards", "price"} and "from 0 to 2,000,000" in caught.value.reasons["cards"]
    with pytest.raises(KeyError, match="no field rate"):
        explore.answer(FEE, rate="1")


def test_fields_that_hang_together(roofline):
    start = {field["name"]: field["start"] for field in roofline["fields"]}
    assert explore.synchronised(roofline, start | {"work": "mha-decode"}, "work")["at"] == "1"
    assert explore.synchronised(roofline, start | {"at": "65"}, "at")["work"] == ""
    assert explore.synchronised(roofline, start, "at") == start, (
        "the intensity of the named work itself keeps the name"
    )
    assert explore.synchronised(roofline, start | {"kind": "dense-fp8"}, "kind")["work"] == ""
    assert explore.synchronised(roofline, start | {"kind": "dense-fp16"}, "kind")["work"] == "linear-64-tokens"


def test_a_preset_chooses_its_work_and_a_kind_of_rate_that_has_it(roofline):
    start = {field["name"]: field["start"] for field in roofline["fields"]}
    assert roofline["presets"] == [["mha-decode", "Chat"]]
    chat = start | {"work": "mha-decode", "at": "1"}
    assert explore.preset(roofline, start, "mha-decode") == chat
    own = start | {"work": "", "at": "700"}
    assert explore.preset(roofline, own | {"kind": "dense-fp8"}, "mha-decode") == chat
    assert explore.preset(roofline, own | {"kind": "sparse-bf16"}, "mha-decode")["kind"] == "sparse-bf16"
    assert explore.answer(roofline, **chat).shown["article_value"] == "7.5%"
    with pytest.raises(KeyError, match="no work chatting for a preset"):
        explore.roofline_explorer(data.load("chip_specs"), WORK, {"Chat": "chatting"}, "7.5%")


def panel(explorer):
    """Return the fields of an explorer's panel by name, and a function that gives what it shows now."""
    box = explore.panel(explorer)
    names = (field["name"] for field in explorer["fields"])
    return dict(zip(names, box.children, strict=False)), lambda: box.children[-1].value


def test_the_widgets_follow_each_other_and_refuse_in_a_sentence(roofline):
    fields, shown = panel(roofline)
    assert html.escape(explore.answer(roofline).sentence) in shown()
    fields["work"].value = "mha-decode"
    assert fields["at"].value == 1 and "83.3%" in shown()
    fields["at"].value = 9000  # beyond the limit
    assert fields["at"].value == 5000 and "15.0%" in shown()
    assert fields["work"].value == ""
    fields["kind"].value = "dense-fp4"
    assert "No dense FP4 rate of the H20" in shown() and "%" not in shown()


def test_a_panel_waits_for_nobody(roofline):
    """An Output widget asks whoever runs the notebook; a run without a browser then waited until its time was up."""
    kinds = {type(child).__name__ for child in explore.panel(roofline).children}
    assert kinds == {"Dropdown", "BoundedFloatText", "HBox", "HTML"}


def test_a_button_of_the_panel_sets_the_fields(roofline):
    box = explore.panel(roofline)
    box.children[2].value = "dense-fp4"
    box.children[-2].children[0].click()
    assert box.children[2].value == "dense-bf16" and "83.3%" in box.children[-1].value


def test_a_number_typed_is_computed_with_as_typed():
    fields, shown = panel(FEE)
    fields["price"].value = 60_000.125
    assert "at US$60,000.125 each" in shown() and "US$300.001 million" in shown()
    fields["cards"].value = 3_000_000  # beyond the limit
    assert fields["cards"].value == 2_000_000 and "brings US$30,000.062 million" in shown()


def test_what_was_said_of_the_cards_brings_their_number():
    fields, shown = panel(FEE)
    fields["said"].value = "asked"
    assert fields["cards"].value == 2_000_000 and "US$13,500 million" in shown()
    fields["cards"].value = 5
    assert fields["said"].value == "" and "If 5 of the 2,000,000 cards" in shown()
    start = {field["name"]: field["start"] for field in FEE["fields"]}
    assert explore.synchronised(FEE, start | {"said": ""}, "said") == start | {"said": ""}
    assert explore.synchronised(FEE, start | {"price": "5"}, "price") == start | {"price": "5"}


@pytest.mark.parametrize(
    ("number", "change", "told"),
    [
        ("01", 'panel.children[3].value = "mla-decode-128-heads"', "the H20 does 15.0% of the H200’s work"),
        ("09", 'panel.children[0].value = "asked"', "brings US$13,500 million"),
    ],
)
def test_the_cells_for_people_run_in_the_notebook(number, change, told, tmp_path):
    """Run the chapter with its explorer, which a report leaves out, and turn one knob as an analyst would."""
    source = next(path for path in paths.notebooks() if path.name.startswith(number))
    book = nbformat.read(source, as_version=4)
    tagged = [cell for cell in book.cells if EXPLORE in cell.metadata.get("tags", [])]
    assert [cell.cell_type for cell in tagged] == ["markdown", "code"]
    where = book.cells.index(tagged[1])
    for cell in tagged:
        cell.metadata["tags"] = []
    turned = f"panel = _\n{change}\nprint(panel.children[-1].value)"
    book.cells = [*book.cells[: where + 1], nbformat.v4.new_code_cell(turned)]
    edited = tmp_path / source.name
    nbformat.write(book, edited)
    ran = execute(edited, {"CHIPCHECK_BUILD": str(tmp_path), "CHIPCHECK_FIGURES": str(tmp_path / "figures")})
    assert "application/vnd.jupyter.widget-view+json" in ran.cells[where].outputs[0].data
    assert told in ran.cells[-1].outputs[0].text
