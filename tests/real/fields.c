/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of fields that `why` compares by, and what comes of it: the counterpart of go/kube/fields-check.
 *
 *     fields          prints the table
 *     fields pairs    reads pairs of templates, each ending in a NUL byte, and prints what a Deployment and a
 *                     StatefulSet do from one to the other
 */
#include "compare/difference.h"
#include "yaml/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fields fields;
static struct arena arena; /* of one pair */

static struct value *read_value(struct str text)
{
	struct value_maker maker = {
		.fields = &fields,
		.text = text,
		.arena = &arena,
		.scratch = &arena,
		.budget = value_budget(text.len),
	};
	struct value *value = NULL;
	struct node *root;
	struct err err;

	if (tree_parse(text, READER_STRICT, &arena, &root, &err) && value_make(&maker, root, fields.pod, &value, &err))
		return value;
	fprintf(stderr, "fields: %s: %s\n", err.text, text.ptr);
	exit(EXIT_FAILURE);
}

static const char *compare(const struct value *before, const struct value *after, bool by_value)
{
	static const char *const words[] = {
		[DIFFERENCE_NONE] = "none",
		[DIFFERENCE_MAY_ROLL] = "may-roll",
		[DIFFERENCE_ROLLS] = "rolls",
		[DIFFERENCE_REFUSED] = "refused",
	};
	const struct difference_rules rules = { .by_value = by_value, .fills_in = true, .knows_fields = true };
	struct differences found = { .arena = &arena };
	enum difference_effect most = DIFFERENCE_NONE;

	difference_find(before, after, &rules, &found);
	for (size_t i = 0; i < found.count; i++)
		most = found.items[i].effect > most ? found.items[i].effect : most;
	return words[most];
}

/* The next text of the input, in the arena; empty at its end. */
static struct str next_text(void)
{
	static char *text;
	static size_t room;
	ssize_t length = getdelim(&text, &room, '\0', stdin);

	return length > 0 ? arena_dup(&arena, (struct str){ text, (size_t)length - 1 }) : (struct str){ 0 };
}

static void compare_pairs(void)
{
	struct str before;

	while ((before = next_text()).ptr) {
		struct value *old = read_value(before), *now = read_value(next_text());

		printf("%s %s\n", compare(old, now, true), compare(old, now, false));
		arena_reset(&arena);
	}
}

int main(int argc, char **argv)
{
	struct arena whole = { 0 };
	struct buf table = { 0 };

	fields_init(&fields, &whole);
	if (argc == 2 && strcmp(argv[1], "pairs") == 0) {
		compare_pairs();
	} else {
		fields_print(&fields, &table);
		fwrite(table.ptr, 1, table.len, stdout);
	}
	buf_release(&table);
	arena_release(&whole);
	arena_release(&arena);
	return ferror(stdin) || fflush(stdout) != 0 || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
