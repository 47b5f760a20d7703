"""What a run that ended badly teaches: a rule, proposed for a person to decide on."""
