"""The losses' page, in files named by what is on the screen."""
