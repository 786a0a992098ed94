"""An agent that asks the desk behind the protocol, in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outpace.bootstrap.testing import Asked
from outpace.mcp.desk import Desk


class Asking:
    """An agent at the desk; `reports` is progress that it does not see, `bugs` what was no error of ours."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.reports: list[str] = []
        self.bugs: list[Exception] = []
        asked = Asked(python=Path(sys.executable))
        self.desk = Desk(root, asked, report=self.reports.append, bug=self.bugs.append)

    def text(self, tool: str, given: Mapping[str, object] | None = None, *, fails: bool = False) -> str:
        answer = self.desk.answer(tool, given or {}, by="an agent 1.0")
        assert answer.is_error == fails, answer.text
        return answer.text

    def told(self, tool: str, given: Mapping[str, object] | None = None, *, fails: bool = False) -> dict[str, Any]:
        return json.loads(self.text(tool, given, fails=fails))
