"""Printable, accessible handouts for easing sore spots in the buttocks at home."""
