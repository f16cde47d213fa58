"""The only code that makes threads."""
