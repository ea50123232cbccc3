"""Takes one line and says what it looks like: a label of a widget, a feed's footer. It removes nothing."""
