import pytest

from hklint.url import is_https_url


@pytest.mark.parametrize(
    "text",
    [
        "https://appsource.microsoft.com",
        "https://contoso.example:8443/path?query=a%20b#part",
        "https://10.0.0.1/",
        "https://[2001:db8::1]:443",
        "HTTPS://CONTOSO.EXAMPLE",
    ],
)
def test_a_url_that_can_be_requested(text: str) -> None:
    assert is_https_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contoso.example",
        "http://contoso.example",
        "https:contoso.example",
        "https:///path",
        "https://:443",
        "https://user@contoso.example",
        "https://user:password@contoso.example",
        "https://contoso.example:0",
        "https://contoso.example:99999",
        "https://contoso.example:port",
        "https://[2001:db8::1",
        "https://contoso.example/a b",
        "https://contoso.example/\n",
        " https://contoso.example",
        "https://cöntoso.example",
        "{store_url}",
    ],
)
def test_what_is_no_such_url(text: str) -> None:
    assert not is_https_url(text)
