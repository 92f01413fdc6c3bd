\{
  "format": "rollstamp-report/1",
(.|
)*"workloads": \[
(.|
)*"name": "web"(.|
)*\}
