"""Presets: links that each teach one thing. A preset is only a query string."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lossviz.engine.experiment import Sweep
from lossviz.engine.link import parse


@dataclass(frozen=True)
class Preset:
    """A title, the query string that is the whole state, what to look for, and the settings that it
    is about, at most three: its knobs. `tries` are changes that it proposes: each in words, and as
    settings."""

    title: str
    query: str
    lesson: str
    knobs: tuple[str, ...]
    tries: tuple[tuple[str, str], ...] = ()

    @cached_property
    def sweep(self) -> Sweep:
        """The experiments that it asks for."""
        return parse(self.query)[0]


PRESETS = (
    Preset(
        "What outliers do to MSE, MAE and Huber",
        "outliers=vertical&vertical.direction=down&vertical.where=right"
        "&loss=squared_error&loss=absolute_error&loss=huber&init=clean&lr=0.02&steps=150",
        "A few rows at the right end have fallen far below the line. Each line starts where it was "
        "before (dotted). Press Play: MSE tilts after them, MAE and Huber hardly move.",
        ("vertical.share", "vertical.size", "lr"),
        tries=(("twice as far", "vertical.size=8"), ("3 in 10", "vertical.share=0.3")),
    ),
    Preset(
        "One leverage point",
        "line.n=20&outliers=leverage&leverage.share=0.05&leverage.size=20"
        "&loss=squared_error&loss=absolute_error&loss=tukey"
        "&optimizer=adam&lr=0.05&steps=400&schedule=cosine",
        "One row far to the right turns the line like a lever. A bounded slope is no help here: "
        "MAE follows as well. Only a loss whose slope falls back to zero can let go.",
        ("leverage.size", "leverage.share", "tukey.c"),
        tries=(("half as far", "leverage.size=10"),),
    ),
    Preset(
        "The rate at the edge",
        "loss=squared_error&lr=0.1&lr=0.6&lr=0.73&steps=60",
        "Beyond 2 over the largest curvature, descent climbs instead of settling. The table names "
        "the largest rate that holds.",
        ("lr", "steps"),
    ),
    Preset(
        "The median does not care",
        "outliers=vertical&vertical.share=0.3&vertical.size=10"
        "&loss=squared_error&loss=absolute_error&lr=0.05&steps=400",
        "Three rows in ten lie absurdly high. The absolute error counts them as votes, not as "
        "distances: make them twice as high (Outliers, Size 20) and its line stays where it is.",
        ("vertical.size", "vertical.share"),
        tries=(("twice as high", "vertical.size=20"), ("half of all", "vertical.share=0.49")),
    ),
    Preset(
        "MSLE on exponential growth",
        "data=exponential_growth&model=polynomial&loss=squared_error&loss=squared_log_error"
        "&optimizer=adam&lr=0.1&steps=1000",
        "Squared error listens to the largest targets alone; the squared log error counts "
        "ratios, and so serves the small ones too.",
        ("exponential_growth.growth", "exponential_growth.noise", "polynomial.degree"),
    ),
    Preset(
        "Quantiles draw a band",
        "data=heteroscedastic&loss=quantile&quantile.tau=0.1"
        "&quantile.tau=0.5&quantile.tau=0.9&lr=0.5&steps=400&schedule=cosine",
        "One loss, three levels: a tenth of the rows below the lowest line, half below the "
        "middle one, nine tenths below the highest. The band widens with the noise.",
        ("quantile.tau", "heteroscedastic.noise", "heteroscedastic.n"),
        tries=(("99 in 100", "quantile.tau=0.01&quantile.tau=0.5&quantile.tau=0.99"),),
    ),
    Preset(
        "Stars that fool least squares",
        "data=stars_cyg&loss=squared_error&loss=absolute_error&loss=tukey&tukey.c=1"
        "&init=5&optimizer=adam&lr=0.1&steps=800&schedule=cosine",
        "Four red giants make least squares say that hotter stars are fainter, and MAE too. "
        "The redescending loss lets the giants go.",
        ("tukey.c", "lr"),
    ),
    Preset(
        "Phone calls that were minutes",
        "data=phones&loss=squared_error&loss=absolute_error&loss=huber&huber.delta=5"
        "&loss=tukey&tukey.c=5&optimizer=adam&lr=1&steps=600&schedule=cosine",
        "For six years the minutes were recorded instead of the calls. One wrong unit bends least "
        "squares by far; MAE and Huber bend far less, and Tukey reads the other years alone.",
        ("huber.delta", "tukey.c"),
    ),
    Preset(
        "Anscombe's third set",
        "data=anscombe_3&loss=squared_error&loss=absolute_error&loss=huber&huber.delta=0.1"
        "&optimizer=adam&lr=0.1&steps=600&schedule=cosine",
        "Ten rows lie on one line and one does not. Least squares gives 3.00 + 0.500 x, as for "
        "all four of Anscombe's sets; the absolute error finds the ten.",
        ("huber.delta", "lr"),
    ),
    Preset(
        "Momentum in a narrow valley",
        "data=anscombe_1&scaling=none&loss=squared_error&optimizer=gd&optimizer=momentum"
        "&optimizer=nesterov&lr=0.006&steps=400",
        "Without scaling the features, the valley is long and narrow. Plain descent creeps along "
        "its floor; momentum runs, and overshoots.",
        ("lr", "momentum.beta"),
    ),
    Preset(
        "Drop the rate in mid-run",
        "loss=absolute_error&schedule=constant&schedule=step&step.factor=0.02&lr=2",
        "The absolute error pulls equally hard however near the answer is, so a constant rate "
        "bounces for ever. Cut the rate at step 100 and it settles.",
        ("step.at", "step.factor", "lr"),
    ),
    Preset(
        "Counts want Poisson",
        "data=counts&loss=squared_error&loss=poisson&lr=0.1&steps=300",
        "Counts cannot be negative and scatter more where they are large. The Poisson loss fits "
        "the logarithm of the rate; the straight line predicts less than nothing.",
        ("counts.slope", "counts.intercept", "counts.n"),
    ),
    Preset(
        "A loss that finds its own shape",
        "line.n=200&outliers=none&outliers=vertical&loss=adaptive&optimizer=adam&lr=0.3&steps=400"
        "&schedule=cosine",
        "Barron's adaptive loss learns its shape α and its scale c along with the line. Both runs "
        "start alike: clean rows raise α towards 2, where the loss squares, and outliers push it "
        "down to 0, where it lets them go. Watch the curve of the loss bend as you press Play.",
        ("vertical.share", "vertical.size"),
    ),
    Preset(
        "Squared error dies where cross-entropy learns",
        "data=overlapping&overlapping.distance=4&loss=log_loss&loss=brier"
        "&init=0,-12,0&lr=1&steps=300",
        "Both start from weights that put nearly every row into the wrong class, and are sure of "
        "it. Cross-entropy (BCE) turns round at once; the squared error on the probability "
        "(Brier score) has no slope left to follow, and stays. Start from 0,-3,0 (Model, Start) "
        "and it learns too.",
        ("overlapping.distance", "lr"),
    ),
    Preset(
        "The hinge stops caring",
        "data=overlapping&overlapping.distance=4&loss=log_loss&loss=hinge"
        "&lr=1&steps=300&schedule=cosine",
        "Look at the dots on the slopes: beyond a margin of 1 the hinge lets rows go, and its "
        "boundary rests on the few that are left; the log loss (BCE) pulls on every row for ever. "
        "Move the classes apart (Data, Distance 6): the hinge comes to a stop, BCE goes on.",
        ("overlapping.distance", "overlapping.n"),
    ),
    Preset(
        "One far point and the exponential loss",
        "data=overlapping&overlapping.n=100&overlapping.distance=4"
        "&outliers=mislabelled&mislabelled.share=0.01&mislabelled.size=10"
        "&loss=log_loss&loss=exponential_loss&loss=savage"
        "&optimizer=adam&lr=0.1&steps=500&schedule=cosine",
        "One row in a hundred lies far behind the other class. For its sake the exponential loss "
        "shrinks its weights to next to nothing and makes more mistakes on the rest; BCE bends "
        "less, and savage no longer feels the row. Send it further out (Outliers, Size 20).",
        ("mislabelled.size", "mislabelled.share"),
    ),
    Preset(
        "Rare cases and class weights",
        "data=imbalanced&imbalanced.n=1000&loss=log_loss&log_loss.weight_1=1"
        "&log_loss.weight_1=3&log_loss.weight_1=10&lr=1&steps=300&view.panel=metrics",
        "One row in ten is rare, and the model with the fewest mistakes misses many of those. "
        "Weighing them 3 or 10 times finds more (recall rises) and raises more false alarms "
        "(precision falls). Move the threshold instead: it travels along the same curve.",
        ("log_loss.weight_1", "imbalanced.ratio"),
    ),
    Preset(
        "The cost of a false alarm",
        "data=credit_default&credit_default.n=1000&credit_default.default_rate=0.4&loss=log_loss"
        "&log_loss.weight_0=1&log_loss.weight_0=3&lr=1&steps=200&view.panel=metrics",
        "To refuse someone who would have repaid is a false alarm. Where it costs three times as "
        "much as a default, give class 0 the weight 3: far fewer are refused in vain, and more "
        "defaults slip through. With the threshold at 0.75 the model without weights chooses "
        "nearly the same.",
        ("log_loss.weight_0", "credit_default.default_rate"),
    ),
    Preset(
        "XOR needs a hidden layer",
        "data=xor&model=linear&model=mlp&optimizer=adam&lr=0.05&steps=300",
        "No straight line parts these squares, so the linear model is no better than tossing a "
        "coin. Eight hidden units bend the boundary around the corners. How few will do? Try a "
        "width of 1 (Model): it is not enough.",
        ("mlp.width", "xor.noise"),
    ),
    Preset(
        "Sigmoids, depth and the vanishing gradient",
        "data=circles&model=mlp&mlp.depth=6&mlp.activation=sigmoid&mlp.activation=tanh"
        "&mlp.activation=relu&lr=0.1&steps=200&view.panel=network",
        "Six hidden layers, and the gradient has to come back through all of them. A sigmoid "
        "passes on a quarter at most, so the first layer gets thousands of times less than the "
        "last and learns nothing; tanh and ReLU let it through. With one hidden layer (Model) "
        "it does not vanish.",
        ("mlp.depth", "mlp.width", "lr"),
    ),
    Preset(
        "Overfitting the spiral, and how L2 mends it",
        "data=spirals&spirals.n=100&spirals.turns=1&outliers=label_flips"
        "&model=mlp&mlp.depth=2&mlp.width=32&l2=0&l2=0.001"
        "&optimizer=adam&lr=0.05&steps=500&schedule=cosine",
        "One label in ten is wrong. Without a penalty the network learns even those by heart, and "
        "its test loss turns up again while the training loss falls. A little L2 keeps the "
        "boundary smooth: more mistakes in training, far fewer on clean test rows. Too much "
        "(L2 0.1) flattens it altogether.",
        ("l2", "label_flips.share", "mlp.width"),
    ),
    Preset(
        "Softmax on digits",
        "data=digits&loss=cross_entropy&model=linear&model=mlp&mlp.width=32&mlp.activation=relu"
        "&optimizer=adam&lr=0.02&batch=128&steps=150&schedule=cosine&view.panel=images",
        "Ten scores, each a weighted sum of 64 pixels, and a softmax: that reads about 95 of 100 "
        "digits that it has not seen. Look at the worst mistakes; some would puzzle you too. A "
        "hidden layer makes far fewer. Choose other training rows and watch their chances.",
        ("mlp.width", "lr"),
    ),
    Preset(
        "Label smoothing and calibration",
        "data=blobs&blobs.classes=4&blobs.n=100&blobs.spread=1.2&loss=cross_entropy"
        "&cross_entropy.smoothing=0&cross_entropy.smoothing=0.1&cross_entropy.smoothing=0.2"
        "&model=mlp&mlp.depth=2&mlp.width=32&optimizer=adam&lr=0.02&steps=300&view.panel=metrics",
        "The classes overlap, yet a large network on few rows becomes sure of everything: its "
        "chances promise far more than comes true. Smoothed labels make it humbler, with about as "
        "many mistakes. On the wines (Data) it is right to be sure, and smoothing does harm.",
        ("cross_entropy.smoothing", "blobs.spread", "blobs.n"),
    ),
    Preset(
        "Log loss, cross-entropy and KL agree",
        "data=moons&loss=log_loss&loss=cross_entropy&loss=kl_divergence&kl_divergence.smoothing=0"
        "&lr=2&steps=300",
        "For two classes these are one loss: the same minimum, the same boundary. Cross-entropy "
        "and KL move as one. They have an output for each class, and both are pushed, so the "
        "margin moves twice as far in a step; at twice the rate the log loss (BCE) does the same.",
        ("lr", "moons.noise"),
    ),
    Preset(
        "Stop before it learns the noise",
        "data=circles&circles.n=80&circles.noise=0.5&model=mlp&mlp.depth=2&mlp.width=32"
        "&patience=0&patience=20&optimizer=adam&lr=0.01&steps=400",
        "Both runs are the same network. One trains to the end: its training loss falls and its "
        "clean test loss climbs. The other stops once its test loss has not fallen for 20 steps. "
        "With too little patience (Descent, Patience 1) the first bump stops it.",
        ("patience", "circles.noise", "mlp.width"),
    ),
    Preset(
        "Only the strongest rival counts",
        "data=iris&loss=cross_entropy&loss=multiclass_hinge&l2=0.01&lr=0.5&steps=600"
        "&schedule=cosine&view.across=3&view.up=4",
        "Three species of iris, drawn by their petals. The multi-class hinge (Crammer–Singer) asks "
        "each row to beat its strongest rival by 1 and then forgets it; the softmax goes on "
        "pulling on all of them. Both make about the same mistakes, none of them on setosa.",
        ("l2", "lr"),
    ),
    Preset(
        "Focal loss and its timid chances",
        "data=imbalanced&imbalanced.n=500&imbalanced.ratio=0.05&loss=focal&focal.gamma=0"
        "&focal.gamma=2&optimizer=adam&lr=0.1&steps=300&schedule=cosine",
        "At γ = 0 this is the log loss (BCE); at γ = 2 the slope is all but gone by a margin of 2, "
        "so that easy rows cannot drown the rare ones. A linear model answers with smaller "
        "margins: its boundary hardly moves, but its chances become too timid to believe. See "
        "calibration in Threshold and metrics.",
        ("focal.gamma", "imbalanced.ratio"),
    ),
    Preset(
        "A network among outliers",
        "data=sine&outliers=vertical&loss=squared_error&loss=huber&model=mlp&mlp.width=16"
        "&optimizer=adam&lr=0.05&steps=300&schedule=cosine",
        "A network bends to whatever its loss tells it. With squared error it is pulled up to the "
        "outliers; with Huber the same network finds the wave below them. The linear model (Model) "
        "cannot follow the wave with either.",
        ("vertical.share", "vertical.size", "mlp.width"),
    ),
)
WELCOME = PRESETS[0]
