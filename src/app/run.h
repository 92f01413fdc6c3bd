/*
 * run: the whole program as one function of its inputs: no file, descriptor, environment or exit in it.
 *
 * main gives it bytes and writes out what it returns; tests and fuzzers call it directly.
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/command.h"
#include "app/render.h"

struct run_input {
	const struct options *options;
	const struct render_file *files; /* manifests, which are printed */
	size_t file_count;
	const struct render_file *externals; /* more ConfigMaps and Secrets */
	size_t external_count;
	struct str secret_key; /* or empty */
	struct str lock;       /* the lock file's contents */
	commits_ask *ask;      /* how git servers are asked; borrowed, with its context */
	void *ask_context;
	cluster_ask *live; /* how the cluster is asked; likewise */
	void *live_context;
	bool colour;               /* for list */
	enum verify_extent extent; /* VERIFY_WINDOW, but for tests */
};

struct run_output {
	const struct str *pieces; /* what goes to stdout, borrowed from the input and in the arena */
	size_t count;
	struct str report;                     /* JSON, if options->report */
	struct str log;                        /* text, if options->log */
	const struct lock_entry *lock_entries; /* what to record in the lock file */
	size_t lock_entry_count;
	struct str verdict; /* a whole line for stderr in spite of success, safe to print; empty: nothing to say */
	bool has_trouble;   /* a server or the cluster could not be asked */
	bool has_problems;  /* references that resolve nowhere and should */
};

/* Fails with one complete message; nothing of `output` is then to be used. Everything new is in `arena`. */
CHECKED bool run(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err);

#endif
