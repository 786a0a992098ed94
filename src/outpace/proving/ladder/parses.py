"""Whether every changed file of Python can be read."""

from __future__ import annotations

import ast

from outpace.model.proof import Failed, Passed, Result
from outpace.proving.ladder.patch import Patch


def judge(patch: Patch) -> Result:
    for file in patch.files:
        if file.is_python and file.after is not None:
            try:
                ast.parse(file.after)
            except (SyntaxError, ValueError, RecursionError) as error:
                return Failed(f"{file.path} cannot be read: {error}")
    return Passed("every file of Python can be read")
