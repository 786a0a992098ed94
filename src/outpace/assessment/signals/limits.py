"""From where on a signal speaks for a path: defaults with their reasons, since no sample could fit them."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct


class Limits(Struct, frozen=True, kw_only=True):
    """Fifteen repositories were measured for the reasons: 548 reactive episodes, half over within 14.7 days.

    They are open source and have no labels, so no weight was fitted: an organization sets its own.
    """

    fast_days: float = 7.0  # a third of those episodes had landed by then: demanding, and within reach
    slow_days: float = 30.0  # a third had not by then, and it is the longest that deadlines for critical flaws give
    recent: int = 24  # episodes: what a team does now, not what it did years ago
    fewest: int = 6  # below, no pair of values encloses a median in 95 %
    firm: int = 12  # from here on, that pair leaves out two values on either side
    advisories: int = 12  # in each half, before the share that was immune is compared
    immune_share: float = 0.48  # of all advisories that touched those fifteen repositories
    grew_by: int = 3  # open ones with a fix, more than a year before: one or two may be anybody's bad week
    fewest_after: int = 5  # episodes on either side of an introduction
    settled: timedelta = timedelta(days=365)  # a tool that came later has not shown its effect
    silent: timedelta = timedelta(days=365)  # every rhythm seen in those repositories returned within a year
    small_change: float = 5.0  # files of the median change: one reader sees all of it
    old_branch: timedelta = timedelta(days=14)  # the definition asks for a day; two weeks are a different practice
    branches: int = 20  # merges that kept their branch, before its age is told
    tags: int = 4  # releases in two years, before they are a rhythm
    tagged_share: float = 0.5  # of landings that a tag contains; below, tags are not how it is released
    train_gap: timedelta = timedelta(days=14)  # between releases that gather changes
    train_size: float = 20.0  # landings that one release gathers
    waiting_share: float = 0.5  # of the wait, before the first commit


DEFAULT = Limits()
