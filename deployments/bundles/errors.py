"""What people are told of a bundle that cannot be taken."""


class BadBundle(Exception):
    """The message says what is wrong with the bundle, and what would be right."""
