"""The one error that reading a page raises."""


class PageError(ValueError):
    """A page that cannot be read into a story; the message says why, in a sentence for the person who imports."""
