"""Functions of the NumPy and PyTorch scripts that are the same in both."""

COLUMNS = '''
def columns(X):
    """A column of ones for the intercept or bias, and the features."""
    return np.column_stack([np.ones(len(X)), X])
'''
POWERS = '''
def powers(X, degree):
    """A column of ones for the intercept, and the powers of each feature."""
    terms = [x**k for x in X.T for k in range(1, degree + 1)]
    return np.column_stack([np.ones(len(X)), *terms])
'''
START = '''
def {name}(seed, shapes):
    """{words}; biases start at 0."""
    rng = np.random.default_rng([seed, *b"init"])
    layers = []
    for units, columns in shapes:
        W = rng.normal(size=(units, columns)) * np.sqrt({variance})
        W[:, 0] = 0.0
        layers.append(W.ravel())
    return np.concatenate(layers)
'''
STARTS = {
    "xavier": {
        "variance": "2 / (columns - 1 + units)",
        "words": "Glorot and Bengio (2010): variance 2 / (in + out)",
    },
    "he": {"variance": "2 / (columns - 1)", "words": "He and others (2015): variance 2 / in"},
}
BATCHES = '''
def batches(seed, n, size):
    """The row numbers of each mini-batch, epoch after shuffled epoch."""
    rng = np.random.default_rng([seed, *b"batches"])
    queue = np.empty(0, int)
    while True:
        if len(queue) < size:
            queue = np.concatenate([queue, rng.permutation(n)])
        yield queue[:size]
        queue = queue[size:]
'''
NOT_BIAS = '''
def not_bias(shapes):
    """True for weights, False for the intercept or bias of each unit."""
    return np.concatenate([np.arange(units * n) % n > 0 for units, n in shapes])
'''
FIRST_LAYER = '''
def first_layer_in_units(theta, shape, powers):
    """The parameters in the data's own units, of which the first layer's rows know."""
    first = shape[0] * shape[1]
    changed = in_units(theta[:first].reshape(shape), powers)
    return np.concatenate([changed.ravel(), theta[first:]])
'''
REPORT = '''
def report(label, names, theta, history, errors=()):
    """Print where a run has come to."""
    losses = ["training loss", "clean test loss", "training error", "clean test error"]
    values = [*theta[: len(names)], *history[-1], *errors]
    print(label)
    for word, value in zip([*names, *losses], values):
        print(f"  {word:36s} {value:.12g}")
'''
SHARE_WRONG = '''
def share_wrong(z, y):
    """The share of rows that are put into a wrong class."""
    found = z.argmax(axis=1) if z.ndim == 2 else z > 0
    return np.mean(found != y)
'''
