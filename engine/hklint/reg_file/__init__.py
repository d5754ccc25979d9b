""".reg files: what their lines say, read and written.

`entries` has the nouns, `data` the right side of a value's line, `write` makes files, `read` takes
them apart, `paths` goes between keys of a file and facts, and `result` says what an import leaves.
"""
