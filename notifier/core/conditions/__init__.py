"""One file per condition; the file's name is the field that a rule writes. A new file here is a new condition."""
