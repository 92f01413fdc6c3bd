/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/commits.h"

#include <assert.h>

/* A ref that is wanted: what the lock file will have of it. */
struct want {
	struct refname name;
	struct str url_key, ref_key;
	bool is_ref_secret;
	size_t candidates[REFNAME_CANDIDATES]; /* indexes into the repository's names */
	struct want *next;
};

struct commits_repository {
	struct str url;
	struct map names; /* full name to struct name_at */
	struct str *list;
	size_t count, room;
	struct map wants; /* by the keys of the lock file, and what the name can mean */
	struct want *first, *last;
	struct str *commits; /* the answers; or NULL */
	struct str failure;
	bool is_ours; /* the failure: nothing is known of the server */
	struct commits_repository *next;
};

struct name_at {
	size_t index;
};

void commits_init(struct commits *commits, const struct policy *policy, const struct lock *lock, commits_ask *ask,
		  void *context, struct arena *arena)
{
	*commits = (struct commits){
		.arena = arena,
		.policy = policy,
		.lock = lock,
		.ask = ask,
		.context = context,
	};
	map_init(&commits->repositories, arena);
	map_init(&commits->recorded, arena);
}

bool commits_needs_asking(const struct commits *commits, const struct commits_ref *ref)
{
	return !ref->name.is_commit && !commits->policy->locked && !commits->has_asked;
}

static struct commits_repository *repository_of(struct commits *commits, struct str url)
{
	struct commits_repository *repository = map_get(&commits->repositories, url);

	if (repository)
		return repository;
	repository = ARENA_NEW(commits->arena, struct commits_repository);
	repository->url = arena_dup(commits->arena, url);
	map_init(&repository->names, commits->arena);
	map_init(&repository->wants, commits->arena);
	map_set(&commits->repositories, repository->url, repository);
	if (commits->last)
		commits->last->next = repository;
	else
		commits->first = repository;
	commits->last = repository;
	commits->repository_count++;
	return repository;
}

static size_t index_of_name(struct commits *commits, struct commits_repository *repository, struct str name)
{
	struct name_at *at = map_get(&repository->names, name);

	if (at)
		return at->index;
	at = ARENA_NEW(commits->arena, struct name_at);
	at->index = repository->count;
	repository->list = arena_grow(commits->arena, repository->list, repository->count, &repository->room,
				      sizeof(*repository->list));
	repository->list[repository->count] = arena_dup(commits->arena, name);
	map_set(&repository->names, repository->list[repository->count++], at);
	return at->index;
}

/* One name can mean different refs to two who ask: each of them has a want of its own. */
static struct str want_key(const struct commits *commits, const struct commits_ref *ref)
{
	struct buf key = { 0 };

	buf_add(&key, lock_ref_key(commits->arena, ref->url_key, ref->ref_key));
	for (size_t i = 0; i < ref->name.count; i++)
		buf_printf(&key, "\n%.*s", STR_ARG(ref->name.candidates[i].name));
	return buf_keep(&key, commits->arena);
}

void commits_want(struct commits *commits, const struct commits_ref *ref)
{
	struct commits_repository *repository = repository_of(commits, ref->target.text);
	struct str key = want_key(commits, ref);
	struct want *want;

	assert(!commits->has_asked);
	for (size_t i = 0; i < ref->name.count; i++)
		index_of_name(commits, repository, ref->name.candidates[i].name);
	if (map_get(&repository->wants, key))
		return;
	want = ARENA_NEW(commits->arena, struct want);
	want->name = ref->name;
	want->name.text = arena_dup(commits->arena, ref->name.text);
	want->name.digits = arena_dup(commits->arena, ref->name.digits);
	want->url_key = arena_dup(commits->arena, ref->url_key);
	want->ref_key = arena_dup(commits->arena, ref->ref_key);
	want->is_ref_secret = ref->is_ref_secret;
	for (size_t i = 0; i < ref->name.count; i++) {
		want->candidates[i] = index_of_name(commits, repository, ref->name.candidates[i].name);
		want->name.candidates[i].name = repository->list[want->candidates[i]];
	}
	map_set(&repository->wants, key, want);
	if (repository->last)
		repository->last->next = want;
	else
		repository->first = want;
	repository->last = want;
}

static void record(struct commits *commits, const struct want *want, struct lock_entry entry)
{
	struct str key = arena_printf(commits->arena, "%.*s\n%.*s\n%s\n%.*s", STR_ARG(entry.url), STR_ARG(entry.ref),
				      ref_kind_name(entry.kind), STR_ARG(entry.commit));

	/* The commit of such an entry would be the Secret's own digits. */
	if ((want->is_ref_secret && entry.kind == REF_ABBREVIATED) || map_get(&commits->recorded, key))
		return;
	map_set(&commits->recorded, key, commits);
	commits->entries = arena_grow(commits->arena, commits->entries, commits->entry_count, &commits->entry_room,
				      sizeof(*commits->entries));
	commits->entries[commits->entry_count++] = entry;
}

/* What the server has said about the candidates of a ref. */
static void take_answers(const struct commits_repository *repository, const struct want *want,
			 struct str found[REFNAME_CANDIDATES])
{
	for (size_t i = 0; i < want->name.count; i++)
		found[i] = repository->commits[want->candidates[i]];
}

static void record_answers(struct commits *commits, const struct commits_repository *repository)
{
	for (struct want *want = repository->first; want; want = want->next) {
		struct lock_entry entries[LOCK_ENTRIES_OF_REF];
		struct str found[REFNAME_CANDIDATES];
		size_t count;

		take_answers(repository, want, found);
		count = lock_record(want->url_key, want->ref_key, &want->name, found, entries);
		for (size_t i = 0; i < count; i++)
			record(commits, want, entries[i]);
		map_set(&commits->recorded, lock_ref_key(commits->arena, want->url_key, want->ref_key), want);
	}
}

/* Where a server failed, what the lock has of its refs stays there, unless another user of the url has had an answer. */
static void record_again(struct commits *commits, const struct commits_repository *repository)
{
	static const enum ref_kind kinds[] = { REF_BRANCH, REF_TAG, REF_HEAD, REF_OTHER, REF_ABBREVIATED };

	for (const struct want *want = repository->first; want && commits->lock; want = want->next) {
		if (map_get(&commits->recorded, lock_ref_key(commits->arena, want->url_key, want->ref_key)))
			continue;
		for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
			struct lock_entry entry = { .url = want->url_key, .ref = want->ref_key, .kind = kinds[i] };

			entry.commit = lock_find(commits->lock, entry.url, entry.ref, entry.kind);
			if (entry.commit.len > 0)
				record(commits, want, entry);
		}
	}
}

/* Does a run with --locked find of the ref what this one has found? */
static bool is_recorded_right(const struct lock *lock, const struct commits_repository *repository,
			      const struct want *want)
{
	struct str found[REFNAME_CANDIDATES], commit, recorded;
	enum ref_kind kind, recorded_kind;

	take_answers(repository, want, found);
	/* A ref that is not there is told where it is used, and of a Secret's own digits nothing is recorded. */
	if (!refname_choose(&want->name, found, &kind, &commit) || (want->is_ref_secret && kind == REF_ABBREVIATED))
		return true;
	return lock_choose(lock, want->url_key, want->ref_key, &want->name, &recorded_kind, &recorded) &&
	       recorded_kind == kind && str_equal(recorded, commit);
}

static void look_for_conflict(struct commits *commits)
{
	struct lock lock;

	lock_of(commits->entries, commits->entry_count, commits->arena, &lock);
	for (const struct commits_repository *repository = commits->first; repository; repository = repository->next)
		for (const struct want *want = repository->first; want && repository->commits; want = want->next) {
			if (is_recorded_right(&lock, repository, want))
				continue;
			commits->conflict = arena_printf(commits->arena, "git ref %.*s of %.*s", STR_ARG(want->ref_key),
							 STR_ARG(want->url_key));
			return;
		}
}

bool commits_ask_all(struct commits *commits, struct err *err)
{
	struct remote_query *queries = arena_array(commits->arena, commits->repository_count, sizeof(*queries));
	struct commits_repository *repository = commits->first;

	for (size_t i = 0; i < commits->repository_count; i++, repository = repository->next)
		queries[i] = (struct remote_query){
			.url = repository->url,
			.names = repository->list,
			.name_count = repository->count,
		};
	if (!commits->ask(commits->context, queries, commits->repository_count, commits->arena, err)) {
		if (!commits->policy->keeps_going)
			return false;
		for (size_t i = 0; i < commits->repository_count; i++) {
			queries[i].failure = arena_dup(commits->arena, str_from(err->text));
			queries[i].is_ours = true;
		}
	}
	commits->has_asked = true;
	repository = commits->first;
	for (size_t i = 0; i < commits->repository_count; i++, repository = repository->next) {
		repository->failure = queries[i].failure;
		commits->has_failures = commits->has_failures || repository->failure.len > 0;
		repository->is_ours = queries[i].is_ours;
		repository->commits = queries[i].failure.len > 0 ? NULL : queries[i].commits;
		if (repository->commits)
			record_answers(commits, repository);
	}
	for (repository = commits->first; repository && commits->policy->lock_fallback; repository = repository->next)
		if (!repository->commits)
			record_again(commits, repository);
	if (commits->policy->lock.ptr)
		look_for_conflict(commits);
	return true;
}

bool commits_recorded(const struct commits *commits, const struct commits_ref *ref, enum ref_kind *kind,
		      struct str *commit)
{
	return commits->lock && !ref->name.is_commit &&
	       lock_choose(commits->lock, ref->url_key, ref->ref_key, &ref->name, kind, commit);
}

bool commits_check_entries(const struct commits *commits, struct err *err)
{
	return commits->conflict.len == 0 ||
	       err_set(err,
		       "%.*s: no entry of the lock file is right for all who ask for it: two users that urls name get "
		       "different commits, the ref moved while it was asked for (then run it again), or two refs share "
		       "the name; %.*s stays as it is",
		       STR_ARG(commits->conflict), STR_ARG(commits->policy->lock));
}

static bool find_locked(const struct commits *commits, const struct commits_ref *ref, struct commits_answer *answer)
{
	return commits->lock &&
	       lock_choose(commits->lock, ref->url_key, ref->ref_key, &ref->name, &answer->kind, &answer->commit);
}

bool commits_is_locked(const struct commits *commits, const struct commits_ref *ref)
{
	struct commits_answer ignored;

	return commits->policy->locked && find_locked(commits, ref, &ignored);
}

static bool explain_missing(const struct commits_ref *ref, struct err *err)
{
	if (ref->name.count > 0 && ref->name.candidates[0].kind == REF_HEAD)
		return err_set(err, "the repository has no default branch (HEAD): name a branch, tag or commit");
	if (str_starts_with(ref->name.text, "refs/"))
		return err_set(err, "the repository has no such ref: is it spelled right, or was it deleted?");
	return err_set(err,
		       "the repository has no branch or tag of that name: is it spelled right, or was it deleted?");
}

/*
 * What the lock has of a server that failed. Where we failed ourselves, the lock must not step in: one server could then
 * make the stamps of others old.
 */
static bool find_fallback(const struct commits *commits, const struct commits_repository *repository,
			  const struct commits_ref *ref, struct commits_answer *answer, struct err *err)
{
	struct commits_answer made = { .source = COMMITS_LOCK_FALLBACK, .failure = repository->failure };
	bool has_entry = commits->policy->lock_fallback && find_locked(commits, ref, &made);

	if (has_entry && !repository->is_ours) {
		*answer = made;
		return true;
	}
	return err_set(err, "%.*s%s", STR_ARG(repository->failure),
		       has_entry ? " (--lock-fallback does not count, since nothing is known of the server; --locked "
				   "takes what the lock has)"
				 : "");
}

bool commits_find(struct commits *commits, const struct commits_ref *ref, struct commits_answer *answer,
		  struct err *err)
{
	struct commits_answer made = { .source = COMMITS_ITSELF };
	const struct commits_repository *repository;
	struct str found[REFNAME_CANDIDATES];

	if (ref->name.is_commit) {
		made.kind = REF_COMMIT;
		made.commit = ref->name.digits;
		*answer = made;
		return true;
	}
	if (commits->policy->locked) {
		made.source = COMMITS_LOCK;
		if (find_locked(commits, ref, &made)) {
			*answer = made;
			return true;
		}
		if (!ref->is_ref_secret || !ref->name.maybe_abbreviated)
			return err_set(err, "%s %s: run once without --locked to record it", commits->policy->lock.ptr,
				       commits->lock ? "has no entry for it" : "does not exist");
		made.kind = REF_ABBREVIATED;
		made.commit = ref->name.digits;
		*answer = made;
		return true;
	}
	repository = map_get(&commits->repositories, ref->target.text);
	assert(repository && commits->has_asked);
	if (!repository->commits)
		return find_fallback(commits, repository, ref, answer, err);
	for (size_t i = 0; i < ref->name.count; i++) {
		const struct name_at *at = map_get(&repository->names, ref->name.candidates[i].name);

		assert(at);
		found[i] = repository->commits[at->index];
	}
	made.source = COMMITS_SERVER;
	if (!refname_choose(&ref->name, found, &made.kind, &made.commit))
		return explain_missing(ref, err);
	*answer = made;
	return true;
}
