"""Better processes out of a procedure as it is: moves, their proof, and the search for the best set of them."""

__all__: list[str] = []
