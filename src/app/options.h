/*
 * options: the command line and the configuration file as one struct.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "plan/policy.h"

enum command { COMMAND_STAMP, COMMAND_LIST, COMMAND_DIGEST, COMMAND_HELP, COMMAND_VERSION };

/* How list prints what it has found. */
enum output { OUTPUT_TABLE, OUTPUT_WIDE, OUTPUT_JSON };

struct options {
	enum command command;
	enum command topic;     /* of COMMAND_HELP; COMMAND_STAMP for the program as a whole */
	uint64_t set_by_caller; /* on the command line or in the configuration file: see setting_bit */
	struct policy policy;
	struct str_list externals; /* --external */
	unsigned live_timeout_ms;
	struct str kube_context, kubeconfig; /* for kubectl, or empty */
	struct str secret_key_file;          /* a path, or empty */
	unsigned git_timeout_ms;
	bool lock_prune;
	struct str report; /* paths, or empty */
	struct str log;
	struct str_list files;                        /* to read instead of stdin */
	bool check;                                   /* list --check */
	enum output output;                           /* of list */
	enum object_kind object_kind;                 /* digest KIND/NAME */
	struct str object_namespace, object_name;     /* the former may be empty */
	struct str for_kind, for_namespace, for_name; /* digest --for KIND/[NAMESPACE/]NAME, or empty */
	bool preimage;                                /* digest --preimage */
	bool helm_plugin;                             /* run as a plugin of Helm 4 */
	bool krm;                                     /* run as a KRM function: the input is a ResourceList */
};

/*
 * Reads the command line, and the configuration file that it or `config` (ROLLSTAMP_CONFIG, or NULL) names: YAML with the
 * names of the long options. What the command line says goes before the file; what can be given more than once adds
 * up. Strings are borrowed from `argv` or live in `arena`. Fails with a usage error, for which the exit status is 2, or
 * when the file can't be read.
 */
CHECKED bool options_read(int argc, char *const argv[], const char *config, struct arena *arena,
			  struct options *options, struct err *err);
#endif
