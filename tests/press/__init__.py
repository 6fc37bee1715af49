"""Tests of printing pages beforehand, and of withdrawing them."""
