"""Aging: entry, crossing, closure, holds, schemes and the buckets of any day."""
