"""Any X-ray file becomes one ``Film``. No Qt, no Keras."""
