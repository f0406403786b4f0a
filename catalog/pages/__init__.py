"""What the pages show, made ready here so that templates hold no arithmetic and no query."""
