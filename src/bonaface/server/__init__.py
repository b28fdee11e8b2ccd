"""The process: sockets, the HTTP protocol, wiring, the stop."""
