"""The sandbox Kubernetes provider: takes the real one's place where that cannot be had."""
