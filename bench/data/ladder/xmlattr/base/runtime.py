"""What filters need of the runtime and the compiler."""
import typing as t

F = t.TypeVar("F", bound=t.Callable[..., t.Any])


def pass_eval_context(f: F) -> F:
    """Pass the :class:`EvalContext` as the first argument
    to the decorated function when called while rendering a template.

    Can be used on functions, filters, and tests.
    """
    f.jinja_pass_arg = "eval_context"  # type: ignore
    return f


class Environment:
    """The part of the environment that filters ask for."""

    def __init__(
        self, autoescape: t.Union[bool, t.Callable[[t.Optional[str]], bool]] = False
    ) -> None:
        self.autoescape = autoescape


class EvalContext:
    """Holds evaluation time information.  Custom attributes can be attached
    to it in extensions.
    """

    def __init__(
        self, environment: "Environment", template_name: t.Optional[str] = None
    ) -> None:
        self.environment = environment
        if callable(environment.autoescape):
            self.autoescape = environment.autoescape(template_name)
        else:
            self.autoescape = environment.autoescape
        self.volatile = False


class Undefined:
    """The default undefined type.  This undefined type can be printed and
    iterated over.
    """

    __slots__ = ("_undefined_hint", "_undefined_name")

    def __init__(
        self, hint: t.Optional[str] = None, name: t.Optional[str] = None
    ) -> None:
        self._undefined_hint = hint
        self._undefined_name = name

    def __eq__(self, other: t.Any) -> bool:
        return type(self) is type(other)

    def __ne__(self, other: t.Any) -> bool:
        return not self.__eq__(other)

    def __hash__(self) -> int:
        return id(type(self))

    def __str__(self) -> str:
        return ""

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> t.Iterator[t.Any]:
        yield from ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "Undefined"
