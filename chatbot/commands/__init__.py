"""The commands, a file for each kind of work; they carry, they do not decide."""
