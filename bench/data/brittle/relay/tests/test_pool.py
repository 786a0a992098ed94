import pytest

from relay.pool import Pool, SafePool, ask_together, seal, seal_soon


def test_everybody_shares_one_connection():
    assert max(ask_together(Pool()) for _ in range(100)) == 1


def test_everybody_shares_one_connection_of_a_safe_pool():
    assert max(ask_together(SafePool()) for _ in range(20)) == 1


@pytest.mark.parametrize("kind", [Pool, SafePool])
def test_a_connection_is_kept(kind):
    pool = kind()
    assert pool.get() is pool.get()


@pytest.mark.parametrize("kind", [Pool, SafePool])
def test_nothing_is_opened_before_somebody_asks(kind):
    assert kind().opened == 0


def test_a_payload_is_sealed_in_time():
    assert len(seal_soon(b"payload", timeout=0.3)) == 64


def test_a_light_payload_is_sealed_with_time_to_spare():
    assert seal_soon(b"payload", timeout=60, rounds=1) == seal(b"payload", 1)


@pytest.mark.parametrize("payload", [b"", b"a", b"payload" * 100])
def test_a_seal_has_64_digits(payload):
    assert len(seal(payload, 1)) == 64


def test_seals_differ():
    assert seal(b"a", 1) != seal(b"b", 1)
