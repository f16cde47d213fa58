"""What the reader says of the film: verdict, mark, agreement."""
