"""The paper's pictures: credit, rights, alternative text, crops and renditions."""
