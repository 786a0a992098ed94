import pytest

from postage.weights import STEPS, charged, volumetric


@pytest.mark.parametrize("weight", range(100, 20_000, 200))
def test_a_weight_falls_into_the_next_step(weight):
    step = charged(weight)
    assert weight <= step
    assert step in STEPS


@pytest.mark.parametrize("step", STEPS)
def test_a_step_holds_its_own_weight(step):
    assert charged(step) == step


def test_a_light_box_is_charged_by_what_it_takes_up():
    assert volumetric(50, 40, 30) == 12_000
    assert charged(900, (50, 40, 30)) == 20_000


def test_a_heavy_box_is_charged_by_its_weight():
    assert charged(4_000, (10, 10, 10)) == 5_000


def test_too_much_is_refused():
    with pytest.raises(ValueError, match="20001 g"):
        charged(20_001)
