module github.com/thockin/glogr

go 1.24

require github.com/thockin/logr v0.0.0
