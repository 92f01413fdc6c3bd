/* SPDX-License-Identifier: Apache-2.0 */
#include "app/version.h"

#include "base/spawn.h"
#include "git/remote.h"
#include "yaml/reader.h"

#include <jansson.h>
#include <nettle/version.h>
#include <xxhash.h>

/* rollstamp-git --version does nothing but print a line. */
#define TIMEOUT_MS 5000
#define OUTPUT_LIMIT ((size_t)1024)

static struct str first_line(struct str text)
{
	return str_trim(str_cut(&text, '\n'));
}

/* What the helper says of itself, or why it says nothing. */
static bool ask_helper(const char *helper, struct arena *arena, struct str *answer, struct err *err)
{
	const char *argv[] = { helper, "--version", NULL };
	const struct spawn spawn = {
		.argv = argv,
		.errors = SPAWN_ERRORS_KEPT,
		.timeout_ms = TIMEOUT_MS,
		.output_limit = OUTPUT_LIMIT,
	};
	struct spawn_result result;

	if (!spawn_run(&spawn, arena, &result, err))
		return false;
	*answer = first_line(result.output);
	if (result.end == SPAWN_EXITED && result.status == 0 && answer->len > 0)
		return true;
	if (first_line(result.errors).len > 0)
		return err_set(err, "%.*s", STR_ARG(first_line(result.errors)));
	return err_set(err, "it does not answer");
}

static void print_helper(struct arena *arena, struct buf *to)
{
	const char *helper = NULL;
	struct str answer;
	struct err err;

	if (!remote_find_helper(arena, &helper, &err))
		buf_add_cstring(to, "rollstamp-git: not found: ");
	else if (ask_helper(helper, arena, &answer, &err)) {
		buf_printf(to, "rollstamp-git: %s (", helper);
		err_print_safe(to, answer);
		buf_add_cstring(to, ")\n");
		return;
	} else {
		buf_printf(to, "rollstamp-git: %s, which does not work: ", helper);
	}
	err_print_safe(to, str_from(err.text));
	buf_add_char(to, '\n');
}

static void print_version(const struct options *options, const char *commit, struct arena *arena, struct buf *to)
{
	unsigned xxhash = XXH_versionNumber();

	(void)options;
	buf_printf(to, "rollstamp " ROLLSTAMP_VERSION "\ncommit: %s\n", commit);
	buf_printf(to, "libraries: libyaml %s, xxHash %u.%u.%u, jansson %s, nettle %d.%d\n", reader_library_version(),
		   xxhash / 10000, xxhash / 100 % 100, xxhash % 100, jansson_version_str(), nettle_version_major(),
		   nettle_version_minor());
	print_helper(arena, to);
}

const struct command version_command = {
	.name = "version",
	.usage = "",
	.first_word = COMMAND_NOTHING,
	.help = "Prints the version, the commit that it was built from, the versions of libraries, and where\n"
		"rollstamp-git is, which asks git servers.\n",
	.inform = print_version,
};
