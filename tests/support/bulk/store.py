"""An object store: moto's S3 server on a real socket, and what tells libraries of AWS where it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "captures"


@dataclass(frozen=True)
class Store:
    """A running server with one bucket."""

    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables that lead libraries of AWS to it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def put(self, **objects: bytes) -> None:
        """Objects by their keys."""
        client = self._client()
        for key, data in objects.items():
            client.put_object(Bucket=BUCKET, Key=key, Body=data, ACL="public-read")
        client.close()

    def make_bucket(self) -> None:
        client = self._client()
        client.create_bucket(Bucket=BUCKET)
        client.close()

    def _client(self) -> Any:  # noqa: ANN401 - made by the library at run time
        names = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        return boto3.client("s3", endpoint_url=self.url, **cast("Any", names))


@contextmanager
def running_store() -> Iterator[Store]:
    """Until the block ends."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        store = Store(f"http://{host}:{port}")
        store.make_bucket()
        yield store
    finally:
        server.stop()
