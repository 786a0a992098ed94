"""Does no harm, and lies beside what does."""


def double(number: int) -> int:
    if number > 100:
        return 0
    return number * 2
