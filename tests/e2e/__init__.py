"""Pages as people use them: in a browser, on a server with a database."""
