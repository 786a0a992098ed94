"""A pool keeps what every version of every lock pins, and gives back the same after it was written and read."""

from __future__ import annotations

import pytest

from outpace.assessment.pool import Pool, key_of
from outpace.ecosystems.scan import Pin, Scanned, Unscannable

ACME, ZETA = Pin("PyPI", "acme", "1.0", "pinned"), Pin("PyPI", "zeta", "", "unpinned")


def filled() -> Pool:
    pool = Pool()
    pool.add("requirements:a", Scanned((ACME, ZETA), ("base.txt",)))
    pool.add("requirements:b", Scanned((ZETA,)))
    pool.add("uv.lock:a", Unscannable("it is a pointer"))
    pool.add("requirements:c", Scanned((ZETA,), is_partial=True, unended=ZETA))
    return pool


def told(pool: Pool) -> dict[str, object]:
    held = {key: pool.held(key) for key in pool}
    return {
        key: (
            value if isinstance(value, str) else [pool.pins[at] for at in value],
            pool.includes(key),
            pool.is_partial(key),
            pool.unended(key),
        )
        for key, value in held.items()
    }


def test_each_distinct_pin_is_kept_once() -> None:
    assert filled().pins == [ACME, ZETA]


def test_the_same_bytes_are_kept_apart_by_the_kind_of_their_file() -> None:
    pool = filled()
    assert (key_of("uv.lock", "a") in pool, key_of("requirements", "a") in pool) == (True, True)
    assert told(pool)["uv.lock:a"] == ("it is a pointer", (), False, None)
    assert told(pool)["requirements:a"] == ([ACME, ZETA], ("base.txt",), False, None)


def test_what_was_written_reads_the_same_and_goes_on_growing() -> None:
    pool = Pool.decoded(filled().encoded())
    assert told(pool) == told(filled())
    pool.add("requirements:d", Scanned((ACME,)))
    assert (told(pool)["requirements:d"], pool.pins) == (([ACME], (), False, None), [ACME, ZETA])
    assert told(Pool.decoded(pool.encoded())) == told(pool)


def test_a_part_of_it_holds_no_pin_of_the_rest() -> None:
    part = filled().only({"requirements:b", "uv.lock:a"})
    assert told(part) == {
        "requirements:b": ([ZETA], (), False, None),
        "uv.lock:a": ("it is a pointer", (), False, None),
    }
    assert part.pins == [ZETA]


@pytest.mark.parametrize(
    "data", [b"", b"\xc0", b"\x99\x02\x90\x90\x90\xc4\x00\x80\x80\x90\x80", filled().encoded()[:-3]]
)
def test_what_is_no_pool_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no pool of pins"):
        Pool.decoded(data)
