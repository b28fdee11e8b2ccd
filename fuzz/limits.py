"""What an input may cost."""

HANG_SECONDS = 1
"""CPU time of one input."""
MEMORY_MB = 600
"""Peak memory of a target's process."""
LONGEST = {
    "sniff_decode": 32_768,
    "base64_text": 4_096,
    "json_body": 8_192,
    "multipart_body": 8_192,
    "url": 2_304,
}
"""Bytes of an input at most. Larger ones make for few inputs a second; tests/security sends those."""
