#include "git/remote.h"

#include "base/buf.h"
#include "base/spawn.h"
#include "git/wire.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much later than its own deadline the helper is ended from here. */
#define BACKSTOP_MS 500
/* A failure is one sentence; this is more than it can have. */
#define FAILURE_LIMIT ((size_t)8 * 1024)
#define COMMIT_LIMIT ((size_t)72)

#define PROGRAM "rollstamp-git"

/* The directory that this program is in, in the arena; empty if the system doesn't say. */
static struct str own_directory(struct arena *arena)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	while (length > 0 && path[length - 1] != '/')
		length--;
	return length > 0 ? arena_dup(arena, (struct str){ path, (size_t)length }) : (struct str){ 0 };
}

/* Where the helper may be, best first. */
struct places {
	const char *paths[4];
	size_t count;
};

static void add_place(struct places *places, struct str path)
{
	places->paths[places->count++] = path.ptr;
}

static struct places find_places(struct arena *arena)
{
	struct str directory = own_directory(arena);
	struct places places = { 0 };

	if (directory.len > 0) {
		add_place(&places, arena_printf(arena, "%s" PROGRAM, directory.ptr));
		add_place(&places, arena_printf(arena, "%s../libexec/" PROGRAM, directory.ptr));
	}
	add_place(&places, str_from(ROLLSTAMP_LIBEXECDIR "/" PROGRAM));
	return places;
}

bool remote_find_helper(struct arena *arena, const char **helper, struct err *err)
{
	struct places places = find_places(arena);
	struct str list = { 0 };

	for (size_t i = 0; i < places.count; i++) {
		if (access(places.paths[i], X_OK) == 0) {
			*helper = places.paths[i];
			return true;
		}
		list = arena_printf(arena, "%s%s%s", list.len > 0 ? list.ptr : "", i > 0 ? ", " : "", places.paths[i]);
	}
	return err_set(err,
		       "the program " PROGRAM
		       ", which reads git repositories, is missing: put it in one of the places where "
		       "it is looked for (%s), or resolve from a lock file with --locked, or say --git=off",
		       list.ptr);
}

static struct str print_request(const struct remote_settings *settings, const struct remote_query *queries,
				size_t count, struct arena *arena)
{
	struct wire_query *asked = arena_array(arena, count, sizeof(*asked));
	struct wire_request request = {
		.timeout_ms = settings->timeout_ms,
		.allow_local = settings->allow_local,
		.allow = settings->allow,
		.allow_count = settings->allow_count,
		.queries = asked,
		.count = count,
	};
	struct buf text = { 0 };

	for (size_t i = 0; i < count; i++)
		asked[i] = (struct wire_query){ queries[i].url, queries[i].names, queries[i].name_count };
	wire_put_request(&request, &text);
	return buf_keep(&text, arena);
}

static size_t output_limit(const struct remote_query *queries, size_t count)
{
	size_t limit = 0;

	for (size_t i = 0; i < count; i++)
		limit += FAILURE_LIMIT + queries[i].name_count * COMMIT_LIMIT;
	return limit;
}

static bool is_answered(const struct remote_query *query)
{
	return query->commits != NULL || query->failure.len > 0;
}

/* Takes the answer in `payload`; false if it fits no query. */
static bool take_answer(struct str payload, struct remote_query *queries, size_t count, struct arena *arena)
{
	struct wire_answer answer;
	struct remote_query *query;
	struct err ignored;

	if (!wire_get_answer(payload, arena, &answer, &ignored) || answer.query >= count)
		return false;
	query = &queries[answer.query];
	if (is_answered(query))
		return false;
	if (answer.failure.len > 0) {
		query->failure = arena_dup(arena, answer.failure);
		return true;
	}
	if (answer.commit_count != query->name_count)
		return false;
	query->commits = arena_array(arena, answer.commit_count, sizeof(*query->commits));
	for (size_t i = 0; i < answer.commit_count; i++)
		query->commits[i] = arena_dup(arena, answer.commits[i]);
	return true;
}

/* All whole answers; false if something else is among them. */
static bool take_answers(struct str output, struct remote_query *queries, size_t count, struct arena *arena)
{
	struct str payload;
	enum wire_state state;

	while ((state = wire_take(&output, &payload)) == WIRE_WHOLE)
		if (!take_answer(payload, queries, count, arena))
			return false;
	return state != WIRE_BROKEN;
}

static struct str tell_timeout(unsigned timeout_ms, struct arena *arena)
{
	return arena_printf(arena,
			    "no complete answer within %g s: check that the address can be reached from here, and see "
			    "--git-timeout",
			    timeout_ms / 1000.0);
}

/* Why a remote has no answer, though the helper had its time. */
static struct str tell_failure(const struct remote_settings *settings, const struct spawn_result *result, bool readable,
			       struct arena *arena)
{
	if (!readable || result->end == SPAWN_TOO_MUCH)
		return arena_dup(
			arena,
			(struct str)STR(PROGRAM
					" gave an answer that can't be read: is it of the same version as rollstamp?"));
	switch (result->end) {
	case SPAWN_EXITED:
		return arena_printf(
			arena,
			PROGRAM
			" ended before it had answered (exit status %d): this is a bug of it, or it is of another version than rollstamp",
			result->status);
	case SPAWN_SIGNALLED:
		return arena_printf(arena, PROGRAM " ended before it had answered (signal %d, %s)", result->status,
				    strsignal(result->status));
	case SPAWN_TIMED_OUT:
	case SPAWN_TOO_MUCH:
		break;
	}
	return tell_timeout(settings->timeout_ms, arena);
}

bool remote_ask(const struct remote_settings *settings, struct remote_query *queries, size_t count, struct arena *arena,
		struct err *err)
{
	const char *argv[] = { settings->helper, NULL };
	struct spawn spawn = {
		.argv = argv,
		.holds_input = true,
		.errors = SPAWN_ERRORS_SHARED,
		.timeout_ms = settings->timeout_ms + BACKSTOP_MS,
		.output_limit = output_limit(queries, count),
	};
	struct spawn_result result;
	bool readable;

	assert(settings->timeout_ms > 0);
	if (count == 0)
		return true;
	if (!settings->helper && !remote_find_helper(arena, &argv[0], err))
		return false;
	spawn.input = print_request(settings, queries, count, arena);
	if (!spawn_run(&spawn, arena, &result, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		queries[i].commits = NULL;
		queries[i].failure = (struct str){ 0 };
	}
	readable = take_answers(result.output, queries, count, arena);
	for (size_t i = 0; i < count; i++)
		if (!is_answered(&queries[i]))
			queries[i].failure = tell_failure(settings, &result, readable, arena);
	return true;
}
