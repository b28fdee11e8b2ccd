"""The guarded download of images that requests name by URL."""

from bonaface.fetch.client import ImageFetcher
from bonaface.fetch.resolver import Resolver, SystemResolver

__all__ = ["ImageFetcher", "Resolver", "SystemResolver"]
