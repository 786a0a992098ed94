"""Code that an upgrade needs, judged for its task and by the main job: each rung once, and one answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.fakes.tiny_shop import ADVISORY, OTHER_WORDS, VULNERABLE, TinyShop, index_of, opened

ACTION_NEEDED = 10
STARTS = "\n\ndef told(words):\n    import subprocess\n\n    return subprocess.run(words)\n"
OF_THE_PROOF = ["lock diff", "re-match", "environment", "imports", "suite", "probe"]


def checks(shop: TinyShop, *words: str) -> dict[str, str]:
    """Name -> result; a name that is there twice would be seen in the list that this is made of."""
    told = shop.outpace("prove", *words, "--quiet", "--format", "json")
    assert told.out, told.err
    found = json.loads(told.out)["result"]["checks"]
    names = [check["name"] for check in found]
    assert len(names) == len(set(names)), names
    return {check["name"]: check["result"] for check in found}


def test_each_rung_is_climbed_once_whoever_asks(tmp_path: Path) -> None:
    with index_of(VULNERABLE, OTHER_WORDS) as index, opened(tmp_path / "stage", index=index) as shop:
        shop.outpace("respond", expect=ACTION_NEEDED)
        task = json.loads(shop.outpace("task", ADVISORY, "--quiet", "--format", "json").out)["result"]["task"]
        shop.git("switch", "-q", "-c", "code", task["base"])
        code = (shop.repository / "shop.py").read_text()
        code = code.replace("acme_web.page", "acme_web.render")
        shop.commit({"shop.py": code})
        within = checks(shop, "--task", task["id"], "code", "--python", sys.executable)
        assert list(within) == ["shape", "parses", "capabilities", *OF_THE_PROOF, "added code exercised"]
        assert (within["capabilities"], within["environment"]) == ("passed", "passed")
        shop.commit({"shop.py": code + STARTS})
        alone = checks(shop, "code", "--base", "main")
        assert list(alone) == ["parses", "capabilities", *OF_THE_PROOF, "added code exercised"]
        assert (alone["capabilities"], alone["environment"]) == ("undecided", "passed")
        granted = checks(shop, "code", "--base", "main", "--grant", "starts programs")
        assert granted["capabilities"] == "passed"
