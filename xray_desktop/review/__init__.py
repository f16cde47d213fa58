"""The readers' verdicts: kept, compared, exported. No Qt, no window needed."""
