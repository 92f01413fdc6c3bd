#include "app/krm.h"

#include "app/optionfile.h"
#include "base/input.h"
#include "yaml/scalar.h"
#include "yaml/shape.h"
#include "yaml/stream.h"
#include "yaml/verify.h"

/* `text` from its first line of content on. */
static struct str skip_to_content(struct str text)
{
	struct str rest = text;

	while (rest.ptr) {
		struct str at = rest, line = str_trim(str_cut(&rest, '\n'));

		if (line.len > 0 && line.ptr[0] != '#' && !str_is(line, "---"))
			return at;
	}
	return (struct str){ 0 };
}

/* Is there more than one document, as far as lines tell? In a stream of many that is known at once. */
static bool has_several_documents(struct str text)
{
	struct str first = skip_to_content(text);
	const char *separator = first.len > 0 ? memmem(first.ptr, first.len, "\n---", 4) : NULL;

	return separator && skip_to_content(str_skip(first, (size_t)(separator + 4 - first.ptr))).len > 0;
}

/* The tree of `text` if it is one ResourceList and nothing else; else NULL. */
static struct node *read_list(struct str text, struct arena *arena)
{
	struct input_facts facts;
	struct stream stream;
	struct node *root;
	struct err err;
	size_t count = 0;

	/* Nobody else pays for being asked. */
	if (text.len == 0 || has_several_documents(text) ||
	    !memmem(text.ptr, text.len, "ResourceList", strlen("ResourceList")))
		return NULL;
	if (!input_check(text, &facts, &err))
		return NULL;
	stream_split(&stream, str_from("input"), text, facts, arena);
	for (size_t i = 0; i < stream.count; i++)
		count += stream.documents[i].has_content;
	if (count != 1 || !yaml_parse(text, YAML_STRICT, arena, &root, &err) || !root)
		return NULL;
	if (!str_is(scalar_get(root, "kind"), "ResourceList") ||
	    !str_starts_with(scalar_get(root, "apiVersion"), "config.kubernetes.io/"))
		return NULL;
	return root;
}

/* Where the options are, or NULL. What stands in the wrong place is not passed over: somebody counts on it. */
static bool find_settings(struct node *config, struct node **settings, struct err *err)
{
	bool is_configmap = str_is(scalar_get(config, "kind"), "ConfigMap");
	struct node *right, *wrong;

	*settings = NULL;
	if (!config || scalar_is_null(config))
		return true;
	if (!node_is_mapping(config))
		return err_set(err, "functionConfig is not an object");
	right = node_get(config, is_configmap ? "data" : "spec");
	wrong = node_get(config, is_configmap ? "spec" : "data");
	if (wrong && !scalar_is_null(wrong))
		return err_set(err, "functionConfig: options stand in %s", is_configmap ? "data" : "spec");
	if (right && !scalar_is_null(right))
		*settings = right;
	return true;
}

bool krm_configure(struct str text, struct options *options, struct arena *arena, struct err *err)
{
	struct node *root = read_list(text, arena), *config, *settings;
	const char *lock = options->lock.ptr;

	if (!root)
		return true;
	options->krm = true;
	config = node_get(root, "functionConfig");
	if (!find_settings(config, &settings, err))
		return false;
	if (settings && !optionfile_apply(options, settings, IN_FUNCTION, arena, err)) {
		err->at = ERR_NOWHERE;
		return err_prefix(err, "functionConfig");
	}
	if (options->lock.ptr != lock && !options->locked)
		return err_set(err, "functionConfig: lock is for reading only here: add locked: true");
	if (options->locked && !options->lock.ptr)
		return err_set(err, "functionConfig: locked: which lock file? Add lock");
	return true;
}

/* A message as text that YAML and JSON can have between double quotes. */
static struct str plain_text(struct str message, struct arena *arena)
{
	char *text = arena_alloc(arena, message.len + 1);

	for (size_t i = 0; i < message.len; i++) {
		unsigned char c = (unsigned char)message.ptr[i];

		text[i] = c == '"' || c == '\\' ? '\'' : c < ' ' || c > '~' ? '?' : (char)c;
	}
	return (struct str){ .ptr = text, .len = message.len };
}

bool krm_failure(struct str text, struct str message, struct arena *arena, struct str *failure)
{
	struct node *root = read_list(text, arena), *payload, *results, *result;
	struct step path = { .key = STR("results") };
	size_t steps = 0;
	struct edits edits;
	struct shape shape;
	struct err err;

	if (!root)
		return false;
	shape_init(&shape, text, root, arena);
	result = shape_new_mapping(&shape);
	shape_append(result, shape_new_name(&shape, str_from("message")));
	shape_append(result, shape_new_scalar(&shape, plain_text(message, arena)));
	shape_append(result, shape_new_name(&shape, str_from("severity")));
	shape_append(result, shape_new_scalar(&shape, str_from("error")));
	results = shape_new_sequence(&shape);
	shape_append(results, result);
	payload = results;
	if (node_get(root, "results")) {
		steps = 1;
	} else {
		payload = shape_new_mapping(&shape);
		shape_append(payload, shape_new_name(&shape, str_from("results")));
		shape_append(payload, results);
	}
	edits_init(&edits, arena);
	if (!shape_insert(&shape, &path, steps, payload, &err) || !shape_finish(&shape, &edits, &err) ||
	    !verify_document(text, &edits, root, shape.count, VERIFY_WHOLE, arena, &err))
		return false;
	*failure = edits_apply(&edits, text, arena);
	return true;
}
