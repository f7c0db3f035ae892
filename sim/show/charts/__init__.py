"""Charts that a reader understands without the code."""
