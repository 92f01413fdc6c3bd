/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/login.h"

#include "base/spawn.h"
#include "git/environment.h"

#include <assert.h>

/* How many bytes git may print: a login is a few lines. */
#define OUTPUT_LIMIT ((size_t)256 * 1024)

bool login_read(struct str text, struct arena *arena, struct login *login)
{
	struct login found = { 0 };
	bool has_user = false, has_password = false;

	while (text.ptr) {
		struct str line = str_cut(&text, '\n'), name = str_cut(&line, '=');

		if (!line.ptr)
			continue;
		if (str_is(name, "username")) {
			found.user = arena_dup(arena, line);
			has_user = true;
		} else if (str_is(name, "password")) {
			found.password = arena_dup(arena, line);
			has_password = true;
		}
	}
	if (!has_user || !has_password)
		return false;
	*login = found;
	return true;
}

/* `text` with every byte but letters, digits and `-._~` as %XX (RFC 3986, 2.1), in the arena with a NUL behind it. */
static const char *encode(struct str text, struct arena *arena)
{
	static const char digits[] = "0123456789ABCDEF";
	char *encoded = arena_alloc(arena, text.len * 3 + 1), *to = encoded;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (str_is_alphanumeric((char)c) || c == '-' || c == '.' || c == '_' || c == '~') {
			*to++ = (char)c;
		} else {
			*to++ = '%';
			*to++ = digits[c >> 4];
			*to++ = digits[c & 15];
		}
	}
	return encoded;
}

/* What git gets on its standard input. */
static struct str question(struct str url, struct str user, struct arena *arena)
{
	struct str rest = str_skip(url, strlen("https://"));

	return arena_printf(arena, "url=https://%s%s%.*s\n\n", encode(user, arena), user.len > 0 ? "@" : "",
			    STR_ARG(rest));
}

bool login_ask(struct str url, struct str user, struct arena *arena, struct login *login, bool *is_ours,
	       struct err *err)
{
	static const char *const argv[] = { "git", "credential", "fill", NULL };
	struct spawn spawn = {
		.argv = argv,
		.environment = environment_make(NULL, 0, arena),
		.input = question(url, user, arena),
		.joins_group = true,
		.errors = SPAWN_ERRORS_DROPPED,
		.output_limit = OUTPUT_LIMIT,
	};
	struct spawn_result result;
	struct err reason;

	assert(str_starts_with(url, "https://") && str_find(url, '\n') == url.len);
	*is_ours = !spawn_run(&spawn, arena, &result, &reason);
	if (*is_ours)
		return err_set(err,
			       "it asks for a login, and git, whose credential helpers would be asked, can't be run");
	if (result.end == SPAWN_EXITED && result.status == 0 && login_read(result.output, arena, login))
		return true;
	return err_set(err,
		       "it asks for a login, and `git credential fill` has none: store one with a credential helper "
		       "(git-credential(1)), or use ssh");
}
