"""A folder of films becomes a ``DataSet``; the synthetic sample set. No Qt, no Keras."""
