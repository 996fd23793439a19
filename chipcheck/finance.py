"""Listings, yields, orders and fees: pure functions on numbers and frames, no file access."""

import math
from collections.abc import Callable, Mapping

import pandas as pd


def market_value(shares: float, price: float) -> float:
    """Return the worth of a company in billions: shares (count) times price a share, in the currency of the price.

    Raises `ValueError` unless both are positive.
    """
    _positive(shares=shares, price=price)
    return shares * price / 1e9


def price_for(shares: float, value: float) -> float:
    """Return the share price at which `shares` (count) are worth `value`, in billions of the price's currency.

    The inverse of `market_value`. Raises `ValueError` unless both are positive.
    """
    _positive(shares=shares, value=value)
    return value * 1e9 / shares


def gain(price: float, base: float) -> float:
    """Return by how many percent `price` lies above `base`; a fall is negative.

    Raises `ValueError` unless both are positive.
    """
    _positive(price=price, base=base)
    return 100 * (price / base - 1)


def gross_dies(area: float, wafer: float = 300) -> float:
    """Return how many whole dies of `area` mm² fit a round wafer of diameter `wafer` mm, good or bad.

    The usual first estimate, pi (d/2)² / A - pi d / sqrt(2 A); de Vries (IEEE Trans. Semiconductor
    Manufacturing 18, 2005) compares it with others. The second term is the loss at the rim; scribe lines and edge
    exclusion are left out, so a fab counts a few less. Raises `ValueError` unless 0 < `area` < a tenth of the wafer's,
    beyond which the estimate means little.
    """
    _positive(area=area, wafer=wafer)
    surface = math.pi * (wafer / 2) ** 2
    if area >= surface / 10:
        raise ValueError(f"a die of {area:g} mm² is too large for a wafer of {wafer:g} mm")
    return surface / area - math.pi * wafer / math.sqrt(2 * area)


def good_dies(area: float, yield_percent: float, wafer: float = 300) -> float:
    """Return the good dies a wafer gives: gross dies of `area` mm² times `yield_percent`.

    Yield is taken as observed and not derived from defects, so it belongs to one die size only. Raises
    `ValueError` for a yield outside 0 to 100 percent and where `gross_dies` does.
    """
    if not 0 <= yield_percent <= 100:
        raise ValueError(f"a yield of {yield_percent:g}% lies outside 0 to 100%")
    return gross_dies(area, wafer) * yield_percent / 100


def cards_for(amount: float, price_low: float, price_high: float) -> tuple[float, float]:
    """Return the fewest and the most cards that `amount` (USD bn) buys at prices in USD a card.

    Raises `ValueError` for a negative amount, or prices that are not positive or not in order.
    """
    _positive(price_low=price_low, price_high=price_high)
    if amount < 0 or price_low > price_high:
        raise ValueError("cards need an amount of at least 0 and prices in order")
    return amount * 1e9 / price_high, amount * 1e9 / price_low


BRIDGE = ("booked", "unshipped", "lost_in_guidance")


def order_bridge(orders: pd.DataFrame, product: str) -> pd.DataFrame:
    """Return what a seller's reports say became of orders for one product, one row per part, in USD bn.

    `orders` holds rows of the table orders. Columns returned: measure (of `BRIDGE`, in that order), amount, start
    (sum of the parts before), source_id. Raises `ValueError` where a part is missing, typed twice, a range or no
    sum of money.
    """
    rows = orders[orders["product"].eq(product) & orders["measure"].isin(BRIDGE)]
    parts = rows.set_index("measure")
    whole = sorted(rows["measure"]) == sorted(BRIDGE)
    if not whole or not rows["low"].eq(rows["high"]).all() or not rows["unit"].eq("USD bn").all():
        raise ValueError(f"the bridge of {product} needs one sum in USD bn for each of {', '.join(BRIDGE)}")
    amount = parts.loc[list(BRIDGE), "low"]
    return pd.DataFrame(
        {
            "measure": list(BRIDGE),
            "amount": amount.to_numpy(),
            "start": (amount.cumsum() - amount).to_numpy(),
            "source_id": parts.loc[list(BRIDGE), "source_id"].to_numpy(),
        }
    )


def fee(sales: float, rate: float, taxed_share: float = 1) -> float:
    """Return what a fee brings, in the unit of `sales`: sales x rate x the part of the price that is charged.

    `rate` and `taxed_share` are ratios. `taxed_share` is 1 for a fee on sales; a duty is charged on the value at the
    border, which may be lower than the price. Raises `ValueError` for negative sales and for ratios outside 0 to 1.
    """
    _ratios(rate=rate, taxed_share=taxed_share)
    if not sales >= 0:
        raise ValueError(f"sales cannot be {sales}")
    return sales * rate * taxed_share


def price_rise(rate: float) -> float:
    """Return the rise in price, as a ratio, after which a fee on sales leaves the seller what he had.

    The fee is charged on the new price too, so (1 + rise) (1 - rate) = 1 and the rise is 1 / (1 - rate) - 1.
    Volumes are held as they are. Raises `ValueError` for a rate outside 0 to 1; at 1 no price is enough.
    """
    _ratios(rate=rate)
    if rate == 1:
        raise ValueError("no price makes up for a fee of the whole")
    return 1 / (1 - rate) - 1


def margin_left(margin: float, rate: float) -> float:
    """Return the gross margin when the seller bears a fee on sales: margin less rate, all ratios of the price.

    Negative where the fee exceeds the margin. Raises `ValueError` for a margin or a rate outside 0 to 1.
    """
    _ratios(margin=margin, rate=rate)
    return margin - rate


def profit_taken(margin: float, rate: float) -> float:
    """Return the part of the gross profit that a fee on sales takes when the seller bears it: rate / margin.

    Above 1 the sale makes a loss. Raises `ValueError` for a rate outside 0 to 1, and for a margin that is not above
    0 and at most 1.
    """
    _ratios(margin=margin, rate=rate)
    _positive(margin=margin)
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


def _ratios(**values: float) -> None:
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is a ratio from 0 to 1, not {value}")


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, not {value}")
