"""The random draws of a rule, made anew from their definition, so that an original can be given the very same ones.

A rule's call number `site` of normal() or rademacher() draws, for each layer and step, from Philox4x32-10 (Salmon et al. 2011): the key is
the run's seed, the upper half of the counter the FNV-1a hash of the stream's name, rule.<site>.<layer>, and the lower half the block of
four words, of which step t begins with word t*2^31.
"""
import numpy as np

SEED = 3
SPAN = 2**31
WORD = 2**32 - 1


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(second >> 32) ^ c[1] ^ k[0], second & WORD, (first >> 32) ^ c[3] ^ k[1], first & WORD]
        k = [(k[0] + 0x9E3779B9) & WORD, (k[1] + 0xBB67AE85) & WORD]
    return c


def stream(name, start):
    """32-bit words of a stream, from position `start` on."""
    value = 0xCBF29CE484222325
    for letter in name.encode():
        value = (value ^ letter) * 0x100000001B3 % 2**64
    position = start
    while True:
        block, place = divmod(position, 4)
        yield philox([block & WORD, block >> 32, value & WORD, value >> 32], [SEED & WORD, SEED >> 32])[place]
        position += 1


def uniform(words):
    return ((next(words) >> 5) * 2**26 + (next(words) >> 6)) / 2**53


def draw(kind, shapes, t, site=0):
    """The draws of step t, an array a layer. kind: normal or rademacher."""
    layers = []
    for layer, shape in enumerate(shapes):
        words = stream(f"rule.{site}.{layer}", t * SPAN % (2**53 - 1))
        size = int(np.prod(shape))
        if kind == "rademacher":
            values = [1.0 if next(words) & 1 else -1.0 for _ in range(size)]
        else:
            values = [np.sqrt(-2 * np.log(1 - uniform(words))) * np.cos(2 * np.pi * uniform(words)) for _ in range(size)]
        layers.append(np.array(values).reshape(shape))
    return layers
