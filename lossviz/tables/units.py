"""Numbers with something beside them: $1,200, 5%, 2 kg, (1,200) for -1200."""

from __future__ import annotations

import re
from typing import NamedTuple

from lossviz.tables.cells import BETWEEN, MINUS, is_date, is_number, written_as

_SYMBOLS = "$€£¥₹₽₩₺₴₫₪₦₱฿₿¢₡₲₵₸₼₾₮₭"
_CODES = (
    "USD EUR GBP JPY CHF CAD AUD NZD CNY RMB INR RUB BRL SEK NOK DKK ISK PLN CZK HUF RON BGN TRY "
    "ZAR KRW MXN SGD HKD TWD ILS THB IDR MYR PHP VND AED SAR EGP NGN KES ARS CLP COP PEN UAH DM "
    "Rs kr SFr Fr zł Kč BTC ETH"
).split()
_MONEY = rf"(?:[A-Z]{{1,3}}[{_SYMBOLS}]|[{_SYMBOLS}]|(?:{'|'.join(_CODES)})\.?)"
_UNITS = (
    "% ‰ pct percent ° °C °F ° K mg g kg t lb lbs oz mm cm dm m km in ft yd mi nm µm "
    "ms s sec min h hr hrs hour hours d day days week weeks month months mo yr yrs year years "
    "ml mL cl dl l L gal W kW MW GW Wh kWh MWh GWh V mV kV A mA Hz kHz MHz GHz J kJ MJ cal kcal "
    "Pa hPa kPa MPa bar mbar psi mmHg N kN Nm hp PS bhp cc ccm ha sqft sqm acre acres mph kmh kph "
    "mpg knots kn dB rpm ppm ppb mol mmol M k K bn mn B b bit kB KB MB GB TB kbit Mbit bps x px "
    "pts million billion Mio Mrd"
).split()
_UNIT = rf"(?:{'|'.join(map(re.escape, sorted(set(_UNITS), key=len, reverse=True)))})[²³]?[23]?\.?"
_WORD = r"(?<=[ \u00a0\u202f])(?!(?:am|pm)\b)[^\W\d_]{2,}\.?"
# Nothing that is matched is given back (++, *+): there is one way only to read a cell.
_NUMBER = rf"[0-9.,]++(?:[{BETWEEN}]++[0-9.,]++)*+(?:[eE][+-]?[0-9]++)?"
_BLANK = r"[ \u00a0\u202f]*+"
_PER = rf"(?:/|per ){_BLANK}[^\W_]++"
_MORE = rf"(?:{_BLANK}(?:{_MONEY}|{_PER})|[ \u00a0\u202f]{_UNIT})"
_KNOWN = rf"(?:(?:{_MONEY}|{_UNIT}){_MORE}?|{_PER})"
_QUANTITY = re.compile(
    rf"(?P<open>\()?{_BLANK}(?P<sign>[+-]?){_BLANK}(?:(?P<before>{_MONEY}){_BLANK})?"
    rf"(?P<inner>[+-]?)(?P<bracket>\()?(?P<number>{_NUMBER})(?P<closed>\))?"
    rf"(?:{_BLANK}(?:(?P<after>{_KNOWN})|(?P<word>{_WORD})))?{_BLANK}(?P<close>\))?"
)
_ONLY_MONEY = re.compile(_MONEY, re.IGNORECASE)


class Quantity(NamedTuple):
    """A number in a cell.

    number: as written, with its minus sign and nothing else. unit: what was beside it, alike for
    alike units, "" for nothing. is_known: whether that is surely a unit, which "1A" may not be.
    is_bracketed: whether brackets make it negative.
    """

    number: str
    unit: str
    is_known: bool
    is_bracketed: bool


def quantity(cell: str) -> Quantity | None:
    """The number in a cell and what is beside it; None where a cell is not one number."""
    if is_number(cell):
        return Quantity(cell, "", True, False)
    if is_date(cell):
        return None
    found = written_as(_QUANTITY, cell.replace(MINUS, "-"))
    if not found:
        return None
    brackets = [bool(found[name]) for name in ("open", "bracket", "closed", "close")]
    signs = found["sign"] + found["inner"]
    is_bracketed = any(brackets)
    if sum(brackets[:2]) != sum(brackets[2:]) or sum(brackets) // 2 + len(signs) > 1:
        return None
    number = ("-" if is_bracketed else signs) + found["number"]
    if not is_number(number):
        return None
    after = found["after"] or found["word"] or ""
    unit = " ".join(filter(None, (_alike(found["before"] or ""), _alike(after))))
    is_letter = not found["before"] and len(after) == 1 and after.isalpha() and cell[-2] != " "
    return Quantity(number, unit, not found["word"] and not is_letter, is_bracketed)


def _alike(unit: str) -> str:
    """One word for KG and kg, and for year and years; but M is not m."""
    unit = unit.strip().rstrip(".")
    if len(unit) > 3:
        return unit.casefold().removesuffix("s")
    return unit.casefold() if len(unit) > 1 else unit


def is_money(unit: str) -> bool:
    return written_as(_ONLY_MONEY, unit) is not None
