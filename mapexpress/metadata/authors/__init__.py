"""Takes what a page declares and its bylines and gives the names of people."""
