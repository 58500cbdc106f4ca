"""What a tester would write instead: create a channel, publish, receive, delete; and nothing else."""
