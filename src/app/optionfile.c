/* SPDX-License-Identifier: Apache-2.0 */
#include "app/optionfile.h"

#include "app/option.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/utf8.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

/* Items of all lists of a functionConfig: each is compared with every object, and manifests must not make a run long. */
#define MAX_ITEMS 1000

/* The mapping of options that is being applied. */
struct optionfile {
	struct options *options;
	enum option_place place;
	struct arena *arena;
	size_t items; /* of lists, so far */
};

/*
 * Any file can be named as a configuration file, and what is in it is nobody's business: a message about it says what was
 * expected, and nothing that stands there. A function's configuration is a part of the manifests.
 */
static bool may_quote(const struct optionfile *file)
{
	return file->place == IN_FUNCTION;
}

/* The value stands at byte `at` of the text. */
static bool apply_option(struct optionfile *file, const struct option *option, struct str value, size_t at,
			 struct err *err)
{
	file->items += option->type == OPTION_LIST;
	if (option_offer(option, value, file->arena, file->options, err))
		return true;
	return !may_quote(file) && err_set_at(err, at, "'%s' takes %s", option->name, option->value);
}

static bool apply_scalar(struct optionfile *file, const struct option *option, const struct node *value,
			 struct err *err)
{
	if (scalar_is_null(value) || value->value.len == 0)
		return err_set_at(err, value->span.from, "'%s' has no value", option->name);
	if (str_find(value->value, '\0') < value->value.len)
		return err_set_at(err, value->span.from, "'%s' has a NUL in its value", option->name);
	return apply_option(file, option, arena_dup(file->arena, value->value), value->span.from, err);
}

static bool apply_list(struct optionfile *file, const struct option *option, struct node *list, struct err *err)
{
	for (struct node *item = list->child; item; item = item->next) {
		const struct node *value = node_resolve(item);

		if (value->type != NODE_SCALAR)
			return err_set_at(err, item->span.from, "an item of '%s' is not a string", option->name);
		if (!apply_scalar(file, option, value, err))
			return false;
	}
	return true;
}

/* A list that is given as text has one item a line. */
static bool apply_lines(struct optionfile *file, const struct option *option, const struct node *value, struct err *err)
{
	struct node one = *value;
	struct str rest = str_trim(value->value);

	if (str_find(rest, '\n') == rest.len)
		return apply_scalar(file, option, value, err);
	while (rest.ptr) {
		one.value = str_trim(str_cut(&rest, '\n'));
		if (one.value.len > 0 && !apply_scalar(file, option, &one, err))
			return false;
	}
	return true;
}

static bool apply_entry(struct optionfile *file, const struct option *option, struct node *value, struct err *err)
{
	if (option->type == OPTION_LIST && value->type == NODE_SEQUENCE)
		return apply_list(file, option, value, err);
	if (value->type != NODE_SCALAR)
		return err_set_at(err, value->span.from, "'%s' takes %s", option->name,
				  option->type == OPTION_LIST ? "a string or a list of strings" : "one value");
	if (option->without_value && (scalar_is_true(value) || str_is(value->value, "true")))
		return apply_option(file, option, str_from(option->without_value), value->span.from, err);
	if (option->without_value && (scalar_is_false(value) || str_is(value->value, "false")))
		return true;
	if (option->type == OPTION_LIST)
		return apply_lines(file, option, value, err);
	/* `secrets: off` is a boolean in YAML, and means what it says. */
	if (option->type != OPTION_FLAG)
		return apply_scalar(file, option, value, err);
	/* In a ConfigMap everything is a string. */
	if (scalar_is_true(value) || str_is(value->value, "true"))
		return apply_option(file, option, (struct str){ 0 }, value->span.from, err);
	return scalar_is_false(value) || str_is(value->value, "false") ||
	       err_set_at(err, value->span.from, "'%s' takes true or false", option->name);
}

static bool refuse_name(const struct optionfile *file, const struct option *option, const struct node *key,
			struct err *err)
{
	struct str name = key->type == NODE_SCALAR ? key->value : (struct str){ 0 };

	if (may_quote(file) && option && (option->places & IN_FILE))
		return err_set_at(err, key->span.from,
				  "'%.*s' is not taken from a functionConfig, which comes with the manifests: give it "
				  "on the command line, or in the file that ROLLSTAMP_CONFIG names",
				  STR_ARG(name));
	if (may_quote(file))
		return err_set_at(err, key->span.from, "'%.*s' is no option of a function's configuration",
				  STR_ARG(name));
	if (option)
		return err_set_at(err, key->span.from, "'%s' is no option of a configuration file", option->name);
	return err_set_at(err, key->span.from,
			  "no name of an option: write those of rollstamp --help, without the dashes");
}

/* Does giving the option once more leave what was given before? */
static bool adds_up(const struct option *option)
{
	return option->type == OPTION_LIST && !option->last_counts;
}

bool optionfile_apply(struct options *options, struct node *root, enum option_place place, struct arena *arena,
		      struct err *err)
{
	struct optionfile file = { .options = options, .place = place, .arena = arena };

	if (!root)
		return true;
	if (!node_is_mapping(root))
		return err_set_at(err, 0, "not a mapping of options");
	for (struct node *key = root->child; key; key = key->next->next) {
		const struct option *option = key->type == NODE_SCALAR ? option_find(key->value) : NULL;

		if (!option || !(option->places & place))
			return refuse_name(&file, option, key, err);
		/* Who calls the program is trusted more than what comes with the manifests. */
		if (place == IN_FUNCTION && !adds_up(option) && (options->set_by_caller & option_bit(option)))
			continue;
		if (place == IN_FILE)
			options->set_by_caller |= option_bit(option);
		if (!apply_entry(&file, option, node_resolve(key->next), err)) {
			if (err->at == ERR_NOWHERE)
				err->at = key->span.from;
			return false;
		}
	}
	return place != IN_FUNCTION || file.items <= MAX_ITEMS ||
	       err_set(err, "its lists have more than %d items", MAX_ITEMS);
}

bool optionfile_read(struct options *options, const char *path, struct arena *arena, struct err *err)
{
	struct buf contents = { 0 };
	struct utf8_facts facts;
	struct node *root;
	struct str text;
	bool ok;

	if (!file_read(path, options->git_timeout_ms, &contents, err)) {
		buf_release(&contents);
		return false;
	}
	text = buf_keep(&contents, arena);
	text = utf8_skip_bom(text);
	/* The message of utf8_check shows a byte of the file. */
	ok = (utf8_check(text, &facts, err) || err_set_at(err, err->at, "not UTF-8 text")) &&
	     tree_parse(text, READER_STRICT, arena, &root, err) && optionfile_apply(options, root, IN_FILE, arena, err);
	if (!ok) {
		struct line_place place = lines_place(text, err->at == ERR_NOWHERE ? 0 : err->at);

		err->at = ERR_NOWHERE;
		return err_prefix(err, "%s line %zu, column %zu", path, place.line, place.column);
	}
	return true;
}
