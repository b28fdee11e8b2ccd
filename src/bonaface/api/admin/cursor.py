"""Where a page of a listing begins."""

from typing import Annotated

from fastapi import Query

LARGEST_ID = 2**31 - 1
"""Of a row in the database."""

After = Annotated[int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before")]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="`next` of the page before")]
