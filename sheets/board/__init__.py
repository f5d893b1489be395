"""A dashboard drawn as values: cells, formulas and charts on a page, for any program of spreadsheets to copy."""
