/* SPDX-License-Identifier: Apache-2.0 */
#include "app/krm.h"

#include "app/optionfile.h"
#include "base/utf8.h"
#include "kube/identity.h"
#include "kube/place.h"
#include "yaml/scalar.h"
#include "yaml/stream.h"
#include "yaml/tree.h"

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

/* The tree of the ResourceList that `text` is. */
static bool read_list(struct str text, struct arena *arena, struct node **root, struct err *err)
{
	const struct document *document = NULL;
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
	if (!tree_parse(stream_text(&stream, document), READER_STRICT, arena, root, err))
		return place_explain(place_of(&stream, document, NULL, err->at), str_from("ResourceList"),
				     (struct str){ 0 }, err);
	return kinds_is_resource_list(*root) || refuse_input("the input is none", err);
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
	struct node *root, *config;
	struct str name;

	if (!read_list(text, arena, &root, err))
		return false;
	config = node_get(root, "functionConfig");
	if (apply(config, options, arena, err))
		return true;
	err->at = ERR_NOWHERE;
	name = scalar_get(node_get(config, "metadata"), "name");
	if (name.len == 0)
		return err_prefix(err, "functionConfig");
	return err_prefix(err, "functionConfig %.*s %.*s", STR_ARG(scalar_get(config, "kind")), STR_ARG(name));
}
