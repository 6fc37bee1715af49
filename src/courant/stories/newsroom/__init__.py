"""The newsroom's side of the paper: what is in work, checks before publishing, who may do what."""
