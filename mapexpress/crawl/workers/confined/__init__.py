"""Heavy and hostile documents are read in a process of their own, with hard limits of time and memory."""
