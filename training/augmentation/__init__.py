"""One definition of augmentation for training and viewer.

``config`` is plain; ``transforms`` and ``variants`` import TensorFlow.
"""
