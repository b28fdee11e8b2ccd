"""Pure ASGI middleware. What belongs to a request lives in an object made for that request."""
