/* SPDX-License-Identifier: Apache-2.0 */
#include "app/lockdiff.h"

#include "base/sort.h"

/* While rows are made. All keys are of the lock file. */
struct lockdiff_making {
	struct lockdiff *diff;
	struct arena *arena;
	struct map rows;  /* by url, ref, and what it was and is */
	struct map told;  /* entries (url, ref, kind) that rows with users tell of */
	struct map names; /* url and ref, to a row that shows them */
};

const char *lockdiff_change_name(enum lockdiff_change change)
{
	static const char *const names[LOCKDIFF_CHANGES] = { "same", "moved", "new", "dropped" };

	return names[change];
}

static struct lockdiff_row *add_row(struct lockdiff *diff, struct lockdiff_row made)
{
	struct lockdiff_row *row = ARENA_NEW(diff->arena, struct lockdiff_row);

	*row = made;
	if (row->from.len == 0)
		row->change = LOCKDIFF_NEW;
	else if (row->to.len == 0)
		row->change = LOCKDIFF_DROPPED;
	else if (row->kind == row->old_kind && str_equal(row->from, row->to))
		row->change = LOCKDIFF_SAME;
	else
		row->change = LOCKDIFF_MOVED;
	diff->rows = arena_grow(diff->arena, diff->rows, diff->count, &diff->room, sizeof(struct lockdiff_row *));
	diff->rows[diff->count++] = row;
	diff->counts[row->change]++;
	return row;
}

/* A workload can use a ref in several containers. All of its refs come one behind the other. */
static void add_user(struct lockdiff_making *m, struct lockdiff_row *row, const struct fleet_ref *ref)
{
	if (row->user_count > 0 && row->users[row->user_count - 1].workload == ref->workload)
		return;
	row->users = arena_grow(m->arena, row->users, row->user_count, &row->user_room, sizeof(*row->users));
	row->users[row->user_count++] = (struct lockdiff_user){ ref->file, ref->workload };
}

static void add_use(struct lockdiff_making *m, const struct fleet_ref *ref)
{
	const struct git_finding *git = ref->git;
	bool is_known = git->recorded.len > 0;
	struct str key = arena_printf(m->arena, "%.*s\n%.*s\n%s %.*s\n%s %.*s", STR_ARG(git->url_key),
				      STR_ARG(git->ref_key), is_known ? ref_kind_name(git->recorded_kind) : "-",
				      STR_ARG(git->recorded), ref_kind_name(git->kind), STR_ARG(git->commit));
	struct lockdiff_row *row = map_get(&m->rows, key);

	if (!row) {
		row = add_row(m->diff, (struct lockdiff_row){
					       .url = git->url,
					       .ref = git->ref,
					       .old_kind = is_known ? git->recorded_kind : git->kind,
					       .kind = git->kind,
					       .from = git->recorded,
					       .to = git->commit,
					       .failure = git->source == COMMITS_LOCK_FALLBACK ? git->failure
											       : (struct str){ 0 },
				       });
		map_set(&m->rows, key, row);
		map_set(&m->names, lock_ref_key(m->arena, git->url_key, git->ref_key), row);
		map_set(&m->told, lock_entry_key(m->arena, git->url_key, git->ref_key, git->kind), row);
		if (is_known)
			map_set(&m->told, lock_entry_key(m->arena, git->url_key, git->ref_key, git->recorded_kind),
				row);
	}
	add_user(m, row, ref);
}

/* An entry that changes from one commit to the other (empty: none), and that is nobody's: only the lock file has it. */
static void add_entry(struct lockdiff_making *m, const struct lock_entry *entry, struct str from, struct str to)
{
	const struct lockdiff_row *shown;

	m->diff->has_changes = true;
	if (map_get(&m->told, lock_entry_key(m->arena, entry->url, entry->ref, entry->kind)))
		return;
	shown = map_get(&m->names, lock_ref_key(m->arena, entry->url, entry->ref));
	add_row(m->diff, (struct lockdiff_row){
				 .url = shown ? shown->url : entry->url,
				 .ref = shown ? shown->ref : entry->ref,
				 .kind = entry->kind,
				 .old_kind = entry->kind,
				 .from = from,
				 .to = to,
			 });
}

/* What the change makes of the entries as such, whoever uses them. */
static void compare_entries(struct lockdiff_making *m, const struct lock *lock, const struct lock_change *change)
{
	const struct str none = { 0 };
	struct lock_entry *merged;
	struct lock newer;
	size_t count;

	merged = lock_merge(lock, change, m->arena, &count);
	lock_of(merged, count, m->arena, &newer);
	for (size_t i = 0; i < lock->count; i++) {
		const struct lock_entry *entry = &lock->entries[i];

		if (lock_find(&newer, entry->url, entry->ref, entry->kind).len == 0)
			add_entry(m, entry, entry->commit, none);
	}
	for (size_t i = 0; i < count; i++) {
		const struct lock_entry *entry = &merged[i];
		struct str before = lock_find(lock, entry->url, entry->ref, entry->kind);

		if (!str_equal(before, entry->commit))
			add_entry(m, entry, before, entry->commit);
	}
}

/* Entries that nobody uses and that stay. With --only, others may be used by whom it leaves out. */
static size_t count_unused(const struct lockdiff_making *m, const struct lock *lock, const struct lock_change *change)
{
	size_t count = 0;

	for (size_t i = 0; i < lock->count && !change->prune; i++)
		count += !map_get(&m->names, lock_ref_key(m->arena, lock->entries[i].url, lock->entries[i].ref)) &&
			 lock_may_drop(change, &lock->entries[i], m->arena);
	return count;
}

static int compare_rows(const void *a, const void *b)
{
	const struct lockdiff_row *left = *(struct lockdiff_row *const *)a, *right = *(struct lockdiff_row *const *)b;
	int order = str_compare(left->url, right->url);

	order = order != 0 ? order : str_compare(left->ref, right->ref);
	order = order != 0 ? order : (left->kind > right->kind) - (left->kind < right->kind);
	order = order != 0 ? order : str_compare(left->from, right->from);
	return order != 0 ? order : str_compare(left->to, right->to);
}

void lockdiff_make(const struct fleet *fleet, const struct fleet_ref *refs, size_t ref_count,
		   const struct lock_change *change, struct lockdiff *diff)
{
	struct lockdiff_making m = { .diff = diff, .arena = fleet->arena };

	*diff = (struct lockdiff){ .arena = fleet->arena };
	map_init(&m.rows, m.arena);
	map_init(&m.told, m.arena);
	map_init(&m.names, m.arena);
	for (size_t i = 0; i < ref_count; i++) {
		const struct git_finding *git = refs[i].git;

		if (git->outcome != CHECKOUT_RESOLVED)
			continue;
		if (git->source == COMMITS_ITSELF)
			diff->itself++;
		else
			add_use(&m, &refs[i]);
	}
	compare_entries(&m, &fleet->lock, change);
	diff->unused = count_unused(&m, &fleet->lock, change);
	sort_items(diff->rows, diff->count, sizeof(struct lockdiff_row *), compare_rows);
}
