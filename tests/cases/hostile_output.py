"""Checks that an output is text: no hidden character, by Python's own tables of Unicode, and no line added by a name."""
import unicodedata

UNSEEN = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10),
          *range(0xE0100, 0xE01F0), *range(0xFDD0, 0xFDF0)}
FORGED = (b"forged", b"# forged", b"ktls_tuner_forged", b"<0>")


def is_hidden(c):
    if c in "\n\t":
        return False
    return unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") or ord(c) in UNSEEN or ord(c) & 0xFFFE == 0xFFFE


def judge(what, output):
    """Prints the defects of an output."""
    try:
        text = output.decode()
    except UnicodeDecodeError as error:
        return print(f"{what}: no UTF-8: {error}")
    hidden = sorted({f"U+{ord(c):04X}" for c in text if is_hidden(c)})
    if hidden:
        print(f"{what}: hidden characters: {hidden}")
    for line in output.splitlines():
        if line.lstrip().startswith(FORGED):
            print(f"{what}: a line that a name made: {line[:60]}")
