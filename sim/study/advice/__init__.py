"""What could be done otherwise: every value of every lever, and which levers make the difference between two processes."""
