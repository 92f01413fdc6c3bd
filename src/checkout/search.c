/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/search.h"

#include "checkout/unfollowed.h"
#include "git/url.h"
#include "git/urlname.h"
#include "yaml/scalar.h"

#include <string.h>

/* A word costs as many visits as it has pieces of this length. */
#define VISIT_BYTES 16
/* A ref takes so many times the memory of a list item. */
#define REF_COST 64

bool search_is_definite(const struct podenv_value *value)
{
	return value->text.state == TEXT_KNOWN || value->entry != PODENV_NO_ENTRY;
}

bool search_has_environment(const struct search *l)
{
	return node_items(node_get(l->container->node, "env")) || node_items(node_get(l->container->node, "envFrom"));
}

/* What is hidden of a part that comes from `value`, whose own outline is `outline`; or NULL. */
static const struct gitref_hidden *hide(const struct search *l, const struct podenv_value *value, struct str outline)
{
	struct gitref_hidden *hidden;

	if (!value->text.is_secret && (value->text.state != TEXT_UNKNOWN || outline.len == 0))
		return NULL;
	hidden = ARENA_NEW(l->input->arena, struct gitref_hidden);
	*hidden =
		(struct gitref_hidden){ .secret = value->secret, .secret_key = value->secret_key, .outline = outline };
	return hidden;
}

/* What stands at no place of its own stands in the container. */
static size_t stands_at(const struct search *l, size_t at)
{
	return at > 0 ? at : l->container->node->span.from;
}

struct gitref_part search_part(const struct search *l, const struct podenv_value *value, const char *where)
{
	return (struct gitref_part){
		.text = value->text,
		.hidden = hide(l, value, value->outline),
		.where = where,
		.at = stands_at(l, value->at),
	};
}

struct gitref_part search_variable_part(const struct search *l, struct podenv_value value, struct str name)
{
	struct gitref_part part;

	/* A YAML block leaves a newline behind the name, which a shell drops. */
	value.text.value = str_trim(value.text.value);
	value.outline = str_trim(value.outline);
	part = search_part(l, &value, "variable");
	part.name = name;
	return part;
}

struct str search_outline(struct str text, struct str outline, struct str end)
{
	static const char hidden[] = { PODENV_HIDDEN };
	struct str before = text;

	before.len -= end.len <= before.len ? end.len : 0;
	if (end.len <= text.len && before.len <= outline.len && str_equal(str_skip(text, before.len), end) &&
	    str_equal((struct str){ outline.ptr, before.len }, before))
		return str_skip(outline, before.len);
	return (struct str){ hidden, 1 };
}

struct text search_text(const struct search *l, const struct podenv_value *value)
{
	struct origin *origin = ARENA_NEW(l->input->arena, struct origin);
	struct text text = value->text;

	origin->at = value->at;
	if (text.state == TEXT_UNKNOWN || text.is_secret) {
		struct podenv_value *kept = ARENA_NEW(l->input->arena, struct podenv_value);

		*kept = *value;
		origin->value = kept;
	}
	text.origin = origin;
	return text;
}

/* A part that a module of this room has found in the words. */
struct gitref_part search_word_part(const struct search *l, const struct text *found, const char *where)
{
	static const struct origin nowhere = { .at = 0 };
	const struct origin *origin = found->origin ? found->origin : &nowhere;
	const struct podenv_value *value = origin->value;
	struct gitref_part part = { .text = *found, .where = where, .at = stands_at(l, origin->at) };

	part.text.is_secret = false;
	if (str_find(found->value, PODENV_HIDDEN) < found->value.len) {
		const struct podenv_value unknown = { .text.state = TEXT_UNKNOWN };

		text_set_unknown(&part.text, "it has something of a Secret in it, which an inner shell reads");
		part.text.value = (struct str){ 0 };
		if (found->state == TEXT_KNOWN)
			part.hidden = hide(l, &unknown, found->value);
		return part;
	}
	if (!value)
		return part;
	part.text.is_secret = value->text.is_secret;
	part.hidden = hide(l, value, search_outline(value->text.value, value->outline, found->value));
	if (found->state == TEXT_UNKNOWN && value->text.state == TEXT_UNKNOWN)
		part.text.reason = value->text.reason;
	return part;
}

/* Is the repository of the url `text` that of `bare`? A secret with a slash in it, say, would make another url of it. */
static bool is_same_repository(const struct search *l, struct str text, struct str bare)
{
	struct url whole, part;
	struct err err;

	return url_parse(text, l->input->arena, &whole, &err) && url_parse(bare, l->input->arena, &part, &err) &&
	       str_equal(whole.bare, part.bare);
}

struct gitref_part search_url(const struct search *l, struct gitref_part part)
{
	struct arena *arena = l->input->arena;
	struct str outline = part.hidden ? part.hidden->outline : (struct str){ 0 };
	struct str bare = url_drop_hidden(outline, PODENV_HIDDEN, arena);
	struct gitref_hidden *hidden;
	struct url url;
	struct err err;

	if (outline.len == 0)
		return part;
	if (str_find(bare, PODENV_HIDDEN) == bare.len && url_parse(bare, arena, &url, &err) &&
	    (part.text.state == TEXT_UNKNOWN || is_same_repository(l, part.text.value, bare))) {
		part.text = text_known(bare);
		part.hidden = NULL;
	} else if (part.text.is_secret) {
		hidden = ARENA_NEW(arena, struct gitref_hidden);
		*hidden = *part.hidden;
		hidden->is_host_secret = !url_parse(part.text.value, arena, &url, &err) ||
					 !url_shows_host(&url, outline, PODENV_HIDDEN, arena);
		part.hidden = hidden;
	}
	return part;
}

struct gitref *search_add(struct search *l, struct gitref ref)
{
	struct gitrefs *refs = l->refs;

	search_visit(l, REF_COST);
	refs->items = arena_grow(l->input->arena, refs->items, refs->count, &refs->room, sizeof(*refs->items));
	refs->items[refs->count] = ref;
	return &refs->items[refs->count++];
}

/* A ref that the container that is looked at checks out. */
struct gitref *search_add_own(struct search *l, struct gitref ref)
{
	ref.container = l->index;
	ref.containers = ARENA_NEW(l->input->arena, size_t);
	ref.containers[0] = l->index;
	ref.container_count = 1;
	return search_add(l, ref);
}

/* The directory, if it is known and absolute; else empty. */
struct str search_directory(const struct text *text)
{
	bool is_known = text->state == TEXT_KNOWN && str_starts_with(text->value, "/");

	return is_known ? text->value : (struct str){ 0 };
}

void search_add_poller(struct search *l, const struct gitref_part *url, struct str directory, bool is_inside)
{
	struct poller *poller = ARENA_NEW(l->input->arena, struct poller);

	poller->site = (struct site){ .container = l->index, .directory = directory, .is_inside = is_inside };
	poller->site.is_url_known = url && url->text.state == TEXT_KNOWN;
	if (poller->site.is_url_known)
		poller->site.url = urlname_identity_of(url->text.value, l->input->arena);
	poller->next = l->pollers;
	l->pollers = poller;
}

void search_set_default(struct gitref_part *ref, struct str text)
{
	if (ref->text.state == TEXT_KNOWN && ref->text.value.len == 0)
		ref->text.state = TEXT_ABSENT;
	if (ref->text.state == TEXT_ABSENT)
		ref->text.value = text;
}

void search_visit(struct search *l, size_t cost)
{
	if (*l->input->budget < cost)
		l->too_many = true;
	else
		*l->input->budget -= cost;
}

/* Has the word a reference to a variable, which can be anything? */
static bool has_reference(struct str word)
{
	size_t dollar = str_find(word, '$');

	return dollar < word.len && str_contains(str_skip(word, dollar), "$(");
}

/* Looks at the words of a field: whether one is worth being read, and one says git for sure. */
static bool is_list_worth_reading(struct search *l, struct node *list)
{
	bool found = false;

	for (struct node *item = node_items(list); item && !l->too_many; item = item->next) {
		const struct node *word = node_resolve(item);
		bool is_text = word->type == NODE_SCALAR, may_be;

		search_visit(l, 1 + (is_text ? word->value.len / VISIT_BYTES : 0));
		l->word_count++;
		if (!is_text)
			continue;
		may_be = unfollowed_may_be(word->value);
		found = found || may_be || podfile_is_in(&l->files, word->value) || has_reference(word->value);
		l->says_git = l->says_git || (may_be && unfollowed_is_in(word->value));
	}
	return found;
}

/* Are there words or an image that speak of git? Only then they are worth being taken apart. */
static bool is_worth_reading(struct search *l, struct node *command)
{
	bool found = unfollowed_may_be(l->image);

	l->says_git = found && str_contains(str_behind_last(l->image, '/'), "git");
	found = is_list_worth_reading(l, command) || found;
	found = is_list_worth_reading(l, node_get(l->container->node, "args")) || found;
	return found && !l->too_many;
}

/* A word that Kubernetes expands, unless it `is_literal`. */
static struct text read_word(struct search *l, struct node *item, bool is_literal)
{
	const struct node *word = node_resolve(item);
	struct podenv_value value = { .text = { .state = TEXT_UNKNOWN, .reason = "it is no string" } };

	if (word->type == NODE_SCALAR && is_literal)
		value = (struct podenv_value){ .text = text_known(word->value), .at = item->span.from };
	else if (word->type == NODE_SCALAR)
		value = podenv_expand(&l->env, word->value, item->span.from);
	search_visit(l, value.text.value.len / VISIT_BYTES);
	return search_text(l, &value);
}

static size_t read_list(struct search *l, const char *field, size_t n)
{
	struct node *list = node_get(l->container->node, field);

	for (struct node *item = node_items(list); item && !l->too_many; item = item->next, n++) {
		l->words[n] = read_word(l, item, false);
		if (l->words[n].state == TEXT_UNKNOWN && l->words[n].value.len == 0)
			l->words[n].value = node_resolve(item)->value;
	}
	return n;
}

size_t search_read_literal(struct search *l, struct node *list, struct text **words)
{
	size_t count = 0;

	for (struct node *item = node_items(list); item; item = item->next)
		count++;
	*words = arena_array(l->input->arena, count, sizeof(**words));
	count = 0;
	for (struct node *item = node_items(list); item && !l->too_many; item = item->next) {
		search_visit(l, 1);
		(*words)[count++] = read_word(l, item, true);
	}
	return count;
}

void search_read_words(struct search *l, bool is_wanted)
{
	struct node *command = node_get(l->container->node, "command");

	l->word_count = 0;
	l->command_count = 0;
	l->has_command = node_items(command) != NULL;
	l->mentions_git = is_worth_reading(l, command);
	if ((!l->mentions_git && !is_wanted) || l->too_many) {
		l->word_count = 0;
		return;
	}
	l->words = arena_array(l->input->arena, l->word_count, sizeof(*l->words));
	l->command_count = read_list(l, "command", 0);
	l->word_count = read_list(l, "args", l->command_count);
}

static bool is_among(struct str name, const struct str *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(name, names[i]))
			return true;
	return false;
}

/* Where the next reference to one of the variables is, or a span of nothing at the end. */
static struct span find_reference(struct str text, const struct str *names, size_t count)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		struct str name = str_skip(text, i + 2);

		if (text.ptr[i] != '$')
			continue;
		name.len = str_find(name, ')');
		/* Two dollar signs are one, and no reference. */
		if (text.ptr[i + 1] == '(' && is_among(name, names, count))
			return (struct span){ i, i + 2 + name.len + 1 };
		if (text.ptr[i + 1] == '$')
			i++;
	}
	return (struct span){ text.len, text.len };
}

/* A word with all other references expanded. Returns whether it has one of those. */
static bool expand_others(struct search *l, struct str written, const struct str *names, size_t count,
			  struct text *value)
{
	struct buf text;
	struct str rest = written;

	buf_init(&text);
	while (rest.len > 0) {
		struct span reference = find_reference(rest, names, count);
		struct str piece = { .ptr = rest.ptr, .len = reference.from };
		struct podenv_value expanded = podenv_expand(&l->env, piece, 0);

		buf_add(&text,
			expanded.text.state == TEXT_KNOWN || expanded.text.value.len > 0 ? expanded.text.value : piece);
		buf_add(&text, str_slice(rest, reference));
		if (reference.to > reference.from)
			value->state = TEXT_UNKNOWN;
		rest = str_skip(rest, reference.to);
	}
	search_visit(l, buf_str(&text).len / VISIT_BYTES);
	value->value = buf_keep(&text, l->input->arena);
	return find_reference(written, names, count).from < written.len;
}

const struct text *search_unexpanded(struct search *l, const struct str *names, size_t count)
{
	static const char *const fields[] = { "command", "args" };
	struct text *words = arena_array(l->input->arena, l->word_count, sizeof(*words));
	bool has_reference = false;
	size_t n = 0;

	for (size_t i = 0; i < 2; i++)
		for (struct node *item = node_items(node_get(l->container->node, fields[i]));
		     item && n < l->word_count && !l->too_many; item = item->next, n++) {
			const struct node *word = node_resolve(item);

			words[n] = l->words[n];
			if (word->type == NODE_SCALAR)
				has_reference = expand_others(l, word->value, names, count, &words[n]) || has_reference;
		}
	return has_reference && !l->too_many ? words : NULL;
}

/* The variables of Secrets that words refer to. */
struct secret_names {
	struct search *l;
	struct str *items;
	size_t count, room;
};

/* A podenv_mapping: Kubernetes takes names with other characters than a shell's, and so its own rule finds them. */
static bool note_secret_name(void *context, struct str name, struct buf *to)
{
	struct secret_names *names = context;
	struct search *l = names->l;

	(void)to;
	search_visit(l, 1);
	if (l->too_many || !podenv_get(&l->env, name).text.is_secret)
		return true;
	names->items = arena_grow(l->input->arena, names->items, names->count, &names->room, sizeof(*names->items));
	names->items[names->count++] = name;
	return true;
}

static void find_secret_names(struct secret_names *names)
{
	static const char *const fields[] = { "command", "args" };

	for (size_t i = 0; i < 2; i++)
		for (struct node *item = node_items(node_get(names->l->container->node, fields[i])); item;
		     item = item->next) {
			const struct node *word = node_resolve(item);
			struct buf ignored = { 0 };

			if (word->type == NODE_SCALAR)
				podenv_expand_text(word->value, note_secret_name, names, &ignored);
			buf_release(&ignored);
		}
}

const struct text *search_without_secrets(struct search *l)
{
	struct text *words;
	const struct text *unexpanded;
	struct secret_names names = { .l = l };
	bool has_secret = false;

	for (size_t i = 0; i < l->word_count; i++)
		has_secret = has_secret || l->words[i].is_secret;
	if (has_secret)
		find_secret_names(&names);
	unexpanded = names.count > 0 ? search_unexpanded(l, names.items, names.count) : NULL;
	if (!unexpanded)
		return l->words;
	words = arena_array(l->input->arena, l->word_count, sizeof(*words));
	for (size_t i = 0; i < l->word_count; i++) {
		const struct origin *origin = unexpanded[i].origin;
		struct podenv_value value = { .text = text_known((struct str){ 0 }), .at = origin->at };

		words[i] = l->words[i];
		/* All of it is secret, a url or a script perhaps: there are no pieces to be told apart. */
		if (str_starts_with(unexpanded[i].value, "$(") &&
		    str_find(unexpanded[i].value, ')') + 1 == unexpanded[i].value.len)
			continue;
		if (origin->value && origin->value->text.state == TEXT_UNKNOWN)
			value = *origin->value;
		value.text.is_secret = false;
		value.secret = value.secret_key = (struct str){ 0 };
		words[i] = unexpanded[i];
		words[i].is_secret = false;
		words[i].origin = search_text(l, &value).origin;
	}
	return words;
}
