"""The language of rules: text → tree (`grammar`) → checked tree (`types`) → function (`compile`)."""
