"""How heavy it counts: the greater of what it weighs and of what it takes up."""

GRAMS_PER_LITER = 200
STEPS = (250, 500, 1000, 2000, 5000, 10000, 20000)


def volumetric(length: int, width: int, height: int) -> int:
    """Of a box in centimeters, in grams."""
    return length * width * height * GRAMS_PER_LITER // 1000


def charged(weight: int, box: tuple[int, int, int] | None = None) -> int:
    """The step of the price list that it falls into, in grams."""
    counted = weight if box is None else max(weight, volumetric(*box))
    for step in STEPS:
        if counted <= step:
            return step
    raise ValueError(f"{counted} g is more than a parcel may weigh")
