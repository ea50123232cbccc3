"""Takes strings: characters, sentences, lengths by script, signs of agencies; knows no page."""
