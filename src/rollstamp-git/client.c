/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/client.h"

#include "rollstamp-git/bygit.h"
#if ROLLSTAMP_HAS_LIBGIT2
#include "rollstamp-git/bylibgit2.h"
#include "rollstamp-git/library.h"
#endif

/* A process of git's own, or two, for each is more than a thread. */
#define RUNNING_LIMIT_GIT 24
#define RUNNING_LIMIT_LIBGIT2 128

bool client_start(const struct wire_request *request, bool needs_certificates, struct arena *arena,
		  struct str *untrusting, struct err *err)
{
	*untrusting = (struct str){ 0 };
	switch (request->client) {
	case WIRE_CLIENT_GIT:
		return true;
	case WIRE_CLIENT_LIBGIT2:
		break;
	}
#if ROLLSTAMP_HAS_LIBGIT2
	return library_start(request->timeout_ms, needs_certificates, arena, untrusting, err) && bylibgit2_prepare(err);
#else
	(void)needs_certificates;
	(void)arena;
	return err_set(err, "rollstamp-git was built without libgit2 here: say --git-client=git");
#endif
}

void client_stop(const struct wire_request *request)
{
#if ROLLSTAMP_HAS_LIBGIT2
	if (request->client == WIRE_CLIENT_LIBGIT2)
		library_stop();
#else
	(void)request;
#endif
}

size_t client_running_limit(const struct wire_request *request)
{
	return request->client == WIRE_CLIENT_GIT ? RUNNING_LIMIT_GIT : RUNNING_LIMIT_LIBGIT2;
}

void client_list(struct listing *listing, void (*done)(struct listing *))
{
	atomic_store(&listing->stage, SENTENCE_CONNECTING);
	listing->commits = arena_array(&listing->arena, listing->query.name_count, sizeof(*listing->commits));
	if (listing->failure.len > 0) {
		listing_settle(listing, done);
		return;
	}
	switch (listing->request->client) {
	case WIRE_CLIENT_GIT:
		bygit_list(listing, done);
		break;
	case WIRE_CLIENT_LIBGIT2:
#if ROLLSTAMP_HAS_LIBGIT2
		bylibgit2_list(listing, done);
#endif
		break;
	}
}

const char *client_version(void)
{
#if ROLLSTAMP_HAS_LIBGIT2
	return library_version();
#else
	return "without libgit2";
#endif
}
