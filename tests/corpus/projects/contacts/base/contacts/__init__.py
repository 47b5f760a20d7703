"""The address book of the club."""
