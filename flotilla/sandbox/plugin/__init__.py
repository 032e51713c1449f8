"""What every sandbox provider shares: the process, property values, failures, and the way to the engine."""
