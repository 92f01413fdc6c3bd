module rollstamp/real/git-sync

go 1.24

tool k8s.io/git-sync/cmd/git-sync

require (
	github.com/thockin/glogr v0.0.0 // indirect
	github.com/thockin/logr v0.0.0 // indirect
	k8s.io/git-sync v3.0.1+incompatible // indirect
)

replace (
	github.com/thockin/glogr => ./glogr
	github.com/thockin/logr => ./logr
)
