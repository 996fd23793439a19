"""Ids of sources as a cell of evidence holds them: one, or several joined by `;`."""

from collections.abc import Mapping


def split_ids(source_ids: str | list[str] | tuple[str, ...]) -> list[str]:
    """Return ids as a list without repeats, in the order given; a part of a list may itself be joined by `;`."""
    parts = [source_ids] if isinstance(source_ids, str) else source_ids
    return list(dict.fromkeys(one.strip() for part in parts for one in part.split(";") if one.strip()))


def only_tertiary(source_ids: str, kinds: Mapping[str, str]) -> bool:
    """Say whether only copies, digests and generated pages stand behind the ids; `kinds` maps each to its kind."""
    return all(kinds[source_id] in ("tertiary", "generated") for source_id in split_ids(source_ids))
