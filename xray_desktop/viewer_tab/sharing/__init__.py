"""What leaves the viewer: reports, DICOM results, anonymous copies, tables. The tab wires ``Sharing``."""
