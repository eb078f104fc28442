"""Which loss: what the rows say, the losses that speaks for, and whether they really do better."""

from lossviz.ui import guide, own_data, page, state
from lossviz.ui.spaces import PLAYGROUND
from lossviz.ui.upload import dialog

page.begin("Which loss?")
state.load(PLAYGROUND)
guide.choice()
chosen = guide.rows()
cost = guide.cost(chosen)
if missing := own_data.missing():
    dialog.ask_again(missing)
else:
    found = guide.findings(chosen)
    picked = guide.picks(chosen, found, cost)
    guide.proof(chosen, picked)
state.save()
