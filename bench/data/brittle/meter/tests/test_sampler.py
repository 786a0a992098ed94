import time

import pytest

from meter.sampler import Sampler, fingerprint


@pytest.fixture
def sampler():
    sampler = Sampler()
    yield sampler
    sampler.close()


@pytest.fixture
def quick():
    sampler = Sampler(rounds=1)
    yield sampler
    sampler.close()


def test_a_sample_is_digested_in_the_background(sampler):
    sampler.put(b"first")
    time.sleep(0.3)
    assert len(sampler.done) == 1


def test_samples_are_digested_in_order(quick):
    for sample in (b"first", b"second"):
        quick.put(sample)
    quick.wait()
    assert quick.done == [fingerprint(b"first", 1), fingerprint(b"second", 1)]


def test_waiting_for_nothing_returns(quick):
    quick.wait()
    assert quick.done == []


@pytest.mark.parametrize("count", [1, 5, 20])
def test_every_sample_is_digested(quick, count):
    for number in range(count):
        quick.put(bytes([number]))
    quick.wait()
    assert len(quick.done) == count


def test_a_fingerprint_has_64_digits():
    assert len(fingerprint(b"x", 1)) == 64


def test_fingerprints_differ():
    assert fingerprint(b"x", 1) != fingerprint(b"y", 1)
