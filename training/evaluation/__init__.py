"""Figures of a classifier, by file and by film, with intervals. No Qt, no Keras."""
