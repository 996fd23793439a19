"""What a fee brings and what it leaves, and the table of fees."""

import json

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, fees, paths
from chipcheck.publish.execute import execute

RATE = st.floats(0, 0.99)


def test_worked_by_hand():
    assert fees.fee(50, 0.25) == 12.5
    assert fees.fee(50, 0.25, taxed_share=0.5) == 6.25
    assert fees.price_rise(0.25) == pytest.approx(1 / 3)
    assert fees.price_rise(0.15) == pytest.approx(3 / 17)
    assert fees.margin_left(0.75, 0.25) == 0.5
    assert fees.profit_taken(0.75, 0.25) == pytest.approx(1 / 3)


@given(st.floats(0, 1e6), RATE)
def test_after_the_rise_the_seller_keeps_what_he_had(sales, rate):
    raised = sales * (1 + fees.price_rise(rate))
    assert raised - fees.fee(raised, rate) == pytest.approx(sales)


@given(st.floats(0.01, 1), RATE)
def test_margin_and_profit_tell_one_story(margin, rate):
    assert fees.margin_left(margin, rate) == pytest.approx(
        margin * (1 - fees.profit_taken(margin, rate)), abs=1e-9
    )


@pytest.mark.parametrize("rate", [-0.1, 25, float("nan")])
def test_a_rate_in_percent_or_below_nothing_is_refused(rate):
    for call in (
        lambda: fees.fee(1, rate),
        lambda: fees.price_rise(rate),
        lambda: fees.margin_left(0.5, rate),
    ):
        with pytest.raises(ValueError, match="from 0 to 1"):
            call()


def test_what_has_no_answer_is_refused():
    with pytest.raises(ValueError, match="of the whole"):
        fees.price_rise(1)
    with pytest.raises(ValueError, match="margin must be positive"):
        fees.profit_taken(0, 0.25)
    with pytest.raises(ValueError, match="sales cannot be -1"):
        fees.fee(-1, 0.25)


def test_the_widest_swing_comes_first():
    ranges = {"a": (1, 2, 3), "b": (0, 10, 40), "c": (5, 5, 5)}
    frame = fees.sensitivity(lambda a, b, c: a * b + c, ranges)
    assert list(frame["name"]) == ["b", "a", "c"]
    assert frame.loc[0, ["at_low", "at_high", "central", "swing"]].tolist() == [5, 85, 25, 80]


def test_a_range_out_of_order_is_refused():
    with pytest.raises(ValueError, match="price: 2, 1, 3"):
        fees.sensitivity(lambda price: price, {"price": (2, 1, 3)})


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [("rate_high", "14", "rate_low,rate_high"), ("rate_low", "250", "rate_low"), ("base", "profit", "base")],
)
def test_a_fee_that_contradicts_itself_is_named(folder, column, value, named):
    folder.set("fees", 2, column, value)
    with pytest.raises(data.DataError) as caught:
        data.load("fees", folder.path)
    assert named in {fault.column for fault in caught.value.faults}


def test_editing_one_assumption_moves_facts_and_charts(tmp_path):
    """What an analyst does in JupyterLab: change one number in the table of assumptions and run all cells."""
    source = next(path for path in paths.notebooks() if path.name.startswith("09-"))
    book = nbformat.read(source, as_version=4)
    typed = 'announcement["rate_low"], "earlier"'
    cell = next(cell for cell in book.cells if typed in cell.source)
    cell.source = cell.source.replace(typed, '20.0, "earlier"')
    edited = tmp_path / source.name
    nbformat.write(book, edited)
    figures = tmp_path / "figures"
    execute(edited, {"CHIPCHECK_BUILD": str(tmp_path), "CHIPCHECK_FIGURES": str(figures), "CHIPCHECK_OUTPUT": "report"})
    facts = json.loads((tmp_path / "facts" / "09.json").read_text(encoding="utf-8"))
    assert (facts["fee-kress-year-announced"]["low"], facts["fee-kress-year-announced"]["high"]) == (1.6, 4.0)
    assert facts["fee-price-rise-announced"]["low"] == pytest.approx(25)
    drawn = pd.read_csv(figures / "09-fee-on-paper.csv").query("id == 'kress'")
    assert drawn[["low", "high"]].to_numpy().tolist() == [[1.6, 4.0]]
    swings = pd.read_csv(figures / "09-what-matters-most.csv").set_index("name")
    assert swings.loc["rate", "high"] == 0.2
