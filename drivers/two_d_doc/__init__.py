"""2D-Doc: the visible electronic seal on French papers, read, verified offline and said in words.

`check.check` is the one entry. Nothing of a paper is kept, logged or put in an error's message.
"""
