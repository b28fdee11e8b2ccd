"""The guarded download of images that requests name by URL."""

from bonaface.fetch.client import ImageFetcher
from bonaface.fetch.resolver import Resolver

__all__ = ["ImageFetcher", "Resolver"]
