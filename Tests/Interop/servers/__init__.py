"""Real mail servers for the tests, one a file: each on free loopback ports, with its own configuration, spool and
certificates in a temporary folder, stopped by process id. Nothing leaves the machine."""
