"""What is told of a history beside its windows: doubts, episodes, stages, what is kept, and what is not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from outpace.app.histories import history_of
from outpace.assessment.chronicle import Tag
from outpace.assessment.episodes import History, Stages, Undated
from outpace.assessment.items import NOT_ALL
from outpace.assessment.ports import Upload
from outpace.model.package import PYPI, Package
from tests.app.lock_histories import (
    ADVISORY,
    BAD,
    BROKEN,
    END,
    GONE,
    GOOD,
    LOCK,
    OTHER,
    UV_GOOD,
    brief,
    days,
    doubts,
    history,
    rows,
)
from tests.fakes.advisories import Advisories, record
from tests.fakes.told_histories import Remembered, Row, ToldHistories, day
from tests.fakes.told_releases import ToldReleases

DOUBTS: Mapping[str, tuple[str | None, str]] = {
    "a lock that cannot be read": (BROKEN, "unreadable"),
    "a bare name": ("acme\nother==1\n", "unpinned"),
    "a fork": ("acme @ git+https://forge.example.invalid/acme.git\nother==1\n", "elsewhere"),
    "a version that cannot be ordered": ("acme===not-a-version\nother==1\n", "undecided"),
    "no lock file": (None, "no lock"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_doubt_is_a_gap_with_its_kind_time_and_commit(doubt: str) -> None:
    content, kind = DOUBTS[doubt]
    (item,) = history(rows((0, {LOCK: BAD}), (40, {LOCK: content}), (45, {LOCK: BAD}))).items
    assert doubts(item) == [(kind, 40, 45)]
    assert [gap.commit for gap in item.gaps] == ["c1"]
    assert all(gap.why for gap in item.gaps)
    assert brief(item) == ("reactive", "open", [(30, None)], "")


def test_a_doubt_at_the_end_ends_what_is_counted_and_says_why() -> None:
    (episode,) = history(rows((0, {LOCK: BAD}), (40, {LOCK: BROKEN}))).episodes
    (item,) = history(rows((0, {LOCK: BAD}), (40, {LOCK: BROKEN}))).items
    assert (episode.state, episode.days, episode.exposed_days, episode.closed) == ("unknown", 10, 10, None)
    assert item.why.startswith("requirements.txt: ")


def test_what_a_shallow_clone_begins_with_opened_at_an_unknown_time() -> None:
    found = history(rows((40, {LOCK: BAD}), (50, {LOCK: GOOD})), shallow=True)
    (item,) = found.items
    assert (item.entry, item.state, item.opened, days(item)) == ("unknown", "fixed", None, [(40, 50)])
    assert doubts(item) == [("cut off", 30, 40)]
    assert [(each.began, each.opened, each.days) for each in found.episodes] == [("before", day(40), 10)]


def test_what_came_in_later_in_a_shallow_clone_is_adopted() -> None:
    (item,) = history(rows((40, {LOCK: GONE}), (50, {LOCK: BAD})), shallow=True).items
    assert brief(item) == ("adopted", "open", [(50, None)], "")


def test_what_a_shallow_clone_begins_without_may_have_been_reverted() -> None:
    found = history(rows((40, {LOCK: GOOD}), (45, {LOCK: BAD}), (50, {LOCK: GOOD})), shallow=True)
    assert [brief(item) for item in found.items] == [("unknown", "fixed", [(45, 50)], "c2")]
    assert [(item.opened, item.gaps) for item in found.items] == [(day(45), ())]
    assert [(each.began, each.days) for each in found.episodes] == [("seen", 5)]


def test_a_shallow_clone_tells_nothing_immune_of_before_it_begins() -> None:
    assert history(rows((40, {LOCK: GOOD})), shallow=True).items == ()


def test_what_has_no_date_is_open_where_it_is_affected_and_measured_nowhere() -> None:
    undated = {key: value for key, value in ADVISORY.items() if key != "published"}
    found = history(rows((0, {LOCK: BAD})), [undated])
    assert [brief(item) for item in found.items] == [("unknown", "open", [], "")]
    assert found.episodes == ()
    closed = history(rows((0, {LOCK: BAD}), (40, {LOCK: GOOD})), [undated])
    assert [(item.state, item.why) for item in closed.items] == [
        ("unknown", "no record of it says when it was published")
    ]


def test_what_is_published_later_or_withdrawn_is_not_told() -> None:
    later = {**ADVISORY, "id": "PYSEC-2", "published": day(END + 1).isoformat()}
    withdrawn = {**ADVISORY, "id": "PYSEC-3", "withdrawn": day(31).isoformat()}
    found = history(rows((0, {LOCK: BAD})), [later, withdrawn])
    assert (found.items, found.advisories) == ((), 0)


def test_a_lock_that_cannot_be_read_at_the_end_or_never_is_named_from_when_on() -> None:
    told = rows(
        (0, {LOCK: BAD, OTHER: BROKEN, "api/requirements.txt": BROKEN, "requirements-dev.txt": BROKEN}),
        (10, {LOCK: BROKEN, "api/requirements.txt": None}),
        (20, {LOCK: BROKEN + "# again\n"}),
    )
    found = history(told)
    assert [(each.path, each.since, each.until) for each in found.unread] == [
        ("api/requirements.txt", day(0), day(10)),
        (OTHER, day(0), None),
        (LOCK, day(10), None),
    ]
    assert found.blind_since == day(10)


def test_a_requirements_file_that_is_cut_off_is_named_with_the_line_that_does_not_end() -> None:
    found = history(rows((0, {LOCK: BAD}), (40, {LOCK: "other==1\nac"})))
    why = "its last line `ac` does not end, as that of the version before does: it was cut off"
    assert [(each.path, each.since, each.why) for each in found.unread] == [(LOCK, day(40), why)]
    assert [(lock.versions, lock.unreadable) for lock in found.locks] == [(2, 1)]


def test_one_lock_that_can_be_read_tells_of_today() -> None:
    found = history(rows((0, {LOCK: BAD, OTHER: BROKEN}), (5, {LOCK: BROKEN}), (10, {LOCK: GOOD})))
    assert ([each.path for each in found.unread], found.blind_since) == ([OTHER], None)


def test_a_bare_name_of_which_every_version_is_affected_says_so() -> None:
    every = record("PYSEC-1", "acme", {"introduced": "0"}, published=day(30).isoformat())
    (item,) = history(rows((0, {LOCK: "acme\nother==1\n"})), [every]).items
    assert (item.state, item.files, item.before) == ("open", (LOCK,), ("*",))


def test_what_is_said_to_be_deployed_counts_whatever_its_name() -> None:
    told = rows((0, {"reqs.txt": BAD, LOCK: GONE}), (40, {"reqs.txt": GOOD}))
    (item,) = history(told, deployed=["reqs.txt"]).items
    assert brief(item) == ("reactive", "fixed", [(30, 40)], "c1")


def test_what_only_leaves_a_requirements_file_may_still_come_in_without_a_pin() -> None:
    (item,) = history(rows((0, {LOCK: BAD}), (40, {LOCK: GONE}))).items
    assert (item.state, item.why) == ("removed", f"{LOCK} {NOT_ALL}")
    compiled = rows((0, {LOCK: f"# via x\n{BAD}"}), (40, {LOCK: f"# via x\n{GONE}"}), (50, {LOCK: GONE}))
    assert [item.why for item in history(compiled).items] == [""]
    (episode,) = history(rows((0, {LOCK: BAD}), (40, {LOCK: GONE}))).episodes
    assert (episode.state, episode.why) == ("removed", f"{LOCK} {NOT_ALL}")
    by_hand_again = rows((0, {LOCK: f"# via x\n{BAD}"}), (40, {LOCK: GONE}))
    assert [item.why for item in history(by_hand_again).items] == [f"{LOCK} {NOT_ALL}"]
    lock = {"uv.lock": UV_GOOD.replace("1.1", "1.0")}
    (item,) = history(rows((0, lock), (40, {"uv.lock": UV_GOOD.replace("acme", "other")}))).items
    assert (item.state, item.why) == ("removed", "")


def test_where_a_lock_was_moved_to_is_told_until_it_comes_back() -> None:
    away = [(0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "docs/reqs.txt": BAD})]
    (moved,) = history(rows(*away)).moved
    assert (moved.path, moved.since, moved.to) == (
        LOCK,
        day(40),
        "docs/reqs.txt, which is for development, or left, by its name",
    )
    assert history(rows(*away, (45, {"api/requirements.txt": BAD}))).moved == ()
    assert (
        history(rows((0, {LOCK: "# none\n", OTHER: GONE}), (40, {LOCK: None, "docs/reqs.txt": "# none\n"}))).moved == ()
    )


def test_an_alias_counts_once() -> None:
    alias = {**ADVISORY, "id": "GHSA-1", "aliases": ["PYSEC-1"]}
    found = history(rows((0, {LOCK: BAD})), [ADVISORY, alias])
    assert [(item.id, item.aliases) for item in found.items] == [("PYSEC-1", ("GHSA-1",))]
    assert found.advisories == 1


def advisory(number: int, *, fixed: str = "1.1", published: float = 30, package: str = "acme") -> dict[str, Any]:
    return record(
        f"PYSEC-{number}", package, {"introduced": "0"}, {"fixed": fixed}, published=day(published).isoformat()
    )


def test_twenty_advisories_fixed_by_one_bump_are_one_episode_from_the_earliest() -> None:
    many = [advisory(number, published=10 + number) for number in range(20)]
    (episode,) = history(rows((0, {LOCK: BAD}), (40, {LOCK: GOOD})), many).episodes
    assert len(episode.ids) == 20
    assert (episode.opened, episode.closed, episode.days, episode.exposed_days) == (day(10), day(40), 30, 30)
    assert (episode.before, episode.after, episode.jump, episode.commit) == ("1.0", "1.1", "minor", "c1")


def test_what_was_taken_and_what_was_needed_are_told_apart() -> None:
    """The advisories name 1.0.1 and 1.1; who waited long enough took 2.0."""
    both = [advisory(1, fixed="1.0.1"), advisory(2, fixed="1.1")]
    (episode,) = history(rows((0, {LOCK: BAD}), (40, {LOCK: "acme==2.0\n"})), both).episodes
    assert (episode.jump, episode.needed) == ("major", "minor")


def test_two_bumps_are_two_episodes() -> None:
    both = [advisory(1), advisory(2, fixed="1.2")]
    found = history(rows((0, {LOCK: BAD}), (40, {LOCK: GOOD}), (50, {LOCK: "acme==1.2\n"})), both)
    assert [(each.ids, each.days) for each in found.episodes] == [(("PYSEC-1",), 10), (("PYSEC-2",), 20)]


def test_what_is_open_of_one_package_at_one_version_is_one_episode() -> None:
    found = history(rows((0, {LOCK: BAD})), [advisory(1), advisory(2, published=50)])
    assert [(each.ids, each.state, each.days) for each in found.episodes] == [(("PYSEC-1", "PYSEC-2"), "open", 60)]


def test_a_reverted_fix_is_one_episode_without_the_days_in_between() -> None:
    (episode,) = history(rows((0, {LOCK: BAD}), (32, {LOCK: GOOD}), (34, {LOCK: BAD}), (44, {LOCK: GOOD}))).episodes
    assert (episode.days, episode.exposed_days, episode.reopened) == (14, 12, 1)


def test_a_package_that_comes_back_after_it_was_removed_is_another_episode() -> None:
    found = history(rows((0, {LOCK: BAD}), (32, {LOCK: GONE}), (50, {LOCK: BAD}), (60, {LOCK: GOOD})))
    assert [(each.entry, each.state, each.days) for each in found.episodes] == [
        ("reactive", "removed", 2),
        ("adopted", "fixed", 10),
    ]
    assert [(days(item), item.days) for item in found.items] == [([(30, 32), (50, 60)], 12)]


def test_a_reverted_fix_is_waited_for_until_the_lasting_one() -> None:
    told = rows((0, {LOCK: BAD}), (32, {LOCK: GOOD}), (34, {LOCK: BAD}), (44, {LOCK: GOOD}))
    assert [item.days for item in history(told).items] == [14]
    assert [item.days for item in history(told[:3]).items] == [END - 30]


def test_a_bump_of_one_package_that_takes_another_back_opens_that_again() -> None:
    both = [advisory(1), advisory(2, package="zeta", published=31)]
    found = history(
        rows(
            (0, {LOCK: "acme==1.0\nzeta==1.0\n"}),
            (40, {LOCK: "acme==1.0\nzeta==1.1\n"}),
            (45, {LOCK: "acme==1.1\nzeta==1.0\n"}),
            (48, {LOCK: "acme==1.1\nzeta==1.1\n"}),
        ),
        both,
    )
    assert [(item.package.name, days(item)) for item in found.items] == [
        ("acme", [(30, 45)]),
        ("zeta", [(31, 40), (45, 48)]),
    ]


def test_what_a_program_landed_is_told_apart() -> None:
    told = [Row(id="c0", day=0, files={LOCK: BAD}), Row(id="c1", day=40, files={LOCK: GOOD}, by_bot=True)]
    assert [each.by_bot for each in history(told).episodes] == [True]
    assert [each.by_bot for each in history(told[:1]).episodes] == [None]


def test_stages_are_told_as_far_as_they_were_seen() -> None:
    told = ToldHistories(
        Row(id="c0", day=0, files={LOCK: BAD}),
        Row(
            id="m1",
            day=40,
            files={LOCK: GOOD},
            branch=(("b1", 33, {LOCK: "acme==1.0\nother==2\n"}), ("b2", 35, {LOCK: GOOD}), ("b3", 36, {LOCK: GOOD})),
        ),
        Row(id="c2", day=50),
        tags=[Tag(name="v1", at=day(51), commit="c2", first=3)],
    )
    dates = ToldReleases({"acme": (Upload("1.0", day(-9)), Upload("1.1", day(28)), Upload("1.2", day(32)))})
    _, found = history_of(
        told, Advisories([ADVISORY]), at=day(END), kept=Remembered(), report=lambda _: None, dates=dates
    )
    expected = Stages(
        fix_released=day(28),
        published=day(30),
        first_commit=day(35),
        first_commit_id="b2",
        landed=day(40),
        tagged=day(51),
        tag="v1",
    )
    assert [each.stages for each in found.episodes] == [expected]
    assert [each.stages for each in found.items] == [expected]


def test_release_dates_are_asked_of_packages_that_were_affected_alone() -> None:
    both = [advisory(1), advisory(2, package="zeta", published=31), advisory(3, package="immune", published=31)]
    dates = ToldReleases({"acme": (Upload("1.0", day(-9)), Upload("1.1", day(28)))})
    told = ToldHistories(*rows((0, {LOCK: "acme==1.0\nzeta==1.0\nimmune==1.1\n"})))
    _, found = history_of(told, Advisories(both), at=day(END), kept=Remembered(), report=lambda _: None, dates=dates)
    assert dates.asked == [Package(PYPI, "acme"), Package(PYPI, "zeta")]
    assert {item.package.name: item.stages.fix_released for item in found.items} == {
        "acme": day(28), "zeta": None, "immune": None,
    }  # fmt: skip
    assert found.undated == (
        Undated(packages=(Package(PYPI, "zeta"),), why="nothing is told of it", would_settle="telling it"),
    )


def test_an_episode_waits_for_the_first_of_the_fixes_that_ended_it() -> None:
    both = [advisory(1, published=30, fixed="1.1"), advisory(2, published=35, fixed="1.2")]
    told = ToldHistories(*rows((0, {LOCK: "acme==1.0\n"}), (40, {LOCK: "acme==1.2\n"})))
    dates = ToldReleases({"acme": (Upload("1.0", day(-9)), Upload("1.1", day(28)), Upload("1.2", day(38)))})
    _, found = history_of(told, Advisories(both), at=day(END), kept=Remembered(), report=lambda _: None, dates=dates)
    assert [item.stages.fix_released for item in found.items] == [day(28), day(38)]
    assert [each.stages.fix_released for each in found.episodes] == [day(28)]


def test_a_branch_older_than_the_package_does_not_count_as_its_fix() -> None:
    told = [
        Row(id="c0", day=0, files={LOCK: BAD}),
        Row(id="m1", day=40, files={LOCK: GOOD}, branch=(("b1", 33, {LOCK: GONE}), ("b2", 36, {LOCK: GOOD}))),
    ]
    assert [each.stages.first_commit_id for each in history(told).episodes] == ["b2"]


def test_a_second_look_reads_new_versions_alone() -> None:
    kept, before = Remembered(), rows((0, {LOCK: BAD}), (20, {LOCK: BROKEN}))
    after = [*before, Row(id="c2", day=40, files={LOCK: GOOD})]
    seen: list[int] = []
    for told in (ToldHistories(*before), ToldHistories(*before), ToldHistories(*after)):
        _, found = history_of(told, Advisories([ADVISORY]), at=day(END), kept=kept, report=lambda _: None)
        seen.append(len(told.asked))
    assert seen == [2, 0, 1]
    assert found == history(after)


def test_what_was_kept_and_is_damaged_is_read_again() -> None:
    kept, told = Remembered(), rows((0, {LOCK: BAD}), (40, {LOCK: GOOD}))
    said: list[str] = []
    for content in (None, b"", b"\x91\x01"):
        kept.entries = dict.fromkeys(kept.entries, content) if content is not None else {}
        _, found = history_of(ToldHistories(*told), Advisories([ADVISORY]), at=day(END), kept=kept, report=said.append)
        assert found == history(told)
    assert sum("cannot be used" in line for line in said) == 2


def test_a_version_that_a_partial_clone_lacks_is_unknown_and_not_kept_as_such() -> None:
    kept, told = Remembered(), rows((0, {LOCK: BAD}), (35, {LOCK: BROKEN}), (40, {LOCK: GOOD}))
    partial, whole = (
        history_of(
            ToldHistories(*told, lacking=lacking), Advisories([ADVISORY]), at=day(END), kept=kept, report=lambda _: None
        )[1]
        for lacking in ([GOOD], [])
    )
    assert [(item.state, item.why) for item in partial.items] == [
        ("unknown", "requirements.txt: this clone does not have that version of the file (a partial clone)")
    ]
    assert [item.state for item in whole.items] == ["fixed"]


def test_only_what_is_deployed_counts_where_that_is_said_under_any_name_it_had() -> None:
    told = rows(
        (0, {"old/requirements.txt": BAD, OTHER: BAD}),
        (10, {"old/requirements.txt": None, LOCK: BAD}),
        (40, {LOCK: GOOD}),
    )
    found = history(told, deployed=[LOCK])
    assert [brief(item) for item in found.items] == [("reactive", "fixed", [(30, 40)], "c2")]
    assert [(lock.path, lock.counted, lock.renamed_from) for lock in found.locks] == [
        (OTHER, False, ""),
        ("old/requirements.txt", True, ""),
        (LOCK, True, "old/requirements.txt"),
    ]


def test_the_lock_files_of_a_history_are_listed() -> None:
    found = history(rows((0, {LOCK: BAD, "docs/requirements.txt": GONE}), (5, {LOCK: BROKEN}), (9, {LOCK: None})))
    assert found.since == day(0)
    assert [(one.path, one.first, one.last, one.versions, one.unreadable, one.counted) for one in found.locks] == [
        ("docs/requirements.txt", day(0), None, 1, 0, False),
        (LOCK, day(0), day(9), 2, 1, True),
    ]


def test_what_there_is_no_data_of_is_said() -> None:
    lock = '[[package]]\nname = "serde"\nversion = "1.0.0"\n'
    lock += 'source = "registry+https://public-index.invalid/crates"\nchecksum = "00"\n'
    assert history(rows((0, {"Cargo.lock": f"version = 3\n\n{lock}"}))).uncovered == (("crates.io", 1),)


def test_a_history_without_lock_files_or_landings_is_empty() -> None:
    assert history(rows((0, {}))) == History()
    assert history([]) == History()
