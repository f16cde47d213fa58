"""What the model says of the film: choice of model, score, heat map, variants."""
