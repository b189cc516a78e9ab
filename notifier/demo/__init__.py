"""The demo: simulated grants whose state is polled from a simulated provider on loopback. It can reach nobody."""
