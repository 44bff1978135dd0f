"""How long to wait before the broker is tried again. Pure but for chance, which is given."""

from __future__ import annotations

import random
from collections.abc import Callable

SHORTEST, LONGEST = 0.1, 5.0
# A connection that held for so long begins anew.
HELD = 10.0


class Backoff:
    """Doubles from 0.1 s to 5 s, by chance between half and the whole: a thousand clients must not come back at once."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance, self._next = chance, SHORTEST

    def after(self, held: float) -> float:
        """The pause after a connection that held for so many seconds; 0 for one that was never made."""
        if held >= HELD:
            self._next = SHORTEST
        pause, self._next = self._next, min(self._next * 2, LONGEST)
        return pause * (0.5 + self._chance() / 2)
