"""Tags and filters of the paper's templates."""
