"""`outpace completion`: write a script that completes commands and options in a shell."""

from __future__ import annotations

import argparse

from outpace.cli.door import Door

EPILOG = """\
The script goes to stdout. It knows what this version knows, so write it again after an upgrade.

bash: one line in ~/.bashrc, or a file in
  ~/.local/share/bash-completion/completions/

zsh: one line in ~/.zshrc behind compinit, or a file in a folder of fpath

  source <(outpace completion bash)
  source <(outpace completion zsh)
  outpace completion fish --output ~/.config/fish/completions/outpace.fish
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="bash|zsh|fish", help="for which shell")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.cli.grammar import whole
    from outpace.formats import completion

    script = completion.script(args.shell, whole())
    door.emit(completion.answer(args.shell, script) if door.form == "json" else script)
    return 0
