"""What a request says its body is compressed with: bodies are taken as they are, or not at all."""

from starlette.datastructures import Headers

from bonaface.errors import UnsupportedMediaTypeError

CODINGS = frozenset(
    {
        *("aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip"),
        *("x-compress", "x-gzip", "zstd"),
        *("brotli", "bzip2", "lz4", "lzma", "snappy", "x-bzip2", "xz", "zlib", "zstandard"),
    }
)
"""Those of IANA's registry but `identity` (RFC 9110, 16.6.1), and other names that clients give them."""

COMPRESSED = "The body is compressed ({field}: {coding}); send it uncompressed, without that."

_FIELDS = ("Content-Encoding", "Transfer-Encoding")
"""A body may be compressed for its whole way, or for a hop; the second ends in `chunked`, which is read."""


def check(headers: Headers) -> None:
    """Raise UnsupportedMediaTypeError where the headers name a content coding (RFC 9110, 8.4; RFC 9112, 7.2).

    A word that is no coding says nothing about the body, as `UTF-8` does not: it is passed over.
    """
    for field in _FIELDS:
        for value in headers.getlist(field):
            for word in value.split(","):
                coding = word.partition(";")[0].strip().lower()
                if coding in CODINGS:
                    raise UnsupportedMediaTypeError(COMPRESSED.format(field=field, coding=coding))
