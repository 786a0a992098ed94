"""How the commands of `outpace release` are shown: text, and their public JSON."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from outpace.app.release import BuiltView, CollectView, ListView, Packages, Shown, VerifyView
from outpace.app.release_export import ExportView
from outpace.formats.envelope import encoded
from outpace.formats.plain import printable
from outpace.model.release import SHORT
from outpace.model.words import counted


class PackagesV1(Struct, frozen=True, kw_only=True):
    """The dependency layer, which releases of the same lock share. `damaged`: what it holds cannot be told any more."""

    digest: str
    python: str
    files: int
    bytes: int
    damaged: bool


class ReleaseV1(Struct, frozen=True, kw_only=True):
    """`files` and `bytes` are the application's own; `packages` is null where no environment is built."""

    digest: str
    application: str
    revision: str
    path: str
    built: datetime
    files: int
    bytes: int
    packages: PackagesV1 | None


class ReleaseBuildV1(Struct, frozen=True, kw_only=True):
    release: ReleaseV1
    stored: bool
    seconds: float


class ListedV1(Struct, frozen=True, kw_only=True):
    """`needed`: a rollback would go to it, or a rollout is about it."""

    release: ReleaseV1
    runs: bool
    needed: bool


class ReleaseListV1(Struct, frozen=True, kw_only=True):
    application: str
    folder: str
    releases: tuple[ListedV1, ...]


class ReleaseVerifyV1(Struct, frozen=True, kw_only=True):
    """`differs` is the first file that is not what it was, and what is wrong with it; empty where all are."""

    digest: str
    files: int
    bytes: int
    differs: str


class ReleaseExportV1(Struct, frozen=True, kw_only=True):
    """`image` is the digest of its manifest; `sent` and `present` count blobs of a push."""

    release: str
    image: str
    bytes: int
    place: str
    pushed: bool
    sent: int
    present: int
    sent_bytes: int


class ReleaseCollectV1(Struct, frozen=True, kw_only=True):
    """`bytes` are freed, or would be."""

    application: str
    dry_run: bool
    gone: tuple[ReleaseV1, ...]
    layers: tuple[str, ...]
    stay: int
    bytes: int


def build_answer(view: BuiltView) -> bytes:
    result = ReleaseBuildV1(release=_release(view.release), stored=view.stored, seconds=view.seconds)
    return encoded("release build", result)


def list_answer(view: ListView) -> bytes:
    rows = tuple(ListedV1(release=_release(each), runs=each.runs, needed=each.needed) for each in view.releases)
    return encoded("release list", ReleaseListV1(application=view.application, folder=view.folder, releases=rows))


def verify_answer(view: VerifyView) -> bytes:
    result = ReleaseVerifyV1(digest=view.digest, files=view.files, bytes=view.size, differs=view.differs)
    return encoded("release verify", result)


def export_answer(view: ExportView) -> bytes:
    result = ReleaseExportV1(
        release=view.release,
        image=view.image,
        bytes=view.size,
        place=view.place,
        pushed=view.pushed,
        sent=view.sent,
        present=view.present,
        sent_bytes=view.sent_size,
    )
    return encoded("release export", result)


def collect_answer(view: CollectView) -> bytes:
    result = ReleaseCollectV1(
        application=view.application,
        dry_run=view.dry_run,
        gone=tuple(map(_release, view.gone)),
        layers=view.layers,
        stay=view.stay,
        bytes=view.size,
    )
    return encoded("release collect", result)


def _release(shown: Shown) -> ReleaseV1:
    return ReleaseV1(
        digest=shown.digest,
        application=shown.application,
        revision=shown.revision,
        path=shown.path,
        built=shown.built,
        files=shown.files,
        bytes=shown.size,
        packages=_packages(shown.packages) if shown.packages else None,
    )


def _packages(packages: Packages) -> PackagesV1:
    return PackagesV1(
        digest=packages.digest,
        python=packages.python,
        files=packages.files,
        bytes=packages.size,
        damaged=packages.damaged,
    )


def build_text(view: BuiltView) -> str:
    release = view.release
    came = "was built before" if view.stored else f"built in {view.seconds:.1f} s"
    lines = [f"{release.application} at {release.revision[:SHORT]} is release {release.digest[:SHORT]}, {came}"]
    lines.append(f"  application  {counted(release.files, 'file')}, {_bytes(release.size)}")
    if (packages := release.packages) is not None:
        told = f"{counted(packages.files, 'file')}, {_bytes(packages.size)}, Python {packages.python}"
        lines.append(f"  packages     {told}, layer {packages.digest[:SHORT]}")
    lines.append(f"  in           {release.path}")
    return printable_lines(lines)


def list_text(view: ListView) -> str:
    if not view.releases:
        return f"{printable(view.application)} has no release here: outpace release build\n"
    lines = [f"{counted(len(view.releases), 'release')} of {view.application}, newest first"]
    for each in view.releases:
        damaged = each.packages is not None and each.packages.damaged
        notes = (("runs", each.runs), ("needed", each.needed), ("its packages are damaged", damaged))
        noted = ", ".join(word for word, holds in notes if holds)
        line = f"  {each.digest[:SHORT]}  of {each.revision[:SHORT]}  built {each.built:%Y-%m-%d %H:%M:%S} UTC"
        lines.append(f"{line}  {_bytes(each.size)}{f'  {noted}' if noted else ''}")
    return printable_lines(lines)


def verify_text(view: VerifyView) -> str:
    name = view.digest[:SHORT]
    if view.differs:
        return printable_lines(
            [
                f"release {name} is not what it was: {view.differs}",
                "  build its revision again with --anew, which replaces what was changed",
            ]
        )
    return f"release {name} is what it was: {counted(view.files, 'file')}, {_bytes(view.size)} looked at\n"


def export_text(view: ExportView) -> str:
    lines = [f"release {view.release[:SHORT]} is in {view.place}, {_bytes(view.size)}", f"  image  {view.image}"]
    if view.pushed:
        sent = f"{counted(view.sent, 'blob')} sent, {_bytes(view.sent_size)}"
        lines.append(f"  {sent}; {view.present} were there already")
    return printable_lines(lines)


def collect_text(view: CollectView) -> str:
    goes, freed = ("would go", "would be freed") if view.dry_run else ("went", "freed")
    if not (view.gone or view.layers):
        return f"nothing may go: {counted(view.stay, 'release')} of {printable(view.application)} stay\n"
    lines = [f"{counted(len(view.gone), 'release')} {goes}, {view.stay} stay; {_bytes(view.size)} {freed}"]
    lines += [f"  {each.digest[:SHORT]}  of {each.revision[:SHORT]}  built {each.built:%Y-%m-%d}" for each in view.gone]
    lines += [f"  layer {layer[:SHORT]}, on which none stands" for layer in view.layers]
    return printable_lines(lines)


def printable_lines(lines: list[str]) -> str:
    return "".join(f"{printable(line)}\n" for line in lines)


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
