/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment of a container: text is expanded as a second, straightforward implementation does it, and variables
 * are what the kubelet's loop over envFrom and env makes of them.
 *
 * The first byte of the input chooses: its rest is a text to be expanded, or choices that make a container.
 */
#include "check.h"

#include "base/utf8.h"
#include "kube/podenv.h"
#include "yaml/tree.h"

#include <string.h>

/* "<NAME>", but for names that begin with `-`: these are not known. */
static bool map_name(void *context, struct str name, struct buf *to)
{
	size_t *calls = context;

	++*calls;
	if (str_starts_with(name, "-"))
		return false;
	buf_add_char(to, '<');
	buf_add(to, name);
	buf_add_char(to, '>');
	return true;
}

/* One byte after the other, as Kubernetes' Expand has it: its work can grow with the square of the length. */
static void expand_again(struct str text, podenv_mapping *mapping, void *context, struct buf *to)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t close = i + 2;

		if (text.ptr[i] != '$' || i + 1 == text.len) {
			buf_add_char(to, text.ptr[i]);
			continue;
		}
		if (text.ptr[i + 1] == '$') {
			buf_add_char(to, '$');
			i++;
			continue;
		}
		while (text.ptr[i + 1] == '(' && close < text.len && text.ptr[close] != ')')
			close++;
		if (text.ptr[i + 1] != '(' || close == text.len) {
			buf_add(to, str_slice(text, (struct span){ i, i + 2 }));
			i++;
			continue;
		}
		if (!mapping(context, str_slice(text, (struct span){ i + 2, close }), to))
			buf_add(to, str_slice(text, (struct span){ i, close + 1 }));
		i = close;
	}
}

static void check_text(struct str text)
{
	struct buf one = { 0 }, other = { 0 }, escaped = { 0 }, back = { 0 };
	size_t calls = 0, calls_again = 0, dollars = 0;

	podenv_expand_text(text, map_name, &calls, &one);
	expand_again(text, map_name, &calls_again, &other);
	CHECK_OF(str_equal(buf_str(&one), buf_str(&other)), text);
	CHECK_OF(calls == calls_again, text);
	for (size_t i = 0; i < text.len; i++) {
		dollars += text.ptr[i] == '$';
		buf_add_char(&escaped, text.ptr[i]);
		if (text.ptr[i] == '$')
			buf_add_char(&escaped, '$');
	}
	CHECK_OF(dollars > 0 || str_equal(buf_str(&one), text), text);
	CHECK_OF(calls <= dollars, text);
	/* Doubled dollar signs give the text back, and no variable. */
	calls = 0;
	podenv_expand_text(buf_str(&escaped), map_name, &calls, &back);
	CHECK_OF(calls == 0 && str_equal(buf_str(&back), text), text);
	buf_release(&one);
	buf_release(&other);
	buf_release(&escaped);
	buf_release(&back);
}

/* All names that there are. No Service's variable is like one of them. */
static const char *const names[] = { "A", "B", "C", "PA", "PB", "PPA", "NONE" };
#define NAMES (sizeof(names) / sizeof(*names))

static const char objects[] =
	"kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {A: a-A, PA: a-PA, B: $(A)}\n"
	"binaryData: {C: eA==}\n"
	"---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: b}\ndata: {A: b-A, C: ''}\n"
	"---\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {A: s-A, B: s-B}\n";

static const struct source {
	const char *kind, *name;
	struct {
		const char *key, *value;
	} data[4];
} known[] = {
	{ "configMap", "a", { { "A", "a-A" }, { "PA", "a-PA" }, { "B", "$(A)" } } },
	{ "configMap", "b", { { "A", "b-A" }, { "C", "" } } },
	{ "secret", "s", { { "A", "s-A" }, { "B", "s-B" } } },
	{ "configMap", "gone", { { 0 } } },
	{ "secret", "gone", { { 0 } } },
};
#define SOURCES (sizeof(known) / sizeof(*known))

#define MAX_SOURCES 4

static bool is_gone(const struct source *source)
{
	return strcmp(source->name, "gone") == 0;
}

static const char *data_of(const struct source *source, struct str key)
{
	for (size_t i = 0; i < 4 && source->data[i].key; i++)
		if (str_is(key, source->data[i].key))
			return source->data[i].value;
	return NULL;
}

/* What the kubelet has of each name while it goes through the lists. */
struct model {
	struct {
		enum text_state state;
		struct str text;
	} values[NAMES];
	const char
		*gone[MAX_SOURCES]; /* prefixes of the sources that are not there: they could define any other name */
	size_t gone_count;
	struct arena *arena;
	bool is_unknown; /* the expansion that is going on */
};

static size_t index_of(struct str name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (str_is(name, names[i]))
			return i;
	return NAMES;
}

/* Of what keys and prefixes are made. */
static bool can_be_key(struct str name)
{
	size_t n = 0;

	while (n < name.len && (str_is_alphanumeric(name.ptr[n]) || memchr("-_.", name.ptr[n], 3)))
		n++;
	return n == name.len;
}

static bool map_model(void *context, struct str name, struct buf *to)
{
	struct model *model = context;
	size_t i = index_of(name);

	for (size_t k = 0; i == NAMES && can_be_key(name) && k < model->gone_count; k++)
		if (str_starts_with(name, model->gone[k]) && name.len > strlen(model->gone[k])) {
			model->is_unknown = true;
			return true;
		}
	if (i == NAMES || model->values[i].state == TEXT_ABSENT)
		return false;
	if (model->values[i].state == TEXT_UNKNOWN)
		model->is_unknown = true;
	else
		buf_add(to, model->values[i].text);
	return true;
}

static void set(struct model *model, size_t name, enum text_state state, struct str text)
{
	model->values[name].state = state;
	model->values[name].text = text;
}

static void expand_model(struct model *model, struct str text, enum text_state *state, struct str *expanded)
{
	struct buf out = { 0 };

	model->is_unknown = false;
	expand_again(text, map_model, model, &out);
	*expanded = check_copy(model->arena, buf_str(&out));
	*state = model->is_unknown ? TEXT_UNKNOWN : TEXT_KNOWN;
	buf_release(&out);
}

/* An item of envFrom: as YAML, and what it does. */
static void add_source(struct choices *choices, struct buf *yaml, struct model *model)
{
	static const char *const prefixes[] = { "", "P", "PP" };
	const struct source *source = &known[choice_below(choices, SOURCES)];
	struct str prefix = str_from(prefixes[choice_below(choices, 3)]);

	buf_printf(yaml, "- {prefix: '%.*s', %sRef: {name: %s, optional: true}}\n", STR_ARG(prefix), source->kind,
		   source->name);
	if (is_gone(source))
		model->gone[model->gone_count++] = prefix.ptr;
	for (size_t i = 0; i < NAMES; i++) {
		struct str name = str_from(names[i]);
		const char *value;

		if (name.len <= prefix.len || !str_starts_with(name, prefix.ptr))
			continue;
		value = data_of(source, str_skip(name, prefix.len));
		if (is_gone(source))
			set(model, i, TEXT_UNKNOWN, name);
		else if (value)
			set(model, i, TEXT_KNOWN, str_from(value));
	}
}

static struct str choose_text(struct choices *choices, struct arena *arena)
{
	static const char *const pieces[] = { "$(", ")", "$", "x", "A", "B", "P", "$(A)", "$(PA)", "$(B)", "$(NONE)" };
	size_t count = choice_below(choices, 8);
	struct buf text = { 0 };
	struct str copy;

	for (size_t i = 0; i < count; i++)
		buf_add_cstring(&text, pieces[choice_below(choices, sizeof(pieces) / sizeof(*pieces))]);
	copy = check_copy(arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

/* An item of env. */
static void add_entry(struct choices *choices, struct buf *yaml, struct model *model)
{
	size_t name = choice_below(choices, NAMES), from = choice_below(choices, SOURCES + 6);
	const struct source *source = &known[from % SOURCES];
	const char *key = names[choice_below(choices, 4)];
	bool optional = choice_byte(choices) & 1;
	const char *value = data_of(source, str_from(key));

	buf_printf(yaml, "- {name: %s", names[name]);
	if (from > SOURCES) {
		enum text_state state;
		struct str text = choose_text(choices, model->arena), expanded;

		buf_printf(yaml, ", value: '%.*s'}\n", STR_ARG(text));
		expand_model(model, text, &state, &expanded);
		set(model, name, state, expanded);
		return;
	}
	if (from == SOURCES) {
		buf_add_cstring(yaml, ", valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n");
		set(model, name, TEXT_UNKNOWN, (struct str){ 0 });
		return;
	}
	buf_printf(yaml, ", valueFrom: {%sKeyRef: {name: %s, key: %s, optional: %s}}}\n", source->kind, source->name,
		   key, optional ? "true" : "false");
	if (value)
		set(model, name, TEXT_KNOWN, str_from(value));
	else if (is_gone(source) || !optional)
		set(model, name, TEXT_UNKNOWN, (struct str){ 0 });
}

static void check_value(struct podenv_value value, enum text_state state, struct str text, struct str yaml)
{
	CHECK_OF(value.text.state == state, yaml);
	CHECK_OF(state != TEXT_KNOWN || str_equal(value.text.value, text), yaml);
	CHECK_OF((state == TEXT_UNKNOWN) == (value.text.reason != NULL), yaml);
	CHECK_OF(value.at <= yaml.len, yaml);
}

static void check_container(struct choices *choices, struct manifest *manifest, struct arena *arena)
{
	struct model model = { .arena = arena };
	size_t sources = choice_below(choices, MAX_SOURCES + 1), entries = choice_below(choices, 12);
	size_t first = choice_below(choices, NAMES);
	struct buf out = { 0 };
	struct podenv podenv;
	struct node *root;
	struct str yaml, word, expanded;
	enum text_state state;
	struct err err;

	buf_add_cstring(&out, "envFrom:\n");
	for (size_t i = 0; i < sources; i++)
		add_source(choices, &out, &model);
	buf_add_cstring(&out, "env:\n");
	for (size_t i = 0; i < entries; i++)
		add_entry(choices, &out, &model);
	yaml = check_copy(arena, buf_str(&out));
	buf_release(&out);
	CHECK_OF(tree_parse(yaml, READER_STRICT, arena, &root, &err), yaml);
	podenv_init(&podenv, manifest, (struct str){ 0 }, root, NULL, arena);
	/* In any order, and twice: what was asked for before makes no difference. */
	for (size_t i = 0; i < 2 * NAMES; i++) {
		size_t name = (first + 3 * i) % NAMES;

		check_value(podenv_get(&podenv, str_from(names[name])), model.values[name].state,
			    model.values[name].text, yaml);
	}
	word = choose_text(choices, arena);
	expand_model(&model, word, &state, &expanded);
	check_value(podenv_expand(&podenv, word, 0), state, expanded, yaml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size };
	struct arena arena, scratch;

	arena_init(&arena);
	if (choice_byte(&choices) & 1) {
		check_text(check_copy(&arena, choice_rest(&choices)));
	} else {
		struct utf8_facts facts;
		struct manifest manifest;
		struct stream stream;
		struct ignore ignore = { 0 };
		struct kinds kinds;
		struct err err;

		arena_init(&scratch);
		kinds_init(&kinds, &arena);
		ignore.kinds = &kinds;
		manifest_init(&manifest, &ignore, (struct str){ 0 }, &arena, &scratch);
		CHECK(utf8_check(str_from(objects), &facts, &err));
		stream_split(&stream, str_from("objects"), str_from(objects), facts, &arena);
		CHECK(manifest_add(&manifest, &stream, SCOPE_STREAM, &err));
		check_container(&choices, &manifest, &arena);
		arena_release(&scratch);
	}
	arena_release(&arena);
	return 0;
}
