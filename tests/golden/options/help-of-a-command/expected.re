Usage: rollstamp list (.|
)*
See rollstamp\(1\)\.
