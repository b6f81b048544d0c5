"""zaizao."""
