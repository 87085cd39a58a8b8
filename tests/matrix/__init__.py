"""Every address × method × role, made from the resolver: rightful, wrong role, stranger."""
