"""Signed answers: what was said of an image, provable without keeping the image.

Its modules need the extra `signing`, but for `signer`, which needs it only where a key file is set.
"""
