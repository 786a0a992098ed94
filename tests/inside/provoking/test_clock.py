"""A clock that stands elsewhere."""

from __future__ import annotations

import datetime as dt
import warnings

from outpace.inside.forks import in_fork
from outpace.inside.provoking.clock import Clock

NAME = "utcnow"


def test_the_old_way_to_ask_for_utc_warns_as_that_of_python_itself() -> None:
    def warned() -> list[tuple[str, str]]:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            getattr(dt.datetime, NAME)()
        return [(str(each.message), each.filename) for each in heard]

    def same() -> bytes:
        before = warned()
        Clock().set("2028-02-29T23:30:00")
        return b"same" if warned() == before else repr((before, warned())).encode()

    assert in_fork(same, seconds=30).answer == b"same"
