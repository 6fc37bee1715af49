"""The page server: stored pages, who may have which variant, and the two doors that answer without Django."""
