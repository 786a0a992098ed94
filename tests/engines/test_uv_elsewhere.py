"""What uv 0.13 was seen to say of requirements that it could not fetch."""

from __future__ import annotations

import pytest

from outpace.engines.uv_elsewhere import not_fetched
from outpace.engines.uv_words import flat

GIT = """
error: Failed to download and build `Acme_tool[x] @ git+{url}`
  cause: Git operation failed
  cause: failed to clone into: /cache/git-v2/db/f4c3405bb5f3722b
  cause: failed to fetch branch or tag `v1`
  cause: process didn't exit successfully: `git fetch --force '{url}'` (exit status: 128)
         --- stderr
         {says}
"""
ARCHIVE = """
error: Failed to download `acme @ https://h.invalid/acme-1.0-py3-none-any.whl`
  cause: Request failed after 3 retries in 10.6s
  cause: Failed to fetch: https://h.invalid/acme-1.0-py3-none-any.whl
  cause: error sending request for url (https://h.invalid/acme-1.0-py3-none-any.whl)
  cause: client error (Connect)
  cause: tcp connect error
  cause: Connection refused (os error 111)
"""
REFUSED = """
error: Failed to download `acme @ https://h.invalid/acme-1.0-py3-none-any.whl`
  cause: Failed to fetch: https://h.invalid/acme-1.0-py3-none-any.whl
  cause: HTTP status client error (403 Forbidden) for url (https://h.invalid/acme-1.0-py3-none-any.whl)
"""


@pytest.mark.parametrize(
    ("url", "says", "why", "settles"),
    [
        (
            "https://***@h.invalid/acme/tool.git@feature/x",
            "fatal: unable to access 'https://h.invalid/acme/tool.git/': No route to h.invalid after 3 ms",
            "no route to h.invalid",
            "git ls-remote https://h.invalid/acme/tool.git",
        ),
        (
            "ssh://***@h.invalid:22/acme/tool@0123456#subdirectory=a",
            "ssh: connect to host h.invalid port 22: Connection refused\n fatal: Could not read from remote.",
            "ssh: connect to host h.invalid port 22: Connection refused",
            "git ls-remote ssh://git@h.invalid:22/acme/tool",
        ),
        (
            "file:///nowhere/tool",
            "fatal: '/nowhere/tool' does not appear to be a git repository\nfatal: Could not read. Please ...",
            "'/nowhere/tool' does not appear to be a git repository",
            "git ls-remote file:///nowhere/tool",
        ),
        ("https://h.invalid/tool", "", "uv does not say why", "git ls-remote https://h.invalid/tool"),
    ],
)
def test_a_repository_that_git_cannot_read_is_named_with_what_git_said(
    url: str, says: str, why: str, settles: str
) -> None:
    found = not_fetched(flat(GIT.replace("{url}", url).replace("{says}", says)))
    assert found is not None
    assert (found.name, found.requirement) == ("acme-tool", f"Acme_tool[x] @ git+{url}")
    assert (found.why, found.settles) == (why, settles)


@pytest.mark.parametrize(("said", "why"), [(ARCHIVE, "connection refused"), (REFUSED, "403 Forbidden")])
def test_an_archive_that_cannot_be_fetched_is_no_index_that_cannot_be_reached(said: str, why: str) -> None:
    found = not_fetched(flat(said))
    assert found is not None
    assert (found.why, found.settles) == (why, "curl --head https://h.invalid/acme-1.0-py3-none-any.whl")


@pytest.mark.parametrize(
    "said",
    [
        "error: Failed to fetch: `http://127.0.0.1/simple/a/` cause: HTTP status server error (503)",
        "error: Failed to build `a @ git+https://h.invalid/a` cause: Building source distributions for `a` is disabled",
        "error: No solution found when resolving dependencies cause: a was not found in the package registry",
        "error: Failed to download `" + "a @ https://" * 20_000,
    ],
)
def test_other_failures_are_no_requirement_that_could_not_be_fetched(said: str) -> None:
    assert not_fetched(said) is None
