"""Base scores against published examples (FIRST's specifications and examples, NVD)."""

from __future__ import annotations

import pytest

from outpace.matching.cvss import base_score, severity_of
from outpace.model.advisory import Rating, Scored, VectorOnly
from outpace.model.unknown import Unknown

PUBLISHED = [
    # CVSS v2 guide, section 3.3: CVE-2002-0392, CVE-2003-0818, CVE-2003-0062
    ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),
    ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0),
    ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2),
    ("(AV:N/AC:M/Au:N/C:N/I:P/A:N)", 4.3),
    ("AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0),
    # CVSS v3.0 and v3.1 examples: CVE-2013-1937, -0375, 2014-3566, 2012-1516, 2009-0783, 2014-0160, -6271, 2015-8252
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
    ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
    ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
    ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
    ("CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),
    ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
    ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:U/RL:O", 10.0),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
    # CVSS v4.0 examples: CVE-2022-41741, 2020-3549, 2014-0160, 2021-44228, 2016-5729; the rest by FIRST's calculator
    ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
    ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.8),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A", 8.7),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
    ("CVSS:4.0/AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 9.3),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H", 8.6),  # a tie, which rounds up
]


@pytest.mark.parametrize(("vector", "score"), PUBLISHED)
def test_a_vector_has_its_published_base_score(vector: str, score: float) -> None:
    found = base_score(vector)
    assert found is not None
    assert found[1] == score


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "7.5",
        "HIGH",
        "CVSS:5.0/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X/C:H/I:H/A:H",
        "CVSS:4.0/AV:/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "CVSS:4.0/AV:NA/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "CVSS:3.1/" + "AV:N/" * 1_000,
    ],
)
def test_what_no_standard_defines_has_no_score(vector: str) -> None:
    assert base_score(vector) is None


def rating(score: str, kind: str = "CVSS_V3") -> Rating:
    return Rating(type=kind, score=score)


def test_the_newest_standard_counts_then_the_highest_score() -> None:
    low, high = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
    four = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N"
    assert severity_of([rating(low), rating(high), rating("x")]) == Scored(7.5, "high", high)
    assert severity_of([rating(high), rating(four, "CVSS_V4")]) == Scored(5.1, "medium", four)
    assert severity_of([rating("CVSS:9.9/AV:N")]) == VectorOnly("CVSS:9.9/AV:N")
    assert severity_of([]) == Unknown("the records give none")
