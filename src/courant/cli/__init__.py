"""The `courant` command: thin doors without rules."""
