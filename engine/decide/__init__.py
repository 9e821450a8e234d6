"""Should this be fine-tuned at all? The checklist, the answers, and the verdict with its reasons."""
