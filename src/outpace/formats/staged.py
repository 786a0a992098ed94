"""How environments that are there for seconds are shown: text, and their public JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from outpace.app.staged import Stage, Stages, Up
from outpace.delivery.staging.resemblance import Answer, Lacks, Resemblance, Same
from outpace.formats.envelope import encoded
from outpace.formats.plain import page, printable
from outpace.model.release import SHORT
from outpace.model.unknown import Unknown

KIB, MIB = 1 << 10, 1 << 20


class StageV1(Struct, frozen=True, kw_only=True):
    """`seconds` until it answered, `cpu_s` of its processes and copies until then, `bytes` of its copies."""

    name: str
    release: str
    revision: str
    url: str
    began: datetime
    seconds: float
    cpu_s: float
    bytes: int
    rows: int
    shared_variables: tuple[str, ...]


class ResemblesV1(Struct, frozen=True, kw_only=True):
    about: str
    answer: Literal["same", "lacks", "unknown"]
    what: str


class StagingUpV1(Struct, frozen=True, kw_only=True):
    application: str
    stage: StageV1
    resemblance: tuple[ResemblesV1, ...]


class LeftV1(Struct, frozen=True, kw_only=True):
    """What a killed run, or a reboot, left of an environment."""

    name: str
    why: str


class StagingListV1(Struct, frozen=True, kw_only=True):
    application: str
    stages: tuple[StageV1, ...]
    left: tuple[LeftV1, ...]


class StagingDownV1(Struct, frozen=True, kw_only=True):
    application: str
    gone: tuple[str, ...]


def _stage(stage: Stage) -> StageV1:
    return StageV1(
        name=stage.name,
        release=stage.release,
        revision=stage.revision,
        url=stage.url,
        began=stage.began,
        seconds=stage.seconds,
        cpu_s=stage.cpu_s,
        bytes=stage.copies.bytes,
        rows=stage.copies.rows,
        shared_variables=stage.shared,
    )


def up_answer(view: Up) -> bytes:
    rows = resembling(view.resemblance)
    result = StagingUpV1(application=view.application, stage=_stage(view.stage), resemblance=rows)
    return encoded("staging up", result, warnings=view.stage.warnings)


def resembling(resemblance: Resemblance) -> tuple[ResemblesV1, ...]:
    return tuple(_resembles(row.about, row.answer) for row in resemblance.rows)


def _resembles(about: str, answer: Answer) -> ResemblesV1:
    match answer:
        case Same():
            return ResemblesV1(about=about, answer="same", what="")
        case Lacks(what):
            return ResemblesV1(about=about, answer="lacks", what=what)
        case Unknown(why):
            return ResemblesV1(about=about, answer="unknown", what=why)


def up_text(view: Up) -> str:
    return page(_up_lines(view), hang=13)


def _up_lines(view: Up) -> Iterator[str]:
    stage = view.stage
    yield f"{view.application}: {stage.name} is up at {stage.url}"
    yield f"  release   {stage.release[:SHORT]}"
    yield f"  cost      {_cost(stage)}"
    yield from (f"  {line}" for line in lacking(view.resemblance))
    if stage.shared:
        yield f"  ! it shares with production what these variables name: {', '.join(stage.shared)}"
    for warning in stage.warnings:
        yield f"  ! {warning}"


def lacking(resemblance: Resemblance) -> tuple[str, ...]:
    """Lines: the figure, and each thing that is not the same."""
    rows = [row for row in resembling(resemblance) if row.answer != "same"]
    told = [printable(f"  {row.answer:<8} {row.about}: {row.what}") for row in rows]
    return (f"resembles production: {resemblance.figure}", *told)


def _cost(stage: Stage) -> str:
    copied = f", {of_copies(stage.copies.bytes)} ({stage.copies.rows:,} rows)" if stage.copies.bytes else ""
    return f"{stage.seconds:.1f} s until it answered, {stage.cpu_s:.1f} s of CPU{copied}"


def of_copies(size: int) -> str:
    return f"{size / MIB:,.1f} MiB of copies" if size >= MIB else f"{size / KIB:,.0f} KiB of copies"


def list_answer(view: Stages) -> bytes:
    result = StagingListV1(
        application=view.application,
        stages=tuple(_stage(each) for each in view.stages),
        left=tuple(LeftV1(name=each.name, why=each.why) for each in view.left),
    )
    return encoded("staging list", result)


def list_text(view: Stages) -> str:
    return page(_list_lines(view))


def _list_lines(view: Stages) -> Iterator[str]:
    if not view.stages:
        yield f"{view.application}: no environment is up; outpace staging up brings one"
    for each in view.stages:
        yield f"{each.name}  {each.release[:SHORT]}  {each.url}  since {each.began:%Y-%m-%d %H:%M:%S}  {_cost(each)}"
    for left in view.left:
        yield f"! {left.name} is not up: {left.why}; outpace staging down {left.name} removes it"


def down_answer(application: str, names: Sequence[str]) -> bytes:
    return encoded("staging down", StagingDownV1(application=application, gone=tuple(names)))


def down_text(application: str, names: Sequence[str]) -> str:
    told = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} gone" if names else "no such environment was there"
    return page([f"{application}: {told}"])
