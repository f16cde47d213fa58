"""The films at hand: the list, its thumbnails, their loading, the work list."""
