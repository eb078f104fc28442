"""A cache that is bounded by what it holds; answers go with their owners, whatever threads do."""

import gc
import random
import threading
from functools import partial
from weakref import ref

import numpy as np
import pytest
from crowd import at_once

from lossviz.base.cache import EACH, Cache

ROOM = 4 * EACH


class Owner:
    """Somebody whose answers go with them."""


@pytest.fixture
def asked():
    return []


def asking(cache, asked):
    def word(letter, times, owner=None):
        def make():
            asked.append((letter, times))
            return letter * times

        return cache.of(owner, (letter, times), make)

    return word


def test_an_equal_question_is_asked_once(asked):
    word = asking(Cache(10 * ROOM), asked)
    assert word("a", 5) is word("a", 5)
    assert asked == [("a", 5)]


def test_what_was_asked_for_longest_ago_is_forgotten(asked):
    word = asking(Cache(3 * EACH - 1), asked)
    for letter in "abac":  # the third is one too many
        word(letter, 5)
    assert [word("a", 5), word("c", 5)] == ["aaaaa", "ccccc"]
    assert asked == [("a", 5), ("b", 5), ("c", 5)]
    word("b", 5)
    assert asked[3:] == [("b", 5)]


def test_what_alone_weighs_too_much_is_not_kept_and_drives_nothing_out(asked):
    word = asking(Cache(ROOM), asked)
    for times in (2, ROOM, 2, ROOM):
        assert word("a", times) == "a" * times
    assert asked == [("a", 2), ("a", ROOM), ("a", ROOM)]


def test_an_error_is_not_kept(asked):
    word = asking(Cache(ROOM), asked)
    for _ in range(2):
        with pytest.raises(TypeError):
            word("a", "b")
    assert len(asked) == 2


def closure(array):
    return lambda: array.sum()


@pytest.mark.parametrize(
    "hide",
    [
        lambda array: {"a": [(array,)]},
        lambda array: array[::2][:1],  # a view keeps the whole from being freed
        closure,
        lambda array: partial(np.add, array),
        lambda array: array.sum,
        lambda array: vars(holder := Owner()).update(a=array) or holder,
        lambda array: lambda x=array: x,
    ],
)
def test_what_a_value_keeps_from_being_freed_is_weighed_wherever_it_hides(hide):
    cache = Cache(2**20)
    array = np.zeros(1000)
    cache.of(None, 1, lambda: hide(array))
    assert 8000 + EACH <= cache.weight < 8000 + 2 * EACH
    cache.of(None, 2, lambda: (array, 1))  # and what two of them share is weighed once
    assert cache.weight < 8000 + 3 * EACH
    cache.clear()
    assert cache.weight == 0


def test_the_weight_stays_below_the_bound():
    cache, most = Cache(ROOM), 0
    for k in range(200):
        cache.of(None, k, lambda k=k: np.zeros(k % 50))
        assert cache.weight <= ROOM
        most = max(most, cache.weight)
    assert most > ROOM / 2


def test_answers_go_with_their_owner_and_with_what_it_owns():
    cache, owner = Cache(2**20), Owner()
    middle = cache.of(owner, "middle", Owner)
    end = cache.of(middle, "end", Owner)
    stays = cache.of(None, "stays", Owner)
    gone = [ref(each) for each in (owner, middle, end)]
    assert cache.of(owner, "middle", Owner) is middle
    del middle, end
    assert all(each() for each in gone)
    del owner
    assert not any(each() for each in gone)
    assert cache.of(None, "stays", Owner) is stays
    assert EACH <= cache.weight < 2 * EACH


def test_owners_are_told_apart():
    cache, one, other = Cache(2**20), Owner(), Owner()
    assert cache.of(one, "a", Owner) is not cache.of(other, "a", Owner)


@pytest.mark.parametrize("hide", [lambda owner: [owner], closure, lambda owner: partial(id, owner)])
def test_an_answer_that_would_keep_its_owner_alive_is_refused(hide):
    owner = Owner()
    with pytest.raises(ValueError, match="holds its owner"):
        Cache(2**20).of(owner, "a", lambda: hide(owner))


def in_a_thread(work, seconds=10):
    """Do it elsewhere, so that waiting for ever is a failure and not the end of all tests."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive()


def test_an_owner_may_die_in_the_midst_of_a_question():
    # As when the collector runs there: the cache is busy, and neither waits for itself nor changes
    # under its own hands; what has died is buried right afterwards.
    cache, doomed = Cache(2**20), [Owner()]
    answer = ref(cache.of(doomed[0], "a", Owner))
    lives = []

    class Key:
        def __hash__(self):
            doomed.clear()
            lives.append(answer() is not None)
            return 1

    in_a_thread(lambda: cache.of(None, Key(), Owner))
    assert lives[0]
    assert answer() is None


def test_threads_share_one_cache():
    # Small turns and little room, so that threads meet; owners die all the time, some of them in
    # rings that the collector finds, even while the cache is being changed.
    cache, faults = Cache(12 * EACH), []
    lasting = [Owner() for _ in range(4)]

    def work(seed):
        dice = random.Random(seed)
        for _ in range(1500):
            k, owner = dice.randrange(20), dice.choice([None, Owner(), *lasting])
            if dice.random() < 0.2:
                owner = Owner()
                owner.ring = owner
            found = cache.of(owner, k, lambda k=k: (np.full(k, float(k)), k))
            if found[1] != k or len(found[0]) != k or cache.weight > 12 * EACH:
                faults.append((k, found))
            if dice.random() < 0.02:
                gc.collect(0)

    assert at_once(work, 6, 30) == []
    assert faults == []
    lasting.clear()
    gc.collect()
    left = cache.weight
    cache.clear()
    assert left <= 12 * EACH
    assert cache.weight == 0
