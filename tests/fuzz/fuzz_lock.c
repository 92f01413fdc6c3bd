/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock file: any bytes are read without trouble; what was read is found under its keys, and printed in a way that is
 * read as the same again and printed as the same bytes.
 */
#include "check.h"

#include "git/lock.h"

static void check_entries(const struct lock *lock)
{
	for (size_t i = 0; i < lock->count; i++) {
		const struct lock_entry *entry = &lock->entries[i];

		CHECK(str_equal(lock_find(lock, entry->url, entry->ref, entry->kind), entry->commit));
		CHECK(entry->kind != REF_COMMIT && entry->url.len > 0 && entry->ref.len > 0);
		CHECK(i == 0 || str_compare(lock->entries[i - 1].url, entry->url) <= 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first = { 0 }, second = { 0 };
	struct arena arena;
	struct lock lock, again;
	struct err err;

	arena_init(&arena);
	if (lock_parse(check_copy(&arena, (struct str){ .ptr = (const char *)data, .len = size }), &arena, &lock,
		       &err)) {
		check_entries(&lock);
		lock_print(lock.entries, lock.count, &arena, &first);
		CHECK_OF(lock_parse(check_copy(&arena, buf_str(&first)), &arena, &again, &err), buf_str(&first));
		CHECK(again.count == lock.count);
		lock_print(again.entries, again.count, &arena, &second);
		CHECK_OF(str_equal(buf_str(&first), buf_str(&second)), buf_str(&second));
	} else {
		check_message(&err);
	}
	buf_release(&first);
	buf_release(&second);
	arena_release(&arena);
	return 0;
}
