"""What is dear to make and heavy to hold, kept for the whole process within one bound in bytes.

    answer = KEPT.of(owner, key, make)      `make()`, or what it gave when the key was new

An answer goes when its owner does, so that rows die with whoever brought them; and those that were
asked for longest ago go where all of them together would weigh more than the bound.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from gc import get_referents
from threading import Lock
from types import FunctionType, ModuleType
from typing import NamedTuple, TypeVar, cast
from weakref import ref

import numpy as np

Value = TypeVar("Value")
MOST_BYTES = 2**29  # 100,000 rows of 20 features are 2**24, and once more as the model sees them
NOTHING = frozenset((int, float, bool, type(None)))  # what holds nothing else, and weighs little
EACH = 2**10  # bytes that an answer takes besides its arrays and texts, about


class _Entry(NamedTuple):
    value: object
    parts: dict[int, int]  # bytes of every array and text that it holds, by identity
    owner: ref[object] | None  # it tells the cache when the owner dies


class Cache:
    """Answers that weigh no more than `most` bytes together, for any number of threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._weight = 0
        self._held: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._holders: dict[int, int] = {}  # how many answers hold each part
        self._dead: deque[Hashable] = deque()  # keys whose owners are gone
        self._lock = Lock()

    @property
    def weight(self) -> int:
        """Bytes of all that is held; what several answers share counts once."""
        with self._lock:
            return self._weight

    def of(self, owner: object | None, key: Hashable, make: Callable[[], Value]) -> Value:
        """The answer to an equal key of the same owner, if it is still there, or else `make()`.

        The owner is held weakly, and its answers may not hold it: a ValueError says so. An error
        of `make` is not kept.
        """
        asked = None if owner is None else ref(owner), key
        with self._lock:
            entry = self._held.get(asked)
            if entry is not None:
                self._held.move_to_end(asked)
        self._bury()
        if entry is not None:
            return cast(Value, entry.value)
        value = make()
        parts = _parts((key, value), owner)
        if EACH + sum(parts.values()) > self.most:
            return value
        watch = None if owner is None else ref(owner, lambda _: self._orphaned(asked))
        gone = []  # to be freed once the lock is
        with self._lock:
            # Another thread may have been faster: all are to get the same object.
            entry = self._held.get(asked)
            if entry is None:
                entry = _Entry(value, parts, watch)
                self._add(asked, entry)
                while self._weight > self.most:
                    gone.append(self._remove(next(iter(self._held))))
        self._bury()
        return cast(Value, entry.value)

    def has(self, owner: object | None, key: Hashable) -> bool:
        """Whether the answer to an equal key of the same owner is there."""
        with self._lock:
            return (None if owner is None else ref(owner), key) in self._held

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            gone = [self._remove(key) for key in list(self._held)]
        self._bury()
        del gone

    def _orphaned(self, key: Hashable) -> None:
        self._dead.append(key)
        self._bury()

    def _bury(self) -> None:
        # Owners die anywhere, even in this thread while it holds the lock. So nobody waits for it
        # here: whoever holds it comes here on leaving.
        while self._dead and self._lock.acquire(blocking=False):
            try:
                gone = [self._remove(self._dead.popleft()) for _ in range(len(self._dead))]
            finally:
                self._lock.release()
            del gone  # not before: what goes may own other answers

    def _add(self, key: Hashable, entry: _Entry) -> None:
        self._held[key] = entry
        self._weight += EACH
        for part, size in entry.parts.items():
            holders = self._holders.get(part, 0)
            self._holders[part] = holders + 1
            self._weight += 0 if holders else size

    def _remove(self, key: Hashable) -> _Entry | None:
        entry = self._held.pop(key, None)
        if entry is None:
            return None
        self._weight -= EACH
        for part, size in entry.parts.items():
            self._holders[part] -= 1
            if not self._holders[part]:
                del self._holders[part]
                self._weight -= size
        return entry


def _parts(answer: object, owner: object | None) -> dict[int, int]:
    """The bytes of all arrays and texts that can be reached from an answer, by identity: of a part
    of an array those of the whole, which it keeps from being freed."""
    found: dict[int, int] = {}
    seen, rest = set(), [answer]
    while rest:
        one = rest.pop()
        if type(one) in NOTHING or id(one) in seen or isinstance(one, (type, ModuleType)):
            continue
        if one is owner and owner is not None:
            raise ValueError("an answer that is kept holds its owner, which so would never die")
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            while isinstance(one.base, np.ndarray):
                one = one.base
            found[id(one)] = one.nbytes
        elif isinstance(one, (str, bytes)):
            found[id(one)] = len(one)
        elif isinstance(one, FunctionType):  # not the module that it stands in
            rest += [one.__closure__, one.__defaults__, one.__kwdefaults__]
        else:
            rest += get_referents(one)
    return found


KEPT = Cache(MOST_BYTES)
