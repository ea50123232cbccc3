# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The walk of `mapexpress.page.walk`, through libxml2's own nodes: Python objects are made of what a page keeps only.

What it does at an element is told there; tags, flags and patterns are taken from there.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.string cimport memchr, memcmp, strcmp, strlen
from lxml.includes cimport etreepublic as cetree
from lxml.includes.tree cimport (
    XML_CDATA_SECTION_NODE, XML_ELEMENT_NODE, XML_TEXT_NODE, XML_XINCLUDE_END, XML_XINCLUDE_START, xmlAttr, xmlNode,
)

from mapexpress.page.compiled.slots cimport at, find, new, put
from mapexpress.page.compiled.text cimport Text, add, blank, clear, fold, reserve

from mapexpress.page import walk
from mapexpress.page.hidden import DISPLAY_NONE, unseen
from mapexpress.model.page import ARIA_HIDDEN, HIDDEN, Anchor, Block, Node

cdef extern from "lxml-version.h":
    const char* LXML_VERSION_STRING

cdef extern from "libxml/xmlversion.h":
    const char* LIBXML_DOTTED_VERSION

cetree.import_lxml__etree()

BUILT_FOR = LXML_VERSION_STRING.decode(), LIBXML_DOTTED_VERSION.decode()

cdef int BLOCK = walk._BLOCK, SKIP = walk._SKIP, BR = walk._BR, LINK = walk._LINK
cdef int BOLD = walk._BOLD, ITALIC = walk._ITALIC, IMAGE = walk._IMAGE
cdef int ABOVE_MAIN = walk._ABOVE_MAIN, IS_ARIA_HIDDEN = ARIA_HIDDEN, IS_HIDDEN = HIDDEN
cdef dict KINDS = walk._KINDS, TAG_FLAGS = walk._TAG_FLAGS, ROLE_FLAGS = walk._ROLE_FLAGS
cdef frozenset PLAIN = walk._PLAIN, MEDIA = walk._MEDIA, NAMING = walk._NAMING
cdef object STREAMED = walk._STREAMED, absolute = walk.absolute
cdef dict SPECIAL = {"li": ITEM, "tr": ROW, "td": CELL, "th": CELL, "ul": LISTING, "ol": LISTING, "dl": LISTING,
                     "main": MAIN, "pre": PRE}

cdef enum:
    WAYS = 512  # pages use some 60 names of elements
    NAMES = 128  # and as many of attributes
    ITEM = 1
    ROW = 2
    CELL = 3
    LISTING = 4
    MAIN = 5
    PRE = 6

cdef enum Attribute:
    OTHER
    CLASS
    NAME
    ROLE
    ARIA
    HIDE
    STYLE
    HREF
    REL

cdef dict ATTRIBUTES = dict.fromkeys(NAMING, NAME) | {
    "class": CLASS, "role": ROLE, "aria-hidden": ARIA, "hidden": HIDE, "style": STYLE, "href": HREF, "rel": REL,
}

cdef Py_ssize_t[13] of_node
cdef Py_ssize_t[11] of_block
cdef Py_ssize_t[5] of_anchor
find(Node, "index parent tag names flags depth element start end item row cell listing", of_node)
find(Block, "index text tag element depth link_chars node bold_chars italic_chars media inline", of_block)
find(Anchor, "href text rel element block", of_anchor)


cdef struct Way:  # what the walk does at elements of a name, which is one pointer in a whole document
    const unsigned char* name
    PyObject* tag
    int kind
    int flags
    int special
    bint plain
    bint media


cdef struct Named:
    const unsigned char* name
    Attribute kind


cdef struct Open:  # a block-level element that is open: as much of its node as those inside it inherit
    int index
    int flags
    int depth
    int item
    int row
    int cell
    int listing
    bint pre


cdef struct Value:
    const char* data
    Py_ssize_t size


cdef inline xmlNode* element_from(xmlNode* node) noexcept nogil:
    while node != NULL and node.type != XML_ELEMENT_NODE:
        node = node.next
    return node


cdef inline xmlNode* text_from(xmlNode* node) noexcept nogil:
    """As lxml reads text: up to the first node that is none."""
    while node != NULL and (node.type == XML_XINCLUDE_START or node.type == XML_XINCLUDE_END):
        node = node.next
    if node != NULL and (node.type == XML_TEXT_NODE or node.type == XML_CDATA_SECTION_NODE):
        return node
    return NULL


cdef bint swallowed(xmlNode* top) noexcept nogil:
    cdef xmlNode* node = element_from(top.children)
    cdef xmlNode* after
    cdef const char* name
    while node != NULL:
        name = <const char*>node.name
        if node.ns == NULL and (strcmp(name, "main") == 0 or strcmp(name, "article") == 0 or strcmp(name, "h1") == 0):
            return True
        after = element_from(node.children)
        while after == NULL:
            after = element_from(node.next)
            if after == NULL:
                node = node.parent
                if node == top:
                    return False
        node = after
    return False


cdef inline bint starts(const char* data, Py_ssize_t size, const char* word) noexcept nogil:
    """Whether this word of small letters stands here, in whichever case."""
    cdef Py_ssize_t i = 0
    cdef char c
    while word[i]:
        if i == size:
            return False
        c = data[i]
        if 65 <= c <= 90:
            c += 32
        if c != word[i]:
            return False
        i += 1
    return True


cdef bint may_be_unseen(const char* data, Py_ssize_t size) noexcept nogil:
    """Whether `unseen` has to look: where one of its words begins, or letters stand whose small ones may be ASCII."""
    cdef Py_ssize_t i
    cdef unsigned char c
    for i in range(size):
        c = <unsigned char>data[i] | 32
        if c >= 128:
            return True
        if c == 115:  # s
            if (
                starts(data + i, size - i, "sr-only")
                or starts(data + i, size - i, "screen-reader-text")
                or starts(data + i, size - i, "show-for-sr")
            ):
                return True
        elif c == 118:  # v
            if starts(data + i, size - i, "visually"):
                return True
        elif c == 101:  # e
            if starts(data + i, size - i, "element-invisible"):
                return True
    return False


cdef class Walk:
    cdef object page, node
    cdef list nodes, blocks, anchors, opened
    cdef str origin, base_url
    cdef Text run, linked, bold, italic, inline, anchor_text, names, folded
    cdef int last  # of the run, not counting what is blank: 1 text, 2 a line's end
    cdef int media
    cdef Py_ssize_t most_links
    cdef Way[WAYS] ways
    cdef Named[NAMES] named
    cdef Open* opens
    cdef int depth, room
    cdef cetree._Document document
    cdef str kept  # a value that lxml had to put together, while it is looked at

    def __init__(self, page):
        self.page = page
        self.nodes, self.blocks, self.anchors, self.opened = page.nodes, page.blocks, page.anchors, []
        self.base_url, self.origin = page.base_url, walk._origin(page.base_url)
        self.most_links = page.limits.links

    def __dealloc__(self):
        cdef int i
        for i in range(WAYS):
            Py_XDECREF(self.ways[i].tag)
        PyMem_Free(self.opens)
        PyMem_Free(self.run.data)
        PyMem_Free(self.linked.data)
        PyMem_Free(self.bold.data)
        PyMem_Free(self.italic.data)
        PyMem_Free(self.inline.data)
        PyMem_Free(self.anchor_text.data)
        PyMem_Free(self.names.data)
        PyMem_Free(self.folded.data)

    cdef Way* way(self, xmlNode* el) except NULL:
        cdef Way* way = &self.ways[(<size_t>el.name ^ <size_t>el.name >> 9) % WAYS]
        if way.name == el.name and el.ns == NULL:
            return way
        tag = cetree.namespacedName(el)
        Py_INCREF(tag)
        Py_XDECREF(way.tag)
        way.name = el.name if el.ns == NULL else NULL
        way.tag = <PyObject*>tag
        way.kind = KINDS.get(tag, 0)
        way.flags = TAG_FLAGS.get(tag, 0)
        way.special = SPECIAL.get(tag, 0)
        way.plain = tag in PLAIN
        way.media = tag in MEDIA
        return way

    cdef Attribute kind_of(self, xmlAttr* attribute) except *:
        cdef Named* named = &self.named[(<size_t>attribute.name ^ <size_t>attribute.name >> 7) % NAMES]
        if attribute.ns != NULL:
            return OTHER
        if named.name != attribute.name:
            named.name = attribute.name
            named.kind = ATTRIBUTES.get(cetree.pyunicode(attribute.name), OTHER)
        return named.kind

    cdef int value(self, xmlNode* el, xmlAttr* attribute, Value* value) except -1:
        """Its UTF-8, good until the next call."""
        cdef xmlNode* child = attribute.children
        if child == NULL:
            value.data, value.size = "", 0
        elif child.next == NULL and child.type == XML_TEXT_NODE and child.content != NULL:
            value.data = <const char*>child.content
            value.size = strlen(value.data)
        else:
            self.kept = cetree.attributeValue(el, attribute)
            value.data = PyUnicode_AsUTF8AndSize(self.kept, &value.size)
        return 0

    cdef bint hides(self, xmlNode* el, xmlAttr* attribute, Attribute kind) except *:
        cdef Value value
        self.value(el, attribute, &value)
        if kind == HIDE:
            return value.size != 11 or memcmp(value.data, "until-found", 11) != 0
        return value.size > 0 and DISPLAY_NONE.search(PyUnicode_DecodeUTF8(value.data, value.size, NULL)) is not None

    cdef bint is_unseen(self, const char* names, Py_ssize_t size) except *:
        return may_be_unseen(names, size) and unseen(PyUnicode_DecodeUTF8(names, size, NULL))

    cdef int go(self, cetree._Element body) except -1:
        cdef xmlNode* top = body._c_node
        cdef xmlNode* el = top
        cdef xmlNode* after
        cdef xmlNode* link = NULL  # whose anchor is open
        cdef int bolds = 0, italics = 0, kind
        cdef bint down
        cdef xmlAttr* href
        cdef Value value
        cdef Way* way
        anchor = None
        self.document = body._doc
        while True:
            way = self.way(el)
            kind = way.kind
            down = True
            if kind == BLOCK:
                if self.run.parts:
                    self.flush()
                self.enter(el, way)
                if link != NULL:
                    add(&self.anchor_text, " ", 1)
                self.text(el.children, link != NULL, bolds, italics)
            elif kind == BR:
                self.end_line()
            elif kind == IMAGE:
                self.media += 1
                add(&self.run, " ", 1)
                self.run.parts += 1
            elif (kind == SKIP and not swallowed(el)) or not self.begin(el, way, &href):
                self.media += way.media
                down = False
            else:
                if kind == LINK:
                    if link == NULL and href != NULL:
                        self.value(el, href, &value)
                        if value.size:
                            anchor = self.open_anchor(el, &value)
                            if anchor is not None:
                                link = el
                            self.anchor_text.size = 0
                elif kind == BOLD:
                    bolds += 1
                elif kind == ITALIC:
                    italics += 1
                self.text(el.children, link != NULL, bolds, italics)
            after = element_from(el.children) if down else NULL
            while after == NULL:  # it ends
                kind = self.way(el).kind
                if kind == BLOCK:
                    if self.run.parts:
                        self.flush()
                    self.leave()
                    if link != NULL:
                        add(&self.anchor_text, " ", 1)
                elif kind == LINK:
                    if link == el:
                        put(anchor, of_anchor[1], self.fold(&self.anchor_text, False, NULL))
                        anchor, link = None, NULL
                elif kind == BOLD:
                    bolds -= bolds > 0
                elif kind == ITALIC:
                    italics -= italics > 0
                if el == top:
                    return 0
                self.text(el.next, link != NULL, bolds, italics)
                after = element_from(el.next)
                if after == NULL:
                    el = el.parent
            el = after

    cdef bint begin(self, xmlNode* el, Way* way, xmlAttr** href) except *:
        """Note the names of an inline element and where it leads; False for one that is not shown."""
        cdef xmlAttr* attribute = el.properties
        cdef xmlAttr* names = NULL
        cdef Attribute kind
        cdef Value value
        cdef Text* inline = &self.inline
        href[0] = NULL
        while attribute != NULL:
            kind = self.kind_of(attribute)
            if kind == CLASS:
                names = attribute
                self.value(el, attribute, &value)
                if self.is_unseen(value.data, value.size):
                    return False
            elif kind == HIDE or kind == STYLE:
                if self.hides(el, attribute, kind):
                    return False
            elif kind == HREF:
                href[0] = attribute
            attribute = attribute.next
        value.size = 0
        if names != NULL:
            self.value(el, names, &value)
        if value.size or not way.plain:
            if inline.parts:
                add(inline, " ", 1)
            inline.parts += 1
            self.add_str(inline, <str>way.tag)
            add(inline, " ", 1)
            add(inline, value.data, value.size)
        return True

    cdef int add_str(self, Text* text, str word) except -1:
        cdef Py_ssize_t size
        cdef const char* data = PyUnicode_AsUTF8AndSize(word, &size)
        return add(text, data, size)

    cdef int text(self, xmlNode* node, bint linked, bint bold, bint italic) except -1:
        """The text from this node up to the next that is none."""
        cdef Text* run = &self.run
        cdef Py_ssize_t start = run.size, size
        cdef bint is_blank
        node = text_from(node)
        if node == NULL or self.depth == 0:
            return 0
        while node != NULL:
            if node.content != NULL:
                add(run, <const char*>node.content, strlen(<const char*>node.content))
            node = text_from(node.next)
        size = run.size - start
        if size == 0:
            return 0
        is_blank = blank(run.data + start, size)
        if is_blank and run.parts == 0:
            run.size = start
            return 0
        run.parts += 1
        if not is_blank:
            self.last = 1
        if linked:
            add(&self.linked, run.data + start, size)
            self.linked.parts += 1
            add(&self.anchor_text, run.data + start, size)
        if bold:
            add(&self.bold, run.data + start, size)
            self.bold.parts += 1
        if italic:
            add(&self.italic, run.data + start, size)
            self.italic.parts += 1
        return 0

    cdef int enter(self, xmlNode* el, Way* way) except -1:
        cdef int flags = way.flags, index = len(self.nodes)
        cdef bint hiding = False
        cdef Text* names = &self.names
        cdef xmlAttr* attribute = el.properties
        cdef Attribute kind
        cdef Value value
        cdef Open* own
        cdef Open* parent
        clear(names)
        while attribute != NULL:
            kind = self.kind_of(attribute)
            if kind == CLASS or kind == NAME or kind == ROLE:
                self.value(el, attribute, &value)
                if names.size:
                    add(names, " ", 1)
                add(names, value.data, value.size)
                if kind == ROLE:
                    flags |= ROLE_FLAGS.get(PyUnicode_DecodeUTF8(value.data, value.size, NULL).strip().lower(), 0)
            elif kind == ARIA:
                self.value(el, attribute, &value)
                if value.size == 4 and memcmp(value.data, "true", 4) == 0:
                    flags |= IS_ARIA_HIDDEN
            elif kind == HIDE or kind == STYLE:
                hiding = hiding or self.hides(el, attribute, kind)
            attribute = attribute.next
        if hiding and STREAMED.fullmatch(cetree.attributeValueFromNsName(el, NULL, <const unsigned char*>"id") or "") is None:
            flags |= IS_HIDDEN
        if names.size and self.is_unseen(names.data, names.size):
            flags |= IS_HIDDEN
        if self.depth == self.room:
            self.deepen()
        own = &self.opens[self.depth]
        node = new(Node)
        if self.depth:
            parent = own - 1
            own[0] = parent[0]
            own.flags = flags | (parent.flags & ABOVE_MAIN if way.special == MAIN else parent.flags)
            own.depth = parent.depth + 1
            put(node, of_node[1], parent.index)
        else:
            own.flags = own.depth = 0
            own.item = own.row = own.cell = own.listing = -1
            put(node, of_node[1], -1)
        own.index = index
        own.pre = way.special == PRE
        if way.special == ITEM:
            own.item = index
        elif way.special == ROW:
            own.row = index
        elif way.special == CELL:
            own.cell = index
        elif way.special == LISTING:
            own.listing = index
        self.depth += 1
        put(node, of_node[0], index)
        put(node, of_node[2], <object>way.tag)
        put(node, of_node[3], PyUnicode_DecodeUTF8(names.data, names.size, NULL) if names.size else "")
        put(node, of_node[4], own.flags)
        put(node, of_node[5], own.depth)
        put(node, of_node[6], cetree.elementFactory(self.document, el))
        put(node, of_node[7], len(self.blocks))
        put(node, of_node[8], 0)
        put(node, of_node[9], own.item)
        put(node, of_node[10], own.row)
        put(node, of_node[11], own.cell)
        put(node, of_node[12], own.listing)
        self.nodes.append(node)
        self.node = node
        return 0

    cdef int deepen(self) except -1:
        cdef int room = 2 * self.room if self.room else 64
        cdef Open* opens = <Open*>PyMem_Realloc(self.opens, room * sizeof(Open))
        if opens == NULL:
            raise MemoryError
        self.opens, self.room = opens, room
        return 0

    cdef int leave(self) except -1:
        put(self.node, of_node[8], len(self.blocks))
        self.depth -= 1
        self.node = self.nodes[self.opens[self.depth - 1].index] if self.depth else None
        return 0

    cdef str address(self, const char* data, Py_ssize_t size):
        """Absolute, without fragment."""
        cdef const char* fragment
        cdef str href
        cdef Py_ssize_t bare = size
        if 32 < data[0] < 127 and 32 < data[size - 1] < 127:  # no white space to strip
            fragment = <const char*>memchr(data, 35, size)
            if fragment != NULL:
                bare = fragment - data
            if (bare > 8 and memcmp(data, "https://", 8) == 0) or (bare > 7 and memcmp(data, "http://", 7) == 0):
                return PyUnicode_DecodeUTF8(data, bare, NULL)
        href = PyUnicode_DecodeUTF8(data, size, NULL).strip().partition("#")[0]
        if href.startswith("/") and self.origin and not href.startswith("//") and "/." not in href:
            return self.origin + href
        if not href:
            return self.base_url.partition("#")[0]
        if href.startswith(("https://", "http://", "javascript:", "mailto:", "tel:")):
            return href
        return absolute(self.base_url, href).partition("#")[0]

    cdef object open_anchor(self, xmlNode* el, Value* value):
        cdef cetree._Element element
        cdef str href, rel
        if len(self.anchors) >= self.most_links:
            self.page.cut = self.page.cut or "too_many_links"
            return None
        href = self.address(value.data, value.size)
        rel = cetree.attributeValueFromNsName(el, NULL, <const unsigned char*>"rel")
        element = cetree.elementFactory(self.document, el)
        anchor = new(Anchor)
        put(anchor, of_anchor[0], href)
        put(anchor, of_anchor[1], "")
        put(anchor, of_anchor[2], rel.lower() if rel else "")
        put(anchor, of_anchor[3], element)
        put(anchor, of_anchor[4], -1)
        self.anchors.append(anchor)
        self.opened.append(anchor)
        return anchor

    cdef int end_line(self) except -1:
        if self.last == 2:
            self.flush()
        elif self.last == 1:
            add(&self.run, "\0", 1)
            self.run.parts += 1
            self.last = 2
        return 0

    cdef str fold(self, Text* text, bint pre, Py_ssize_t* characters):
        cdef Py_ssize_t count, size
        clear(&self.folded)
        reserve(&self.folded, text.size)
        size = fold(text.data, text.size, pre, self.folded.data, &count)
        if characters != NULL:
            characters[0] = count
        return PyUnicode_DecodeUTF8(self.folded.data, size, NULL) if size else ""

    cdef Py_ssize_t share(self, Text* some, Py_ssize_t characters) noexcept:
        cdef Py_ssize_t count
        if some.parts == 0:
            return 0
        if some.parts == self.run.parts:
            return characters
        fold(some.data, some.size, False, NULL, &count)
        return min(count, characters)

    cdef int flush(self) except -1:
        cdef Py_ssize_t characters, index = len(self.blocks)
        cdef str text = ""
        cdef Text* inline = &self.inline
        if self.depth:
            text = self.fold(&self.run, self.opens[self.depth - 1].pre, &characters)
        if text:
            for anchor in self.opened:
                put(anchor, of_anchor[4], index)
            block = new(Block)
            put(block, of_block[0], index)
            put(block, of_block[1], text)
            put(block, of_block[2], at(self.node, of_node[2]))
            put(block, of_block[3], at(self.node, of_node[6]))
            put(block, of_block[4], self.opens[self.depth - 1].depth)
            put(block, of_block[5], self.share(&self.linked, characters))
            put(block, of_block[6], self.node)
            put(block, of_block[7], self.share(&self.bold, characters))
            put(block, of_block[8], self.share(&self.italic, characters))
            put(block, of_block[9], self.media)
            put(block, of_block[10], PyUnicode_DecodeUTF8(inline.data, inline.size, NULL) if inline.size else "")
            self.blocks.append(block)
            self.media = 0
        clear(&self.run)
        clear(&self.linked)
        clear(&self.bold)
        clear(&self.italic)
        clear(inline)
        if self.opened:
            self.opened.clear()
        self.last = 0
        return 0


def walk_page(page):
    body = page.root.find("body")
    if body is not None:
        Walk(page).go(body)
