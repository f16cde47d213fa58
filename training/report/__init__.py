"""The report of a run or a cross-validation, as one HTML file or as PDF. No Keras, no Qt."""
