"""What a run asks for and in which order: its arguments and settings, read strictly, plan, queue and bounds."""
