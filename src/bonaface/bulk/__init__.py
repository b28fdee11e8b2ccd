"""Many images in one job: found, judged by processes or a cluster, written in shards, whole or absent."""
