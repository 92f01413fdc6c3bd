/* SPDX-License-Identifier: Apache-2.0 */
#include "app/lockcommand.h"

#include "app/lockjson.h"

/* Other refs that an error names behind the first. */
#define NAMED 10

/* The renders stay in options->files. */
static bool take_renders(struct options *options, struct err *err)
{
	options->takes_directories = true;
	return options->files.count > 0 ||
	       err_set(err, "lock: of which renders? Name files or directories with rendered manifests, or - for the "
			    "standard input; each file is a release of its own");
}

static bool check_lock(const struct options *options, struct err *err)
{
	if (!options->policy.lock.ptr)
		return err_set(err, "lock: which lock file? Add --lock=FILE");
	if (options->krm)
		return err_set(
			err, "rollstamp lock reads renders, and no ResourceList: call it rollstamp, not rollstamp-krm");
	return options->output != OUTPUT_MARKDOWN || err_set(err, "-o markdown belongs to rollstamp why");
}

/*
 * A render that failed behind a redirection is a file without a byte: with --prune it would drop all that its release
 * uses.
 */
static bool check_renders(const struct render_input *input, bool prunes, struct err *err)
{
	for (size_t i = 0; i < input->file_count && prunes; i++)
		if (str_trim(input->files[i].text).len == 0)
			return err_set(err,
				       "%.*s is empty, and --prune would drop what its release uses: did its render "
				       "fail? If it has no objects, leave it out, or write a comment into it",
				       STR_ARG(input->files[i].name));
	return true;
}

/* What keeps the lock from being written: a ref, and others of its repository for the same reason. */
struct obstacle {
	const struct fleet_ref *first;
	bool is_strict;  /* only because of --strict */
	struct map refs; /* each once */
};

struct obstacles {
	struct arena *arena;
	struct map by_reason;
	struct obstacle **items; /* the first one comes first */
	size_t count, room;
};

static struct str name_ref(const struct git_finding *git, struct arena *arena)
{
	/* What came from a Secret is shown as "(Secret NAME, key KEY)". */
	const char *quote = str_starts_with(git->ref, "(Secret ") ? "" : "'";

	if (git->url.len == 0)
		return arena_printf(arena, "a git ref of %.*s", STR_ARG(git->where));
	if (git->ref.len == 0 || git->is_urls_fault)
		return arena_printf(arena, "%.*s", STR_ARG(git->url));
	return arena_printf(arena, "git ref %s%.*s%s of %.*s", quote, STR_ARG(git->ref), quote, STR_ARG(git->url));
}

/* A server that is down is one obstacle, and not as many as there are refs of it. */
static void add_obstacle(struct obstacles *obstacles, const struct fleet_ref *ref, bool is_strict)
{
	struct arena *arena = obstacles->arena;
	const struct git_finding *git = ref->git;
	struct str key = arena_printf(arena, "%.*s\n%.*s", STR_ARG(git->url), STR_ARG(git->reason));
	struct obstacle *obstacle = map_get(&obstacles->by_reason, key);

	if (!obstacle) {
		obstacle = ARENA_NEW(arena, struct obstacle);
		*obstacle = (struct obstacle){ .first = ref, .is_strict = is_strict };
		map_init(&obstacle->refs, arena);
		map_set(&obstacles->by_reason, key, obstacle);
		obstacles->items = arena_grow(arena, obstacles->items, obstacles->count, &obstacles->room,
					      sizeof(struct obstacle *));
		obstacles->items[obstacles->count++] = obstacle;
	}
	map_set(&obstacle->refs, name_ref(git, arena), obstacle);
}

static void name_obstacle(const struct obstacle *obstacle, struct arena *arena, struct buf *to)
{
	const struct git_finding *git = obstacle->first->git;

	if (obstacle->refs.count == 1)
		buf_add(to, name_ref(git, arena));
	else if (git->url.len > 0)
		buf_printf(to, "%zu git refs of %.*s", obstacle->refs.count, STR_ARG(git->url));
	else
		buf_printf(to, "%zu git refs", obstacle->refs.count);
}

static void name_others(const struct obstacles *obstacles, struct buf *to)
{
	for (size_t i = 1; i < obstacles->count && i <= NAMED; i++) {
		buf_add_cstring(to, i == 1 ? "; also: " : ", ");
		name_obstacle(obstacles->items[i], obstacles->arena, to);
	}
	if (obstacles->count > NAMED + 1)
		buf_printf(to, " and %zu more", obstacles->count - NAMED - 1);
}

/* The whole message: the first obstacle with its place, what that means for the lock file, and the others. */
static bool refuse_obstacles(const struct obstacles *obstacles, struct str lock, struct err *err)
{
	const struct obstacle *first = obstacles->items[0];
	const struct workload *workload = first->first->workload;
	const struct git_finding *git = first->first->git;
	struct place place = workload->place;
	struct buf text = { 0 };

	if (git->container.len > 0)
		buf_printf(&text, "container %.*s, ", STR_ARG(git->container));
	buf_printf(&text, "%.*s: ", STR_ARG(git->where));
	if (git->url.len > 0 && git->ref.len > 0 && !git->is_urls_fault)
		buf_printf(&text, "%.*s: ", STR_ARG(name_ref(git, obstacles->arena)));
	buf_printf(&text, "%.*s%s", STR_ARG(git->reason), first->is_strict ? ", and --strict is set" : "");
	if (first->refs.count > 1)
		buf_printf(&text, " (so it is for %zu other ref%s of it)", first->refs.count - 1,
			   first->refs.count > 2 ? "s" : "");
	buf_printf(&text, "; %.*s stays as it is", STR_ARG(lock));
	name_others(obstacles, &text);
	err_set(err, "%.*s", STR_ARG(buf_str(&text)));
	buf_release(&text);
	place.at = git->at;
	return place_explain(place, workload->kind, workload->name, err);
}

/* All or nothing: is there a ref of which nothing can be recorded? */
static bool check_refs(const struct fleet *fleet, const struct fleet_ref *refs, size_t count, struct err *err)
{
	struct obstacles obstacles = { .arena = fleet->arena };

	map_init(&obstacles.by_reason, fleet->arena);
	for (size_t i = 0; i < count; i++) {
		const struct git_finding *git = refs[i].git;

		if (git->outcome == CHECKOUT_FAILED)
			add_obstacle(&obstacles, &refs[i], false);
		else if (fleet->policy.strict && findings_is_git_problem(git))
			add_obstacle(&obstacles, &refs[i], true);
	}
	return obstacles.count == 0 || refuse_obstacles(&obstacles, fleet->policy.lock, err);
}

/* Does a pattern of --only fit an entry that --prune could drop? */
static bool fits_entry(const struct fleet *fleet, struct str pattern)
{
	const struct lock_change change = { .only = &pattern, .only_count = 1 };

	for (size_t i = 0; i < fleet->lock.count; i++)
		if (lock_may_drop(&change, &fleet->lock.entries[i], fleet->arena))
			return true;
	return false;
}

/* A job that refreshes a misspelled url would succeed for ever, and never do anything. */
static bool check_only(const struct fleet *fleet, bool prunes, struct err *err)
{
	struct str *values;
	size_t count = unused_missed(&fleet->unused, FITS_GIT_ONLY, fleet->arena, &values);

	for (size_t i = 0; i < count; i++)
		if (!prunes || !fits_entry(fleet, values[i]))
			return err_set(err, "--only=%.*s fits no url of the renders%s", STR_ARG(values[i]),
				       prunes ? ", and none of the lock file" : "");
	return true;
}

static struct str print_result(const struct lockresult *result, enum output output)
{
	struct buf text = { 0 };

	if (output == OUTPUT_JSON)
		lockjson_print(result, &text);
	else
		locktable_print(result, output == OUTPUT_WIDE, &text);
	return buf_keep(&text, result->fleet->arena);
}

static bool decide(const struct run_input *input, struct fleet *fleet, struct run_output *output, struct err *err)
{
	const struct options *options = input->options;
	struct lockresult result = {
		.fleet = fleet,
		.path = options->policy.lock,
		.is_check = options->check,
		.colour = input->colour,
	};
	struct lockdiff diff;

	if (!check_renders(fleet->input, options->lock_prune, err) || !fleet_read(fleet, err))
		return false;
	result.refs = fleet_refs(fleet, &result.ref_count);
	if (!check_refs(fleet, result.refs, result.ref_count, err) || !check_only(fleet, options->lock_prune, err) ||
	    !commits_check_entries(&fleet->commits, err))
		return false;
	output->lock_change = (struct lock_change){
		.add = fleet->commits.entries,
		.count = fleet->commits.entry_count,
		.prune = options->lock_prune,
		.only = options->policy.git_onlys.items,
		.only_count = options->policy.git_onlys.count,
	};
	lockdiff_make(fleet, result.refs, result.ref_count, &output->lock_change, &diff);
	result.diff = &diff;
	run_print(output, print_result(&result, options->output), fleet->arena);
	output->has_commits = !options->check;
	if (options->check)
		output->status = fleet->commits.has_failures ? 2 : diff.has_changes;
	return true;
}

static bool run_lock(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	struct fleet fleet;
	bool ok;

	fleet_init(&fleet, &input->render, &input->options->policy, arena);
	ok = decide(input, &fleet, output, err);
	fleet_release(&fleet);
	return ok;
}

const struct command lockcommand = {
	.name = "lock",
	.usage = "--lock=FILE [--check] [--prune] [--only=PATTERN] [-o table|wide|json] [OPTION...] RENDER...",
	.help = "Reads many renders (files or directories; each file is a release of its own), asks for all their git\n"
		"refs once, writes the commits into the lock file, and prints what has moved and who uses it.\n",
	.take = take_renders,
	.check = check_lock,
	.run = run_lock,
};
