"""Taking pictures, clips and numbers away."""
