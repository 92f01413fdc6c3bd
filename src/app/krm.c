#include "app/krm.h"

#include "app/optionfile.h"
#include "base/utf8.h"
#include "kube/identity.h"
#include "yaml/scalar.h"
#include "yaml/stream.h"
#include "yaml/tree.h"

#define PROGRAM "rollstamp-krm"
/* Each is compared with every object, and manifests must not make a run long. */
#define MAX_ITEMS 1000

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

	if (str_starts_with(text, "\xef\xbb\xbf"))
		text = str_skip(text, 3);
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

/* Where the options are, or NULL. What stands in the wrong place is not passed over: somebody counts on it. */
static bool find_settings(struct node *config, struct node **settings, struct err *err)
{
	bool is_configmap = str_is(scalar_get(config, "kind"), "ConfigMap");
	struct node *right, *wrong;

	*settings = NULL;
	if (!config || scalar_is_null(config))
		return true;
	if (!node_is_mapping(config))
		return err_set(err, "it is not an object");
	right = node_get(config, is_configmap ? "data" : "spec");
	wrong = node_get(config, is_configmap ? "spec" : "data");
	if (wrong && !scalar_is_null(wrong))
		return err_set(err, "options stand in %s", is_configmap ? "data" : "spec");
	if (right && !scalar_is_null(right))
		*settings = right;
	return true;
}

/* The first option by which something that --strict refuses passes with `after` and not with `before`; or NULL. */
static const char *find_weakened(const struct options *before, const struct options *after)
{
	if (after->policy.unresolved_ok.count > before->policy.unresolved_ok.count)
		return "unresolved-ok";
	if (after->policy.ignores.count > before->policy.ignores.count)
		return "ignore";
	if (after->policy.excludes.count > before->policy.excludes.count)
		return "exclude";
	if (after->policy.git_skips.count > before->policy.git_skips.count)
		return "git-skip";
	if (after->policy.volumes != before->policy.volumes ||
	    after->policy.volumes_rule_count > before->policy.volumes_rule_count)
		return "volumes";
	if (after->policy.secrets != before->policy.secrets)
		return "secrets";
	if (after->policy.git == GIT_OFF && before->policy.git != GIT_OFF)
		return "git";
	return NULL;
}

static size_t count_items(const struct options *options)
{
	return options->policy.unresolved_ok.count + options->policy.ignores.count + options->policy.excludes.count +
	       options->policy.alsos.count + options->policy.git_skips.count + options->policy.volumes_rule_count +
	       options->policy.git_pair_count + options->policy.kinds.count;
}

static bool apply(struct node *config, struct options *options, struct arena *arena, struct err *err)
{
	struct options after = *options;
	struct node *settings;
	const char *weakened;

	if (!find_settings(config, &settings, err) ||
	    (settings && !optionfile_apply(&after, settings, IN_FUNCTION, arena, err)))
		return false;
	if (count_items(&after) - count_items(options) > MAX_ITEMS)
		return err_set(err, "its lists have more than %d items", MAX_ITEMS);
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
