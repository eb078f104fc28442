"""What can be chosen, one registration each: losses, data, outliers, models, optimizers."""
