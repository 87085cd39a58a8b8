"""What only a browser can prove."""
