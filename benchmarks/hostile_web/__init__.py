"""The parts of `benchmarks/hostile.py`: hostile answers, hostile ways in, the runs and what they held."""
