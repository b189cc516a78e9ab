"""What people edit: rules, drafts and accounts, read with the place of every value, so that faults can point."""
