"""Image files in, upright RGB pixels and face crops out."""
