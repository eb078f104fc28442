"""Losses as formulas: read, differentiated, run, written down and examined.

    loss = parse("where(abs(r) < d, r**2, 2*d*abs(r) - d**2)", "r")
    value, slope = loss.evaluate(z, y, d=1.5)
    analyse(loss, {"d": 1.5}).sentences

What is typed is never executed: it becomes a tree of a few kinds of parts, bounded in size.
"""
