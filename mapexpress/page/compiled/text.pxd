"""Growing runs of UTF-8, and white space in them as `str` has it."""

from cpython.mem cimport PyMem_Realloc
from libc.string cimport memcpy


cdef struct Text:
    char* data
    Py_ssize_t size
    Py_ssize_t room
    Py_ssize_t parts  # how often something was added, where that is asked


cdef inline int reserve(Text* text, Py_ssize_t more) except -1:
    cdef Py_ssize_t room = text.room
    cdef char* data
    if text.size + more <= room:
        return 0
    while room < text.size + more:
        room = 2 * room if room else 512
    data = <char*>PyMem_Realloc(text.data, room)
    if data == NULL:
        raise MemoryError
    text.data, text.room = data, room
    return 0


cdef inline int add(Text* text, const char* data, Py_ssize_t size) except -1:
    if size == 0:
        return 0
    reserve(text, size)
    memcpy(text.data + text.size, data, size)
    text.size += size
    return 0


cdef inline void clear(Text* text) noexcept nogil:
    text.size = text.parts = 0


cdef inline int space(const unsigned char* at, const unsigned char* end) noexcept nogil:
    """Bytes of the white space character (`str.isspace`) that begins here; 0 where none does."""
    cdef unsigned char c = at[0]
    if c <= 0x20:
        return c == 0x20 or 9 <= c <= 13 or 0x1C <= c
    if c < 0xC2 or c > 0xE3:
        return 0
    if c == 0xC2:
        return 2 if end - at > 1 and (at[1] == 0x85 or at[1] == 0xA0) else 0
    if end - at < 3:
        return 0
    if c == 0xE2:
        if at[1] == 0x80:  # spaces of typographers, and the separators of lines and paragraphs
            return 3 if 0x80 <= at[2] <= 0x8A or at[2] == 0xA8 or at[2] == 0xA9 or at[2] == 0xAF else 0
        return 3 if at[1] == 0x81 and at[2] == 0x9F else 0
    if c == 0xE1:
        return 3 if at[1] == 0x9A and at[2] == 0x80 else 0
    return 3 if c == 0xE3 and at[1] == 0x80 and at[2] == 0x80 else 0


cdef inline bint blank(const char* data, Py_ssize_t size) noexcept nogil:
    cdef const unsigned char* at = <const unsigned char*>data
    cdef const unsigned char* end = at + size
    cdef int n
    while at < end:
        n = space(at, end)
        if n == 0:
            return False
        at += n
    return True


cdef inline Py_ssize_t fold(
    const char* data, Py_ssize_t size, bint pre, char* out, Py_ssize_t* characters
) noexcept nogil:
    """White space folded into `out`, which has room for `size` (NULL: counted only); returns the bytes.

    A zero byte ends a line, and in `pre` a line feed does; empty lines are left out.
    """
    cdef const unsigned char* at = <const unsigned char*>data
    cdef const unsigned char* end = at + size
    cdef Py_ssize_t written = 0, count = 0
    cdef int n, due = 0  # before the next character: 1 a space, 2 a line feed
    cdef unsigned char c
    while at < end:
        c = at[0]
        if c == 0 or (pre and c == 10):
            due = 2
            at += 1
            continue
        n = space(at, end)
        if n:
            due = due or 1
            at += n
            continue
        if due:
            if count:
                if out != NULL:
                    out[written] = 10 if due == 2 else 32
                written += 1
                count += 1
            due = 0
        if out != NULL:
            out[written] = c
        written += 1
        at += 1
        count += (c & 0xC0) != 0x80
    characters[0] = count
    return written
