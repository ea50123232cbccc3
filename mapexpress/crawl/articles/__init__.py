"""What a run makes of one article: its pages put together, judged, doubted, or missed."""
