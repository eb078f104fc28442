"""The loss gallery: every loss with its slope, its facts, its names elsewhere and its code."""

from lossviz.ui import page, state
from lossviz.ui.gallery import cards, chart, choice, table
from lossviz.ui.spaces import GALLERY

page.begin("Losses")
state.load(GALLERY)
choice.notices()
choice.losses()
choice.sliders()
shown = choice.shown()
chart.curves(shown)
chart.formulas(shown)
cards.show(shown)
table.show()
state.save()
