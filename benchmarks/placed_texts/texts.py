"""What is repeated without end: single signs, pairs that expressions look for, beginnings of what they match."""

ATOMS = (
    *' a1-,./("é|%\n\u00a0_#:@…»[{日ءI\\=+A2\u0301',
    *("- ", ", ", ". ", "A ", "a ", "1 ", "1/", "12:", "a-", "Aa, ", "By ", " | ", "&", "%C3", "a@", "a.", "2020-"),
    *("01/02/2020 ", "le 3 mai 2022 ", "and ", "et ", "...", "x1", "a\u200d", "www.a.b ", "http://a.b/ ", "A. ", "😀"),
    *(
        "Lire aussi : ",
        "ſ",
        "ﷺ",
        "Ab",
        "aB ",
        "ab cd ",
        "amp/",
        "index.html/",
        "../",
        "a=1&",
        "<!--",
        "<![CDATA[",
        "//",
    ),
    *(
        "© ",
        "(a",
        "The post a appeared first on ",
        "a appeared first on b. ",
        "&#1",
        "&amp;#1",
        "Photo : ",
        "<p",
        "]]>",
    ),
    *("Updated ", "page-1/", "?page=1", "12 March 2026, ", "Jane Doe, ", "a:b;", "id", "ida", "[a_", '{"a":', "٣"),
)
# a sample of them, of each kind one: what the suite has time for
FEW = (" ", "a", "1", "- ", "»", "01/02/2020 ", "a=1&", "The post a appeared first on ", "ﷺ", "index.html/")
