"""What a person sees and presses. It calls the engine and computes nothing."""
