"""Who may read what: the decision, the cut, the meter."""
