/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/annotation.h"

#include "yaml/scalar.h"

#include <string.h>

/* Does a url begin here, and not the rest of one that has a comma in it? */
static bool begins_url(struct str text)
{
	struct str piece = str_trim(str_cut(&text, ','));

	return str_find(piece, ':') < str_find(piece, '/') || str_starts_with(piece, "/") ||
	       str_starts_with(piece, "./") || piece.len == 0;
}

/* Has a url with :// come to its path yet? */
static bool is_complete(struct str text)
{
	const char *authority = text.len > 0 ? memmem(text.ptr, text.len, "://", 3) : NULL;
	struct str rest;

	if (!authority)
		return true;
	rest = str_skip(text, (size_t)(authority + 3 - text.ptr));
	return str_find(rest, '/') < rest.len;
}

/* Cuts the first URL#REF off a list of them. Passwords and refs can have commas, too. */
static struct str cut_item(struct str *rest)
{
	struct str whole = *rest, item = str_cut(rest, ',');

	while (rest->ptr && (!is_complete(item) || !begins_url(*rest))) {
		struct str next = str_cut(rest, ',');

		item = (struct str){ .ptr = whole.ptr, .len = (size_t)(next.ptr + next.len - whole.ptr) };
	}
	return str_trim(item);
}

static void add_annotated(struct search *l, struct str text, size_t at)
{
	struct gitref ref = {
		.via = GITREF_ANNOTATION,
		.container = NO_CONTAINER,
		.in_every_container = true,
		.pin = gitref_not_pinned("an annotation makes no container check it out"),
	};
	size_t hash = text.len;

	while (hash > 0 && text.ptr[hash - 1] != '#')
		hash--;
	ref.url = (struct gitref_part){
		.text = text_known(hash > 0 ? str_slice(text, (struct span){ 0, hash - 1 }) : text),
		.where = "annotation rollstamp.io/git",
		.at = at,
	};
	ref.ref = ref.url;
	ref.ref.text.value = hash > 0 ? str_skip(text, hash) : (struct str){ 0 };
	search_set_default(&ref.ref, str_from("HEAD"));
	search_add(l, ref);
}

void annotation_look(struct search *l, struct node *annotations)
{
	struct node *value = node_get(annotations, "rollstamp.io/git");
	struct str rest = scalar_get(annotations, "rollstamp.io/git");

	while (rest.ptr && !l->too_many) {
		struct str text = cut_item(&rest);

		if (text.len > 0)
			add_annotated(l, text, value->span.from);
	}
}
