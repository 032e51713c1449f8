"""What types cannot say of a service: rules, each a function that yields problems."""
