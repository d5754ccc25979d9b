"""How Windows compares names and texts."""


def fold(text: str) -> str:
    """A text as it compares with others: without regard to case, letter by letter as Windows does.

    Python's casefold would go further: Windows keeps `ß` apart from `ss`, and the Kelvin sign from
    `k`. See RtlUpcaseUnicodeChar and StringComparison.OrdinalIgnoreCase.
    """
    return text.lower() if text.isascii() else "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    # ASCII folds to small letters and the rest to capitals, so that the two never meet.
    upper = character.upper()
    return upper if len(upper) == 1 else character
