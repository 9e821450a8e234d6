"""Runs that outlive the terminal: started, supervised, watched, stopped and resumed through files alone."""
