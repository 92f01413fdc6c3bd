Usage: rollstamp \[OPTION(.|
)*
See rollstamp\(1\)\.
