"""The image, what its services are configured with, and the same services started natively (`make stack`)."""
