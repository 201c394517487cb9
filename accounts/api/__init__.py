"""The API of accounts, and the base that every API view stands on."""
