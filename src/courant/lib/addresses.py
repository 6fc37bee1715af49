"""Addresses of pages, from the paths that the page tree keeps."""


def path_on_site(url_path: str) -> str:
    """The path of a page below its site's root page: /front/world/a-story/ is /world/a-story/ to readers."""
    below_root = url_path.strip("/").split("/")[1:]
    return "/" + "".join(f"{part}/" for part in below_root)
