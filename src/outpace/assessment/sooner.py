"""What would come sooner: how one fix on its way changes when a step is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from outpace.assessment.rehearsal import Case, Change, Donor, Pool, drawn

DAILY = 1.0  # a bot that looks once a day begins within one
SMALL = frozenset({"patch", "minor"})  # what lands without a person; a major version wants one


def begun_daily(case: Case, pool: Pool) -> Case:
    """Within a day of its advisory and its fix, then as the quick ones; never later than it was."""
    fix_after = pool.donors[case.donor].fix_after
    if fix_after is None or case.jump not in SMALL:
        return case
    before = min(case.before, fix_after + DAILY * case.dice[0])
    return as_quick(case._replace(before=before), pool)


def as_quick(case: Case, pool: Pool) -> Case:
    """Past every departure. What nobody saw a fix of has nothing to land."""
    if pool.donors[case.donor].fix_after is None or case.jump not in SMALL:
        return case
    return case._replace(branch=min(case.branch, drawn(pool.quick_branch, case.dice[1])), by_train=False)


def no_later_than(days: Sequence[float]) -> Change:
    """Of a wait that is not split: what took longer takes one of those, once its fix is there."""

    def change(case: Case, pool: Pool) -> Case:
        fix_after = pool.donors[case.donor].fix_after
        if fix_after is None or case.jump not in SMALL:
            return case
        return case._replace(before=min(case.before, max(drawn(days, case.dice[0]), fix_after)))

    return change


def tagged_quickly(case: Case, pool: Pool) -> Case:
    return case._replace(tag=min(case.tag, drawn(pool.quick_tag, case.dice[1])))


def like(others: Sequence[Donor], concerns: Callable[[Donor], bool]) -> Change:
    """Those that it concerns take the times of one of the others; sooner than its own fix none can end."""

    def change(case: Case, pool: Pool) -> Case:
        donor = pool.donors[case.donor]
        if not donor.has_ended or not concerns(donor):
            return case
        other = drawn(others, case.dice[0])
        return case._replace(before=max(other.before, donor.fix_after or 0.0), branch=other.branch)

    return change


def as_it_is(case: Case, _pool: Pool) -> Case:
    return case
