"""One file per channel: posts to a destination, and says whether it already did."""
