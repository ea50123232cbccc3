# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The sums of leaves of `mapexpress.extraction.scorer.forest`, for a few rows at a time that stay in the first cache."""

import numpy as np

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint64_t
from libc.string cimport memcpy, memset

cdef extern from *:
    """
    #include <stdint.h>
    #define WIDE 64 /* rows at a time, a byte each */

    static void ask(const float *restrict column, float border, unsigned char *restrict answer) {
        for (int i = 0; i < WIDE; i++) answer[i] = column[i] > border;
    }

    /* Eight rows are one word, whose bytes never carry: an index of 8 levels is below 256. The words stay in registers. */
    static void descend(const uint64_t *answers, const long long *asked, Py_ssize_t levels, uint64_t *at) {
        for (int i = 0; i < WIDE / 8; i++) {
            uint64_t eight = answers[asked[levels - 1] * (WIDE / 8) + i];
            for (Py_ssize_t level = levels - 2; level >= 0; level--)
                eight += eight + answers[asked[level] * (WIDE / 8) + i];
            at[i] = eight;
        }
    }

    static void gather(double *restrict sums, const float *restrict leaves, const unsigned char *restrict at) {
        for (int i = 0; i < WIDE; i++) sums[i] += leaves[at[i]];
    }
    """
    enum:
        WIDE
    void ask(const float* column, float border, unsigned char* answer)
    void descend(const uint64_t* answers, const long long* asked, Py_ssize_t levels, uint64_t* at)
    void gather(double* sums, const float* leaves, const unsigned char* at)


def sum_leaves(
    const float[:, :] columns, const long long[::1] features, const float[::1] borders, const long long[:, ::1] asked,
    const float[:, ::1] leaves,
):
    cdef Py_ssize_t rows = columns.shape[1], questions = features.shape[0], trees = asked.shape[0]
    cdef Py_ssize_t levels = asked.shape[1], start, wide, q, tree
    cdef unsigned char* answers
    cdef uint64_t[8] at
    cdef float[WIDE] last
    cdef double[WIDE] sums
    cdef double[::1] out
    made = np.empty(rows)
    out = made
    if columns.strides[1] != sizeof(float):
        columns = np.ascontiguousarray(columns)
    if not 1 <= levels <= 8 or leaves.shape[0] != trees or leaves.shape[1] != 1 << levels:
        raise ValueError("trees and leaves do not fit")
    if borders.shape[0] != questions:
        raise ValueError("questions and borders do not fit")
    for q in range(questions):
        if not 0 <= features[q] < columns.shape[0]:
            raise ValueError("questions and columns do not fit")
    for tree in range(trees):
        for q in range(levels):
            if not 0 <= asked[tree, q] < questions:
                raise ValueError("trees and questions do not fit")
    answers = <unsigned char*>PyMem_Malloc(WIDE * questions or 1)
    if answers == NULL:
        raise MemoryError
    memset(last, 0, sizeof(last))
    for start in range(0, rows, WIDE):
        wide = min(WIDE, rows - start)
        for q in range(questions):
            if wide == WIDE:
                ask(&columns[features[q], start], borders[q], answers + q * WIDE)
            else:
                memcpy(last, &columns[features[q], start], wide * sizeof(float))
                ask(last, borders[q], answers + q * WIDE)
        memset(sums, 0, sizeof(sums))
        for tree in range(trees):
            descend(<uint64_t*>answers, &asked[tree, 0], levels, at)
            gather(sums, &leaves[tree, 0], <unsigned char*>at)
        memcpy(&out[start], sums, wide * sizeof(double))
    PyMem_Free(answers)
    return made
