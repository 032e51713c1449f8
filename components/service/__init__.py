"""A service in an environment: pure functions that say what it needs, and the component that makes it so."""
