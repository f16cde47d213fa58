"""Finds out what a folder of films is worth before a network learns from it.

Reads every file once, groups the files that show one film, says what that means for splits and
labels, and keeps the repairs that a user chose beside the program's own data. No Qt, no Keras.
"""
