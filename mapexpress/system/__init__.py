"""Files, disks and standard streams as they may be: planted, too large, full, closed, read by nobody."""
