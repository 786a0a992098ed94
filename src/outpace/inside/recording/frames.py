"""Who calls: the one place that asks the interpreter for a frame."""

from __future__ import annotations

from sys import _getframe  # pyright: ignore[reportPrivateUsage]  there is no other way
from types import FrameType
from typing import Callable

frame_above: Callable[[int], FrameType] = _getframe
