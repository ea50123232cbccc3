"""Many sites on many hosts: who crawls what, and where its data lives (the protocol is in docs/scale.md)."""
