"""Threads that meet: the interpreter changes between them after each moment."""

import sys
import threading
from collections.abc import Callable


def at_once(work: Callable[[int], None], count: int, seconds: float) -> list[BaseException]:
    """Do `work(seed)` in so many threads; what they raised. Fails where one has no end."""
    faults: list[BaseException] = []
    turn = sys.getswitchinterval()

    def guarded(seed: int) -> None:
        try:
            work(seed)
        except Exception as error:  # noqa: BLE001  (a thread's own would not fail the test)
            faults.append(error)

    sys.setswitchinterval(1e-6)
    try:
        threads = [
            threading.Thread(target=guarded, args=(seed,), daemon=True) for seed in range(count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds)
            assert not thread.is_alive()  # nobody waits for a lock that is never given back
    finally:
        sys.setswitchinterval(turn)
    return faults
