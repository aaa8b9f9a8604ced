"""What takes long: measurements, and trials with real servers. make soak runs them."""
