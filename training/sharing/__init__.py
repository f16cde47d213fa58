"""What leaves the program: reports of films, DICOM results, anonymous copies, tables. No Qt, no Keras."""
