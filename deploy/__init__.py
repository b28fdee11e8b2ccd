"""What an operator needs beside the package: the bill of materials, the container, the dashboards."""
