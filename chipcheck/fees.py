"""What a fee on sales brings and whom it costs: pure functions on numbers, no file access."""

from collections.abc import Callable, Mapping

import pandas as pd

from chipcheck import require


def fee(sales: float, rate: float, taxed_share: float = 1) -> float:
    """Return what a fee brings, in the unit of `sales`: sales x rate x the part of the price that is charged.

    `rate` and `taxed_share` are ratios. `taxed_share` is 1 for a fee on sales; a duty is charged on the value at the
    border, which may be lower than the price. Raises `ValueError` for negative sales and for ratios outside 0 to 1.
    """
    require.ratio(rate=rate, taxed_share=taxed_share)
    if not sales >= 0:
        raise ValueError(f"sales cannot be {sales}")
    return sales * rate * taxed_share


def price_rise(rate: float) -> float:
    """Return the rise in price, as a ratio, after which a fee on sales leaves the seller what he had.

    The fee is charged on the new price too, so (1 + rise) (1 - rate) = 1 and the rise is 1 / (1 - rate) - 1.
    Volumes are held as they are. Raises `ValueError` for a rate outside 0 to 1; at 1 no price is enough.
    """
    require.ratio(rate=rate)
    if rate == 1:
        raise ValueError("no price makes up for a fee of the whole")
    return 1 / (1 - rate) - 1


def margin_left(margin: float, rate: float) -> float:
    """Return the gross margin when the seller bears a fee on sales: margin less rate, all ratios of the price.

    Negative where the fee exceeds the margin. Raises `ValueError` for a margin or a rate outside 0 to 1.
    """
    require.ratio(margin=margin, rate=rate)
    return margin - rate


def profit_taken(margin: float, rate: float) -> float:
    """Return the part of the gross profit that a fee on sales takes when the seller bears it: rate / margin.

    Above 1 the sale makes a loss. Raises `ValueError` for a rate outside 0 to 1, and for a margin that is not above
    0 and at most 1.
    """
    require.ratio(margin=margin, rate=rate)
    require.positive(margin=margin)
    return rate / margin


def sensitivity(model: Callable[..., float], ranges: Mapping[str, tuple[float, float, float]]) -> pd.DataFrame:
    """Return what a result does when one input moves over its range and the others stay, widest swing first.

    `ranges` gives low, central and high by the name of an argument of `model`. Columns returned: name, low, high
    (the inputs), at_low, at_high (the results), central (the result with all inputs central), swing (the distance
    between the two results). Raises `ValueError` where low, central and high are out of order.
    """
    for name, (low, central, high) in ranges.items():
        if not low <= central <= high:
            raise ValueError(f"{name}: {low:g}, {central:g}, {high:g} are not low, central and high")
    middle = {name: central for name, (_, central, _) in ranges.items()}
    rows = [
        (name, low, high, model(**{**middle, name: low}), model(**{**middle, name: high}), model(**middle))
        for name, (low, _, high) in ranges.items()
    ]
    frame = pd.DataFrame(rows, columns=["name", "low", "high", "at_low", "at_high", "central"])
    frame["swing"] = (frame["at_high"] - frame["at_low"]).abs()
    return frame.sort_values("swing", ascending=False, kind="stable", ignore_index=True)
