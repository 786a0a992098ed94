import pytest

from tokens import TokenError, allows, bearer, check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify

KEY = b"a key of the tests"


def test_issue_and_verify():
    assert verify(issue({"sub": "ada"}, KEY), KEY, 100) == {"sub": "ada"}


def test_other_key():
    with pytest.raises(TokenError):
        verify(issue({"sub": "ada"}, b"another"), KEY, 100)


def test_expired():
    with pytest.raises(TokenError):
        verify(issue({"sub": "ada", "exp": 50}, KEY), KEY, 100)


def test_keys_by_name():
    keys = {"old": b"x", "new": b"y"}
    assert verify(issue({"sub": "ada"}, b"y", kid="new"), keys, 100) == {"sub": "ada"}


def test_not_a_token():
    with pytest.raises(TokenError):
        verify("abc", KEY, 100)


def test_refresh():
    assert verify(refresh(issue({"sub": "ada"}, KEY), KEY, 100), KEY, 200)["exp"] == 3700


def test_link():
    assert check_link(sign_link("/files/a?b=1", KEY, 200), KEY, 100) == "/files/a?b=1"


def test_expired_link():
    with pytest.raises(TokenError):
        check_link(sign_link("/files/a", KEY, 50), KEY, 100)


def test_cookie():
    assert unseal(seal("ada", KEY), KEY) == "ada"


def test_pack():
    assert unpack(pack(b"abcd")) == b"abcd"


def test_bearer():
    assert bearer("Bearer abc.def.ghi") == "abc.def.ghi"


def test_allows():
    assert allows({"scope": "maps:read"}, "maps:read")
    assert not allows({"scope": "maps:read"}, "maps:write")
