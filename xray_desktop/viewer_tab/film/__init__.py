"""The film in sight: drawing, window, turns, loupe, information, another film beside it."""
