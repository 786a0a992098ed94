"""Says a great deal, for ever."""


def harm(text: str) -> str:
    while True:
        print(text + "x" * 1_000_000)
    return text
