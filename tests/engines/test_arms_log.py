"""Lines of the log of arms, as Envoy writes them, and counts that wait for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines.envoy.arms_log import FILE, LAG, LATE_LINE, Answers, Counts, Told, told

CANDIDATE, WATCHED = "candidate", "watched"


def line(
    arm: str,
    status: int,
    flags: str = "-",
    milliseconds: int = 3,
    cluster: str = "release-1a",
    client: str = "192.0.2.1",
) -> str:
    return f"{arm} {status} {flags} {milliseconds} {cluster} {client}\n"


def ends(folder: Path, *lines: str) -> list[str]:
    (folder / FILE).write_text("".join(lines))
    return [each.end for each in told(folder)]


def test_an_answer_is_cut_off_where_its_release_ended_it_in_its_body(tmp_path: Path) -> None:
    cut, ended = line(CANDIDATE, 200, "UPE"), line(CANDIDATE, 200, "UC")
    gone, refused = line(CANDIDATE, 200, "DC"), line(CANDIDATE, 503, "URX,UC")
    found = ends(tmp_path, line(CANDIDATE, 200), cut, ended, gone, refused, line(CANDIDATE, 0, "DC"))
    assert found == ["good", "cut", "cut", "good", "bad", "given up"]


def test_a_stream_that_ends_with_its_connection_was_not_cut_off(tmp_path: Path) -> None:
    assert ends(tmp_path, line(CANDIDATE, 101, "UC"), line(CANDIDATE, 200, "UPE", 60_000)) == ["good", "good"]


def test_what_was_sent_to_no_release_is_told_of_none(tmp_path: Path) -> None:
    """A client names the header that it likes where no route writes it anew."""
    assert ends(tmp_path, line(CANDIDATE, 503, cluster="-"), line("-", 503), "candidate 200 192.0.2.1\n") == []


def test_lines_are_gone_once_they_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(line(WATCHED, 200) + line("baseline", 500))
    watched = Told("baseline", "good", "192.0.2.1", is_watched=True, seconds=0.003)
    assert told(tmp_path) == (watched, Told("baseline", "bad", "192.0.2.1", seconds=0.003))
    assert (tmp_path / FILE).read_bytes() == b""
    assert told(tmp_path) == ()


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no:address", "no:address"),
    ],
)
def test_all_addresses_of_a_network_that_one_subscriber_gets_are_one_client(
    tmp_path: Path, address: str, client: str
) -> None:
    (tmp_path / FILE).write_text(line(CANDIDATE, 500, client=address))
    assert [each.client for each in told(tmp_path)] == [client]


def lines(*ends: str) -> list[Told]:
    return [Told("candidate", end, end) for end in ends]  # type: ignore[arg-type]  # as a client, too


def test_a_failure_is_counted_with_its_line_whichever_comes_first() -> None:
    answers = Answers()
    assert answers.count(1.0, 5, 2, lines("bad")) == Counts(3, 1, 0, ["bad"])
    assert answers.count(1.0 + LAG / 2, 0, 0, lines("bad", "bad")) == Counts(0, 1, 0, ["bad"])
    assert answers.count(1.0 + LAG, 1, 1, lines()) == Counts(0, 1, 0, ["bad"])


def test_a_failure_without_a_line_and_a_line_without_a_failure_wait_for_a_moment_only() -> None:
    answers = Answers()
    assert answers.count(1.0, 1, 1, lines()) == Counts(0, 0, 0, [])
    assert answers.count(1.1 + LATE_LINE, 0, 0, lines()) == Counts(0, 1, 0, [""])
    assert answers.count(4.0, 0, 0, lines("bad")) == Counts(0, 0, 0, [])
    assert answers.count(4.0 + 2 * LAG, 0, 0, lines()) == Counts(0, 0, 0, [])
    assert answers.count(5.0, 1, 1, lines()) == Counts(0, 0, 0, [])


def test_a_failure_whose_body_goes_on_for_a_second_is_its_clients() -> None:
    answers = Answers()
    assert answers.count(1.0, 1, 1, lines()) == Counts(0, 0, 0, [])
    assert answers.count(2.0, 0, 0, lines("bad")) == Counts(0, 1, 0, ["bad"])


def test_how_long_what_failed_was_under_way_is_told(tmp_path: Path) -> None:
    answers = Answers()
    late, quick = line(CANDIDATE, 504, milliseconds=60_000), line(CANDIDATE, 200, milliseconds=90_000)
    (tmp_path / FILE).write_text(late + quick)
    assert answers.count(1.0, 2, 1, told(tmp_path)).late_s == 60.0
    assert answers.count(1.1, 0, 0, ()).late_s == 60.0  # its count may come in the next look
    assert answers.count(1.2 + LATE_LINE, 0, 0, ()).late_s == 0.0


def test_an_answer_that_was_cut_off_is_counted_once_though_its_headers_were_good() -> None:
    answers = Answers()
    assert answers.count(1.0, 4, 0, lines("good", "cut", "given up")) == Counts(3, 0, 2, ["cut", "given up"])
    assert answers.count(1.1, 0, 0, lines("cut")) == Counts(0, 0, 1, ["cut"])
    assert answers.count(1.2, 3, 0, lines("good", "good")) == Counts(2, 0, 0, [])
