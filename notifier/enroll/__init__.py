"""What an acceptance mail says, and how it becomes an entry in the accounts file.

Text in, text out: nothing here opens a file, asks the time or uses the network.

    read_mail      bytes as saved or copied      →  Mail
    understand     Mail and what programs write  →  Understood
    report         Understood                    →  lines for a person to check
    add_grant      Understood and accounts.yaml  →  the new text of accounts.yaml
"""
