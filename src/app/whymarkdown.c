/* SPDX-License-Identifier: Apache-2.0 */
#include "app/whymarkdown.h"

#include "base/err.h"

#include <string.h>

/* How far the table, and all of it, may reach, so that there is room for the sentences behind them. */
#define TABLE_END 30000
#define REASONS_END (WHYMARKDOWN_LIMIT - 1000)
/* Bytes of one text. */
#define LONGEST 300

struct page {
	const struct why *why;
	struct arena arena;
	struct buf *to;
};

/* As a code span. Its end, and that of a cell, can't be in it. */
static void print_code(struct str text, struct buf *to)
{
	struct buf safe = { 0 };
	struct str shown;

	err_print_safe(&safe, text);
	shown = buf_str(&safe);
	buf_add_char(to, '`');
	for (size_t i = 0; i < shown.len; i++) {
		if (i >= LONGEST && ((unsigned char)shown.ptr[i] & 0xc0) != 0x80) {
			buf_add_cstring(to, "...");
			break;
		}
		if (shown.ptr[i] == '`' || shown.ptr[i] == '|')
			buf_printf(to, "\\x%02x", (unsigned)shown.ptr[i]);
		else
			buf_add_char(to, shown.ptr[i]);
	}
	/* A span is not empty, and neither blanks nor a backslash stand at its end. */
	if (shown.len == 0 || shown.ptr[shown.len - 1] == '\\')
		buf_add_char(to, ' ');
	buf_add_char(to, '`');
	buf_release(&safe);
}

/* One row: the workload, its verdict, and its first reason. */
static void print_row(struct page *page, const struct why_workload *item)
{
	struct buf *to = page->to;

	buf_add_cstring(to, "| ");
	print_code(why_workload_name(item, &page->arena), to);
	buf_printf(to, " | %s | ", why_verdict_name(item->verdict));
	if (item->reason_count > 0)
		print_code(why_reason_text(item, 0, &page->arena), to);
	if (item->reason_count > 1)
		buf_printf(to, " and %zu more", item->reason_count - 1);
	if (item->held_back.len > 0) {
		buf_add_cstring(to, item->reason_count > 0 ? ", held back: " : "held back: ");
		print_code(item->held_back, to);
	}
	buf_add_cstring(to, " |\n");
}

static void print_table(struct page *page)
{
	size_t rows = 0, left = 0;

	for (size_t i = 0; i < page->why->count; i++) {
		const struct why_workload *item = &page->why->items[i];

		if (item->verdict == WHY_SAME)
			continue;
		if (page->to->len > TABLE_END) {
			left++;
			continue;
		}
		if (rows++ == 0)
			buf_add_cstring(page->to, "\n| Workload | | Because of |\n|---|---|---|\n");
		print_row(page, item);
	}
	if (left > 0)
		buf_printf(page->to, "\n... and %zu more\n", left);
}

static void print_item(struct page *page, const struct why_workload *item)
{
	buf_add_cstring(page->to, "- ");
	print_code(why_workload_name(item, &page->arena), page->to);
	buf_printf(page->to, " %s\n", why_verdict_name(item->verdict));
	for (size_t i = 0; i < item->reason_count && page->to->len < REASONS_END; i++) {
		buf_add_cstring(page->to, "  - ");
		print_code(why_reason_text(item, i, &page->arena), page->to);
		buf_add_char(page->to, '\n');
	}
}

/* All reasons, folded. */
static void print_reasons(struct page *page)
{
	size_t printed = 0, left = 0;

	for (size_t i = 0; i < page->why->count; i++) {
		const struct why_workload *item = &page->why->items[i];

		if (item->reason_count == 0)
			continue;
		if (page->to->len > REASONS_END) {
			left++;
			continue;
		}
		if (printed++ == 0)
			buf_add_cstring(page->to, "\n<details><summary>All reasons</summary>\n\n");
		print_item(page, item);
	}
	if (left > 0)
		buf_printf(page->to, "\n... and %zu more\n", left);
	if (printed > 0)
		buf_add_cstring(page->to, "\n</details>\n");
}

void whymarkdown_print(const struct why *why, struct buf *to)
{
	struct buf text = { 0 };
	struct page page = { .why = why, .to = &text };
	size_t length;

	why_print_headline(why, &text);
	buf_add_char(&text, '\n');
	length = text.len;
	why_print_others(why, "\n", &text);
	if (text.len > length)
		buf_add_char(&text, '\n');
	print_table(&page);
	if (why->git_not_compared)
		buf_add_cstring(&text, "\nGit is not compared: neither side has stamps.\n");
	print_reasons(&page);
	buf_add_cstring(&text, "\n" WHYMARKDOWN_MARKER "\n");
	buf_add(to, buf_str(&text));
	buf_release(&text);
	arena_release(&page.arena);
}
