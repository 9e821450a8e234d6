"""The only room that knows torch, transformers, peft and trl; it runs as a process of its own."""
