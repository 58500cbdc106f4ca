"""What is said of one broker alone: how much a queue holds, what expires, what is invisible."""
