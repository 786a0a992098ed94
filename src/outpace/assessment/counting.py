"""What a number counts, as places to look: episodes and items by their advisories, landings by their commits."""

from __future__ import annotations

from collections.abc import Iterable

from outpace.assessment.chronicle import Landing
from outpace.assessment.episodes import Episode, Item
from outpace.assessment.evidence import Count, Where

MOST = 500  # of one count: more is no evidence that anybody reads


def of_episodes(says: str, episodes: Iterable[Episode]) -> Count:
    return _count(says, [Where(kind="advisory", name=each.ids[0]) for each in episodes if each.ids])


def of_items(says: str, items: Iterable[Item]) -> Count:
    return _count(says, [Where(kind="advisory", name=each.id) for each in items])


def of_landings(says: str, landings: Iterable[Landing]) -> Count:
    """The newest are kept."""
    return of_commits(says, (each.id for each in landings))


def of_commits(says: str, ids: Iterable[str]) -> Count:
    return _count(says, [Where(kind="commit", name=each) for each in ids][::-1])


def of_tags(says: str, names: Iterable[str]) -> Count:
    return _count(says, [Where(kind="tag", name=each) for each in names][::-1])


def _count(says: str, places: list[Where]) -> Count:
    return Count(says=says, of=tuple(places[:MOST]), more=max(len(places) - MOST, 0))
