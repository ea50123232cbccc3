"""How a run goes: takes arguments and answers and gives what is asked next, what is kept, and how it ended."""
