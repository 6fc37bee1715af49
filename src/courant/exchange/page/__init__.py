"""A page as it is found, saved HTML or plain text, read into the neutral article; see `read_page` in `reader`."""
