/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/syncref.h"

#include "checkout/gitsync.h"
#include "yaml/scalar.h"

#include <string.h>

/*
 * A source of envFrom that is not known could define anything. It makes no container a git-sync, and a ref that is given
 * for sure goes before one that could be there.
 */
static bool could_matter(const struct search *l, struct str name)
{
	bool is_ref = str_ends_with(name, "_REF") || str_ends_with(name, "_REV") || str_ends_with(name, "_BRANCH");

	return (is_ref && !l->has_certain_ref) || str_ends_with(name, "_DEPTH");
}

static bool has_certain_ref(struct search *l, const struct gitsync_input *input)
{
	static const struct str names[] = { STR("GITSYNC_REF"), STR("GIT_SYNC_REV"), STR("GIT_SYNC_BRANCH") };
	static const char *const flags[] = { "-ref", "--ref", "-rev", "--rev", "-branch", "--branch", NULL };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct podenv_value value = podenv_get(&l->env, names[i]);

		if (search_is_definite(&value))
			return true;
	}
	for (size_t i = 0; i < input->count; i++) {
		struct str rest = input->words[i].value, flag = str_cut(&rest, '=');

		for (const char *const *at = flags; *at; at++)
			if (str_is(flag, *at))
				return true;
	}
	return false;
}

/* For gitsync. */
static struct text look_up(void *context, const char *name)
{
	struct search *l = context;
	struct podenv_value found = podenv_get(&l->env, str_from(name));

	if (found.text.state == TEXT_UNKNOWN && found.entry == PODENV_NO_ENTRY && !could_matter(l, str_from(name)))
		return (struct text){ .state = TEXT_ABSENT };
	return found.text.state == TEXT_ABSENT ? found.text : search_text(l, &found);
}

/* What git-sync takes from a variable or flag. */
static struct gitref_part sync_part(const struct search *l, const struct gitsync_setting *setting)
{
	struct gitref_part part = search_word_part(l, &setting->text, "git-sync");

	switch (setting->source) {
	case GITSYNC_ENV:
		part.where = "variable";
		part.name = str_from(setting->name);
		break;
	case GITSYNC_FLAG:
		part.where = "flag";
		part.name = arena_printf(l->input->arena, "--%s", setting->name);
		break;
	case GITSYNC_DEFAULT:
		break;
	}
	return part;
}

/* Is what stands before the value in the word the same before Kubernetes has expanded it? */
static bool is_word_replaceable(const struct search *l, size_t word, size_t prefix)
{
	const char *field = word < l->command_count ? "command" : "args";
	size_t index = word < l->command_count ? word : word - l->command_count;
	struct node *item = node_items(node_get(l->container->node, field));
	struct str now = l->words[word].value, written;

	while (index-- > 0)
		item = item->next;
	written = node_resolve(item)->value;
	return prefix <= written.len && prefix <= now.len && memcmp(written.ptr, now.ptr, prefix) == 0;
}

static void set_sync_pin(const struct search *l, const struct gitsync_pin *pin, struct gitref *ref)
{
	switch (pin->kind) {
	case GITSYNC_PIN_NOWHERE:
		ref->pin = gitref_not_pinned(pin->why_not);
		break;
	case GITSYNC_PIN_ENV:
		ref->variable = str_from(pin->variable);
		ref->pin = (struct gitref_pin){ .kind = GITREF_PIN_VARIABLE, .variable = ref->variable };
		break;
	case GITSYNC_PIN_FLAG:
		ref->pin = gitref_not_pinned("the flag itself is made of variables");
		if (is_word_replaceable(l, pin->word.number, pin->word.offset))
			ref->pin = (struct gitref_pin){ .kind = GITREF_PIN_WORD,
							.word = { pin->word.number, pin->word.offset } };
		break;
	}
	ref->pin.takes_sha1_only = true;
}

/* Adds what git-sync checks out, if it is one. */
static bool add_sync(struct search *l, const struct gitsync_input *input, bool is_unsure)
{
	struct gitref ref = { .via = GITREF_GIT_SYNC };
	struct gitsync sync;

	l->has_certain_ref = has_certain_ref(l, input);
	sync = gitsync_find(input);
	if (!sync.is_gitsync)
		return false;
	ref.url = search_url(l, sync_part(l, &sync.url));
	if (ref.url.text.state == TEXT_ABSENT || (ref.url.text.state == TEXT_KNOWN && ref.url.text.value.len == 0))
		return true;
	ref.directory = search_directory(&sync.root);
	if (sync.polling == TEXT_KNOWN) {
		search_add_poller(l, &ref.url, ref.directory, true);
		ref.followed_by = podspec_container_name(l->container, l->input->arena);
	}
	ref.ref = sync_part(l, &sync.ref);
	if (sync.polling == TEXT_UNKNOWN && ref.ref.text.state != TEXT_UNKNOWN) {
		text_set_unknown(&ref.ref.text, "it is not known whether this git-sync runs once or polls");
	} else if (is_unsure && ref.ref.text.state != TEXT_UNKNOWN) {
		text_set_unknown(&ref.ref.text, "its git-sync depends on a condition in the script");
	}
	if (sync.ref.source == GITSYNC_DEFAULT && ref.ref.text.state == TEXT_KNOWN)
		ref.ref.text.state = TEXT_ABSENT;
	ref.is_branch_first = sync.is_branch_first;
	set_sync_pin(l, &sync.pin, &ref);
	search_add_own(l, ref);
	return true;
}

/* An image of git-sync whose container runs something else, of which nothing is known. */
static void add_other_script(struct search *l, struct str program)
{
	struct gitref ref = { .via = GITREF_GIT_SYNC, .pin = gitref_not_pinned("a script starts git-sync") };

	ref.url = (struct gitref_part){
		.where = "git-sync",
		.at = l->container->node->span.from,
	};
	text_set_unknown(&ref.url.text,
			 arena_printf(l->input->arena, "it runs %.*s, which is not known", STR_ARG(program)).ptr);
	ref.ref = ref.url;
	search_add_own(l, ref);
}

bool syncref_may_be(struct search *l)
{
	static const struct str names[] = { STR("GIT_SYNC_REPO"), STR("GITSYNC_REPO") };

	bool has_sources = node_items(node_get(l->container->node, "envFrom")) != NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (podenv_has_entry(&l->env, names[i]))
			return true;
		if (has_sources && podenv_get(&l->env, names[i]).text.state == TEXT_KNOWN)
			return true;
	}
	return false;
}

static struct gitsync_input input_of(struct search *l)
{
	return (struct gitsync_input){
		.image = l->image,
		.words = l->words,
		.count = l->word_count,
		.has_command = l->has_command,
		.is_init = l->is_init,
		.env = look_up,
		.context = l,
	};
}

bool syncref_look(struct search *l, bool may_be)
{
	struct gitsync_input input;

	if (!l->mentions_git && !may_be)
		return false;
	input = input_of(l);
	return gitsync_is_direct(&input) && add_sync(l, &input, false);
}

void syncref_look_at_started(struct search *l, const struct clones *clones)
{
	const struct starts *start = &clones->start;
	bool finds_git = clones->count > 0 || clones->polled_count > 0 || clones->untold || clones->trouble;
	bool is_unknown = start->sync_count == 0 && !finds_git && start->unknown.len > 0;
	struct gitsync_input input;

	if (start->sync_count == 0 && !is_unknown)
		return;
	input = input_of(l);
	if (gitsync_is_direct(&input))
		return;
	input.is_script = true;
	input.is_unsure_env = start->sets_sync;
	for (size_t i = 0; i < start->sync_count; i++) {
		const struct starts_sync *sync = &start->syncs[i];

		input.words = sync->words;
		input.count = sync->count;
		input.has_command = true;
		input.polls = sync->polls;
		add_sync(l, &input, sync->is_unsure);
	}
	if (is_unknown && gitsync_is_image(input.image))
		add_other_script(l, start->unknown);
}
