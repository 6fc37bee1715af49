"""The paper itself: front, sections, stories, authors, topics, and their feeds."""
