"""When to use a loss, and when not, in one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """Two sentences."""

    use: str
    avoid: str


ADVICE: Mapping[str, Advice] = {
    "squared_error": Advice(
        "Errors are many, small and symmetric, and the mean is what is wanted.",
        "Some targets may be plainly wrong: one of them can carry the fit away.",
    ),
    "absolute_error": Advice(
        "Targets have outliers, or the typical value is wanted and not the average one.",
        "Totals matter, as the median of skewed data is not their mean.",
    ),
    "huber": Advice(
        "Most errors are normal and some are not, and descent should stay quick.",
        "You cannot say what counts as a large residual: δ is in the target's units.",
    ),
    "pseudo_huber": Advice(
        "Huber's loss is right, and the method wants a second derivative everywhere.",
        "You cannot say what counts as a large residual: δ is in the target's units.",
    ),
    "log_cosh": Advice(
        "Huber's loss is right, the targets are scaled to about 1, and nothing is to be tuned.",
        "Residuals are much larger or smaller than 1: then it is absolute or squared error.",
    ),
    "quantile": Advice(
        "A level is wanted that a given share of targets stays below, or a prediction interval.",
        "τ is near 0 or 1 and rows are few: hardly any of them then speak for the answer.",
    ),
    "expectile": Advice(
        "Being too low costs more than being too high, or the reverse, and sizes matter.",
        "Targets have outliers, or the level must be explained as a share of rows.",
    ),
    "squared_log_error": Advice(
        "Targets span orders of magnitude, and being off by a factor is what matters.",
        "Targets may be negative, or being off by an amount is what costs.",
    ),
    "epsilon_insensitive": Advice(
        "Errors below a tolerance do not matter, and outliers must not count for more.",
        "One best answer is wanted: there is often a whole range of equally good ones.",
    ),
    "squared_epsilon_insensitive": Advice(
        "Errors below a tolerance do not matter, and large ones matter most.",
        "Targets have outliers, which pull as hard as in squared error.",
    ),
    "poisson": Advice(
        "Targets are counts, and a rate that is never negative is wanted.",
        "Counts vary far more than their mean, or targets are negative.",
    ),
    "linex": Advice(
        "Mistakes on one side are far dearer than on the other, as with a dam too low.",
        "Outliers may lie on the dear side: their cost grows exponentially.",
    ),
    "cauchy": Advice(
        "Errors have very long tails, and no row should ever be quite forgotten.",
        "The start is poor: the loss is not convex, and may have several minima.",
    ),
    "geman_mcclure": Advice(
        "A good share of rows are wrong matches, and the start is close.",
        "The start is poor, or many honest rows lie further off than c.",
    ),
    "welsch": Advice(
        "Rows beyond a known distance are wrong, and should stop counting smoothly.",
        "The start is poor: far from the bulk of the data there is no slope to follow.",
    ),
    "tukey": Advice(
        "Outliers are plainly wrong, and a robust start such as Huber's is at hand.",
        "There is no such start, or the scale of the noise is not known.",
    ),
    "barron": Advice(
        "It is not known how robust the loss should be: α goes from squares to letting go.",
        "A simpler member of the family has been settled on, as its name says more.",
    ),
    "adaptive": Advice(
        "Nobody knows how large the errors are, or how many are outliers: it finds out by itself.",
        "There are few rows, which it may fit exactly, or a scale that must not depend on them.",
    ),
    "log_loss": Advice(
        "There are two classes, and probabilities are wanted. Begin here.",
        "Labels are wrong for a good share of rows, each of which pulls for ever.",
    ),
    "hinge": Advice(
        "Only the decision counts, and it should rest on few rows near the boundary.",
        "Probabilities are wanted: it does not estimate any.",
    ),
    "squared_hinge": Advice(
        "A support vector machine is wanted by a quick smooth solver.",
        "Labels may be wrong: far ones pull in proportion to their distance.",
    ),
    "smoothed_hinge": Advice(
        "The hinge is right, and gradient descent should not hop about its kink.",
        "Probabilities below a half and above it are to be told apart finely.",
    ),
    "modified_huber": Advice(
        "A squared hinge is wanted that bears some wrong labels, with probabilities.",
        "A good share of labels are wrong, as each still pulls with force 4.",
    ),
    "exponential_loss": Advice(
        "Labels are clean, and boosting is to be understood.",
        "A single label may be wrong: its cost grows exponentially.",
    ),
    "perceptron": Advice(
        "The history, or an online learner that changes only on mistakes, is the point.",
        "A margin, a probability or a single best answer is wanted.",
    ),
    "focal": Advice(
        "Easy rows of one class are so many that they drown the hard ones.",
        "Probabilities are wanted as they come: for γ above 0 they are too timid.",
    ),
    "brier": Advice(
        "Probabilities are to be judged, or far wrong labels to be ignored.",
        "Training starts from sure and wrong predictions: there the slope dies.",
    ),
    "savage": Advice(
        "Many labels are wrong, and the start is close.",
        "The start is poor: a row that is far off does not pull at all.",
    ),
    "least_squares": Advice(
        "A closed form or a linear solver is wanted, and classes are compact.",
        "Some rows lie far on their right side, and are punished for it.",
    ),
    "cross_entropy": Advice(
        "There are several classes, and probabilities are wanted. Begin here.",
        "Labels are wrong for a good share of rows, each of which pulls for ever.",
    ),
    "kl_divergence": Advice(
        "Targets are probabilities: several people's votes, or another model's answer.",
        "Targets are plain labels: the cross-entropy is the same and simpler.",
    ),
    "multiclass_hinge": Advice(
        "Only the decision counts, and classes can nearly be told apart.",
        "Probabilities are wanted, or often no class has half of the votes.",
    ),
    "multiclass_focal": Advice(
        "Easy rows are so many that they drown the hard ones.",
        "Probabilities are wanted as they come: for γ above 0 they are too timid.",
    ),
    "multiclass_brier": Advice(
        "Probabilities are to be judged, or far wrong labels to be ignored.",
        "Training starts from sure and wrong predictions: there the slope dies.",
    ),
    "multiclass_squared_error": Advice(
        "A closed form is wanted, and classes do not lie in a row.",
        "One class lies between others: straight boundaries mask it.",
    ),
}
