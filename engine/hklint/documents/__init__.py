"""Documents: YAML files to trees that know the place of every part, and back to text."""
