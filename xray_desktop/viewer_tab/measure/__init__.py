"""What the reader draws on a film: measurements, annotations, calibration, their keeping."""
