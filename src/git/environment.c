/* SPDX-License-Identifier: Apache-2.0 */
#include "git/environment.h"

#include "base/program.h"

#include <stdlib.h>

/*
 * Variables that are not listed stay, since they are the user's own, also where they have paths relative to the current
 * directory: GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM and GIT_CONFIG_NOSYSTEM say where the user's configuration is;
 * GIT_CONFIG_COUNT with GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n, and GIT_CONFIG_PARAMETERS (of `git -c`), are
 * configuration themselves, in which CI puts its logins; GIT_SSH_COMMAND, GIT_SSH, GIT_SSH_VARIANT and
 * GIT_PROXY_COMMAND name programs that the user chose; GIT_SSL_*, GIT_HTTP_* and the proxies' variables say how servers
 * are reached; GIT_TRACE* helps people who look for a fault. In the configuration, `includeIf "gitdir:..."` is judged
 * as if we were in the repository /dev/null, and `"onbranch:..."` never fits.
 */
static const char *const decisions[] = {
	/*
	 * No repository: git reads no configuration of one (credential.helper, core.sshCommand and url.*.insteadOf
	 * there are commands and addresses of whoever filled the directory). A change of directory would do the same,
	 * but paths that the user's own settings have could no longer be relative.
	 */
	"GIT_DIR=/dev/null",
	/*
	 * The rest of what `git rev-parse --local-env-vars` lists, all about the repository of a hook or an alias, but
	 * for the configuration above.
	 */
	"GIT_COMMON_DIR",
	"GIT_WORK_TREE",
	"GIT_IMPLICIT_WORK_TREE",
	"GIT_INDEX_FILE",
	"GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_GRAFT_FILE",
	"GIT_SHALLOW_FILE",
	"GIT_REPLACE_REF_BASE",
	"GIT_NO_REPLACE_OBJECTS",
	"GIT_PREFIX",
	"GIT_INTERNAL_SUPER_PREFIX",
	/* Other variables that only a repository can need. */
	"GIT_NAMESPACE",
	"GIT_QUARANTINE_PATH",
	"GIT_ATTR_SOURCE",
	/* A file that `git config`, which credential helpers ask, would read instead of the user's configuration. */
	"GIT_CONFIG",
	/* Nobody is there to be asked. An empty askpass program keeps git from looking for another one. */
	"GIT_TERMINAL_PROMPT=0",
	"GIT_ASKPASS=",
	"SSH_ASKPASS=",
	"SSH_ASKPASS_REQUIRE=never",
	"GCM_INTERACTIVE=never",
};

#define DECISIONS (sizeof(decisions) / sizeof(*decisions))

const char *const *environment_make(const char *const *changes, size_t count, struct arena *arena)
{
	/*
	 * Git puts this directory in front of PATH, and so it is treated like PATH: as long as it is absolute, the user
	 * may have a git of their own.
	 */
	static const char *const exec_path[] = { "GIT_EXEC_PATH" };
	const char *programs = getenv("GIT_EXEC_PATH");
	const char *const *made = program_change(NULL, decisions, DECISIONS, arena);

	if (programs && programs[0] != '/')
		made = program_change(made, exec_path, 1, arena);
	return program_change(made, changes, count, arena);
}
