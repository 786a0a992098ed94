"""Shell completion for bash, zsh and fish, written from the grammar of the command line."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from outpace.formats.envelope import encoded
from outpace.formats.grammar import AFile, AFolder, Anything, CommandGrammar, Grammar, OneOf, Option, Value, Word


class CompletionV1(Struct, frozen=True, kw_only=True):
    shell: str
    script: str


def answer(shell: str, script: str) -> bytes:
    return encoded("completion", CompletionV1(shell=shell, script=script))


def script(shell: str, grammar: Grammar) -> str:
    """`shell` is bash, zsh or fish."""
    match shell:
        case "zsh":
            lines = _zsh(grammar)
        case "fish":
            lines = _fish(grammar)
        case _:
            lines = _bash(grammar)
    return "\n".join(lines) + "\n"


def _names(options: tuple[Option, ...]) -> list[str]:
    return [name for option in options for name in option.names]


def _first(command: CommandGrammar) -> str:
    return command.name.split()[0]


def _groups(grammar: Grammar) -> dict[str, list[CommandGrammar]]:
    """First words that several commands share, and those commands."""
    found: dict[str, list[CommandGrammar]] = {}
    for command in grammar.commands:
        if " " in command.name:
            found.setdefault(_first(command), []).append(command)
    return found


def _second_words(commands: list[CommandGrammar]) -> list[str]:
    return [command.name.partition(" ")[2] for command in commands]


def _function(grammar: Grammar) -> str:
    return f"_{grammar.program}"


def _bash(grammar: Grammar) -> Iterator[str]:
    """For bash 4 or newer; readline completes paths itself, and `--format=json` comes in three words."""
    top = "\n".join([*dict.fromkeys(map(_first, grammar.commands)), *_names(grammar.options)])
    groups = _groups(grammar)
    yield from (
        f"# bash completion for {grammar.program}",
        f"{_function(grammar)}() {{",
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} choices='' take='' each",
        "    if [ \"$word\" = '=' ]; then word=''",
        "    elif [ \"$before\" = '=' ]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi",
        "    COMPREPLY=()",
        "    local command=${COMP_WORDS[1]}",
        *(f'    if [ "$command" = {name} ]; then command="$command ${{COMP_WORDS[2]}}"; fi' for name in groups),
        "    case $COMP_CWORD:$command in",
        f"    1:*) take=words choices={_quoted(top)} ;;",
        *(
            f"    '2:{name} '*) take=words choices={_quoted(chr(10).join(_second_words(commands)))} ;;"
            for name, commands in groups.items()
        ),
    )
    for command in grammar.commands:
        yield from _bash_command(command)
    yield from (
        "    esac",
        "    case $take in",
        "    words)",
        '        while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen -W "$choices" -- "$word") ;;',
        "    file) compopt -o default ;;",
        "    folder) compopt -o dirnames ;;",
        "    esac",
        "}",
        f"complete -F {_function(grammar)} {grammar.program}",
    )


def _bash_command(command: CommandGrammar) -> Iterator[str]:
    """What stands behind an option that takes a value; an option; else a word by its place."""
    yield f"    *:'{command.name}')"
    yield "        case $before in"
    for option in command.options:
        if option.value is not None:
            yield f"        {'|'.join(option.names)}) {_bash_take(option.value)} ;;"
    yield "        *)"
    yield "            case $word in"
    yield f"            -*) take=words choices={_quoted(chr(10).join(_names(command.options)))} ;;"
    yield f"            *) {_bash_words(command)} ;;"
    yield "            esac ;;"
    yield "        esac ;;"


def _bash_words(command: CommandGrammar) -> str:
    """No command has two words that can be guessed, so that no place must be counted."""
    known = [word.value for word in command.words if not isinstance(word.value, Anything)]
    return _bash_take(known[0]) if known else ":"


def _bash_take(value: Value) -> str:
    match value:
        case OneOf(words=words):
            return f"take=words choices={_quoted(chr(10).join(words))}"
        case AFile():
            return "take=file"
        case AFolder():
            return "take=folder"
        case Anything():
            return ":"


def _quoted(text: str) -> str:
    """One word of a POSIX shell; newlines as bash and zsh write them."""
    if "\n" in text:
        return "$'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
    return "'" + text.replace("'", "'\\''") + "'"


def _zsh(grammar: Grammar) -> Iterator[str]:
    """Works from a file in `fpath` and from `source`."""
    name = _function(grammar)
    yield from (
        f"#compdef {grammar.program}",
        f"{name}() {{",
        "    local context state state_descr line ret=1",
        "    typeset -A opt_args",
        "    _arguments -C " + " ".join(_zsh_option(option, alone=True) for option in grammar.options) + " \\",
        "        '1:command:->command' '*::argument:->argument' && ret=0",
        "    case $state in",
        "    command)",
        "        local -a commands=(",
    )
    groups = _groups(grammar)
    told = {command.name: command.summary for command in grammar.commands if " " not in command.name}
    told |= {name: ", ".join(_second_words(commands)) for name, commands in groups.items()}
    for each, summary in told.items():
        yield f"            {_quoted(each + ':' + summary.replace(':', chr(92) + ':'))}"
    yield from (
        "        )",
        "        _describe -t commands command commands && ret=0 ;;",
        "    argument)",
        "        case $line[1] in",
    )
    for command in grammar.commands:
        if " " not in command.name:
            yield from _zsh_command(command.name, command)
    for each, commands in groups.items():
        yield f"        {each})"
        known = " ".join(_second_words(commands))
        yield f"            _arguments -C '1:command:({known})' '*::argument:->second' && ret=0"
        yield '            [ "$state" = second ] && case $line[1] in'
        for command in commands:
            yield from _zsh_command(command.name.partition(" ")[2], command)
        yield "            esac ;;"
    yield from (
        "        esac ;;",
        "    esac",
        "    return ret",
        "}",
        f'if [ "$funcstack[1]" = {name} ]; then {name} "$@"; else compdef {name} {grammar.program}; fi',
    )


def _zsh_command(name: str, command: CommandGrammar) -> Iterator[str]:
    parts = [_zsh_option(option) for option in command.options]
    parts += map(_zsh_word, command.words)
    yield f"        {name}) _arguments \\"
    yield from (f"            {part} \\" for part in parts)
    yield "            && ret=0 ;;"


def _zsh_word(word: Word) -> str:
    start = "::" if word.optional else ":"
    return _quoted(f"{start}{_zsh_plain(word.shown)}:{_zsh_action(word.value)}")


def _zsh_option(option: Option, *, alone: bool = False) -> str:
    """`(a b)'{a,b}'[help]`: each name excludes the others; `alone` excludes everything."""
    excluded = "(- *)" if alone else f"({' '.join(option.names)})"
    takes = "" if option.value is None else f":{_zsh_plain(option.shown)}:{_zsh_action(option.value)}"
    long = "=" if option.value is not None else ""
    help_text = _zsh_plain(option.help)
    specs = (
        _quoted(f"{excluded}{name}{long if name.startswith('--') else ''}[{help_text}]{takes}") for name in option.names
    )
    return " ".join(specs)


def _zsh_action(value: Value) -> str:
    match value:
        case OneOf(words=words):
            return f"({' '.join(words)})"
        case AFile():
            return "_files"
        case AFolder():
            return "_files -/"
        case Anything():
            return "( )"  # no word at all; a bare message would keep options from being completed


def _zsh_plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:").replace("`", "")


def _fish(grammar: Grammar) -> Iterator[str]:
    """The command is the second word, or the second and the third, and no other."""
    name = grammar.program
    yield from (
        f"# fish completion for {name}",
        f"function __{name}_command",
        "    set -l words (commandline -opc)",
        "    set -l last (math (count $argv) + 1)",
        '    test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"',
        "end",
        f"function __{name}_group",
        "    set -l words (commandline -opc)",
        '    test (count $words) -eq 2; and test "$words[2]" = "$argv[1]"',
        "end",
        f"function __{name}_bare",
        "    test (count (commandline -opc)) -eq 1",
        "end",
        f"complete -c {name} -f",
    )
    for option in grammar.options:
        yield _fish_line(name, f"__{name}_bare", option)
    for group, commands in _groups(grammar).items():
        yield f"complete -c {name} -n __{name}_bare -a {group} -d {_quoted(', '.join(_second_words(commands)))}"
    for command in grammar.commands:
        where = f"__{name}_command {command.name}"
        first, _, second = command.name.partition(" ")
        on = f"'__{name}_group {first}'" if second else f"__{name}_bare"
        yield f"complete -c {name} -n {on} -a {second or first} -d {_quoted(command.summary)}"
        for option in command.options:
            yield _fish_line(name, where, option)
        for word in command.words:
            yield from _fish_word(name, where, word.value)


def _fish_line(program: str, where: str, option: Option) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    takes = "" if option.value is None else f" {_fish_value(option.value)}"
    return f"complete -c {program} -n {_quoted(where)} {names}{takes} -d {_quoted(option.help)}"


def _fish_value(value: Value) -> str:
    match value:
        case OneOf(words=words):
            return f"-x -a {_quoted(' '.join(words))}"
        case AFile():
            return "-r -F"
        case AFolder():
            return "-x -a '(__fish_complete_directories)'"
        case Anything():
            return "-x"


def _fish_word(program: str, where: str, value: Value) -> Iterator[str]:
    match value:
        case OneOf(words=words):
            yield f"complete -c {program} -n {_quoted(where)} -a {_quoted(' '.join(words))}"
        case AFile():
            yield f"complete -c {program} -n {_quoted(where)} -F"
        case AFolder():
            yield f"complete -c {program} -n {_quoted(where)} -a '(__fish_complete_directories)'"
        case Anything():
            return
