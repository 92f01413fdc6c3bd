/* SPDX-License-Identifier: Apache-2.0 */
#include "app/krm.h"

#include "app/optionfile.h"
#include "base/utf8.h"
#include "kube/identity.h"
#include "kube/place.h"
#include "yaml/scalar.h"
#include "yaml/stream.h"
#include "yaml/tree.h"

#include <string.h>

#define PROGRAM "rollstamp-krm"

bool krm_is_program(const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;

	return program && strcmp(slash ? slash + 1 : program, PROGRAM) == 0;
}

static bool refuse_input(const char *what, struct err *err)
{
	return err_set(err,
		       "as a KRM function (--krm) rollstamp reads one ResourceList of config.kubernetes.io, and %s: to "
		       "stamp manifests leave out --krm, and call the program by the name rollstamp",
		       what);
}

/* Cuts the first line, with its line feed, off `text`. */
static struct str cut_line(struct str *text)
{
	size_t length = str_find(*text, '\n');
	struct str line = { .ptr = text->ptr, .len = length < text->len ? length + 1 : length };

	*text = str_skip(*text, line.len);
	return line;
}

/* Does a line of a plain document go on with the entry that stands above it? */
static bool goes_on(struct str line)
{
	return strchr(" -#\r\n", line.ptr[0]) != NULL;
}

/*
 * The lines of the functionConfig of a plain document whose body is `text`; empty if there is none. False where something else
 * stands there than the four entries of a ResourceList, each once: a quoted text that begins in one of them and goes on over
 * another one then ends in lines that are no YAML by themselves, or that no plain document has.
 */
static bool find_config(struct str text, struct str *lines)
{
	static const char *const keys[] = { "functionConfig:", "apiVersion:", "kind:", "items:" };
	enum { KEYS = sizeof(keys) / sizeof(*keys) };
	struct str entries[KEYS] = { 0 }, *entry = NULL;

	while (text.len > 0) {
		struct str line = cut_line(&text);
		size_t i = 0;

		if (goes_on(line)) {
			if (entry)
				entry->len += line.len;
			continue;
		}
		while (i < KEYS && !str_starts_with(line, keys[i]))
			i++;
		if (i == KEYS || entries[i].len > 0)
			return false;
		entry = &entries[i];
		*entry = line;
	}
	*lines = entries[0];
	return true;
}

/*
 * The functionConfig of a plain document, or NULL, from its own lines: the items, which are nearly all of a ResourceList, are
 * parsed when they are planned. False where its lines alone do not tell.
 */
static bool read_plain(const struct stream *stream, const struct document *document, struct arena *arena,
		       struct node **config)
{
	struct str body = str_slice(stream->text, (struct span){ document->body, document->text.to }), lines;
	struct node *root;
	struct err ignored;

	if (!document->plain || document->has_directives || !str_is(document->kind, "ResourceList") ||
	    document->api_version.to == 0 ||
	    !tree_parse(str_slice(stream->text, document->api_version), READER_STRICT, arena, &root, &ignored) ||
	    !str_starts_with(scalar_get(root, "apiVersion"), KINDS_RESOURCE_LIST_GROUP))
		return false;
	if (!find_config(body, &lines))
		return false;
	*config = NULL;
	if (lines.len == 0)
		return true;
	if (!tree_parse(lines, READER_STRICT, arena, &root, &ignored))
		return false;
	*config = node_get(root, "functionConfig");
	return true;
}

/* The functionConfig, or NULL, of the ResourceList that `text` is. */
static bool read_config(struct str text, struct arena *arena, struct node **config, struct err *err)
{
	const struct document *document = NULL;
	struct node *root;
	struct utf8_facts facts;
	struct stream stream;

	text = utf8_skip_bom(text);
	if (!utf8_check(text, &facts, err))
		return refuse_input("the input is no text in UTF-8", err);
	stream_split(&stream, str_from("input"), text, facts, arena);
	for (size_t i = 0; i < stream.count; i++) {
		if (!stream.documents[i].has_content)
			continue;
		if (document)
			return refuse_input("the input has more than one document", err);
		document = &stream.documents[i];
	}
	if (!document)
		return refuse_input("the input is empty", err);
	if (read_plain(&stream, document, arena, config))
		return true;
	if (!tree_parse(stream_text(&stream, document), READER_STRICT, arena, &root, err))
		return place_explain(place_of(&stream, document, NULL, err->at), str_from("ResourceList"),
				     (struct str){ 0 }, err);
	*config = node_get(root, "functionConfig");
	return kinds_is_resource_list(root) || refuse_input("the input is none", err);
}

/* Finds the mapping of options, or NULL. Options in the wrong place are not passed over: somebody counts on them. */
static bool find_entries(struct node *config, struct node **entries, struct err *err)
{
	bool is_configmap = str_is(scalar_get(config, "kind"), "ConfigMap");
	struct node *right, *wrong;

	*entries = NULL;
	if (!config || scalar_is_null(config))
		return true;
	if (!node_is_mapping(config))
		return err_set(err, "it is not an object");
	right = node_get(config, is_configmap ? "data" : "spec");
	wrong = node_get(config, is_configmap ? "spec" : "data");
	if (wrong && !scalar_is_null(wrong))
		return err_set(err, "options stand in %s", is_configmap ? "data" : "spec");
	if (right && !scalar_is_null(right))
		*entries = right;
	return true;
}

/* The first option by which something that --strict refuses passes with `after` and not with `before`; or NULL. */
static const char *find_weakened(const struct options *before, const struct options *after)
{
	const struct option *table;
	size_t count;

	table = option_table(&count);
	for (size_t i = 0; i < count; i++)
		if (table[i].weakens && table[i].weakens(&table[i], before, after))
			return table[i].name;
	return NULL;
}

static bool apply(struct node *config, struct options *options, struct arena *arena, struct err *err)
{
	struct options after = *options;
	struct node *entries;
	const char *weakened;

	if (!find_entries(config, &entries, err) ||
	    (entries && !optionfile_apply(&after, entries, IN_FUNCTION, arena, err)))
		return false;
	weakened = options->policy.strict ? find_weakened(options, &after) : NULL;
	if (weakened)
		return err_set(
			err,
			"'%s' could make the --strict of the caller pass: give it on the command line, or in the "
			"file that ROLLSTAMP_CONFIG names",
			weakened);
	*options = after;
	return true;
}

bool krm_configure(struct str text, struct options *options, struct arena *arena, struct err *err)
{
	struct node *config;
	struct str name;

	if (!read_config(text, arena, &config, err))
		return false;
	if (apply(config, options, arena, err))
		return true;
	err->at = ERR_NOWHERE;
	name = scalar_get(node_get(config, "metadata"), "name");
	if (name.len == 0)
		return err_prefix(err, "functionConfig");
	return err_prefix(err, "functionConfig %.*s %.*s", STR_ARG(scalar_get(config, "kind")), STR_ARG(name));
}
