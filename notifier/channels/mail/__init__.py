"""What a mail says and how it is put together, the same for every way of sending it.

`outline` chooses the words, once; `text` and `html` give them their looks; `mime` makes the whole mail of them.
"""
