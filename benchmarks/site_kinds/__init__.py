"""Generated news sites of many platforms, languages and traps, and crawls that are judged by their truth."""
