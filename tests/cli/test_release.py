"""`outpace release` as it is typed: built, listed, verified, exported, pushed and collected."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.registry import ENTRY, registry
from tests.fakes.releases import committed, git, repository

FILES = {
    "outpace.toml": """[[applications]]
name = "corner shop"
run = ["./serve", "{port}"]
delivery = "edge"

[applications.edge]
keep = 1

[applications.edge.build]
environment = "none"
""",
    "serve": "#!/bin/sh\nexec sleep 60\n",
}


class Host:
    def __init__(self, place: Path) -> None:
        self.root = repository(place / "shop", FILES)
        self.edge = place / "state" / "outpace" / "edge" / "corner%20shop"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTPACE_", "XDG_", "GIT_"))}
        xdg = {"XDG_STATE_HOME": str(place / "state"), "XDG_CACHE_HOME": str(place / "cache")}
        self.env = {**kept, **xdg, "HOME": str(place), "GIT_CONFIG_GLOBAL": os.devnull}

    def says(self, *words: str, status: int = 0) -> str:
        argv = [sys.executable, "-m", "outpace.cli", "release", *words]
        done = subprocess.run(
            argv, cwd=self.root, env=self.env, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout or done.stderr

    def result(self, *words: str, status: int = 0) -> Any:
        told = json.loads(self.says(*words, "--format", "json", status=status))
        assert (told["outpace"], told["command"]) == (1, f"release {words[0]}")
        return told["result"]

    def build(self) -> str:
        return str(self.result("build")["release"]["digest"])

    def another(self, words: str) -> str:
        committed(self.root, {"words.txt": words})
        return self.build()

    def age(self) -> None:
        """Everything was built and given out a week ago."""
        old = time.time() - 7 * 86_400
        for place in (*self.edge.glob("kept/releases/*/manifest.json"), *self.edge.glob("known/used/*")):
            os.utime(place, (old, old))


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_revision_is_built_once_and_said_by_its_digest(host: Host) -> None:
    first = host.result("build")
    digest, revision = first["release"]["digest"], git(host.root, "rev-parse", "HEAD")
    assert {name: first["release"][name] for name in ("application", "revision", "path", "files", "packages")} == {
        "application": "corner shop",
        "revision": revision,
        "path": str(host.edge / "kept" / "releases" / digest),
        "files": 2,
        "packages": None,
    }
    again = host.result("build", revision[:10])
    assert (first["stored"], again["stored"], again["release"]) == (False, True, first["release"])
    size = sum(len(content) for content in FILES.values())
    assert host.says("build") == (
        f"corner shop at {revision[:12]} is release {digest[:12]}, was built before\n"
        f"  application  2 files, {size / 1000:.1f} kB\n"
        f"  in           {host.edge}/kept/releases/{digest}\n"
    )


def test_a_revision_that_is_not_there_is_named(host: Host) -> None:
    assert "there is no branch or revision v9" in host.says("build", "v9", status=2)


def test_releases_are_listed_newest_first_with_what_runs(host: Host) -> None:
    assert host.says("list") == "corner shop has no release here: outpace release build\n"
    first = host.build()
    second = host.another("new")
    running = subprocess.Popen(
        [host.edge / "kept" / "releases" / first / "application" / "serve"], cwd=host.edge / "kept" / "releases" / first
    )
    try:
        rows = host.result("list")["releases"]
    finally:
        running.kill()
        running.wait()
    assert [(row["release"]["digest"], row["runs"], row["needed"]) for row in rows] == [
        (second, False, False),
        (first, True, False),
    ]


def test_a_changed_file_is_named_and_eight_digits_do(host: Host) -> None:
    digest = host.build()
    assert host.says("verify", digest[:8]).startswith(f"release {digest[:12]} is what it was: 2 files")
    serve = host.edge / "kept" / "releases" / digest / "application" / "serve"
    serve.chmod(0o755)
    serve.write_text("#!/bin/sh\nexec sleep 6\n")
    serve.chmod(0o555)
    assert host.result("verify", digest, status=10)["differs"] == "application/serve has another content"
    assert host.says("verify", digest[:8], status=10) == (
        f"release {digest[:12]} is not what it was: application/serve has another content\n"
        "  build its revision again with --anew, which replaces what was changed\n"
    )
    host.says("build", "--anew")
    assert host.result("verify", digest)["differs"] == ""
    assert "no release here begins with" in host.says("verify", "0123456789", status=2)


def test_a_release_is_exported_to_a_folder(host: Host) -> None:
    digest = host.build()
    told = host.result("export", digest[:8], "--to", "image")
    index = json.loads((host.root / "image" / "index.json").read_bytes())
    assert (told["release"], told["place"], told["pushed"]) == (digest, "image", False)
    assert index["manifests"][0]["digest"] == told["image"]
    assert "is there already" in host.says("export", digest[:8], "--to", "image", status=2)
    assert "say where the image goes" in host.says("export", digest[:8], status=2)


def test_a_release_is_pushed_with_credentials_from_a_reference(host: Host, tmp_path: Path) -> None:
    digest = host.build()
    with registry(tmp_path / "registry", entry=ENTRY) as served:
        push = ("export", digest, "--push", f"{served.host}/shop:1")
        refused = host.says(*push, status=4)
        host.env["LOGIN"] = "robot:s3cret"
        first = host.result(*push, "--credentials", "env:LOGIN")
        second = host.says(*push, "--credentials", "env:LOGIN", "--quiet")
    assert f"{served.host} wants credentials" in refused
    assert (first["place"], first["pushed"], first["sent"], first["present"]) == (f"{served.host}/shop:1", True, 2, 0)
    assert "0 blobs sent, 0.0 kB; 2 were there already" in second
    assert "s3cret" not in refused + second


def test_old_releases_go_but_the_newest_and_what_runs(host: Host) -> None:
    first, second, third = host.build(), host.another("two"), host.another("three")
    assert host.says("collect") == "nothing may go: 3 releases of corner shop stay\n"
    host.age()
    running = subprocess.Popen(["sleep", "60"], cwd=host.edge / "kept" / "releases" / first)
    try:
        dry = host.result("collect", "--dry-run")
        before = sorted(place.name for place in (host.edge / "kept" / "releases").iterdir())
        said = host.says("collect")
    finally:
        running.kill()
        running.wait()
    after = sorted(place.name for place in (host.edge / "kept" / "releases").iterdir())
    newest = max(second, third)  # of the same age, in the order of their digests
    gone = min(second, third)
    assert ([each["digest"] for each in dry["gone"]], dry["dry_run"], before) == (
        [gone],
        True,
        sorted([first, second, third]),
    )
    assert said.startswith("1 release went, 2 stay; ")
    assert after == sorted([first, newest])
