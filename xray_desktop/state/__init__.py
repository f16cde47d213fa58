"""Facts and rules of each tab, without Qt widgets."""
