/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/worktree.h"

#include "git/url.h"
#include "git/urlname.h"

#define BECAUSE_CONDITION "it depends on a condition in the script"
#define BECAUSE_PLACE "a git command works in a directory that isn't known"
#define BECAUSE_EXPRESSION "only git can work out which commit it names"
#define BECAUSE_FETCHED "it isn't known what was fetched before it"
#define BECAUSE_REMOTE "the url of its remote is changed"
#define BECAUSE_MERGE "another commit is merged into it"
#define BECAUSE_USED "files of another ref are used, too"
#define BECAUSE_NOTHING_TAKEN "it is fetched, and nothing says what of it is used"

/* More names in one clone, and more clones, are nothing that a script for a container has. */
#define MAX_ALIASES 64
#define MAX_CLONES 256
#define MAX_POLLS 256
#define MAX_NOTES 256
#define MAX_TURNS 256

struct worktree_poll {
	struct directory directory;
};

struct worktree_note {
	struct directory directory;
	struct unfollowed what;
};

void worktree_init(struct worktree *work, struct arena *arena)
{
	*work = (struct worktree){ .arena = arena };
	branches_init(&work->branches, arena);
}

/* Are these urls of one repository? */
static bool is_same_url(const struct worktree *work, const struct part *a, const struct part *b)
{
	return a->text.state == TEXT_KNOWN && b->text.state == TEXT_KNOWN &&
	       str_equal(urlname_identity_of(a->text.value, work->arena),
			 urlname_identity_of(b->text.value, work->arena));
}

/* Do both check out the same commit, whatever the remote has? */
static bool agree(const struct clones_checkout *a, const struct clones_checkout *b)
{
	if (a->ref.text.state == TEXT_ABSENT && b->ref.text.state == TEXT_ABSENT)
		return true;
	return text_equal(&a->ref.text, &b->ref.text) && a->is_branch_first == b->is_branch_first;
}

static void append(struct worktree *work, const struct worktree_clone *clone)
{
	struct worktree_clone *added;

	if (work->count == MAX_CLONES)
		return;
	added = ARENA_NEW(work->arena, struct worktree_clone);
	*added = *clone;
	added->next = NULL;
	if (work->last)
		work->last->next = added;
	else
		work->first = added;
	work->last = added;
	work->count++;
}

void worktree_make(struct worktree *work, const struct worktree_clone *clone)
{
	struct worktree_clone made = *clone;

	/* In a repository that is there git init changes nothing. */
	for (const struct worktree_clone *other = work->first; other; other = other->next)
		if (other->directory.is_known && clone->directory.is_known &&
		    str_equal(other->directory.path, clone->directory.path))
			return;
	made.is_made = true;
	append(work, &made);
}

void worktree_add(struct worktree *work, const struct worktree_clone *clone)
{

	for (struct worktree_clone *other = work->first; other; other = other->next) {
		bool is_certain = clone->branch == 0 && other->branch == 0;

		if (!text_equal(&other->checkout.url.text, &clone->checkout.url.text) || !other->directory.is_known ||
		    !clone->directory.is_known || !str_equal(other->directory.path, clone->directory.path))
			continue;
		if (is_certain) {
			other->checkout = clone->checkout;
			other->is_elsewhere = other->is_refetched = other->has_others = other->has_foreign = false;
		} else if (!agree(&other->checkout, &clone->checkout))
			text_set_unknown(&other->checkout.ref.text, BECAUSE_CONDITION);
		other->checkout.polls = other->checkout.polls || clone->checkout.polls;
		return;
	}
	append(work, clone);
}

/* The clones that a command in `directory` works in, one after the other; `*is_clear`: it is sure that it does. */
struct targets {
	struct worktree_clone *next;
	struct directory directory;
	size_t depth; /* length of the innermost clone's path, or SIZE_MAX: the place is not clear */
	bool is_clear;
};

static struct targets find_targets(const struct worktree *work, struct directory directory)
{
	struct targets targets = { .next = work->first, .directory = directory, .depth = SIZE_MAX };
	size_t unclear = 0;

	for (const struct worktree_clone *clone = work->first; clone; clone = clone->next) {
		enum directory_relation relation = directory_relate(directory, clone->directory);

		if (relation == DIRECTORY_UNCLEAR)
			unclear++;
		if (relation == DIRECTORY_INSIDE && (!targets.is_clear || clone->directory.path.len > targets.depth)) {
			targets.is_clear = true;
			targets.depth = clone->directory.path.len;
		}
	}
	/* Where only one can be meant, it is. */
	if (!targets.is_clear && unclear == 1)
		targets.is_clear = true;
	return targets;
}

static struct worktree_clone *next_target(struct targets *targets)
{
	while (targets->next) {
		struct worktree_clone *clone = targets->next;
		enum directory_relation relation = directory_relate(targets->directory, clone->directory);

		targets->next = clone->next;
		if (targets->depth == SIZE_MAX
			    ? relation == DIRECTORY_UNCLEAR
			    : relation == DIRECTORY_INSIDE && clone->directory.path.len == targets->depth)
			return clone;
	}
	return NULL;
}

static const struct part *find_alias(const struct worktree_clone *clone, struct str name)
{
	for (const struct args_alias *alias = clone->aliases; alias; alias = alias->next)
		if (str_equal(alias->name, name))
			return &alias->ref;
	return NULL;
}

static void add_alias(struct worktree *work, struct worktree_clone *clone, struct str name, const struct part *ref)
{
	struct args_alias *alias;
	size_t count = 0;

	for (alias = clone->aliases; alias; alias = alias->next, count++)
		if (str_equal(alias->name, name)) {
			alias->ref = *ref;
			return;
		}
	if (count == MAX_ALIASES)
		return;
	alias = ARENA_NEW(work->arena, struct args_alias);
	*alias = (struct args_alias){ .name = name, .ref = *ref, .next = clone->aliases };
	clone->aliases = alias;
}

/* The name behind `remote/`, also behind remotes/ and refs/remotes/; false if it is no name of that kind. */
static bool is_remote_branch(const struct worktree_clone *clone, struct str name, struct str *branch)
{
	static const char *const beginnings[] = { "refs/remotes/", "remotes/" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
		if (str_starts_with(name, beginnings[i])) {
			name = str_skip(name, strlen(beginnings[i]));
			break;
		}
	if (name.len <= clone->remote.len + 1 || name.ptr[clone->remote.len] != '/' ||
	    !str_equal((struct str){ .ptr = name.ptr, .len = clone->remote.len }, clone->remote))
		return false;
	*branch = str_skip(name, clone->remote.len + 1);
	return true;
}

static bool is_expression(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (strchr("~^:", name.ptr[i]) || (name.ptr[i] == '@' && i + 1 < name.len && name.ptr[i + 1] == '{'))
			return true;
	return str_is(name, "-") || str_is(name, "ORIG_HEAD");
}

/* A full commit is the same wherever it was fetched from. */
static bool is_commit(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!str_is_hex_digit(str_lower(name.ptr[i])))
			return false;
	return name.len == 40 || name.len == 64;
}

/* What `ref`, as a command in the clone names it, is on the remote. TEXT_ABSENT: what is checked out already. */
static struct part resolve(const struct worktree *work, const struct worktree_clone *clone, const struct part *ref)
{
	struct part resolved = *ref;
	const struct part *alias;
	struct str name = ref->text.value, branch;

	if (ref->text.state != TEXT_KNOWN)
		return resolved;
	alias = find_alias(clone, name);
	if (alias)
		return *alias;
	if (str_is(name, "HEAD") || str_is(name, "@"))
		resolved.text.state = TEXT_ABSENT;
	else if (is_commit(name))
		return resolved;
	else if (clone->is_refetched)
		text_set_unknown(&resolved.text, BECAUSE_REMOTE);
	else if (str_is(name, "FETCH_HEAD"))
		text_set_unknown(&resolved.text, BECAUSE_FETCHED);
	else if (is_expression(name))
		text_set_unknown(&resolved.text, BECAUSE_EXPRESSION);
	else if (is_remote_branch(clone, name, &branch))
		resolved.text.value =
			str_is(branch, "HEAD") ? branch : arena_printf(work->arena, "origin/%.*s", STR_ARG(branch));
	else if (clone->has_foreign && !text_equal(&clone->checkout.ref.text, &ref->text))
		text_set_unknown(&resolved.text, BECAUSE_FETCHED);
	return resolved;
}

/* Is `ref` the branch that is checked out already? */
static bool is_current(const struct clones_checkout *checkout, const struct part *ref)
{
	struct part branch = *ref;

	if (ref->text.state == TEXT_ABSENT || text_equal(&checkout->ref.text, &ref->text))
		return true;
	if (ref->text.state != TEXT_KNOWN || !str_starts_with(ref->text.value, "origin/"))
		return false;
	branch.text.value = str_skip(ref->text.value, strlen("origin/"));
	return text_equal(&checkout->ref.text, &branch.text);
}

/* Are both one ref? */
static bool is_one(const struct part *a, const struct part *b)
{
	struct clones_checkout checkout = { .ref = *a }, other = { .ref = *b };

	if (a->text.state == TEXT_ABSENT || b->text.state == TEXT_ABSENT)
		return a->text.state == b->text.state;
	return is_current(&checkout, b) || is_current(&other, a);
}

static void set_ref(struct worktree *work, struct worktree_clone *clone, const struct worktree_place *place,
		    const struct part *ref, bool is_clear)
{
	struct part resolved = resolve(work, clone, ref);

	if (is_current(&clone->checkout, &resolved))
		return;
	clone->is_taken = true;
	clone->checkout.ref = resolved;
	clone->checkout.is_branch_first = false;
	if (!is_clear)
		text_set_unknown(&clone->checkout.ref.text, BECAUSE_PLACE);
	else if (!branches_is_in(&work->branches, clone->branch, place->branch))
		text_set_unknown(&clone->checkout.ref.text, BECAUSE_CONDITION);
}

/*
 * In a clone that was not made here `ref` is what is there now, or a part of that. Where it is done again and again, the
 * clone follows something anyway.
 */
static void turn(struct worktree *work, const struct worktree_place *place, const struct part *ref)
{
	struct clones_turn made = { .ref = *ref };
	bool is_there =
		ref->text.state == TEXT_KNOWN && (str_is(ref->text.value, "HEAD") || str_is(ref->text.value, "@"));

	if (ref->text.state == TEXT_ABSENT || is_there || place->is_polling || work->turn_count == MAX_TURNS)
		return;
	if (place->directory.is_known && str_starts_with(place->directory.path, "/"))
		made.directory = place->directory.path;
	work->turns = arena_grow(work->arena, work->turns, work->turn_count, &work->turn_room, sizeof(*work->turns));
	work->turns[work->turn_count++] = made;
}

/* The same as find_targets, for a command that makes `ref` what is there. */
static struct targets turn_targets(struct worktree *work, const struct worktree_place *place, const struct part *ref)
{
	struct targets targets = find_targets(work, place->directory), others = targets;

	if (!next_target(&others))
		turn(work, place, ref);
	return targets;
}

void worktree_checkout(struct worktree *work, const struct worktree_place *place, const struct part *ref)
{
	struct targets targets = turn_targets(work, place, ref);

	for (struct worktree_clone *clone; (clone = next_target(&targets));)
		set_ref(work, clone, place, ref, targets.is_clear);
}

void worktree_branch(struct worktree *work, const struct worktree_place *place, struct str name, const struct part *ref)
{
	struct targets targets = turn_targets(work, place, ref);

	for (struct worktree_clone *clone; (clone = next_target(&targets));) {
		set_ref(work, clone, place, ref, targets.is_clear);
		if (name.len > 0)
			add_alias(work, clone, name, &clone->checkout.ref);
	}
}

/* Is this the name of the clone's remote, or its url? Without one, git takes that remote. */
static bool is_own_remote(const struct worktree *work, const struct worktree_clone *clone, const struct part *remote)
{
	if (clone->checkout.url.text.state == TEXT_ABSENT)
		return false;
	if (remote->text.state == TEXT_ABSENT)
		return true;
	return remote->text.state == TEXT_KNOWN &&
	       (str_equal(remote->text.value, clone->remote) || is_same_url(work, remote, &clone->checkout.url));
}

/* The url of a repository that git init has made. */
static void set_url(const struct worktree *work, struct worktree_clone *clone, const struct worktree_place *place,
		    const struct part *url, bool is_clear)
{
	clone->checkout.url = *url;
	if (!is_clear)
		text_set_unknown(&clone->checkout.url.text, BECAUSE_PLACE);
	else if (!branches_is_in(&work->branches, clone->branch, place->branch))
		text_set_unknown(&clone->checkout.url.text, BECAUSE_CONDITION);
}

/* Is it a url or a path, and no name of a remote? */
static bool is_location(const struct part *remote)
{
	struct str text = remote->text.value;

	return remote->text.state != TEXT_ABSENT && (str_find(text, ':') < text.len || str_find(text, '/') < text.len);
}

/* Names in the clone may mean something else after this. */
static void note_fetch(const struct worktree *work, struct worktree_clone *clone, const struct worktree_place *place,
		       const struct part *remote, bool is_clear)
{
	if (clone->is_made && clone->checkout.url.text.state == TEXT_ABSENT && is_location(remote))
		set_url(work, clone, place, remote, is_clear);
	clone->is_fetched = true;
	if (!is_own_remote(work, clone, remote))
		clone->has_foreign = true;
	else if (clone->is_elsewhere)
		clone->is_refetched = true;
}

void worktree_fetch(struct worktree *work, const struct worktree_place *place, const struct part *remote,
		    const struct part *refspec, bool from_all)
{
	struct targets targets = find_targets(work, place->directory);

	for (struct worktree_clone *clone; (clone = next_target(&targets));) {
		struct part source = *refspec;
		struct str name = refspec->text.value;

		note_fetch(work, clone, place, remote, targets.is_clear);
		clone->has_foreign = clone->has_foreign || (from_all && clone->has_others);
		if (str_starts_with(name, "+"))
			name = str_skip(name, 1);
		source.text.value = str_cut(&name, ':');
		if (source.text.state == TEXT_KNOWN && source.text.value.len == 0)
			source.text.value = (struct str)STR("HEAD");
		if (!is_own_remote(work, clone, remote) || refspec->text.state == TEXT_ABSENT)
			text_set_unknown(&source.text, BECAUSE_FETCHED);
		else if (clone->is_elsewhere)
			text_set_unknown(&source.text, BECAUSE_REMOTE);
		else if (!targets.is_clear)
			text_set_unknown(&source.text, BECAUSE_PLACE);
		else if (!branches_is_in(&work->branches, clone->branch, place->branch))
			text_set_unknown(&source.text, BECAUSE_CONDITION);
		add_alias(work, clone, (struct str)STR("FETCH_HEAD"), &source);
		if (str_starts_with(name, "refs/heads/"))
			name = str_skip(name, strlen("refs/heads/"));
		if (name.len > 0)
			add_alias(work, clone, name, &source);
	}
}

/* What is checked out is unknown now, because of `ref`, which may be TEXT_ABSENT. */
static void doubt(struct worktree_clone *clone, const struct part *ref, const char *reason)
{
	if (clone->checkout.ref.text.state == TEXT_ABSENT)
		clone->checkout.ref = *ref;
	clone->is_taken = true;
	text_set_unknown(&clone->checkout.ref.text, reason);
}

static void merge(struct worktree *work, struct worktree_clone *clone, const struct worktree_place *place,
		  const struct part *ref, bool is_clear, const char *reason)
{
	struct part resolved = resolve(work, clone, ref);

	/* Where there is nothing yet, it is what comes. */
	if (clone->is_made && !clone->is_taken && ref->text.state != TEXT_ABSENT)
		set_ref(work, clone, place, ref, is_clear);
	else if (ref->text.state == TEXT_ABSENT || !is_current(&clone->checkout, &resolved))
		doubt(clone, &resolved, reason);
}

void worktree_merge(struct worktree *work, const struct worktree_place *place, const struct part *ref,
		    const char *reason)
{
	struct targets targets = turn_targets(work, place, ref);

	for (struct worktree_clone *clone; (clone = next_target(&targets));)
		merge(work, clone, place, ref, targets.is_clear, reason);
}

void worktree_pull(struct worktree *work, const struct worktree_place *place, const struct part *remote,
		   const struct part *ref)
{
	struct targets targets = turn_targets(work, place, ref);

	for (struct worktree_clone *clone; (clone = next_target(&targets));) {
		note_fetch(work, clone, place, remote, targets.is_clear);
		if (!is_own_remote(work, clone, remote))
			doubt(clone, ref, BECAUSE_MERGE);
		else if (clone->is_elsewhere)
			doubt(clone, ref, BECAUSE_REMOTE);
		else if (ref->text.state != TEXT_ABSENT)
			merge(work, clone, place, ref, targets.is_clear, BECAUSE_MERGE);
		else if (clone->is_made)
			doubt(clone, ref, BECAUSE_FETCHED);
	}
}

void worktree_use(struct worktree *work, const struct worktree_place *place, const struct part *ref)
{
	struct targets targets = find_targets(work, place->directory);

	for (struct worktree_clone *clone; (clone = next_target(&targets));) {
		struct part resolved = resolve(work, clone, ref);

		if (is_current(&clone->checkout, &resolved))
			resolved = clone->checkout.ref;
		if (clone->has_used && !is_one(&clone->used, &resolved))
			text_set_unknown(&resolved.text, BECAUSE_USED);
		clone->used = resolved;
		clone->has_used = true;
	}
}

void worktree_move(struct worktree *work, const struct worktree_place *place, const struct part *name,
		   const struct part *url)
{
	struct targets targets = find_targets(work, place->directory);

	for (struct worktree_clone *clone; (clone = next_target(&targets));) {
		if (clone->is_made && clone->checkout.url.text.state == TEXT_ABSENT && name->text.state == TEXT_KNOWN) {
			set_url(work, clone, place, url, targets.is_clear);
			clone->remote = name->text.value;
		} else if (name->text.state == TEXT_KNOWN && !str_equal(name->text.value, clone->remote))
			clone->has_others = true;
		else
			clone->is_elsewhere = !is_same_url(work, url, &clone->checkout.url);
	}
}

void worktree_poll(struct worktree *work, const struct worktree_place *place)
{
	for (size_t i = 0; i < work->poll_count; i++)
		if (str_equal(work->polls[i].directory.path, place->directory.path) &&
		    work->polls[i].directory.is_known == place->directory.is_known)
			return;
	if (work->poll_count == MAX_POLLS)
		return;
	work->polls = arena_grow(work->arena, work->polls, work->poll_count, &work->poll_room, sizeof(*work->polls));
	work->polls[work->poll_count++].directory = place->directory;
}

void worktree_own(struct worktree *work, struct directory directory)
{
	if (work->made_count == MAX_CLONES)
		return;
	work->made = arena_grow(work->arena, work->made, work->made_count, &work->made_room, sizeof(*work->made));
	work->made[work->made_count++] = directory;
}

bool worktree_is_own(const struct worktree *work, struct directory directory, const struct word *url)
{
	bool is_file = url->known_len >= strlen("file://") && str_starts_with(url->text, "file://");
	struct word path = is_file ? word_tail(url, strlen("file://")) : *url;

	if (!is_file && part_is_url(url))
		return false;
	directory = directory_join(directory, &path, work->arena);
	for (size_t i = 0; i < work->made_count; i++)
		if (directory_relate(directory, work->made[i]) == DIRECTORY_INSIDE)
			return true;
	for (const struct worktree_clone *clone = work->first; clone; clone = clone->next)
		if (directory_relate(directory, clone->directory) == DIRECTORY_INSIDE)
			return true;
	return false;
}

void worktree_remove(struct worktree *work, struct directory path)
{
	/* One that is gone again at the end is made anew. */
	for (struct worktree_clone *clone = work->first; clone; clone = clone->next)
		if (directory_relate(clone->directory, path) == DIRECTORY_INSIDE)
			clone->checkout.is_once = false;
	if (work->removed_count == MAX_CLONES)
		return;
	work->removed = arena_grow(work->arena, work->removed, work->removed_count, &work->removed_room,
				   sizeof(*work->removed));
	work->removed[work->removed_count++] = path;
}

bool worktree_is_removed(const struct worktree *work, struct directory directory)
{
	for (size_t i = 0; i < work->removed_count; i++)
		if (directory_relate(work->removed[i], directory) != DIRECTORY_OUTSIDE ||
		    directory_relate(directory, work->removed[i]) != DIRECTORY_OUTSIDE)
			return true;
	return work->removed_count == MAX_CLONES;
}

void worktree_move_files(struct worktree *work, struct directory from, struct directory to, bool is_inside)
{
	if (!to.is_known || !str_starts_with(to.path, "/"))
		return;
	for (struct worktree_clone *clone = work->first; clone; clone = clone->next)
		if (clone->checkout.moved_to.len == 0 && directory_relate(from, clone->directory) == DIRECTORY_INSIDE) {
			clone->checkout.moved_to = to.path;
			clone->checkout.is_moved_inside = is_inside;
		}
}

void worktree_note(struct worktree *work, const struct worktree_place *place, const struct unfollowed *what)
{
	if (work->note_count == MAX_NOTES)
		return;
	work->notes = arena_grow(work->arena, work->notes, work->note_count, &work->note_room, sizeof(*work->notes));
	work->notes[work->note_count++] = (struct worktree_note){ .directory = place->directory, .what = *what };
}

/* The first note of what is in no clone that is known. */
static void find_untold(const struct worktree *work, struct clones *found)
{
	for (size_t i = 0; i < work->note_count; i++) {
		struct directory directory = work->notes[i].directory;
		struct targets targets = find_targets(work, directory);

		if (work->notes[i].what.is_in_clone && next_target(&targets))
			continue;
		found->untold = &work->notes[i].what;
		if (directory.is_known && str_starts_with(directory.path, "/"))
			found->untold_directory = directory.path;
		return;
	}
}

/* What is fetched into a clone is new, also where it is fetched before the clone stands in the script. */
static void doubt_once(struct worktree *work)
{
	for (struct worktree_clone *clone = work->first; clone; clone = clone->next)
		for (size_t i = 0; i < work->note_count && clone->checkout.is_once; i++)
			clone->checkout.is_once =
				directory_relate(work->notes[i].directory, clone->directory) == DIRECTORY_OUTSIDE &&
				work->note_count < MAX_NOTES;
}

/* Does nothing come into it from elsewhere? Then it is no checkout. */
static bool is_local(const struct worktree_clone *clone)
{
	return clone->is_made &&
	       (clone->checkout.url.text.state == TEXT_ABSENT || !(clone->is_fetched || clone->is_taken));
}

/* What of the clone is used in the end. */
static void settle(struct worktree_clone *clone)
{
	struct part *ref = &clone->checkout.ref;

	if (clone->is_made && !clone->is_taken && clone->has_used)
		*ref = clone->used;
	else if (clone->is_made && !clone->is_taken)
		text_set_unknown(&ref->text, BECAUSE_NOTHING_TAKEN);
	else if (clone->has_used && ref->text.state != TEXT_UNKNOWN && !is_one(ref, &clone->used))
		doubt(clone, &clone->used, BECAUSE_USED);
}

struct clones worktree_finish(struct worktree *work)
{
	struct clones_checkout *checkouts = arena_array(work->arena, work->count, sizeof(*checkouts));
	struct str *polled = arena_array(work->arena, work->poll_count, sizeof(*polled));
	struct clones found = { .checkouts = checkouts, .polled = polled };

	found.turns = work->turns;
	found.turn_count = work->turn_count;

	for (size_t i = 0; i < work->poll_count; i++) {
		struct directory directory = work->polls[i].directory;
		struct targets targets = find_targets(work, directory);
		bool is_absolute = directory.is_known && str_starts_with(directory.path, "/"), is_ours = false;

		for (struct worktree_clone *clone; (clone = next_target(&targets)); is_ours = true)
			clone->checkout.polls = true;
		/* A clone that is only not ruled out does not tell what is in a directory that is known. */
		if (is_ours && (targets.depth != SIZE_MAX || !is_absolute))
			continue;
		polled[found.polled_count++] = is_absolute ? directory.path : (struct str){ 0 };
	}
	find_untold(work, &found);
	doubt_once(work);
	for (struct worktree_clone *clone = work->first; clone; clone = clone->next) {
		if (is_local(clone))
			continue;
		settle(clone);
		checkouts[found.count++] = clone->checkout;
	}
	return found;
}
