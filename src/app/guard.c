/* SPDX-License-Identifier: Apache-2.0 */
#include "app/guard.h"

/* Workloads that the message names. */
#define NAMED 5

static void name_workload(const struct why_workload *item, struct buf *to)
{
	struct arena arena = { 0 };

	buf_add(to, why_workload_name(item, &arena));
	if (item->reason_count > 0) {
		buf_add_cstring(to, " (");
		reason_print(&item->reasons[0], to);
		buf_add_cstring(to, item->reason_count > 1 ? ", ...)" : ")");
	} else if (item->verdict == WHY_GONE) {
		buf_add_cstring(to, " (gone)");
	}
	arena_release(&arena);
}

bool guard_check(const struct why *why, const struct guard_limit *limit, struct err *err)
{
	size_t allowed = limit->is_percent ? why->after_count * limit->count / 100 : limit->count;
	size_t count = why_roll_count(why), named = 0;
	struct buf text = { 0 };

	if (count <= allowed)
		return true;
	buf_printf(&text, "--max-rolls=%zu%s: ", limit->count, limit->is_percent ? "%" : "");
	why_print_headline(why, &text);
	why_print_others(why, ", ", &text);
	if (limit->is_percent)
		buf_printf(&text, ", and %zu%% are %zu", limit->count, allowed);
	if (why->first_stamps > 0)
		buf_printf(&text, "; %zu of them because of the first stamp, which comes once", why->first_stamps);
	buf_add_cstring(&text, ": ");
	for (size_t i = 0; i < why->count && named < NAMED; i++) {
		if (!why_counts(why->items[i].verdict))
			continue;
		buf_add_cstring(&text, named++ > 0 ? "; " : "");
		name_workload(&why->items[i], &text);
	}
	if (count > named)
		buf_printf(&text, "; and %zu more", count - named);
	buf_add_cstring(&text, ". Nothing is printed; rollstamp why tells all of it");
	err_set(err, "%.*s", STR_ARG(buf_str(&text)));
	buf_release(&text);
	return false;
}
