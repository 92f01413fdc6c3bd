/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/repositories.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/sort.h"
#include "git/urlname.h"
#include "kube/names.h"

/* A repository whose commits the workload checks out. */
struct repository {
	struct str key;  /* tells it from other repositories */
	struct str name; /* in annotations and variables */
	bool shares_name;
	struct stamp stamp;
	struct str *commits;
	size_t commit_count, commit_room;
	size_t *containers;
	size_t container_count, container_room;
};

/* Repositories in the order of their first checkouts. */
struct repositories {
	struct arena *arena; /* as long as the document's tree */
	struct repository *items;
	size_t count;
	struct map by_key, by_name;
};

static struct str key_of(const struct checkout *checkout, struct arena *arena)
{
	const struct gitref_part *url = &checkout->gitref->url;

	if (url->text.is_secret)
		return arena_printf(arena, "secret %.*s/%.*s", STR_ARG(url->hidden->secret),
				    STR_ARG(url->hidden->secret_key));
	return checkout->asked.url.bare;
}

/* The repository's name, as long as no other one has it. */
static struct str name_of(const struct checkout *checkout, struct arena *arena)
{
	const struct gitref_part *url = &checkout->gitref->url;
	struct url named = checkout->asked.url;

	if (!url->text.is_secret)
		return urlname_repository(&named, arena);
	/* What may stand in a name is ruled by urlname_repository, which cuts one `.git`: a second keeps that of the key. */
	named.path = arena_printf(arena, "/secret-%.*s-%.*s", STR_ARG(url->hidden->secret),
				  STR_ARG(url->hidden->secret_key));
	if (str_ends_with(named.path, ".git"))
		named.path = arena_printf(arena, "%.*s.git", STR_ARG(named.path));
	return urlname_repository(&named, arena);
}

/* The repository of a checkout, which is new if this is its first one. */
static struct repository *find_repository(struct repositories *repositories, const struct checkout *checkout)
{
	struct str key = key_of(checkout, repositories->arena);
	struct repository *repository = map_get(&repositories->by_key, key), *other;

	if (repository)
		return repository;
	repository = &repositories->items[repositories->count++];
	repository->key = key;
	repository->name = name_of(checkout, repositories->arena);
	repository->stamp.subject_kind = "git repository";
	repository->stamp.subject = checkout->url;
	map_set(&repositories->by_key, key, repository);
	other = map_get(&repositories->by_name, repository->name);
	if (other)
		other->shares_name = repository->shares_name = true;
	else
		map_set(&repositories->by_name, repository->name, repository);
	return repository;
}

static void add_checkout(struct repository *repository, const struct checkout *checkout, struct arena *arena)
{
	const struct gitref *gitref = checkout->gitref;

	repository->commits = arena_grow(arena, repository->commits, repository->commit_count, &repository->commit_room,
					 sizeof(*repository->commits));
	repository->commits[repository->commit_count++] = checkout->answer.commit;
	if (gitref->in_every_container)
		repository->stamp.in_every_container = true;
	for (size_t i = 0; i < gitref->container_count; i++) {
		repository->containers = arena_grow(arena, repository->containers, repository->container_count,
						    &repository->container_room, sizeof(*repository->containers));
		repository->containers[repository->container_count++] = gitref->containers[i];
	}
}

static struct str join_commits(struct repository *repository, struct arena *arena)
{
	size_t count = sort_unique(repository->commits, repository->commit_count, sizeof(*repository->commits),
				   str_compare_qsort);
	struct buf joined = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(&joined, ',');
		buf_add(&joined, repository->commits[i]);
	}
	return buf_keep(&joined, arena);
}

/* Repositories that share a name get a hash of their url behind it. */
static void tell_apart(struct repository *repository, struct arena *arena)
{
	char hex[8 + 1];

	if (!repository->shares_name)
		return;
	hash_short(repository->key, hex);
	repository->name = arena_printf(arena, "%.*s-%s", STR_ARG(repository->name), hex);
}

static void complete_stamp(struct repository *repository, struct arena *arena)
{
	struct stamp *stamp = &repository->stamp;

	stamp->annotation = names_git_annotation(repository->name, arena);
	stamp->env = names_git_env(repository->name, arena);
	stamp->value = join_commits(repository, arena);
	stamp->containers = repository->containers;
	stamp->container_count = sort_unique(repository->containers, repository->container_count,
					     sizeof(*repository->containers), sort_compare_sizes);
}

/* Two repositories can take their ref from one variable of one container, which is then lifted once. */
static void add_lifted_stamps(struct checkouts *checkouts, bool has_owners, struct stamps *stamps)
{
	struct arena *arena = stamps->arena;
	struct map lifted; /* container and variable to the index of the stamp */

	map_init(&lifted, arena);
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];
		const struct gitref *gitref = checkout->gitref;
		size_t *index;
		struct str key;

		if (!checkout->is_lifted)
			continue;
		key = arena_printf(arena, "%zu %.*s", gitref->container, STR_ARG(gitref->variable));
		index = map_get(&lifted, key);
		if (!index) {
			index = ARENA_NEW(arena, size_t);
			*index = stamps->count;
			map_set(&lifted, key, index);
			stamps_add(stamps, (struct stamp){
						   .env = gitref->variable,
						   .value = checkout->answer.commit,
						   .subject_kind = "git repository",
						   .subject = checkout->url,
						   .is_variable_only = true,
						   .containers = gitref->containers,
						   .container_count = gitref->container_count,
					   });
		}
		if (has_owners)
			stamp_add_owner(&stamps->items[*index], &checkout->placements, arena);
	}
}

void repositories_add_stamps(struct checkouts *checkouts, bool has_owners, struct stamps *stamps)
{
	struct arena *arena = stamps->arena;
	struct repositories repositories = { .arena = arena };

	repositories.items = arena_array(arena, checkouts->count, sizeof(*repositories.items));
	map_init(&repositories.by_key, arena);
	map_init(&repositories.by_name, arena);
	for (size_t i = 0; i < checkouts->count; i++) {
		struct checkout *checkout = &checkouts->items[i];
		struct repository *repository;

		if (checkout->outcome != CHECKOUT_RESOLVED)
			continue;
		repository = find_repository(&repositories, checkout);
		add_checkout(repository, checkout, arena);
		if (has_owners)
			stamp_add_owner(&repository->stamp, &checkout->placements, arena);
	}
	for (size_t i = 0; i < repositories.count; i++) {
		tell_apart(&repositories.items[i], arena);
		complete_stamp(&repositories.items[i], arena);
		stamps_add(stamps, repositories.items[i].stamp);
	}
	for (size_t i = 0; i < checkouts->count; i++)
		if (checkouts->items[i].outcome == CHECKOUT_RESOLVED)
			checkouts->items[i].repository = find_repository(&repositories, &checkouts->items[i])->name;
	add_lifted_stamps(checkouts, has_owners, stamps);
}
