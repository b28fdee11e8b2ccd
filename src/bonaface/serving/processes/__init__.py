"""Workers that are processes: begun, asked, ended, replaced."""
