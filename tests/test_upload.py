"""What the dialog for rows of one's own says of a file, run in process."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

COUNTS = "\n".join(f"{i},{i / 4}" for i in range(40))


def page(text: str) -> AppTest:
    def script(text: str) -> None:
        from lossviz.ui import state
        from lossviz.ui.spaces import PLAYGROUND
        from lossviz.ui.upload import columns
        from lossviz.ui.upload.given import Given

        state.load(PLAYGROUND)
        columns.choice(Given("mark", text, "pasted rows"))

    at = AppTest.from_function(script, default_timeout=60, kwargs={"text": text}).run()
    assert not at.exception
    return at


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (f"x,y\n{COUNTS}\n", []),
        (
            f"x,y\n{COUNTS}\nDog,1\n#NUM!,inf\n",
            [
                "Rows 42 and 43 of x hold no finite numbers but 'Dog' and '#NUM!': they count as "
                "missing.",
                "Row 43 of y holds 'inf', which is infinite: it counts as missing.",
            ],
        ),
        (
            "x,y\n"
            + "\n".join(f"{'Yes' if i % 2 else 'no'},{i / 4}" for i in range(40))
            + "\nyes,9\n",
            [],
        ),
    ],
)
def test_a_cell_that_cannot_be_read_looks_like_a_fault_and_what_was_found_does_not(text, faults):
    at = page(text)
    said = [each.value.replace("\\", "") for each in at.warning]
    assert said == ["  \n".join(faults)] * bool(faults)
    captions = "\n".join(each.value for each in at.caption).replace("\\", "")
    assert "The columns are separated by commas." in captions
    assert not any(fault in captions for fault in faults)
