"""The same images asked of NHN Cloud's service and of bonaface, and how their answers agree."""
