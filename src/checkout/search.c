#include "checkout/search.h"

#include "checkout/unfollowed.h"
#include "git/url.h"
#include "yaml/scalar.h"

#include <string.h>

/* A word costs as many visits as it has pieces of this length. */
#define VISIT_BYTES 16
/* A ref takes so many times the memory of a list item. */
#define REF_COST 64

_Static_assert(TEXT_HIDDEN == PODENV_HIDDEN, "both rooms hide in the same way");

struct gitref_part search_part(const struct search *l, struct podenv_value value, struct str where)
{
	struct gitref_part part = {
		.where = where,
		.text = value.text,
		.reason = value.reason,
		.secret = value.secret,
		.secret_key = value.secret_key,
		.outline = value.secret.len > 0 || value.state == PODENV_UNKNOWN ? value.outline : (struct str){ 0 },
		.at = value.at > 0 ? value.at : l->container->node->span.from,
	};

	part.state = value.state == PODENV_KNOWN     ? TEXT_KNOWN
		     : value.state == PODENV_UNKNOWN ? TEXT_UNKNOWN
						     : TEXT_ABSENT;
	return part;
}

struct gitref_part search_variable_part(const struct search *l, struct podenv_value value, struct str name)
{
	struct gitref_part part;

	/* A YAML block leaves a newline behind the name, which a shell drops. */
	value.text = str_trim(value.text);
	value.outline = str_trim(value.outline);
	part = search_part(l, value, arena_printf(l->input->arena, "variable %.*s", STR_ARG(name)));
	part.name = name;
	return part;
}

struct str search_outline(const struct podenv_value *value, struct str end)
{
	static const char hidden[] = { PODENV_HIDDEN };
	struct str before = value->text, whole = value->outline;

	before.len -= end.len <= before.len ? end.len : 0;
	if (end.len <= value->text.len && before.len <= whole.len &&
	    str_equal(str_skip(value->text, before.len), end) &&
	    str_equal((struct str){ whole.ptr, before.len }, before))
		return str_skip(whole, before.len);
	return (struct str){ hidden, 1 };
}

/* A part that a module of this room has found in the words. */
struct gitref_part search_word_part(const struct search *l, const struct text_part *found, struct str where)
{
	struct podenv_value none = { .at = 0 };
	const struct podenv_value *origin = found->value.origin ? found->value.origin : &none;
	struct podenv_value value = *origin;
	struct gitref_part part;

	if (str_find(found->value.text, TEXT_HIDDEN) < found->value.text.len) {
		part = search_part(l, (struct podenv_value){ .at = value.at }, where);
		part.state = TEXT_UNKNOWN;
		part.reason = str_from("it has something of a Secret in it, which an inner shell reads");
		if (found->state == TEXT_KNOWN)
			part.outline = found->value.text;
		return part;
	}
	value.outline = search_outline(&value, found->value.text);
	value.text = found->value.text;
	part = search_part(l, value, where);
	part.state = found->state;
	if (found->state == TEXT_UNKNOWN)
		part.reason = value.state == PODENV_UNKNOWN ? value.reason : str_from(found->reason);
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
	struct str bare = url_drop_hidden(part.outline, PODENV_HIDDEN, arena);
	struct url url;
	struct err err;

	if (part.outline.len == 0)
		return part;
	if (str_find(bare, PODENV_HIDDEN) == bare.len && url_parse(bare, arena, &url, &err) &&
	    (part.state == TEXT_UNKNOWN || is_same_repository(l, part.text, bare))) {
		part.state = TEXT_KNOWN;
		part.text = bare;
		part.reason = part.secret = part.secret_key = part.outline = (struct str){ 0 };
	} else if (part.secret.len > 0) {
		part.is_host_secret = !url_parse(part.text, arena, &url, &err) ||
				      !url_shows_host(&url, part.outline, PODENV_HIDDEN, arena);
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
struct str search_directory(const struct text_part *part)
{
	bool is_known = part->state == TEXT_KNOWN && str_starts_with(part->value.text, "/");

	return is_known ? part->value.text : (struct str){ 0 };
}

void search_add_poller(struct search *l, const struct gitref_part *url, struct str directory, bool is_inside)
{
	struct poller *poller = ARENA_NEW(l->input->arena, struct poller);

	poller->site = (struct site){ .container = l->index, .directory = directory, .is_inside = is_inside };
	poller->site.is_url_known = url && url->state == TEXT_KNOWN;
	if (poller->site.is_url_known)
		poller->site.url = url_identity_of(url->text, l->input->arena);
	poller->next = l->pollers;
	l->pollers = poller;
}

void search_set_default(struct gitref_part *ref, struct str text)
{
	if (ref->state == TEXT_KNOWN && ref->text.len == 0)
		ref->state = TEXT_ABSENT;
	if (ref->state == TEXT_ABSENT)
		ref->text = text;
}

void search_visit(struct search *l, size_t cost)
{
	if (*l->input->budget < cost)
		l->too_many = true;
	else
		*l->input->budget -= cost;
}

static bool mentions_git(struct str text)
{
	return unfollowed_may_be(text);
}

/* Are there words or an image that speak of git? Only then they are worth being taken apart. */
static bool is_worth_reading(struct search *l)
{
	static const char *const fields[] = { "command", "args", NULL };
	struct str image = scalar_get(l->container->node, "image");
	bool found = mentions_git(image);

	while (str_find(image, '/') < image.len)
		image = str_skip(image, str_find(image, '/') + 1);
	l->says_git = image.len >= 3 && memmem(image.ptr, image.len, "git", 3) != NULL;
	for (const char *const *field = fields; *field; field++)
		for (struct node *item = node_items(node_get(l->container->node, *field)); item && !l->too_many;
		     item = item->next) {
			const struct node *word = node_resolve(item);

			search_visit(l, 1 + (word->type == NODE_SCALAR ? word->value.len / VISIT_BYTES : 0));
			l->word_count++;
			/* A variable can be anything. */
			if (word->type != NODE_SCALAR)
				continue;
			found = found || mentions_git(word->value) || podfile_is_in(&l->files, word->value) ||
				(word->value.len > 2 && memmem(word->value.ptr, word->value.len, "$(", 2));
			l->says_git = l->says_git || unfollowed_is_in(word->value);
		}
	return found && !l->too_many;
}

static size_t read_list(struct search *l, const char *field, size_t n)
{
	struct node *list = node_get(l->container->node, field);

	for (struct node *item = node_items(list); item && !l->too_many; item = item->next) {
		const struct node *word = node_resolve(item);
		struct podenv_value *value = ARENA_NEW(l->input->arena, struct podenv_value);

		if (word->type == NODE_SCALAR)
			*value = podenv_expand(&l->env, word->value, item->span.from);
		else
			*value = (struct podenv_value){ .state = PODENV_UNKNOWN, .reason = STR("it is no string") };
		search_visit(l, value->text.len / VISIT_BYTES);
		l->words[n++] = (struct text_value){
			.is_known = value->state == PODENV_KNOWN,
			.is_secret = value->secret.len > 0,
			.text = value->state == PODENV_KNOWN || value->text.len > 0 ? value->text : word->value,
			.reason = value->reason,
			.origin = value,
		};
	}
	return n;
}

size_t search_read_literal(struct search *l, struct node *list, struct text_value **words)
{
	size_t count = 0;

	for (struct node *item = node_items(list); item; item = item->next)
		count++;
	*words = arena_array(l->input->arena, count, sizeof(**words));
	count = 0;
	for (struct node *item = node_items(list); item && !l->too_many; item = item->next) {
		const struct node *word = node_resolve(item);
		struct podenv_value *value = ARENA_NEW(l->input->arena, struct podenv_value);

		*value = (struct podenv_value){ .state = PODENV_KNOWN, .text = word->value, .at = item->span.from };
		if (word->type != NODE_SCALAR)
			*value = (struct podenv_value){ .state = PODENV_UNKNOWN, .reason = STR("it is no string") };
		search_visit(l, 1 + value->text.len / VISIT_BYTES);
		(*words)[count++] = (struct text_value){
			.is_known = value->state == PODENV_KNOWN,
			.text = value->text,
			.reason = value->reason,
			.origin = value,
		};
	}
	return count;
}

void search_read_words(struct search *l, bool is_wanted)
{
	l->word_count = 0;
	l->command_count = 0;
	l->has_command = node_items(node_get(l->container->node, "command")) != NULL;
	l->mentions_git = is_worth_reading(l);
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
			  struct text_value *value)
{
	struct buf text;
	struct str rest = written;

	buf_init(&text);
	while (rest.len > 0) {
		struct span reference = find_reference(rest, names, count);
		struct str piece = { .ptr = rest.ptr, .len = reference.from };
		struct podenv_value expanded = podenv_expand(&l->env, piece, 0);

		buf_add(&text, expanded.state == PODENV_KNOWN || expanded.text.len > 0 ? expanded.text : piece);
		buf_add(&text, str_slice(rest, reference));
		value->is_known = value->is_known && reference.to == reference.from;
		rest = str_skip(rest, reference.to);
	}
	search_visit(l, buf_str(&text).len / VISIT_BYTES);
	value->text = buf_keep(&text, l->input->arena);
	return find_reference(written, names, count).from < written.len;
}

const struct text_value *search_unexpanded(struct search *l, const struct str *names, size_t count)
{
	static const char *const fields[] = { "command", "args" };
	struct text_value *words = arena_array(l->input->arena, l->word_count, sizeof(*words));
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
	if (l->too_many || podenv_get(&l->env, name).secret.len == 0)
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

const struct text_value *search_without_secrets(struct search *l)
{
	struct text_value *words;
	const struct text_value *unexpanded;
	struct secret_names names = { .l = l };
	bool has_secret = false;

	for (size_t i = 0; i < l->word_count; i++) {
		const struct podenv_value *origin = l->words[i].origin;

		has_secret = has_secret || origin->secret.len > 0;
	}
	if (has_secret)
		find_secret_names(&names);
	unexpanded = names.count > 0 ? search_unexpanded(l, names.items, names.count) : NULL;
	if (!unexpanded)
		return l->words;
	words = arena_array(l->input->arena, l->word_count, sizeof(*words));
	for (size_t i = 0; i < l->word_count; i++) {
		struct podenv_value *origin = ARENA_NEW(l->input->arena, struct podenv_value);

		words[i] = l->words[i];
		/* All of it is secret, a url or a script perhaps: there are no pieces to be told apart. */
		if (str_starts_with(unexpanded[i].text, "$(") &&
		    str_find(unexpanded[i].text, ')') + 1 == unexpanded[i].text.len)
			continue;
		*origin = *(const struct podenv_value *)unexpanded[i].origin;
		origin->secret.len = origin->secret_key.len = 0;
		words[i] = unexpanded[i];
		words[i].is_secret = false;
		words[i].origin = origin;
	}
	return words;
}
