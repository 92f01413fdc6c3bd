/* SPDX-License-Identifier: Apache-2.0 */
#include "git/lock.h"

#include "base/lines.h"
#include "base/sort.h"
#include "git/urlrule.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "rollstamp-lock/1"
struct str lock_ref_key(struct arena *arena, struct str url, struct str ref)
{
	return arena_printf(arena, "%.*s\n%.*s", STR_ARG(url), STR_ARG(ref));
}

struct str lock_entry_key(struct arena *arena, struct str url, struct str ref, enum ref_kind kind)
{
	return arena_printf(arena, "%.*s\n%.*s\n%s", STR_ARG(url), STR_ARG(ref), ref_kind_name(kind));
}

static int compare(const void *a, const void *b)
{
	const struct lock_entry *left = a, *right = b;
	int order = str_compare(left->url, right->url);

	if (order == 0)
		order = str_compare(left->ref, right->ref);
	return order != 0 ? order : strcmp(ref_kind_name(left->kind), ref_kind_name(right->kind));
}

/* A sorted copy of `entries`. Of several entries with one (url, ref, kind) the last is kept. */
static struct lock_entry *sort_entries(const struct lock_entry *entries, size_t count, struct arena *arena,
				       size_t *sorted_count)
{
	struct lock_entry *sorted = arena_array(arena, count + 1, sizeof(*sorted));
	struct map known;
	size_t n = 0;

	map_init(&known, arena);
	for (size_t i = 0; i < count; i++) {
		struct str key = lock_entry_key(arena, entries[i].url, entries[i].ref, entries[i].kind);
		struct lock_entry *entry = map_get(&known, key);

		if (!entry) {
			entry = &sorted[n++];
			map_set(&known, key, entry);
		}
		*entry = entries[i];
	}
	sort_items(sorted, n, sizeof(*sorted), compare);
	*sorted_count = n;
	return sorted;
}

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (str_is_control(text.ptr[i]))
			return true;
	return false;
}

/* `text` is JSON whose second level is an array: where that array's element `index` begins. */
static size_t start_of_element(struct str text, size_t index)
{
	size_t depth = 0, commas = 0;
	bool is_string = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (is_string && c == '\\')
			i++;
		else if (c == '"')
			is_string = !is_string;
		else if (is_string)
			continue;
		else if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		else if (c == ',' && depth == 2)
			commas++;
		if (depth >= 2 && commas == index && (depth > 2 || (c != ',' && c != '[' && !strchr(" \t\r\n", c))))
			return i;
	}
	return text.len;
}

/*
 * Puts the place in front of the message about element `index`. Any file can be named as a lock and its content may be
 * private, so messages say only where something is wrong, and what was expected there.
 */
static bool blame_element(struct str text, size_t index, struct err *err)
{
	struct line_place place = lines_place(text, start_of_element(text, index));

	return err_prefix(err, "line %zu, column %zu", place.line, place.column);
}

static bool is_commit(struct str commit, enum ref_kind kind)
{
	if (kind != REF_ABBREVIATED)
		return refname_is_commit(commit);
	for (size_t i = 0; i < commit.len; i++)
		if (!str_is_hex_digit(commit.ptr[i]))
			return false;
	return commit.len >= 7 && commit.len < 40;
}

/* The string `name` of `object`, in the arena; refused if it isn't one, is empty or has control characters. */
static bool read_member(const json_t *object, const char *name, struct arena *arena, struct str *to, struct err *err)
{
	const json_t *value = json_object_get(object, name);
	struct str text;

	if (!json_is_string(value))
		return err_set(err, "an entry without \"%s\", or where that is no string", name);
	text = (struct str){ .ptr = json_string_value(value), .len = json_string_length(value) };
	if (text.len == 0 || has_control(text))
		return err_set(err, "\"%s\" is empty, or has a control character", name);
	*to = arena_dup(arena, text);
	return true;
}

static bool read_entry(const json_t *object, struct arena *arena, struct lock_entry *entry, struct err *err)
{
	struct str kind;

	if (!json_is_object(object))
		return err_set(err, "an entry of \"refs\" is no object");
	if (!read_member(object, "url", arena, &entry->url, err) ||
	    !read_member(object, "ref", arena, &entry->ref, err) || !read_member(object, "kind", arena, &kind, err) ||
	    !read_member(object, "commit", arena, &entry->commit, err))
		return false;
	if (json_object_size(object) != 4)
		return err_set(err, "an entry has something else beside \"url\", \"ref\", \"kind\" and \"commit\"");
	if (!ref_kind_from(kind, &entry->kind) || entry->kind == REF_COMMIT)
		return err_set(err,
			       "the \"kind\" of an entry is none of branch, tag, head, ref and abbreviated: made by a "
			       "newer rollstamp?");
	if (is_commit(entry->commit, entry->kind))
		return true;
	if (entry->kind == REF_ABBREVIATED)
		return err_set(err, "the \"commit\" of an abbreviated entry is not 7 to 39 lower-case hex digits");
	return err_set(err, "the \"commit\" of an entry is not 40 or 64 lower-case hex digits");
}

static bool read_entries(const json_t *refs, struct str text, struct arena *arena, struct lock *lock, struct err *err)
{
	size_t count = json_array_size(refs);
	struct lock_entry *entries = arena_array(arena, count + 1, sizeof(*entries));

	for (size_t i = 0; i < count; i++) {
		struct str key;

		if (!read_entry(json_array_get(refs, i), arena, &entries[i], err))
			return blame_element(text, i, err);
		key = lock_entry_key(arena, entries[i].url, entries[i].ref, entries[i].kind);
		if (map_get(&lock->by_key, key)) {
			err_set(err, "a second entry of the same url, ref and kind");
			return blame_element(text, i, err);
		}
		map_set(&lock->by_key, key, &entries[i]);
	}
	lock->entries = sort_entries(entries, count, arena, &lock->count);
	return true;
}

static bool read_root(const json_t *root, struct str text, struct arena *arena, struct lock *lock, struct err *err)
{
	const json_t *format = json_object_get(root, "format"), *refs = json_object_get(root, "refs");

	if (!json_is_string(format))
		return err_set(err, "line 1: this is no lock file: it lacks \"format\": \"" FORMAT "\"");
	if (!str_is((struct str){ json_string_value(format), json_string_length(format) }, FORMAT))
		return err_set(err, "line 1: the \"format\" is not \"" FORMAT
				    "\", the only one that is known: made by a newer rollstamp?");
	if (!json_is_array(refs) || json_object_size(root) != 2)
		return err_set(err, "line 1: a lock file has \"format\", and the array \"refs\", and nothing else");
	return read_entries(refs, text, arena, lock, err);
}

/* Does the text have the marks of a merge conflict? */
static bool has_conflict(struct str text)
{
	while (text.ptr)
		if (str_starts_with(str_cut(&text, '\n'), "<<<<<<< "))
			return true;
	return false;
}

/* jansson's own messages quote the text. */
static const char *explain_json(enum json_error_code code)
{
	/* Not a switch: the enum is the library's, and grows. */
	if (code == json_error_premature_end_of_input)
		return "it ends where more is expected";
	if (code == json_error_end_of_input_expected)
		return "something follows where the end is expected";
	if (code == json_error_duplicate_key)
		return "an object has two members of one name";
	if (code == json_error_invalid_utf8)
		return "UTF-8 text is expected";
	if (code == json_error_null_character || code == json_error_null_byte_in_key)
		return "a string has a NUL character";
	return "a value, a comma, a colon or a closing bracket is expected";
}

static bool refuse_json(struct str text, const json_error_t *error, struct err *err)
{
	const char *hint = "";

	if (has_conflict(text))
		hint = " (it has the marks of a merge conflict: keep the entries of both sides)";
	return err_set(err, "line %d, column %d: is not JSON: %s%s", error->line > 0 ? error->line : 1,
		       error->column > 0 ? error->column : 1, explain_json(json_error_code(error)), hint);
}

bool lock_parse(struct str text, struct arena *arena, struct lock *lock, struct err *err)
{
	struct lock found = { 0 };
	json_error_t error;
	json_t *root;
	bool ok;

	map_init(&found.by_key, arena);
	if (text.len == 0) {
		*lock = found;
		return true;
	}
	root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
	if (!root && json_error_code(&error) == json_error_out_of_memory)
		arena_out_of_memory();
	if (!root)
		return refuse_json(text, &error, err);
	ok = read_root(root, text, arena, &found, err);
	json_decref(root);
	if (ok)
		*lock = found;
	return ok;
}

struct str lock_find(const struct lock *lock, struct str url, struct str ref, enum ref_kind kind)
{
	struct arena scratch = { 0 };
	const struct lock_entry *entry = map_get(&lock->by_key, lock_entry_key(&scratch, url, ref, kind));

	arena_release(&scratch);
	return entry ? entry->commit : (struct str){ 0 };
}

bool lock_choose(const struct lock *lock, struct str url, struct str ref, const struct refname *name,
		 enum ref_kind *kind, struct str *commit)
{
	struct str commits[REFNAME_CANDIDATES];
	enum ref_kind chosen;
	struct str found;

	for (size_t i = 0; i < name->count; i++)
		commits[i] = lock_find(lock, url, ref, name->candidates[i].kind);
	if (!refname_choose(name, commits, &chosen, &found))
		return false;
	/* Only the lock can know that the digits are no ref. */
	if (chosen == REF_ABBREVIATED && lock_find(lock, url, ref, chosen).len == 0)
		return false;
	*kind = chosen;
	*commit = found;
	return true;
}

void lock_of(const struct lock_entry *entries, size_t count, struct arena *arena, struct lock *lock)
{
	struct lock made = { 0 };

	map_init(&made.by_key, arena);
	made.entries = sort_entries(entries, count, arena, &made.count);
	for (size_t i = 0; i < made.count; i++)
		map_set(&made.by_key,
			lock_entry_key(arena, made.entries[i].url, made.entries[i].ref, made.entries[i].kind),
			&made.entries[i]);
	*lock = made;
}

bool lock_may_drop(const struct lock_change *change, const struct lock_entry *entry, struct arena *arena)
{
	struct url url;
	struct err ignored;

	if (change->only_count == 0)
		return true;
	if (!url_parse(entry->url, arena, &url, &ignored))
		return false;
	for (size_t i = 0; i < change->only_count; i++)
		if (urlrule_matches(change->only[i], &url))
			return true;
	return false;
}

struct lock_entry *lock_merge(const struct lock *lock, const struct lock_change *change, struct arena *arena,
			      size_t *count)
{
	struct lock_entry *all = arena_array(arena, lock->count + change->count + 1, sizeof(*all));
	struct map replaced;
	size_t n = 0;

	map_init(&replaced, arena);
	for (size_t i = 0; i < change->count; i++)
		map_set(&replaced, lock_ref_key(arena, change->add[i].url, change->add[i].ref), arena);
	for (size_t i = 0; i < lock->count; i++) {
		const struct lock_entry *entry = &lock->entries[i];

		if (!map_get(&replaced, lock_ref_key(arena, entry->url, entry->ref)) &&
		    !(change->prune && lock_may_drop(change, entry, arena)))
			all[n++] = *entry;
	}
	for (size_t i = 0; i < change->count; i++)
		all[n++] = change->add[i];
	return sort_entries(all, n, arena, count);
}

static bool has_kind(const struct lock_entry *entries, size_t count, enum ref_kind kind)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind == kind)
			return true;
	return false;
}

size_t lock_record(struct str url, struct str ref, const struct refname *name, const struct str *commits,
		   struct lock_entry entries[LOCK_ENTRIES_OF_REF])
{
	struct lock_entry entry = { .url = url, .ref = ref };
	size_t n = 0;

	for (size_t i = 0; i < name->count; i++) {
		entry.kind = name->candidates[i].kind;
		entry.commit = commits[i];
		if (entry.commit.len > 0 && !has_kind(entries, n, entry.kind))
			entries[n++] = entry;
	}
	if (n == 0 && name->maybe_abbreviated) {
		entry.kind = REF_ABBREVIATED;
		entry.commit = name->digits;
		entries[n++] = entry;
	}
	return n;
}

static void print_string(struct buf *to, struct str text)
{
	/* Keys are UTF-8: what `url` and `refname` took. */
	json_t *value = json_stringn(text.len > 0 ? text.ptr : "", text.len);
	char *json = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

	if (!json)
		arena_out_of_memory();
	buf_add_cstring(to, json);
	free(json);
	json_decref(value);
}

void lock_print(const struct lock_entry *entries, size_t count, struct arena *arena, struct buf *to)
{
	struct lock_entry *sorted = sort_entries(entries, count, arena, &count);

	buf_add_cstring(to, "{\n  \"format\": \"" FORMAT "\",\n  \"refs\": [");
	for (size_t i = 0; i < count; i++) {
		buf_add_cstring(to, i > 0 ? ",\n    {\"url\": " : "\n    {\"url\": ");
		print_string(to, sorted[i].url);
		buf_add_cstring(to, ", \"ref\": ");
		print_string(to, sorted[i].ref);
		buf_add_cstring(to, ", \"kind\": ");
		print_string(to, str_from(ref_kind_name(sorted[i].kind)));
		buf_add_cstring(to, ", \"commit\": ");
		print_string(to, sorted[i].commit);
		buf_add_char(to, '}');
	}
	buf_add_cstring(to, count > 0 ? "\n  ]\n}\n" : "]\n}\n");
}
