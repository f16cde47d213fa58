"""The commands of ``python -m training``, one module each. TensorFlow loads only inside them."""
