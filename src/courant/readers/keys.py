"""Keys of the legal documents (courant.lib.keys)."""

# The list of documents in force, and whatever names them all.
DOCUMENTS = "documents"


def document(kind: str) -> str:
    """The page of a kind of document: the version in force, and the list of its versions."""
    return f"document/{kind}"
