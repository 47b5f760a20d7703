"""What is read of test runners: their outputs, their reports, and hostile ones."""
