"""What this machine has and lacks for the local road; nothing heavy is imported to find out."""
