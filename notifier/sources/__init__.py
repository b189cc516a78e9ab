"""What facts are read from outside: one file per source, the file's name is the source's name."""
