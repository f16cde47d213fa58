"""Icons, style and models that ship with the program."""
