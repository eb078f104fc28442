"""What is known of an exact minimum."""

from __future__ import annotations

from dataclasses import dataclass

from lossviz.base.arrays import Array

Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Reference:
    """The exact minimiser of mean loss + l1 sum |w| + l2 sum w².

    theta (P,): in the data's own units; internal (P,): in the coordinates of the descent, in
        which the penalty is taken; value: the objective there.
    method: which solver, in words; is_global: whether no better minimum can exist; note: what
        the reader should know besides, in sentences, or "".
    is_attained: False where no finite minimiser exists. Then theta and internal are a point far
        out where the solver stopped, and value is what the objective tends to beyond it (0 where
        the classes can be separated), which no run can reach.
    is_unique: whether no other parameters do as well (what may be added to all classes alike is
        left out of account); None where that is not known.
    ranges (P, 2): where it is not unique and the parameters are few, between what each lies over
        all minimisers, in the data's own units; may be infinite. None else. Shown then is the
        minimiser nearest to the middle of the ranges, where one without end has 0 as its middle.
    """

    theta: Array
    internal: Array
    value: float
    method: str
    is_global: bool
    note: str
    is_attained: bool
    is_unique: bool | None
    ranges: Array | None

    def __post_init__(self) -> None:
        for array in (self.theta, self.internal):
            array.setflags(write=False)

    def range_of(self, number: int) -> Range | None:
        """Between what the parameter of that number lies over all minimisers, in the data's units:
        at one place, where no others are known. None where there are others, but not which."""
        if self.ranges is not None:
            low, high = self.ranges[number].tolist()
            return low, high
        here = float(self.theta[number])
        return None if self.is_unique is False else (here, here)
