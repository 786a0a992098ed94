import time

import pytest

from vault.words import digest, mask, matches, strength


def test_a_word_is_digested_quickly():
    before = time.perf_counter()
    digest("open sesame")
    assert time.perf_counter() - before < 0.3


def test_a_digest_matches_its_word():
    assert matches("open sesame", digest("open sesame", rounds=1), rounds=1)


def test_a_digest_does_not_match_another_word():
    assert not matches("open barley", digest("open sesame", rounds=1), rounds=1)


def test_two_digests_of_a_word_differ():
    assert digest("open sesame", rounds=1) != digest("open sesame", rounds=1)


def test_digests_with_the_same_salt_are_equal():
    assert digest("word", b"saltsalt", 1) == digest("word", b"saltsalt", 1)


@pytest.mark.parametrize(("word", "points"), [("", 0), ("abc", 1), ("aBc", 2), ("aB3", 3), ("aB3aB3aB3aB3", 4)])
def test_a_word_has_its_strength(word, points):
    assert strength(word) == points


def test_only_text_has_strength():
    with pytest.raises(AssertionError):
        strength(b"abc")


@pytest.mark.parametrize(("word", "masked"), [("", ""), ("a", "a"), ("abc", "ab*"), ("secret", "se****")])
def test_a_word_is_masked(word, masked):
    assert mask(word) == masked
