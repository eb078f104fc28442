"""Real data with classes, as shipped with scikit-learn."""

from __future__ import annotations

from functools import cache

from lossviz.items.datasets.base import Rows, from_sklearn, frozen, real

real(
    "iris",
    rows=lambda: from_sklearn("load_iris"),
    count=150,
    label="Iris",
    task="multiclass",
    classes=("setosa", "versicolor", "virginica"),
    features=("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
    target="species",
    test=0.25,
    notes=(
        "150 flowers of three species, four measurements each. Setosa is told apart by its petals "
        "alone, without a single error, so a loss that is never satisfied lets its weights grow "
        "for ever; versicolor and virginica overlap a little, and no straight boundary separates "
        "them. A quarter of the rows is kept for testing."
    ),
    source=(
        "Fisher (1936), The Use of Multiple Measurements in Taxonomic Problems, Annals of "
        "Eugenics 7(2), 179-188, doi:10.1111/j.1469-1809.1936.tb02137.x; as shipped with "
        "scikit-learn"
    ),
)

real(
    "wine",
    rows=lambda: from_sklearn("load_wine"),
    count=178,
    label="Wine cultivars",
    task="multiclass",
    classes=("cultivar 1", "cultivar 2", "cultivar 3"),
    features=(
        "alcohol (percent)",
        "malic acid",
        "ash",
        "alcalinity of ash",
        "magnesium",
        "total phenols",
        "flavanoids",
        "nonflavanoid phenols",
        "proanthocyanins",
        "colour intensity",
        "hue",
        "OD280/OD315 of diluted wines",
        "proline",
    ),
    target="cultivar",
    test=0.25,
    notes=(
        "178 wines from one region of Italy, grown from three cultivars, with thirteen chemical "
        "measurements (the source gives no units). The features differ in scale by a factor of "
        "thousands: proline runs to 1,680, hue to 1.7, so without scaling descent crawls. Scaled, "
        "a linear model separates the cultivars. A quarter of the rows is kept for testing."
    ),
    source=(
        "Aeberhard & Forina (1992), Wine, UCI Machine Learning Repository, doi:10.24432/C5PC7J; "
        "as shipped with scikit-learn"
    ),
)

CELL = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


@cache
def _breast_cancer() -> Rows:
    X, y = from_sklearn("load_breast_cancer")
    return X, frozen(1.0 - y)  # scikit-learn calls benign 1; here 1 is what the test looks for


real(
    "breast_cancer",
    rows=_breast_cancer,
    count=569,
    label="Breast cancer (Wisconsin)",
    task="binary",
    classes=("benign", "malignant"),
    features=(
        *(f"mean {name}" for name in CELL),
        *(f"{name} error" for name in CELL),
        *(f"worst {name}" for name in CELL),
    ),
    target="diagnosis",
    test=0.25,
    notes=(
        "569 tumours, 212 of them malignant: mean, standard error and worst value of ten shape "
        "measurements of the cell nuclei in a fine-needle sample (the source gives no units). "
        "Class 1 is malignant, so recall is the share of cancers that are found; scikit-learn "
        "numbers the classes the other way round. A missed cancer costs more than a false alarm: "
        "weigh the classes. A quarter of the rows is kept for testing."
    ),
    source=(
        "Street, Wolberg & Mangasarian (1993), Nuclear Feature Extraction for Breast Tumor "
        "Diagnosis, Proc. SPIE 1905, 861-870, doi:10.1117/12.148698; as shipped with scikit-learn"
    ),
)

SIDE = 8


@cache
def _digits() -> Rows:
    X, y = from_sklearn("load_digits")
    return frozen(X / 16.0), y


real(
    "digits",
    rows=_digits,
    count=1797,
    label="Handwritten digits",
    task="multiclass",
    classes=tuple("0123456789"),
    features=tuple(f"pixel {row},{column}" for row in range(SIDE) for column in range(SIDE)),
    target="digit",
    image=(SIDE, SIDE),
    # All pixels share one scale already. Some are empty in nearly every picture: divided by their
    # tiny deviation, one stray dot of ink there would outweigh a whole digit.
    standardise=False,
    test=0.25,
    notes=(
        "1,797 pictures of handwritten digits, 8 by 8 pixels; a pixel is the share of ink, 0 for "
        "none to 1 for all (the source's 0 to 16, divided by 16), numbered by row and column from "
        "the top left. A linear softmax model gets about 95 of 100 test digits right, and its "
        "weights are pictures too. A quarter of the rows is kept for testing."
    ),
    source=(
        "Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine "
        "Learning Repository, doi:10.24432/C50P49; as shipped with scikit-learn (its test part)"
    ),
)
