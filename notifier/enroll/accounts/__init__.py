"""The accounts file with grants put into it or changed in it; everything else in it stays byte for byte."""
