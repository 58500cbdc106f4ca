"""What keeps scenarios and runs apart: names of their own, and how long each lives."""
