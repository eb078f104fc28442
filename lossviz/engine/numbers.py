"""Numbers in words and on axes, written as the player's table writes them."""

from __future__ import annotations

from math import floor, isfinite, log10

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"  # where there is no finite number
SMALL, LARGE = 1e-4, 1e6  # between these, numbers are written out


def number(value: float, digits: int = 4, *, plus: bool = False) -> str:
    """So many significant digits, but all of the whole part, its thousands set apart; a power of
    ten where it is very large or small; a dash where it is no finite number. With `plus`, positive
    numbers have their sign."""
    if not isfinite(value):
        return NONE
    size = abs(value)
    if value == 0:
        words = "0"
    elif not SMALL <= size < LARGE:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        words = f"{mantissa}e{int(exponent)}"
    elif value == int(value):
        words = f"{int(value):,}"
    else:
        words = f"{value:,.{max(0, digits - 1 - floor(log10(size)))}f}"
    return ("+" if plus and value > 0 else "") + words.replace("-", MINUS)


def percent(words: str) -> str:
    """A number in words as a percentage, which no line break takes apart."""
    return f"{words}\N{NO-BREAK SPACE}%"


def tick(value: float) -> str:
    """A round number in as few characters as it needs; a dash where it is no finite number."""
    if not isfinite(value):
        return NONE
    if value == 0 or SMALL <= abs(value) < LARGE:
        return f"{value:,.10g}".replace("-", MINUS)
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}".replace("-", MINUS)
