/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"
#include "git/lock.h"

#include "base/file.h"
#include "git/lockfile.h"

#include "unit.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B40 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define A64 A40 "aaaaaaaaaaaaaaaaaaaaaaaa"
#define HEAD_OF_FILE "{\n  \"format\": \"rollstamp-lock/1\",\n  \"refs\": ["
#define ENTRY(url, ref, kind, commit) \
	"\n    {\"url\": \"" url "\", \"ref\": \"" ref "\", \"kind\": \"" kind "\", \"commit\": \"" commit "\"}"
#define END_OF_FILE "\n  ]\n}\n"

#define WRITERS 20

/* How the wrapped calls behave; all zero: as ever. */
static struct {
	bool is_impatient; /* nanosleep returns at once */
	int rename_error;
	unsigned sleeps;
} fake;

int __real_nanosleep(const struct timespec *request, struct timespec *left);
int __wrap_nanosleep(const struct timespec *request, struct timespec *left);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

int __wrap_nanosleep(const struct timespec *request, struct timespec *left)
{
	fake.sleeps++;
	return fake.is_impatient ? 0 : __real_nanosleep(request, left);
}

int __wrap_rename(const char *from, const char *to)
{
	errno = fake.rename_error;
	return fake.rename_error ? -1 : __real_rename(from, to);
}

static char directory[] = "/tmp/rollstamp-lock-XXXXXX";
static struct str path;

static int make_directory(void **state)
{
	(void)state;
	fake.is_impatient = false;
	fake.rename_error = 0;
	fake.sleeps = 0;
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	path = arena_printf(&unit_arena, "%s/lock.json", directory);
	return 0;
}

/* Fails if there is more in the directory than the test has put there, and empties it. */
static int remove_directory(void **state)
{
	DIR *opened = opendir(directory);
	struct dirent *entry;
	int strange = 0;

	while ((entry = readdir(opened)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (strcmp(entry->d_name, "lock.json") != 0 && strcmp(entry->d_name, "other") != 0 && ++strange)
			print_error("left behind: %s\n", entry->d_name);
		unlinkat(dirfd(opened), entry->d_name, 0);
	}
	closedir(opened);
	rmdir(directory);
	return unit_release(state) == 0 && strange == 0 ? 0 : -1;
}

#define FILE_TEST(function) cmocka_unit_test_setup_teardown(function, make_directory, remove_directory)

static struct lock_entry entry_of(const char *url, const char *ref, enum ref_kind kind, const char *commit)
{
	return (struct lock_entry){ str_from(url), str_from(ref), kind, str_from(commit) };
}

static struct str print(const struct lock_entry *entries, size_t count)
{
	struct buf text = { 0 };
	struct str copy;

	lock_print(entries, count, &unit_arena, &text);
	copy = arena_dup(&unit_arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void entries_are_printed_sorted_one_a_line(void **state)
{
	const struct lock_entry entries[] = {
		entry_of("https://h/b", "main", REF_BRANCH, A40),
		entry_of("https://h/a", "main", REF_TAG, A64),
		entry_of("https://h/a", "main", REF_BRANCH, B40),
		entry_of("https://h/a", "HEAD", REF_HEAD, A40),
		entry_of("https://h/a", "refs/x/1", REF_OTHER, A40),
		entry_of("https://h/a", "abcdef0", REF_ABBREVIATED, "abcdef0"),
		entry_of("https://h/\xc3\xa9", "a\"b", REF_TAG, A40),
	};

	(void)state;
	assert_str(
		print(entries, COUNT(entries)),
		HEAD_OF_FILE ENTRY("https://h/a", "HEAD", "head", A40) "," ENTRY(
			"https://h/a", "abcdef0", "abbreviated",
			"abcdef0") "," ENTRY("https://h/a", "main", "branch",
					     B40) "," ENTRY("https://h/a", "main", "tag",
							    A64) "," ENTRY("https://h/a", "refs/x/1", "ref",
									   A40) "," ENTRY("https://h/b", "main",
											  "branch",
											  A40) "," ENTRY("https://h/\xc3\xa9",
													 "a\\\"b",
													 "tag", A40)
			END_OF_FILE);
	assert_str(print(NULL, 0), HEAD_OF_FILE "]\n}\n");
}

static void of_equal_entries_the_last_is_printed(void **state)
{
	const struct lock_entry entries[] = { entry_of("u", "main", REF_BRANCH, A40),
					      entry_of("u", "main", REF_BRANCH, B40) };

	(void)state;
	assert_str(print(entries, COUNT(entries)), HEAD_OF_FILE ENTRY("u", "main", "branch", B40) END_OF_FILE);
}

static void what_is_printed_is_read_again(void **state)
{
	const struct lock_entry entries[] = { entry_of("u\"\\", "main", REF_TAG, A40),
					      entry_of("u\"\\", "main", REF_BRANCH, B40),
					      entry_of("sha256:0", "abcdef0", REF_ABBREVIATED, "abcdef0") };
	struct str text = print(entries, COUNT(entries));
	struct lock lock;

	(void)state;
	assert_succeeds(lock_parse(text, &unit_arena, &lock, &unit_err));
	assert_int_equal(lock.count, 3);
	assert_true(str_equal(print(lock.entries, lock.count), text));
	for (size_t i = 0; i < COUNT(entries); i++)
		assert_true(str_equal(lock_find(&lock, entries[i].url, entries[i].ref, entries[i].kind),
				      entries[i].commit));
	assert_str(lock_find(&lock, S("u\"\\"), S("main"), REF_HEAD), "");
	assert_str(lock_find(&lock, S("u"), S("main"), REF_TAG), "");
	assert_str(lock_find(&lock, S("u\"\\"), S("mai"), REF_TAG), "");
}

static void an_empty_file_has_no_entries(void **state)
{
	struct lock lock;

	(void)state;
	assert_succeeds(lock_parse(S(""), &unit_arena, &lock, &unit_err));
	assert_int_equal(lock.count, 0);
	assert_str(lock_find(&lock, S("u"), S("main"), REF_TAG), "");
	assert_succeeds(lock_parse(S(HEAD_OF_FILE "]\n}\n"), &unit_arena, &lock, &unit_err));
	assert_int_equal(lock.count, 0);
}

static void any_layout_and_order_is_read(void **state)
{
	struct lock lock;

	(void)state;
	assert_succeeds(lock_parse(S("{\"refs\":[{\"commit\":\"" A40 "\",\"kind\":\"tag\",\"ref\":\"b\",\"url\":\"u\"},"
				     "{\"commit\":\"" B40 "\",\"kind\":\"tag\",\"ref\":\"a\",\"url\":\"u\"}],"
				     "\"format\":\"rollstamp-lock/1\"}"),
				   &unit_arena, &lock, &unit_err));
	assert_str(print(lock.entries, lock.count),
		   HEAD_OF_FILE ENTRY("u", "a", "tag", B40) "," ENTRY("u", "b", "tag", A40) END_OF_FILE);
}

static const struct {
	const char *text, *message;
} broken[] = {
	{ " ", "line 1, column 1: is not JSON: it ends where more is expected" },
	{ "{", "line 1, column 1: is not JSON: it ends where more is expected" },
	{ HEAD_OF_FILE "\n  {\"url\": }\n", "line 4, column 11: is not JSON: a value, a comma" },
	{ HEAD_OF_FILE "]\n}\n}", "line 5, column 1: is not JSON: something follows" },
	{ HEAD_OF_FILE "\n<<<<<<< HEAD\n", "marks of a merge conflict" },
	{ "[]", "lacks \"format\"" },
	{ "{}", "lacks \"format\"" },
	{ "apiVersion: v1\n", "is not JSON" },
	{ "{\"format\": 1, \"refs\": []}", "lacks \"format\"" },
	{ "{\"format\": \"rollstamp-lock/2\", \"refs\": []}", "the \"format\" is not \"rollstamp-lock/1\"" },
	{ "{\"format\": \"rollstamp-lock/1\", \"format\": \"rollstamp-lock/1\", \"refs\": []}",
	  "is not JSON: an object has two members of one name" },
	{ "{\"format\": \"rollstamp-lock/1\"}", "the array \"refs\"" },
	{ "{\"format\": \"rollstamp-lock/1\", \"refs\": {}}", "the array \"refs\"" },
	{ "{\"format\": \"rollstamp-lock/1\", \"refs\": [], \"x\": 1}", "the array \"refs\"" },
	{ HEAD_OF_FILE ENTRY("u", "r", "tag", A40) ",\n\n 5" END_OF_FILE,
	  "line 6, column 2: an entry of \"refs\" is no object" },
	{ HEAD_OF_FILE "\n\"x\"" END_OF_FILE, "line 4, column 1: an entry of \"refs\" is no object" },
	{ HEAD_OF_FILE ENTRY("u", "r", "tag", A40) ",\n[{\"u\":\",\"}]" END_OF_FILE,
	  "line 5, column 1: an entry of \"refs\" is no" },
	{ HEAD_OF_FILE ENTRY("u,[\\\"{", "r", "tag", A40) "," ENTRY("", "r", "tag", A40) END_OF_FILE,
	  "line 5, column 5: \"url\" is empty" },
	{ HEAD_OF_FILE ENTRY("u", "", "tag", A40) END_OF_FILE, "line 4, column 5: \"ref\" is empty" },
	{ HEAD_OF_FILE ENTRY("u\\n", "r", "tag", A40) END_OF_FILE,
	  "line 4, column 5: \"url\" is empty, or has a control character" },
	{ HEAD_OF_FILE ENTRY("u", "r\\u007f", "tag", A40) END_OF_FILE,
	  "line 4, column 5: \"ref\" is empty, or has a control" },
	{ HEAD_OF_FILE ENTRY("u\\u0000", "r", "tag", A40) END_OF_FILE,
	  "line 4, column 21: is not JSON: a string has a NUL" },
	{ HEAD_OF_FILE ENTRY("u", "r", "commit", A40) END_OF_FILE,
	  "line 4, column 5: the \"kind\" of an entry is none of" },
	{ HEAD_OF_FILE ENTRY("u", "r", "Tag", A40) END_OF_FILE,
	  "line 4, column 5: the \"kind\" of an entry is none of" },
	{ HEAD_OF_FILE ENTRY("u", "r", "tag", "main") END_OF_FILE,
	  "line 4, column 5: the \"commit\" of an entry is not 40 or 64" },
	{ HEAD_OF_FILE ENTRY("u", "r", "tag", "A" A40) END_OF_FILE,
	  "line 4, column 5: the \"commit\" of an entry is not 40 or 64" },
	{ HEAD_OF_FILE ENTRY("u", "r", "tag", "abcdef0") END_OF_FILE,
	  "line 4, column 5: the \"commit\" of an entry is not 40 or 64" },
	{ HEAD_OF_FILE ENTRY("u", "r", "abbreviated", A40) END_OF_FILE,
	  "the \"commit\" of an abbreviated entry is not 7 to 39" },
	{ HEAD_OF_FILE ENTRY("u", "r", "abbreviated", "abcdef") END_OF_FILE,
	  "the \"commit\" of an abbreviated entry is not 7 to 39" },
	{ HEAD_OF_FILE "\n{\"url\": \"u\", \"ref\": \"r\", \"kind\": \"tag\"}" END_OF_FILE,
	  "line 4, column 1: an entry without \"commit\"" },
	{ HEAD_OF_FILE "\n{\"url\": 1, \"ref\": \"r\", \"kind\": \"tag\", \"commit\": \"" A40 "\"}" END_OF_FILE,
	  "line 4, column 1: an entry without \"url\", or where that is no string" },
	{ HEAD_OF_FILE "\n{\"url\": \"u\", \"ref\": \"r\", \"kind\": \"tag\", \"commit\": \"" A40
		       "\", \"x\": 1}" END_OF_FILE,
	  "line 4, column 1: an entry has something else" },
	{ HEAD_OF_FILE ENTRY("u", "r", "tag", A40) "," ENTRY("u", "r", "tag", B40) END_OF_FILE,
	  "line 5, column 5: a second entry of the same url, ref and kind" },
};

static void what_is_no_lock_file_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct lock lock;

		unit_assert_fails(lock_parse(str_from(broken[i].text), &unit_arena, &lock, &unit_err),
				  broken[i].message, broken[i].text, __FILE__, __LINE__);
	}
}

static void no_message_about_a_lock_file_has_anything_of_it(void **state)
{
	static const char *const texts[] = {
		"c4n4ry\n",
		"\"c4n4ry\"\n",
		"{\"c4n4ry\": 1, \"c4n4ry\": 2}\n",
		"{\"c4n4ry\": c4n4ry}\n",
		"{\"c4n4ry\": \"c4n4ry\"}\n",
		"{\"format\": \"c4n4ry\", \"refs\": []}\n",
		"{\"format\": \"rollstamp-lock/1\", \"refs\": [], \"c4n4ry\": 1}\n",
		"{\"format\": \"rollstamp-lock/1\", \"refs\": [c4n4ry]}\n",
		"{\"format\": \"rollstamp-lock/1\", \"refs\": \"c4n4ry\"}\n",
		HEAD_OF_FILE "\n\"c4n4ry\"" END_OF_FILE,
		HEAD_OF_FILE "\n{\"c4n4ry\": 1}" END_OF_FILE,
		HEAD_OF_FILE ENTRY("c4n4ry\\n", "c4n4ry", "tag", A40) END_OF_FILE,
		HEAD_OF_FILE ENTRY("c4n4ry", "c4n4ry", "c4n4ry", A40) END_OF_FILE,
		HEAD_OF_FILE ENTRY("c4n4ry", "c4n4ry", "tag", "c4n4ry") END_OF_FILE,
		HEAD_OF_FILE ENTRY("c4n4ry", "c4n4ry", "abbreviated", "c4n4ry") END_OF_FILE,
		HEAD_OF_FILE ENTRY("c4n4ry", "c4n4ry", "tag", A40) "," ENTRY("c4n4ry", "c4n4ry", "tag", B40)
			END_OF_FILE,
		"c4n4ry\xff",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct lock lock;

		assert_false(lock_parse(str_from(texts[i]), &unit_arena, &lock, &unit_err));
		assert_null(strstr(unit_err.text, "c4n4ry"));
	}
}

static struct refname parse_ref(const char *text, enum ref_rule rule)
{
	struct refname ref = { 0 };

	assert_succeeds(refname_parse(str_from(text), rule, &ref, &unit_arena, &unit_err));
	return ref;
}

static void what_is_recorded_is_chosen_again_by_each_rule(void **state)
{
	const struct str commits[REFNAME_CANDIDATES] = { STR(A40), STR(B40) };
	const struct str url = STR("u"), ref = STR("main");
	struct lock_entry entries[LOCK_ENTRIES_OF_REF];
	struct refname name = parse_ref("main", REF_TAG_FIRST);
	size_t count = lock_record(url, ref, &name, commits, entries);
	struct lock lock;
	enum ref_kind kind;
	struct str commit;

	(void)state;
	assert_int_equal(count, 2);
	assert_succeeds(lock_parse(print(entries, count), &unit_arena, &lock, &unit_err));
	assert_true(lock_choose(&lock, url, ref, &name, &kind, &commit));
	assert_int_equal(kind, REF_TAG);
	assert_str(commit, A40);
	name = parse_ref("main", REF_BRANCH_FIRST);
	assert_true(lock_choose(&lock, url, ref, &name, &kind, &commit));
	assert_int_equal(kind, REF_BRANCH);
	assert_str(commit, B40);
	assert_false(lock_choose(&lock, S("v"), ref, &name, &kind, &commit));
}

static void of_each_kind_the_first_is_recorded(void **state)
{
	const struct str commits[REFNAME_CANDIDATES] = { STR(""), STR(A40), STR(B40) };
	struct lock_entry entries[LOCK_ENTRIES_OF_REF];
	struct refname name = parse_ref("origin/main", REF_TAG_FIRST);

	(void)state;
	assert_int_equal(lock_record(S("u"), S("origin/main"), &name, commits, entries), 1);
	assert_int_equal(entries[0].kind, REF_BRANCH);
	assert_str(entries[0].commit, A40);
}

static void digits_that_are_no_ref_are_recorded_as_such(void **state)
{
	const struct str none[REFNAME_CANDIDATES] = { 0 };
	struct lock_entry entries[LOCK_ENTRIES_OF_REF];
	struct refname name = parse_ref("ABCDEF0", REF_TAG_FIRST);
	struct lock lock;
	enum ref_kind kind;
	struct str commit;

	(void)state;
	assert_int_equal(lock_record(S("u"), S("ABCDEF0"), &name, none, entries), 1);
	assert_succeeds(lock_parse(print(entries, 1), &unit_arena, &lock, &unit_err));
	assert_true(lock_choose(&lock, S("u"), S("ABCDEF0"), &name, &kind, &commit));
	assert_int_equal(kind, REF_ABBREVIATED);
	assert_str(commit, "abcdef0");
	assert_succeeds(lock_parse(S(""), &unit_arena, &lock, &unit_err));
	assert_false(lock_choose(&lock, S("u"), S("ABCDEF0"), &name, &kind, &commit));
}

static void a_full_commit_needs_no_entry(void **state)
{
	struct lock_entry entries[LOCK_ENTRIES_OF_REF];
	struct refname name = parse_ref(A40, REF_TAG_FIRST);
	struct lock lock;
	enum ref_kind kind;
	struct str commit;

	(void)state;
	assert_int_equal(lock_record(S("u"), S(A40), &name, NULL, entries), 0);
	assert_succeeds(lock_parse(S(""), &unit_arena, &lock, &unit_err));
	assert_true(lock_choose(&lock, S("u"), S(A40), &name, &kind, &commit));
	assert_int_equal(kind, REF_COMMIT);
	assert_str(commit, A40);
}

static struct str read_lock(void)
{
	struct buf text = { 0 };
	struct str copy;

	assert_succeeds(file_read(path.ptr, WAIT_MS, &text, &unit_err));
	copy = arena_dup(&unit_arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void write_lock(const char *text)
{
	assert_succeeds(output_write_file(path.ptr, str_from(text), WAIT_MS, &unit_err));
}

static bool merge(const struct lock_entry *add, size_t count, bool prune)
{
	return lockfile_merge(path.ptr, &(struct lock_change){ .add = add, .count = count, .prune = prune }, WAIT_MS,
			      &unit_arena, &unit_err);
}

static bool merge_one(const char *url, const char *ref, enum ref_kind kind, const char *commit)
{
	struct lock_entry entry = entry_of(url, ref, kind, commit);

	return merge(&entry, 1, false);
}

static void a_lock_is_made_and_merged(void **state)
{
	struct stat status;
	mode_t mask = umask(027);

	(void)state;
	assert_succeeds(merge_one("v", "main", REF_BRANCH, A40));
	umask(mask);
	assert_str(read_lock(), HEAD_OF_FILE ENTRY("v", "main", "branch", A40) END_OF_FILE);
	assert_int_equal(stat(path.ptr, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_succeeds(merge_one("u", "main", REF_BRANCH, A40));
	assert_str(read_lock(),
		   HEAD_OF_FILE ENTRY("u", "main", "branch", A40) "," ENTRY("v", "main", "branch", A40) END_OF_FILE);
}

static void prune_drops_only_urls_that_a_pattern_fits(void **state)
{
	const struct lock_entry kept = entry_of("https://h/new", "main", REF_BRANCH, A40);
	const struct str only[] = { S("h/a"), S("h/b*") };
	const struct lock_change change = {
		.add = &kept, .count = 1, .prune = true, .only = only, .only_count = COUNT(only)
	};

	(void)state;
	write_lock(HEAD_OF_FILE ENTRY("https://h/a", "main", "branch", A40) "," ENTRY(
		"https://h/b1.git", "v", "tag", A40) "," ENTRY("https://h/c", "main", "branch",
							       A40) "," ENTRY("sha256:0", "main", "branch", A40)
			   END_OF_FILE);
	assert_succeeds(lockfile_merge(path.ptr, &change, WAIT_MS, &unit_arena, &unit_err));
	assert_str(read_lock(), HEAD_OF_FILE ENTRY("https://h/c", "main", "branch", A40) "," ENTRY(
					"https://h/new", "main", "branch", A40) "," ENTRY("sha256:0", "main", "branch",
											  A40) END_OF_FILE);
}

static void a_lock_without_entries_is_made_too(void **state)
{
	(void)state;
	assert_succeeds(merge(NULL, 0, false));
	assert_str(read_lock(), HEAD_OF_FILE "]\n}\n");
}

static void entries_of_a_ref_are_replaced_as_a_set(void **state)
{
	(void)state;
	write_lock(HEAD_OF_FILE ENTRY("u", "main", "branch", A40) "," ENTRY("u", "main", "tag", A40) "," ENTRY(
		"u", "other", "tag", A40) END_OF_FILE);
	assert_succeeds(merge_one("u", "main", REF_BRANCH, B40));
	assert_str(read_lock(),
		   HEAD_OF_FILE ENTRY("u", "main", "branch", B40) "," ENTRY("u", "other", "tag", A40) END_OF_FILE);
}

static void prune_keeps_what_is_added_alone(void **state)
{
	const struct lock_entry entry = entry_of("u", "main", REF_BRANCH, B40);

	(void)state;
	write_lock(HEAD_OF_FILE ENTRY("u", "main", "tag", A40) "," ENTRY("v", "x", "tag", A40) END_OF_FILE);
	assert_succeeds(merge(&entry, 1, true));
	assert_str(read_lock(), HEAD_OF_FILE ENTRY("u", "main", "branch", B40) END_OF_FILE);
	assert_succeeds(merge(NULL, 0, true));
	assert_str(read_lock(), HEAD_OF_FILE "]\n}\n");
}

static void what_would_not_change_is_not_touched(void **state)
{
	struct stat before, after;

	(void)state;
	assert_succeeds(merge_one("u", "main", REF_BRANCH, A40));
	assert_int_equal(chmod(path.ptr, 0444), 0);
	assert_int_equal(stat(path.ptr, &before), 0);
	assert_succeeds(merge_one("u", "main", REF_BRANCH, A40));
	assert_succeeds(merge(NULL, 0, false));
	assert_int_equal(stat(path.ptr, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
}

static void mode_bits_and_symbolic_links_stay(void **state)
{
	struct str other = arena_printf(&unit_arena, "%s/other", directory);
	struct stat status;

	(void)state;
	assert_int_equal(symlink("other", path.ptr), 0);
	assert_succeeds(merge_one("u", "main", REF_BRANCH, A40));
	assert_int_equal(chmod(other.ptr, 0604), 0);
	assert_succeeds(merge_one("v", "main", REF_BRANCH, A40));
	assert_int_equal(lstat(path.ptr, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(lstat(other.ptr, &status), 0);
	assert_true(S_ISREG(status.st_mode));
	assert_int_equal(status.st_mode & 07777, 0604);
	assert_str(read_lock(),
		   HEAD_OF_FILE ENTRY("u", "main", "branch", A40) "," ENTRY("v", "main", "branch", A40) END_OF_FILE);
}

static void somebody_elses_file_is_left_as_it_is(void **state)
{
	static const char *const texts[] = { "kind: List\n", "{\"name\": \"x\"}\n", HEAD_OF_FILE "\n<<<<<<< a\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		write_lock(texts[i]);
		assert_fails(merge_one("u", "main", REF_BRANCH, A40), "/lock.json: line ");
		assert_fails(merge(NULL, 0, true), "/lock.json: line ");
		assert_row(read_lock(), texts[i], texts[i]);
	}
}

static void what_is_no_file_is_refused(void **state)
{
	struct str missing = arena_printf(&unit_arena, "%s/missing/lock.json", directory);

	(void)state;
	assert_fails(lockfile_merge("/dev/null", &(struct lock_change){ 0 }, WAIT_MS, &unit_arena, &unit_err),
		     "/dev/null: is no regular file");
	assert_fails(lockfile_merge(directory, &(struct lock_change){ 0 }, WAIT_MS, &unit_arena, &unit_err),
		     "can't be opened: ");
	assert_fails(lockfile_merge(missing.ptr, &(struct lock_change){ 0 }, WAIT_MS, &unit_arena, &unit_err),
		     "/missing/lock.json: can't be opened: No such file");
	assert_int_equal(mkfifo(path.ptr, 0600), 0);
	assert_fails(merge(NULL, 0, false), "is no regular file");
}

static void a_file_that_can_not_be_replaced_stays(void **state)
{
	(void)state;
	assert_succeeds(merge_one("u", "main", REF_BRANCH, A40));
	fake.rename_error = EIO;
	assert_fails(merge_one("u", "main", REF_BRANCH, B40), "can't be replaced: ");
	assert_str(read_lock(), HEAD_OF_FILE ENTRY("u", "main", "branch", A40) END_OF_FILE);
}

static void a_lock_that_is_held_is_waited_for_but_not_for_ever(void **state)
{
	int fd;

	(void)state;
	write_lock("");
	fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_fails(lockfile_merge(path.ptr, &(struct lock_change){ 0 }, 20, &unit_arena, &unit_err),
		     "is locked by another process, which did not end in time");
	assert_true(fake.sleeps > 0);
	assert_str(read_lock(), "");
	close(fd);
	assert_succeeds(merge_one("u", "main", REF_BRANCH, A40));
}

#define ROUNDS 5

/* Merges a url of its own and one that all share, ROUNDS times; the last round's entries stay. */
static void write_rounds(int writer)
{
	struct arena arena = { 0 };
	struct err err;

	for (int round = 0; round < ROUNDS; round++) {
		struct lock_entry entries[2];

		entries[0] = entry_of("shared", "main", REF_BRANCH, A40);
		entries[1] =
			(struct lock_entry){ arena_printf(&arena, "w%02d", writer), arena_printf(&arena, "r%d", round),
					     REF_TAG, arena_printf(&arena, "%040x", (unsigned)(writer * 256 + round)) };
		if (!lockfile_merge(path.ptr, &(struct lock_change){ .add = entries, .count = 2 }, WAIT_MS, &arena,
				    &err)) {
			fprintf(stderr, "%s\n", err.text);
			_exit(1);
		}
	}
	arena_release(&arena);
}

/* A reader at any moment sees a whole file, or, before the first writer is through, an empty one. */
static void read_until(pid_t *writers)
{
	size_t seen = 0;

	for (int running = WRITERS; running > 0;) {
		struct buf text = { 0 };
		struct arena arena = { 0 };
		struct lock lock;
		int status;

		if (file_read(path.ptr, WAIT_MS, &text, &unit_err)) {
			assert_succeeds(lock_parse(buf_str(&text), &arena, &lock, &unit_err));
			assert_true(lock.count >= seen);
			seen = lock.count;
		}
		arena_release(&arena);
		buf_release(&text);
		for (int i = 0; i < WRITERS; i++) {
			if (writers[i] == 0 || waitpid(writers[i], &status, WNOHANG) == 0)
				continue;
			writers[i] = 0;
			running--;
			assert_int_equal(status, 0);
		}
	}
}

static void twenty_writers_at_once_lose_nothing(void **state)
{
	pid_t writers[WRITERS];
	int gate[2];
	struct lock lock;

	(void)state;
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		assert_true(writers[i] >= 0);
		if (writers[i] == 0) {
			char byte;

			close(gate[1]);
			/* Until the gate is closed by the parent. */
			if (read(gate[0], &byte, 1) != 0)
				_exit(2);
			write_rounds(i);
			_exit(0);
		}
	}
	close(gate[0]);
	close(gate[1]);
	read_until(writers);
	assert_succeeds(lock_parse(read_lock(), &unit_arena, &lock, &unit_err));
	assert_int_equal(lock.count, WRITERS * ROUNDS + 1);
	for (int i = 0; i < WRITERS; i++)
		for (int round = 0; round < ROUNDS; round++) {
			struct str url = arena_printf(&unit_arena, "w%02d", i);
			struct str ref = arena_printf(&unit_arena, "r%d", round);

			assert_true(str_equal(lock_find(&lock, url, ref, REF_TAG),
					      arena_printf(&unit_arena, "%040x", (unsigned)(i * 256 + round))));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_are_printed_sorted_one_a_line),
		TEST(of_equal_entries_the_last_is_printed),
		TEST(what_is_printed_is_read_again),
		TEST(an_empty_file_has_no_entries),
		TEST(any_layout_and_order_is_read),
		TEST(what_is_no_lock_file_is_refused),
		TEST(no_message_about_a_lock_file_has_anything_of_it),
		TEST(what_is_recorded_is_chosen_again_by_each_rule),
		TEST(of_each_kind_the_first_is_recorded),
		TEST(digits_that_are_no_ref_are_recorded_as_such),
		TEST(a_full_commit_needs_no_entry),
		FILE_TEST(a_lock_is_made_and_merged),
		FILE_TEST(prune_drops_only_urls_that_a_pattern_fits),
		FILE_TEST(a_lock_without_entries_is_made_too),
		FILE_TEST(entries_of_a_ref_are_replaced_as_a_set),
		FILE_TEST(prune_keeps_what_is_added_alone),
		FILE_TEST(what_would_not_change_is_not_touched),
		FILE_TEST(mode_bits_and_symbolic_links_stay),
		FILE_TEST(somebody_elses_file_is_left_as_it_is),
		FILE_TEST(what_is_no_file_is_refused),
		FILE_TEST(a_file_that_can_not_be_replaced_stays),
		FILE_TEST(a_lock_that_is_held_is_waited_for_but_not_for_ever),
		FILE_TEST(twenty_writers_at_once_lose_nothing),
	};

	return unit_run(tests);
}
