"""Objects of classes with slots, made and filled without a call of their `__init__`, which is half of a walk's cost."""

from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF, Py_XDECREF

cdef extern from "Python.h":
    PyObject* PyType_GenericAlloc(PyTypeObject*, Py_ssize_t) except NULL

cdef extern from "structmember.h":
    ctypedef struct PyMemberDef:
        int type
        Py_ssize_t offset
    ctypedef struct PyMemberDescrObject:
        PyMemberDef* d_member
    int T_OBJECT_EX


cdef inline int find(object cls, str names, Py_ssize_t* offsets) except -1:
    """Where an object of the class keeps each of these slots; ImportError where it has no such slots."""
    cdef Py_ssize_t i
    cdef PyMemberDef* member
    if cls.__dictoffset__ or names.split() != list(cls.__slots__):
        raise ImportError(f"{cls.__name__} has not the slots {names}")
    for i, name in enumerate(names.split()):
        descriptor = cls.__dict__[name]
        if type(descriptor).__name__ != "member_descriptor":
            raise ImportError(f"{cls.__name__}.{name} is no slot")
        member = (<PyMemberDescrObject*><PyObject*>descriptor).d_member
        if member.type != T_OBJECT_EX:
            raise ImportError(f"{cls.__name__}.{name} holds no object")
        offsets[i] = member.offset
    return 0


cdef inline object new(object cls):
    """An object whose slots are all empty."""
    cdef PyObject* made = PyType_GenericAlloc(<PyTypeObject*><PyObject*>cls, 0)
    obj = <object>made
    Py_XDECREF(made)
    return obj


cdef inline void put(object obj, Py_ssize_t offset, object value) noexcept:
    cdef PyObject** place = <PyObject**>(<char*><PyObject*>obj + offset)
    cdef PyObject* before = place[0]
    Py_INCREF(value)
    place[0] = <PyObject*>value
    Py_XDECREF(before)


cdef inline object at(object obj, Py_ssize_t offset):
    """What a slot holds: AttributeError for an empty one."""
    cdef PyObject* value = (<PyObject**>(<char*><PyObject*>obj + offset))[0]
    if value == NULL:
        raise AttributeError("an empty slot")
    return <object>value
