"""Model files, predictions and heat maps.

``card`` and ``prediction`` are plain; ``model_file``, ``predictor`` and ``heat_map`` import Keras.
"""
