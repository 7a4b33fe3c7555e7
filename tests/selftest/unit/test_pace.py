"""How often to look, with made-up clocks."""
import pytest

from watching.pace import REST, Pace


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Looking:
    """Looks that cost some CPU time, and take longer than that by the clock."""

    def __init__(self, period: float) -> None:
        self.clock, self.cpu_time = Clock(), Clock()
        self.pace = Pace(period, self.clock, self.cpu_time)

    def look(self, cost: float, load: float = 1.0) -> None:
        with self.pace.look():
            self.cpu_time.now += cost
            self.clock.now += cost * load

    def due_after(self, seconds: float) -> bool:
        self.clock.now += seconds
        due = self.pace.due()
        self.clock.now -= seconds
        return due


def test_the_first_look_is_due_at_once() -> None:
    assert Looking(1.0).pace.due()


def test_cheap_looks_are_a_period_apart() -> None:
    looking = Looking(0.02)
    looking.look(0.0001)
    assert not looking.due_after(0.019) and looking.due_after(0.021)


def test_dear_looks_take_a_tenth_of_the_time() -> None:
    looking = Looking(0.02)
    looking.look(0.1)
    assert not looking.due_after(0.1 * REST - 0.01) and looking.due_after(0.1 * REST + 0.01)
    looking.look(0.0001)  # many threads have ended: back to the period
    assert looking.due_after(0.021)


def test_load_does_not_make_looks_rarer() -> None:
    looking = Looking(0.02)
    looking.look(0.002, load=50)
    assert looking.due_after(0.021)


def test_a_look_that_fails_counts() -> None:
    looking = Looking(0.02)
    with pytest.raises(OSError):
        with looking.pace.look():
            looking.cpu_time.now += 0.1
            raise OSError
    assert not looking.due_after(0.5)
