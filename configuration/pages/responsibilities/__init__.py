"""The responsibility list: who leads what, versions and drafts, who is responsible here, what arbitrations taught."""
