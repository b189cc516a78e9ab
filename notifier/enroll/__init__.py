"""From a mail, or an office's list, to entries in the accounts file.

Text in, text out: nothing here opens a file, asks the time or uses the network.

    mails          bytes of a file                       →  the mails in it, the original last
    acceptances    mails and what programs say of theirs →  what was understood, from which words
    accounts       what was understood, accounts.yaml    →  the new text of accounts.yaml
    office         a list, accounts.yaml                 →  its new text, and what became of each row
"""
