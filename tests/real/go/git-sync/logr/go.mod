module github.com/thockin/logr

go 1.24
