"""Nothing that is typed as a formula runs code, reads anything, hangs or fills the memory.

Each text that is no formula gets one sentence and the place of the fault; each that is one stays
small, whatever it is made of.
"""

import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.formula.findings import analyse
from lossviz.formula.tokens import FormulaError
from lossviz.formula.typed import Formula, parse

# The text, the place of its fault, and what the sentence says.
REFUSED = [
    ("", 0, "no formula"),
    ("   ", 0, "no formula"),
    # Python beyond arithmetic
    ("r.real", 1, "'.'"),
    ("r.__class__", 1, "'.'"),
    ("().__class__.__bases__[0].__subclasses__()", 2, "'.'"),
    ("__import__('os').system('true')", 11, "has no meaning"),
    ("__import__", 0, "unknown"),
    ("r.__globals__", 1, "'.'"),
    ("_", 0, "lower-case"),
    ("__builtins__", 0, "unknown"),
    ("eval(r)", 0, "unknown"),
    ("exec(r)", 0, "unknown"),
    ("open(r)", 0, "unknown"),
    ("np.exp(r)", 2, "'.'"),
    ("lambda r: r", 8, "has no meaning"),
    ("lambda", 0, "unknown"),
    ("[r for r in (1, 2)]", 0, "round brackets"),
    ("{r}", 0, "round brackets"),
    ("(r for r in r)", 3, "missing"),
    ("(r, r)", 2, "comma"),
    ("r, r", 1, "comma"),
    ("r[0]", 1, "round brackets"),
    ("'r'", 0, "has no meaning"),
    ('"r"', 0, "has no meaning"),
    ("f'{r}'", 1, "has no meaning"),
    ("'%s' % r", 0, "has no meaning"),
    ("(r := 2)", 3, "has no meaning"),
    ("r = 2", 2, "place"),
    ("r == 2", 2, "<="),
    ("huber(r, delta=1)", 14, "by their place"),
    ("max(*r)", 4, "missing before '*'"),
    ("max(**r)", 4, "missing before '**'"),
    ("r if r < 1 else 2", 2, "where"),
    ("await r", 0, "unknown"),
    ("yield r", 0, "unknown"),
    ("not r", 4, "comparison is wanted"),
    ("r is 1", 2, "missing"),
    ("r in r", 2, "missing"),
    ("True", 0, "unknown"),
    ("None", 0, "unknown"),
    ("...", 0, "has no meaning"),
    ("import os", 0, "unknown"),
    ("r; r", 1, "has no meaning"),
    ("r # note", 2, "has no meaning"),
    ("r \\\n+ 1", 2, "has no meaning"),
    ("r @ r", 2, "has no meaning"),
    ("r // 2", 2, "write / to divide"),
    ("r % 2", 2, "has no meaning"),
    ("r ^ 2", 2, "write ** for a power"),
    ("~r", 0, "has no meaning"),
    ("|r|", 0, "abs(r)"),
    ("(r < 1) & (r > 0)", 8, "write and"),
    # Numbers
    ("1e999", 0, "too large"),
    ("1" * 400, 0, "too large"),
    ("1_000", 1, "missing"),
    ("0x10", 1, "missing"),
    ("1j", 1, "missing"),
    ("1.2.3", 3, "missing"),
    ("r ** 11", 5, "at most 10"),
    ("r ** -11", 5, "at most 10"),
    ("10**10**10", 4, "at most 10"),
    ("2**2**2**2**2", 6, "at most 10"),
    ("9**9**9**9", 6, "at most 10"),
    ("r**(1/0)", 3, "at most 10"),
    ("r**(0/0)", 3, "at most 10"),
    ("r**(5*5)", 3, "at most 10"),
    ("2**r", 3, "may not depend on r"),
    ("r**abs(p)", 3, "may not depend on p"),
    # Shape
    ("r +", 3, "ends too early"),
    ("* r", 0, "missing before '*'"),
    ("r r", 2, "missing before 'r'"),
    ("2r", 1, "missing before 'r'"),
    ("r(2)", 0, "write r*"),
    ("(r + 1", 0, "never closed"),
    ("abs(r", 3, "never closed"),
    ("r)", 1, "closes nothing"),
    ("()", 1, "closes nothing"),
    ("abs()", 4, "closes nothing"),
    ("abs(r,)", 6, "closes nothing"),
    ("abs(r, 1)", 0, "1 argument, not 2"),
    ("where(r < 1, r)", 0, "3 arguments, not 2"),
    ("where(r, 1, 2)", 6, "comparison is wanted"),
    ("where(r < 1, r < 2, 3)", 13, "only inside"),
    ("where(0 < r < 1, 1, 2)", 12, "`and` between"),
    ("r < 1", 0, "only inside"),
    ("(r < 1) + 2", 0, "only inside"),
    ("-(r < 1)", 1, "only inside"),
    ("abs", 0, "is a function"),
    ("huber", 0, "is a function"),
    ("hubr(r)", 0, "is huber meant?"),
    ("R", 0, "lower-case"),
    ("z", 0, "write p"),
    ("m", 0, "m is the margin"),
    ("a + b + c + d", 12, "At most 3 parameters"),
    ("hinge(r)", 0, "unknown"),
    ("poisson(r)", 0, "unknown"),
    ("cross_entropy(r)", 0, "unknown"),
    ("huber(r, 0)", 9, "0.01 to 100"),
    ("huber(r, 1/0)", 9, "0.01 to 100"),
    ("huber(r, r)", 9, "may not depend on r"),
    ("huber(r, 1, 2)", 0, "takes r and then delta"),
    ("squared_error(r, 2)", 0, "takes r alone"),
    # Characters
    ("r\x00", 1, "U+0000"),
    ("r\n+ 1", 1, "one line"),
    ("r\r+ 1", 1, "one line"),
    ("r\x1b[31m", 1, "U+001B"),
    ("\ufeffr", 0, "U+FEFF"),
    ("r\u200b", 1, "U+200B"),
    ("r\u00a0+ 1", 1, "ordinary space"),
    ("r\u202e", 1, "U+202E"),
    ("ｒ", 0, "U+FF52"),
    ("г", 0, "U+0433"),
    ("аbs(r)", 0, "U+0430"),
    ("r²", 1, "write **2"),
    ("r − 1", 2, "write -"),
    ("2×r", 1, "write *"),
    ("r ≤ 1", 2, "write <="),
    ("√r", 0, "sqrt"),
    ("٣*r", 0, "U+0663"),
    ("𝑟", 0, "U+1D45F"),
    ("r\ud800", 1, "U+D800"),
    ("{0.__class__}", 0, "round brackets"),
    ("${jndi:ldap://x}", 0, "has no meaning"),
    ("<script>alert(1)</script>", 0, "one at a time"),
    # Size
    ("(" * 1_000_000, 500, "1,000,000 characters"),
    ("r" * 501, 500, "501 characters"),
    ("(" * 500, 30, "nested more than 30 deep"),
    ("[" * 500, 0, "round brackets"),
    ("(" * 240 + "r" + ")" * 240, 30, "nested more than 30 deep"),
    ("-" * 499 + "r", 30, "nested more than 30 deep"),
    ("r" + "**1" * 166, 91, "nested more than 30 deep"),
    ("abs(" * 99 + "r" + ")" * 99, 123, "nested more than 30 deep"),
    ("where(" + "not " * 100 + "r < 1, 1, 2)", 6 + 4 * 29, "nested more than 30 deep"),
    ("+".join("r" * 240), 99, "more than 100 parts"),
    ("r" * 499, 0, "unknown"),
]


def ids(case: tuple[str, int, str]) -> str:
    return ascii(case[0][:40])


@pytest.mark.parametrize(("text", "at", "words"), REFUSED, ids=map(ids, REFUSED))
def test_what_is_no_formula_gets_a_sentence_and_the_place(text, at, words):
    before = time.process_time()
    with pytest.raises(FormulaError) as caught:
        parse(text, "r")
    taken = time.process_time() - before
    error = caught.value
    assert isinstance(error, ValueError)
    assert words in error.message
    assert error.at == at
    assert str(error) == error.message
    assert error.message.endswith((".", "?"))
    assert error.message.isprintable()
    assert len(error.message) < 150
    assert taken < 0.05


LARGEST = [
    "*".join("r" * 50),
    "/".join("r" * 50),
    "r/(" * 29 + "r" + ")" * 29,
    "huber(" * 29 + "r" + ")" * 29,
    "min(r," * 29 + "r" + ")" * 29,
    "sqrt(" * 29 + "r" + ")" * 29,
    "exp(" * 29 + "r" + ")" * 29,
    "clip(r,y," * 25 + "r" + ")" * 25,
    "where(r<p,r," * 16 + "r" + ")" * 16,
    "(" * 24 + "r" + "*r/r)" * 24,
    "(" * 24 + "r" + ")**9" * 24,
]


@pytest.mark.parametrize("text", LARGEST, ids=lambda text: text[:20])
def test_the_largest_formulas_stay_small(text):
    before = time.process_time()
    formula = parse(text, "r")
    assert time.process_time() - before < 0.2
    # As long as the formula and not its square, let alone exponential in it.
    assert len(formula.program.steps) < 500
    for written in (
        formula.derivative_text(),
        formula.latex(),
        formula.derivative_latex(),
        formula.numpy_source(),
        formula.torch_source(),
    ):
        assert len(written) < 50_000
    value, slope = formula.evaluate(np.linspace(-2.0, 2.0, 7), 0.5)
    assert value.shape == slope.shape == (7,)


def test_a_deep_stack_is_no_trouble():
    def deep(levels: int) -> Formula:
        return deep(levels - 1) if levels else parse("huber(" * 29 + "r" + ")" * 29, "r")

    room = sys.getrecursionlimit()
    assert deep(room - 500).parameters == ()


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_sentence(text):
    _read_or_refused(text)


PIECES = (
    "r m y p a 2 0.5 1e3 + - * / ** ( ) , < >= and or not where( abs( log( huber( min( r<1"
).split()


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_any_heap_of_pieces_is_a_formula_or_a_sentence(text):
    _read_or_refused(text)


def _read_or_refused(text: str) -> None:
    for variable in ("r", "m"):
        outcome = _outcome(text, variable)
        if isinstance(outcome, FormulaError):
            assert 0 <= outcome.at <= len(text)
            assert outcome.message.isprintable()
        else:
            assert parse(outcome.text, variable) == outcome


def _outcome(text: str, variable: str) -> Formula | FormulaError:
    try:
        return parse(text, variable)
    except FormulaError as error:
        return error


def test_the_variable_is_one_of_two():
    with pytest.raises(ValueError, match="r or m"):
        parse("r", "x")


def test_hard_formulas_are_examined_without_complaint():
    for text in ("exp(exp(exp(r)))", "1/0", "log(-1)", "sin(1/r)", "sin(1e6*r)", "r**-10", "0/r"):
        assert analyse(parse(text, "r"), {}).sentences
