"""The key of a picture: every page that prints it, or its words, notes it (courant.lib.keys)."""


def picture(picture_id: int) -> str:
    return f"picture/{picture_id}"
