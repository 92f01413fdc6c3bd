/* SPDX-License-Identifier: Apache-2.0 */
#include "git/remote.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/os.h"
#include "base/spawn.h"
#include "git/wire.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much later than its own deadline we end the helper. */
#define BACKSTOP_MS 500
/* How often the helper is started when it keeps being ended by signals. */
#define STARTS_LIMIT 3
/* A failure is one sentence, and none is longer than this. */
#define FAILURE_LIMIT ((size_t)8 * 1024)
#define COMMIT_LIMIT ((size_t)72)

#define PROGRAM "rollstamp-git"

/* The directory that this program is in, in the arena; empty if the system doesn't say. */
static struct str own_directory(struct arena *arena)
{
	char path[PATH_MAX];
	ssize_t length = os_own_path(path, sizeof(path) - 1);

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

/* The queries that have no answer yet. */
struct round {
	struct remote_query **queries;
	size_t count;
	unsigned left_ms;
};

static bool is_answered(const struct remote_query *query)
{
	return query->commits != NULL || query->failure.len > 0;
}

static struct str print_request(const struct remote_settings *settings, const struct round *round, struct arena *arena)
{
	struct wire_query *asked = arena_array(arena, round->count, sizeof(*asked));
	struct wire_request request = {
		.timeout_ms = settings->timeout_ms,
		.left_ms = round->left_ms,
		.client = settings->by_git ? WIRE_CLIENT_GIT : WIRE_CLIENT_LIBGIT2,
		.allow_local = settings->allow_local,
		.allow = settings->allow,
		.allow_count = settings->allow_count,
		.queries = asked,
		.count = round->count,
	};
	struct buf text = { 0 };

	for (size_t i = 0; i < round->count; i++) {
		const struct remote_query *query = round->queries[i];

		asked[i] = (struct wire_query){ query->url, query->names, query->name_count };
	}
	wire_put_request(&request, &text);
	return buf_keep(&text, arena);
}

static size_t output_limit(const struct round *round)
{
	size_t limit = 0;

	for (size_t i = 0; i < round->count; i++)
		limit += FAILURE_LIMIT + round->queries[i]->name_count * COMMIT_LIMIT;
	return limit;
}

static bool take_commits(struct remote_query *query, const struct wire_answer *answer, struct arena *arena)
{
	if (answer->commit_count != query->name_count)
		return false;
	query->commits = arena_array(arena, answer->commit_count, sizeof(*query->commits));
	for (size_t i = 0; i < answer->commit_count; i++)
		query->commits[i] = arena_dup(arena, answer->commits[i]);
	return true;
}

/* Takes the answer in `payload`; false if it fits no query. */
static bool take_answer(struct str payload, const struct round *round, struct arena *arena)
{
	struct wire_answer answer;
	struct remote_query *query;
	struct err ignored;

	if (!wire_get_answer(payload, arena, &answer, &ignored) || answer.query >= round->count)
		return false;
	query = round->queries[answer.query];
	if (is_answered(query))
		return false;
	switch (answer.kind) {
	case WIRE_COMMITS:
		return take_commits(query, &answer, arena);
	case WIRE_FAILURE:
	case WIRE_TROUBLE:
		query->failure = arena_dup(arena, answer.sentence);
		query->is_ours = answer.kind == WIRE_TROUBLE;
		return true;
	case WIRE_STARTED:
	case WIRE_AGAIN:
		break;
	}
	return false;
}

/* Takes all whole answers; false if there is anything else among them. */
static bool take_answers(struct str output, const struct round *round, struct arena *arena)
{
	struct str payload;
	enum wire_state state;

	while ((state = wire_take(&output, &payload)) == WIRE_WHOLE)
		if (!take_answer(payload, round, arena))
			return false;
	return state != WIRE_BROKEN;
}

/* The exit status of the dynamic loader, and of shells, for a program that can't be started. */
#define STATUS_NOT_STARTED 127

/* Why a remote has no answer. The helper has its own deadline, and tells of each server that does not keep it. */
static struct str tell_failure(const struct remote_settings *settings, const char *helper,
			       const struct spawn_result *result, bool readable, struct arena *arena)
{
	if (!readable || result->end == SPAWN_TOO_MUCH)
		return arena_dup(
			arena,
			(struct str)STR(PROGRAM
					" gave an answer that can't be read: is it of the same version as rollstamp?"));
	switch (result->end) {
	case SPAWN_EXITED:
		if (result->status == STATUS_NOT_STARTED)
			return arena_printf(arena,
					    PROGRAM " could not start (exit status %d): a shared library that it needs "
						    "is missing, libgit2 most likely: 'ldd %s' tells which",
					    result->status, helper);
		return arena_printf(arena,
				    PROGRAM " ended before it had answered (exit status %d): is it of the same version "
					    "as rollstamp, and is there memory enough?",
				    result->status);
	case SPAWN_SIGNALLED:
		return arena_printf(arena,
				    PROGRAM " was ended before it had answered (signal %d, %s), each time that it was "
					    "started: is there memory enough?",
				    result->status, strsignal(result->status));
	case SPAWN_TIMED_OUT:
	case SPAWN_TOO_MUCH:
		break;
	}
	return arena_printf(arena,
			    PROGRAM " had not answered within %g s: is this machine overloaded? See also --git-timeout",
			    settings->timeout_ms / 1000.0);
}

/* How a start of the helper has ended. */
struct helper_end {
	struct str told; /* why the queries without an answer have none */
	bool is_killed;  /* a signal ended it: another start may do better */
};

/* Starts the helper once. */
static bool ask_once(const struct remote_settings *settings, const char *helper, const struct round *round,
		     struct arena *arena, struct helper_end *ended, struct err *err)
{
	const char *argv[] = { helper, NULL };
	struct spawn spawn = {
		.argv = argv,
		.input = print_request(settings, round, arena),
		.holds_input = true,
		.errors = SPAWN_ERRORS_SHARED,
		.timeout_ms = round->left_ms + BACKSTOP_MS,
		.output_limit = output_limit(round),
	};
	struct spawn_result result;
	bool readable;

	if (spawn.input.len > WIRE_LIMIT)
		return err_set(err,
			       "the urls and refs of %zu repositories are too much to ask for at once (%zu MiB, and at "
			       "most %zu)",
			       round->count, spawn.input.len >> 20, WIRE_LIMIT >> 20);
	if (!spawn_run(&spawn, arena, &result, err))
		return false;
	readable = take_answers(result.output, round, arena);
	ended->told = tell_failure(settings, helper, &result, readable, arena);
	ended->is_killed = readable && result.end == SPAWN_SIGNALLED;
	return true;
}

/* Drops the queries that have an answer; false if no query is left. */
static bool drop_answered(struct round *round)
{
	size_t kept = 0;

	for (size_t i = 0; i < round->count; i++)
		if (!is_answered(round->queries[i]))
			round->queries[kept++] = round->queries[i];
	round->count = kept;
	return kept > 0;
}

static struct round make_round(const struct remote_settings *settings, struct remote_query *queries, size_t count,
			       struct arena *arena)
{
	struct round round = {
		.queries = arena_array(arena, count, sizeof(*round.queries)),
		.count = count,
		.left_ms = settings->timeout_ms,
	};

	for (size_t i = 0; i < count; i++) {
		queries[i].commits = NULL;
		queries[i].failure = (struct str){ 0 };
		queries[i].is_ours = false;
		round.queries[i] = &queries[i];
	}
	return round;
}

bool remote_ask(const struct remote_settings *settings, struct remote_query *queries, size_t count, struct arena *arena,
		struct err *err)
{
	const int64_t deadline = clock_ms() + settings->timeout_ms;
	const char *helper = settings->helper;
	struct helper_end ended = { 0 };
	struct round round;

	assert(settings->timeout_ms > 0);
	if (count == 0)
		return true;
	if (!helper && !remote_find_helper(arena, &helper, err))
		return false;
	round = make_round(settings, queries, count, arena);
	for (unsigned i = 0; i < STARTS_LIMIT && drop_answered(&round); i++) {
		int64_t left = deadline - clock_ms();

		if (i > 0 && left <= 0)
			break;
		round.left_ms = i > 0 ? (unsigned)left : settings->timeout_ms;
		if (!ask_once(settings, helper, &round, arena, &ended, err))
			return false;
		if (!ended.is_killed)
			break;
	}
	for (size_t i = 0; i < count; i++)
		if (!is_answered(&queries[i])) {
			queries[i].failure = ended.told;
			queries[i].is_ours = true;
		}
	return true;
}
