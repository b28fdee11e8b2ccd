"""What a request says its body is compressed with: bodies are taken as they are, or not at all."""

from starlette.datastructures import Headers

from bonaface.errors import InvalidParameterError

CODINGS = frozenset(
    {
        *("aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip"),
        *("x-compress", "x-gzip", "zstd"),
        *("brotli", "bzip2", "lz4", "lzma", "snappy", "x-bzip2", "xz", "zlib", "zstandard"),
    }
)
"""Those of IANA's registry but `identity` (RFC 9110, 16.6.1), and other names that clients give them."""

COMPRESSED = "The body is compressed (Content-Encoding: {coding}); send it uncompressed, without this header."


def check(headers: Headers) -> None:
    """Raise InvalidParameterError where the headers name a content coding (RFC 9110, 8.4).

    A word that is no coding says nothing about the body, as `UTF-8` does not: it is passed over.
    """
    for value in headers.getlist("content-encoding"):
        for word in value.split(","):
            coding = word.strip().lower()
            if coding in CODINGS:
                raise InvalidParameterError(COMPRESSED.format(coding=coding))
