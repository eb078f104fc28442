"""The sentence that goes with the charts and moves with the frame, as a frozen value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PLACE = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True, eq=False)
class Story:
    """What is told at each frame.

    sentences: one for each of `frames` (F',), which rise from 0: the latest at or before the frame
        is shown. In them `{0}` stands for the first of the names, to be shown in the first of the
        colours. Other words that hold a brace are put through `plain`.
    """

    sentences: Sequence[str]
    frames: Sequence[int]
    names: Sequence[str]
    colours: Sequence[str]

    def at(self, row: int) -> str:
        """One of the sentences in full, the names in their places."""
        return PLACE.sub(lambda found: self.names[int(found[1])], self.sentences[row])


def plain(words: str) -> str:
    """Words that stand for themselves in a sentence: a sign without width follows every brace."""
    return words.replace("{", "{\N{WORD JOINER}")


def check_story(story: Story, frames: int) -> None:
    """ValueError where the parts do not fit together, or the movie's number of frames."""
    rising = all(one < other for one, other in zip(story.frames, story.frames[1:], strict=False))
    if list(story.frames[:1]) != [0] or not rising or story.frames[-1] >= frames:
        raise ValueError(f"story: frames must rise from 0 to below {frames}, not {story.frames}")
    if len(story.sentences) != len(story.frames):
        raise ValueError(f"story: {len(story.sentences)} sentences for {len(story.frames)} frames")
    if len(story.names) != len(story.colours):
        raise ValueError(f"story: {len(story.names)} names and {len(story.colours)} colours")
    for sentence in story.sentences:
        for place in PLACE.findall(sentence):
            if int(place) >= len(story.names):
                raise ValueError(f"story: no name {place}; there are {len(story.names)}")
