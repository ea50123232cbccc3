"""What kind of page it is: by what its platform and its address say, else learned from many pages."""
