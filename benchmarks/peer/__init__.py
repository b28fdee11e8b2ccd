"""DeepFace beside bonaface: in an environment of its own, asked over a pipe."""
