"""The compiled half of what every page goes through: used where it was built and fits, for the same results sooner.

It reads the structures of lxml and libxml2 themselves, so it is used with the very versions that it was built for, and
only after it has read a page as the Python half does. `MAPEXPRESS_COMPILED=0` in the environment switches it off;
`python -m mapexpress.page.compiled` says which half is used, and why.
"""

from __future__ import annotations

import os
import warnings
from importlib.util import find_spec

from lxml import etree, html

from mapexpress.model.page import Node, Page
from mapexpress.page import walk as plain

# imported where they are used: two of them import numpy, with the first page
_OTHERS = [f"mapexpress.page.compiled.{name}" for name in ("columns", "forest", "oversize")]
_PROBE = """<body class="a b"><nav role=navigation><a href="/x" rel=nofollow>Un <b>deux</b></a></nav><p id=i>Trois &amp;
<i class=c>quatre</i><br>é&nbsp;<img>z<div hidden>six</div><ul><li>sept<span style="display:none">huit</span></ul>"""


def _why_not() -> str | None:
    """Why the compiled half is not used."""
    if os.environ.get("MAPEXPRESS_COMPILED", "") == "0":
        return "MAPEXPRESS_COMPILED is 0"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # classes of another size are a warning
            import mapexpress.page.compiled.walk as walk
        if not all(map(find_spec, _OTHERS)):
            return "not all of it is built"
    except ModuleNotFoundError:
        return "it is not built: `make install` does where a C compiler is there"
    except (ImportError, AttributeError, TypeError, ValueError, RuntimeWarning) as error:
        return f"it does not fit: {error}"
    built, found = walk.BUILT_FOR, (etree.__version__, ".".join(map(str, etree.LIBXML_VERSION)))
    if built != found:
        return "it was built for lxml {} with libxml2 {}, found {} with {}".format(*built, *found)
    compiled, reference = (
        Page(None, "https://a.example/", html.document_fromstring(_PROBE), "utf-8") for _ in range(2)
    )
    walk.walk_page(compiled)
    plain.walk_page(reference)
    return None if contents(compiled) == contents(reference) else "it reads a page in another way"


def contents(page: Page) -> list[list[list[object]]]:
    """All that the walk found, comparable between two parses of a page."""
    return [
        [[_told(getattr(thing, slot)) for slot in thing.__slots__] for thing in things]
        for things in (page.nodes, page.blocks, page.anchors)
    ]


def _told(value: object) -> object:
    if isinstance(value, Node):
        return value.index
    if isinstance(value, etree._Element):
        return value.tag, value.items(), value.text
    return value


WHY_NOT = _why_not()
