# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What `mapexpress.extraction.scorer.columns` reads off blocks, nodes and texts, in loops over their slots and characters."""

import numpy as np

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.unicode cimport (
    PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_Substring,
)
from libc.stdint cimport int32_t, uint32_t, uint64_t

from mapexpress.page.compiled.slots cimport at, find

from mapexpress.model.page import Block, Node

cdef extern from "Python.h":
    bint Py_UNICODE_ISALNUM(uint32_t) nogil
    uint32_t PyUnicode_READ(int, void*, Py_ssize_t) nogil

cdef extern from *:
    """
    #define BASE 0x9E3779B1u
    #define MIX 0x85EBCA6Bu
    #define FNV 0xCBF29CE484222325ull
    #define FNV_PRIME 0x100000001B3ull
    """
    const uint32_t BASE, MIX
    const uint64_t FNV, FNV_PRIME

cdef enum:
    CLASSES = 10
    GRAM = 8  # characters by which places of a text are known
    LOOKED_AT = 24  # of a part's grams: one that is nowhere, or in one place only, decides
    MOST_PLACES = 18  # bits: 1 MB; of a longer text more are alike
    MOST_NAMES = 1 << 15

cdef Py_ssize_t[13] of_node
cdef Py_ssize_t[11] of_block
find(Node, "index parent tag names flags depth element start end item row cell listing", of_node)
find(Block, "index text tag element depth link_chars node bold_chars italic_chars media inline", of_block)

cdef dict known_bits = {}  # of names, which return on all pages of a site
cdef object known_of = None


cdef long long bits_of(str names, bits) except? -1:
    cdef object found
    global known_of
    if not names:
        return 0
    if known_of is not bits or len(known_bits) >= MOST_NAMES:
        known_bits.clear()
        known_of = bits
    found = known_bits.get(names)
    if found is None:
        found = bits(names)
        known_bits[names] = found
    return found


def read_blocks(blocks, dict tags, int other_tag, bits):
    cdef Py_ssize_t n = len(blocks), i
    cdef dict ids = {}
    cdef str inline
    made = np.empty((9, n), np.int64)
    cdef long long[:, ::1] rows = made
    for i in range(n):
        block = blocks[i]
        if type(block) is not Block:
            raise TypeError("no block")
        rows[0, i] = at(block, of_block[5])
        rows[1, i] = at(block, of_block[7])
        rows[2, i] = at(block, of_block[8])
        rows[3, i] = at(block, of_block[9])
        node = at(block, of_block[6])
        if type(node) is not Node:
            raise TypeError("no node")
        rows[4, i] = at(node, of_node[0])
        rows[5, i] = tags.get(at(block, of_block[2]), other_tag)
        inline = at(block, of_block[10])
        rows[6, i] = bits_of(inline, bits)
        rows[7, i] = "time" in inline if inline else False
        rows[8, i] = ids.setdefault(at(block, of_block[1]), i)
    return made


def read_characters(texts, const unsigned char[::1] classes):
    cdef Py_ssize_t n = len(texts), i, k, size
    cdef long long[CLASSES] count
    cdef long long lines
    cdef str text
    cdef int kind, of = 0, first
    cdef void* data
    cdef uint32_t c
    made, numbers = np.empty((4, n), np.int64), np.empty((CLASSES, n), np.float32)
    cdef long long[:, ::1] rows = made
    cdef float[:, ::1] counts = numbers
    if classes.shape[0] != 0x10000:
        raise ValueError("no table of classes")
    for i in range(n):
        text = texts[i]
        size = PyUnicode_GET_LENGTH(text)
        if size == 0:
            raise ValueError("an empty text")
        kind, data = PyUnicode_KIND(text), PyUnicode_DATA(text)
        for k in range(CLASSES):
            count[k] = 0
        count[classes[0] % CLASSES] = 1  # what ends a text
        lines = 0
        first = -1
        for k in range(size):
            c = PyUnicode_READ(kind, data, k)
            if c > 0xFFFF:
                c = 0xFFFF
            elif 0xD800 <= c <= 0xDFFF:
                c = 63  # a question mark stands for half a character
            lines += c == 10
            of = classes[c]
            if of >= CLASSES:
                raise ValueError("an unknown class")
            if k == 0:
                first = of
            count[of] += 1
        rows[0, i], rows[1, i], rows[2, i], rows[3, i] = size, lines, first, of
        for k in range(CLASSES):
            counts[k, i] = <float>count[k]
    return made, numbers


def read_nodes(nodes, bits):
    cdef Py_ssize_t m = len(nodes), i
    made = np.empty((6, m), np.int64)
    cdef long long[:, ::1] rows = made
    for i in range(m):
        node = nodes[i]
        if type(node) is not Node:
            raise TypeError("no node")
        rows[0, i] = at(node, of_node[1])
        rows[1, i] = at(node, of_node[7])
        rows[2, i] = at(node, of_node[8])
        rows[3, i] = at(node, of_node[5])
        rows[4, i] = at(node, of_node[4])
        rows[5, i] = bits_of(at(node, of_node[3]), bits) if rows[2, i] > rows[1, i] else 0
    return made


def read_paths(const long long[:] parents, const unsigned char[::1] chain, const long long[:] masks):
    cdef Py_ssize_t m = chain.shape[0], i
    cdef long long p
    made = np.zeros((3, m), np.int64)
    cdef long long[:, ::1] rows = made
    if parents.shape[0] != m or masks.shape[0] != m:
        raise ValueError("not of one length")
    for i in range(m):
        if chain[i]:
            rows[1, i] = i
            continue
        p = parents[i]
        if not 0 <= p < i:
            raise ValueError("a parent stands before its children")
        rows[0, i] = rows[0, p] + 1
        rows[1, i] = i if chain[p] else rows[1, p]
        rows[2, i] = rows[2, p] | masks[i]
    return made


cdef inline uint32_t gram(int kind, void* data, Py_ssize_t start) noexcept nogil:
    cdef uint32_t h = 0
    cdef int k
    for k in range(GRAM):
        h = h * BASE + PyUnicode_READ(kind, data, start + k)
    return h


def count_in(str whole, parts):
    """Places of a text are known by eight characters: most parts are found to be nowhere, or in one place, by that."""
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(whole), n = len(parts), i, k, length, start, looked
    cdef int kind = PyUnicode_KIND(whole), other
    cdef void* data = PyUnicode_DATA(whole)
    cdef void* its
    cdef uint32_t h, power = 1, slot, shift
    cdef int32_t* places  # a gram's only place + 1, 0 for none, -1 for several
    cdef int32_t place
    cdef long long answer
    cdef str part
    cdef list answers = []
    if size < 256 or size > 1 << 30 or n < 4:
        return [whole.count(part) if part in whole else 0 for part in parts]
    shift = 32 - 9
    while shift > 32 - MOST_PLACES and <Py_ssize_t>1 << (32 - shift) < 2 * size:
        shift -= 1
    places = <int32_t*>PyMem_Calloc(<size_t>1 << (32 - shift), sizeof(int32_t))
    if places == NULL:
        raise MemoryError
    try:
        for k in range(GRAM - 1):
            power *= BASE
        h = gram(kind, data, 0)
        for i in range(size - GRAM + 1):
            if i:
                h = (h - power * PyUnicode_READ(kind, data, i - 1)) * BASE
                h += PyUnicode_READ(kind, data, i + GRAM - 1)
            slot = (h * MIX) >> shift
            places[slot] = i + 1 if places[slot] == 0 else -1
        for i in range(n):
            part = parts[i]
            length = PyUnicode_GET_LENGTH(part)
            if length < GRAM:
                answers.append(whole.count(part) if part in whole else 0)
                continue
            other, its = PyUnicode_KIND(part), PyUnicode_DATA(part)
            answer = -1
            start = looked = 0
            while start + GRAM <= length and looked < LOOKED_AT:
                place = places[(gram(other, its, start) * MIX) >> shift]
                if place == 0:
                    answer = 0
                    break
                if place > 0:
                    place -= 1 + <int32_t>start
                    answer = 0
                    if place >= 0 and place + length <= size:
                        answer = 1
                        for k in range(length):
                            if PyUnicode_READ(kind, data, place + k) != PyUnicode_READ(other, its, k):
                                answer = 0
                                break
                    break
                start += GRAM
                looked += 1
            answers.append(whole.count(part) if answer < 0 else answer)
    finally:
        PyMem_Free(places)
    return answers


cdef inline uint64_t mixed(uint64_t h, uint32_t c) noexcept nogil:
    return (h ^ c) * FNV_PRIME


def sharing(texts, set words, Py_ssize_t longest):
    cdef Py_ssize_t n = len(texts), i, k, size, start
    cdef uint64_t h
    cdef uint64_t filled[4]  # a bit for each hash of a known word
    cdef int kind
    cdef void* data
    cdef uint32_t c
    cdef str text, word
    cdef bint inside
    cdef list found = []
    filled[0] = filled[1] = filled[2] = filled[3] = 0
    for word in words:
        h = FNV
        for k in range(len(word)):
            h = mixed(h, ord(word[k]))
        filled[h >> 62] |= <uint64_t>1 << (h >> 56 & 63)
    for i in range(n):
        text = texts[i]
        if PyUnicode_GET_LENGTH(text) > longest:
            continue
        text = text.casefold()
        size = PyUnicode_GET_LENGTH(text)
        kind, data = PyUnicode_KIND(text), PyUnicode_DATA(text)
        h = FNV
        inside, start = False, 0
        for k in range(size + 1):
            c = PyUnicode_READ(kind, data, k) if k < size else 32
            if 97 <= c <= 122 or 48 <= c <= 57 or c == 95 or (c >= 128 and Py_UNICODE_ISALNUM(c)):
                if not inside:
                    inside, start, h = True, k, FNV
                h = mixed(h, c)
            elif inside:
                inside = False
                if filled[h >> 62] >> (h >> 56 & 63) & 1 and PyUnicode_Substring(text, start, k) in words:
                    found.append(i)
                    break
    return found
