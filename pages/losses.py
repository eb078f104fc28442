"""The loss gallery: every loss with its slope, its facts, its names elsewhere and its code."""

from lossviz.ui import page
from lossviz.ui.gallery import cards
from lossviz.ui.gallery import chart as gallery

page.begin("Losses")
gallery.load()
gallery.notices()
gallery.choice()
gallery.sliders()
shown = gallery.shown()
gallery.chart(shown)
gallery.formulas(shown)
cards.cards(shown)
cards.table()
gallery.save()
