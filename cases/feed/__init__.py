"""The feed: what a file is, what its rows mean, and why some of them are refused."""
