"""Orders, dies and cards: from a wafer to a chip, and from money to a count. Pure functions, no file access."""

import math

import pandas as pd

from chipcheck import require

BRIDGE = ("booked", "unshipped", "lost_in_guidance")
FUNNEL = {  # measures of orders.csv, from what was asked for to what was planned, and their names for readers
    "requested": "asked for",
    "stock": "NVIDIA’s stock",
    "cleared_by_china": "cleared by China",
    "cleared_by_us_per_firm": "cleared by the US",
    "planned_shipment": "planned by NVIDIA",
}


class OrderError(ValueError):
    """The rows of orders.csv do not say what a chart of them needs."""


def gross_dies(area: float, wafer: float = 300) -> float:
    """Return how many whole dies of `area` mm² fit a round wafer of diameter `wafer` mm, good or bad.

    The usual first estimate, pi (d/2)² / A - pi d / sqrt(2 A); de Vries (IEEE Trans. Semiconductor
    Manufacturing 18, 2005) compares it with others. The second term is the loss at the rim; scribe lines and edge
    exclusion are left out, so a fab counts a few less. Raises `ValueError` unless 0 < `area` < a tenth of the wafer's,
    beyond which the estimate means little.
    """
    require.positive(area=area, wafer=wafer)
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
    require.positive(price_low=price_low, price_high=price_high)
    if amount < 0 or price_low > price_high:
        raise ValueError("cards need an amount of at least 0 and prices in order")
    return amount * 1e9 / price_high, amount * 1e9 / price_low


def cards_at_most(share: float, revenue: float, price: float) -> float:
    """Return how many cards a share of revenue can be at most.

    `share` in percent, `revenue` in USD m, `price` in USD a card. Raises `ValueError` unless all are positive.
    """
    require.positive(share=share, revenue=revenue, price=price)
    return share / 100 * revenue * 1e6 / price


def order_bridge(orders: pd.DataFrame, product: str) -> pd.DataFrame:
    """Return what a seller's reports say became of orders for one product, one row per part, in USD bn.

    `orders` holds rows of the table orders. Columns returned: measure (of `BRIDGE`, in that order), amount, start
    (sum of the parts before), source_id. Raises `OrderError` where a part is missing, typed twice, a range or no
    sum of money.
    """
    rows = orders[orders["product"].eq(product) & orders["measure"].isin(BRIDGE)]
    parts = rows.set_index("measure")
    whole = sorted(rows["measure"]) == sorted(BRIDGE)
    if not whole or not rows["low"].eq(rows["high"]).all() or not rows["unit"].eq("USD bn").all():
        raise OrderError(f"the bridge of {product} needs one sum in USD bn for each of {', '.join(BRIDGE)}")
    amount = parts.loc[list(BRIDGE), "low"]
    return pd.DataFrame(
        {
            "measure": list(BRIDGE),
            "amount": amount.to_numpy(),
            "start": (amount.cumsum() - amount).to_numpy(),
            "source_id": parts.loc[list(BRIDGE), "source_id"].to_numpy(),
        }
    )


def funnel(orders: pd.DataFrame, product: str, firms: int) -> pd.DataFrame:
    """Return the steps from orders on paper to plans, in cards, one row a step, in the order of FUNNEL.

    `orders` are rows of orders.csv; `firms` is how many firms the clearance per firm was given to, by which it is
    multiplied. Columns: measure, step, as_of, low, high, source_id. Raises `OrderError` for a step without exactly
    one row.
    """
    rows = orders[(orders["product"] == product) & orders["measure"].isin(FUNNEL)]
    if len(rows) != len(FUNNEL) or rows["measure"].duplicated().any():
        raise OrderError(f"orders of {product}: one row each wanted for {', '.join(FUNNEL)}")
    found = rows.set_index("measure").loc[list(FUNNEL)].reset_index()
    factor = found["measure"].eq("cleared_by_us_per_firm").map({True: firms, False: 1})
    return pd.DataFrame(
        {
            "measure": found["measure"],
            "step": found["measure"].map(FUNNEL),
            "as_of": found["as_of"],
            "low": found["low"] * factor,
            "high": found["high"] * factor,
            "source_id": found["source_id"],
        }
    )
