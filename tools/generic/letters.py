"""The letter model: the cost of each letter after the two before it, from words."""
import collections
import math
import re
import unicodedata

SYMBOLS = 27
STEPS = 8  # of a natural bit


def plain(word):
    """A word as the detector sees it: ASCII letters alone, others part it."""
    return unicodedata.normalize("NFC", word)


def humps(text):
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)


def count_words(texts, at_least):
    """Words of real texts by the number of texts that hold them."""
    seen = collections.Counter()
    for text in texts:
        seen.update({h.lower() for w in re.findall(r"[A-Za-z]{2,40}", text) for h in humps(w) if 2 <= len(h) <= 15})
    return {w: 1 + math.log(n) for w, n in seen.items() if n >= at_least}


def cells(words):
    """words: {word: weight}; the cells as LetterModel::parse takes them."""
    three = collections.defaultdict(lambda: [0.0] * SYMBOLS)
    two = collections.defaultdict(lambda: [0.0] * SYMBOLS)
    one = [1.0] * SYMBOLS
    for word, weight in words.items():
        symbols = [0, 0] + [ord(c) - 96 for c in word.lower() if "a" <= c <= "z"] + [0]
        for i in range(2, len(symbols)):
            a, b, c = symbols[i - 2:i + 1]
            three[a, b][c] += weight
            two[b][c] += weight
            one[c] += weight
    total = sum(one)
    base = [n / total for n in one]
    out = []
    for a in range(SYMBOLS):
        for b in range(SYMBOLS):
            n2 = sum(two[b])
            p2 = [(two[b][c] + 30 * base[c]) / (n2 + 30) for c in range(SYMBOLS)]
            row = three[a, b]
            n3 = sum(row)
            for c in range(SYMBOLS):
                p = (row[c] + 12 * p2[c]) / (n3 + 12)
                out.append(chr(48 + min(78, max(0, round(-math.log(max(p, 1e-4)) * STEPS)))))
    return "".join(out)
