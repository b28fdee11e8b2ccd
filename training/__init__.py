"""How the shipped weights were made: from labelled images to ONNX, by one command."""
