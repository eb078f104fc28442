"""A cache that is bounded by what it holds, not only by how many answers that is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from functools import wraps
from threading import Lock
from typing import TypeVar

Value = TypeVar("Value")


def weighed(
    count: int, most: int, weight: Callable[[Value], int]
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """For a function of hashable arguments: its answers are kept, the last `count` that were asked
    for and as many of them as weigh no more than `most` together; the last one always."""

    def keeping(function: Callable[..., Value]) -> Callable[..., Value]:
        held: OrderedDict[Hashable, Value] = OrderedDict()
        lock = Lock()

        @wraps(function)
        def answer(*key: Hashable) -> Value:
            with lock:
                if key in held:
                    held.move_to_end(key)
                    return held[key]
            value = function(*key)
            with lock:
                # Another thread may have been faster: all are to get the same object.
                value = held.setdefault(key, value)
                held.move_to_end(key)
                while len(held) > 1 and not _is_light(held.values(), count, most, weight):
                    held.popitem(last=False)
            return value

        return answer

    return keeping


def _is_light(
    values: Collection[Value], count: int, most: int, weight: Callable[[Value], int]
) -> bool:
    return len(values) <= count and sum(map(weight, values)) <= most
