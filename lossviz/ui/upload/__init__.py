"""The dialog that takes a file of the user's own."""
