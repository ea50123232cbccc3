import pytest

from mapexpress.record.cleaning import clean, explain


@pytest.mark.parametrize("given", ["https://news.example/a/", " http://news.example/ \n"])
@pytest.mark.parametrize("asked", [clean, explain])
def test_an_address_is_no_document(asked, given):
    with pytest.raises(ValueError, match=r"^https?://news.example/\S*: an address is no document"):
        asked(given)
