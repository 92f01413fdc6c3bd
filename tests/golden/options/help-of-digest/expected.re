Usage: rollstamp digest (.|
)*
See rollstamp\(1\)\.
