"""A cache that forgets by weight; while there is room, an equal question has the same answer."""

import pytest

from lossviz.cache import weighed


@pytest.fixture
def asked():
    return []


def cached(asked, count, most):
    @weighed(count, most, len)
    def word(letter, times):
        asked.append((letter, times))
        return letter * times

    return word


def test_an_equal_question_is_asked_once(asked):
    word = cached(asked, 3, 100)
    assert word("a", 5) is word("a", 5)
    assert asked == [("a", 5)]


@pytest.mark.parametrize(("count", "most"), [(2, 100), (9, 10)])
def test_what_was_asked_for_longest_ago_is_forgotten(asked, count, most):
    word = cached(asked, count, most)
    for letter in "abac":  # the third is one too many, by number or by weight
        word(letter, 5)
    assert [word("a", 5), word("c", 5)] == ["aaaaa", "ccccc"]
    assert asked == [("a", 5), ("b", 5), ("c", 5)]
    word("b", 5)
    assert asked[3:] == [("b", 5)]


def test_what_weighs_too_much_is_kept_until_something_else_is_asked_for(asked):
    word = cached(asked, 3, 10)
    for times in (50, 50, 2, 50):
        assert word("a", times) == "a" * times
    assert asked == [("a", 50), ("a", 2), ("a", 50)]


def test_an_error_is_not_kept(asked):
    word = cached(asked, 3, 10)
    for _ in range(2):
        with pytest.raises(TypeError):
            word("a", "b")
    assert len(asked) == 2
