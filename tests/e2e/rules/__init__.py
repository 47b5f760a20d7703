"""What runs teach: rules proposed to real git and GitHub's stand-in, by the command itself."""
