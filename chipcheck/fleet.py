"""The throughput of a fleet of one chip relative to an equal fleet of another. Pure functions, no file access.

Work is counted in the time that the better chip needs for it. A chip with ratio r needs 1/r of that time, so a
fleet that must do shares w of several kinds of work has the relative throughput 1 / sum(w / r).
"""

from collections.abc import Mapping

SLACK = 1e-9  # shares typed as decimals need not add up to the last bit


def mix(inference: float, decode: float) -> dict[str, float]:
    """Return the shares of work of training, prefill and decode, which add up to 1.

    `inference` is the share of all work that is inference, `decode` the share of inference that writes answers
    (the rest reads questions). Both lie between 0 and 1, or `ValueError` is raised.
    """
    for name, value in (("inference", inference), ("decode", decode)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is a share from 0 to 1, not {value}")
    return {"training": 1 - inference, "prefill": inference * (1 - decode), "decode": inference * decode}


def relative_throughput(shares: Mapping[str, float], ratios: Mapping[str, float]) -> float:
    """Return the throughput of a fleet over that of an equal fleet of the other chip.

    It is the harmonic mean of `ratios`, weighted by `shares` of work.

    `shares` add up to 1; `ratios` says for each kind of work what one chip does of the other's. Raises
    `ValueError` for shares that do not add up, a negative share, or a ratio that is not positive, and `KeyError`
    for a kind of work that has no ratio.
    """
    if abs(sum(shares.values()) - 1) > SLACK or any(share < 0 for share in shares.values()):
        raise ValueError(f"shares of work must be positive and add up to 1, not {dict(shares)}")
    needed = {kind: ratios[kind] for kind in shares}
    if bad := {kind: ratio for kind, ratio in needed.items() if not ratio > 0}:
        raise ValueError(f"a ratio must be positive, not {bad}")
    return 1 / sum(share / needed[kind] for kind, share in shares.items())


def ceiling(inference: float, training_ratio: float) -> float:
    """Return the relative throughput that a fleet could not pass if inference took it no time at all.

    The rest of the work alone needs (1 - inference) / training_ratio, which is Amdahl's law (AFIPS 1967). Raises
    `ValueError` unless inference lies from 0 to below 1 and the ratio is positive.
    """
    if not 0 <= inference < 1 or not training_ratio > 0:
        raise ValueError(f"no ceiling for a share of {inference} and a ratio of {training_ratio}")
    return training_ratio / (1 - inference)


def inference_needed(target: float, decode: float, ratios: Mapping[str, float]) -> float:
    """Return the share of work that must be inference for a fleet to be worth `target`.

    The hours needed, sum(w / r), fall in a straight line as that share grows, so it is solved exactly. `ratios` has
    training, prefill and decode. Raises `ValueError` where no share from 0 to 1 gives the target.
    """
    none, all_of_it = (1 / relative_throughput(mix(inference, decode), ratios) for inference in (0, 1))
    if not target > 0 or none == all_of_it or not -SLACK <= (none - 1 / target) / (none - all_of_it) <= 1 + SLACK:
        raise ValueError(f"no share of inference makes a fleet worth {target:g}")
    return (none - 1 / target) / (none - all_of_it)
