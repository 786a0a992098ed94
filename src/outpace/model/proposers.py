"""Who may propose changes: the `[proposers]` part of outpace.toml."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

ProposerName: TypeAlias = Literal["upgrade", "template", "recorded", "agent", "model"]
ORDER: tuple[ProposerName, ...] = ("upgrade", "template", "recorded", "agent", "model")
"""By cost and trust; it is not configurable, only which of them there are."""


class AgentCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program that reads a task on its standard input and leaves changed files."""

    command: tuple[str, ...]
    egress: tuple[str, ...] = ()  # host:port of its own model; nothing else is reachable while it runs
    home: tuple[str, ...] = ()  # files and folders of the home directory that it may read: its own login
    env: tuple[str, ...] = ()  # names of variables that it gets from the environment
    unsafe_unsandboxed: bool = False

    def __post_init__(self) -> None:
        if not self.command:
            raise ValueError("`command` of [proposers.agent] names no program")


class LanguageModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model behind an OpenAI-compatible or Anthropic server. `send` is what may leave this machine."""

    name: str  # provider:model, e.g. openai:qwen3-coder
    base_url: str = ""  # empty: the provider's own
    key: str = ""  # env:NAME or file:PATH; empty: none is sent
    send: tuple[str, ...] = ()  # globs; empty: nothing of the repository
    max_tokens: int = 8_000  # of one answer
    seconds: float = 120.0  # for one answer

    def __post_init__(self) -> None:
        if ":" not in self.name:
            raise ValueError(f"`name` of [proposers.model] is {self.name!r}, and should be provider:model")
        if self.key and not self.key.startswith(("env:", "file:")):
            raise ValueError("`key` of [proposers.model] is a reference: env:NAME or file:PATH")


class ProposerBudget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For one task, all proposers together; the last is for a day, all tasks together."""

    attempts: int = 4
    tokens: int = 200_000
    cost_usd: float = 1.0
    wall: str = "10m"
    cost_usd_per_day: float = 20.0


class Proposers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without agent and model, only rules propose."""

    agent: AgentCommand | None = None
    model: LanguageModel | None = None
    budget: ProposerBudget = ProposerBudget()
