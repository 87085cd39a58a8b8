"""The contact gate's arithmetic: worked timelines, and what holds for any facts and rules."""
