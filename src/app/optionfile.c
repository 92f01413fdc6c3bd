#include "app/optionfile.h"

#include "app/setting.h"
#include "base/file.h"
#include "base/utf8.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

/* What is read: who may say what, and how much of it a message may have. */
struct optionfile {
	struct options *options;
	enum setting_place place;
	struct arena *arena;
};

/*
 * Any file can be named as a configuration file, and what is in it is nobody's business: a message about it says what was
 * expected, and nothing that stands there. A function's configuration is a part of the manifests.
 */
static bool may_quote(const struct optionfile *file)
{
	return file->place == IN_FUNCTION;
}

/* `at` is where the value stands. */
static bool apply_setting(const struct optionfile *file, const struct setting *setting, struct str value, size_t at,
			  struct err *err)
{
	if (setting_apply(file->options, setting, value, file->arena, err))
		return true;
	return !may_quote(file) && err_set_at(err, at, "'%s' takes %s", setting->name, setting->value);
}

static bool apply_scalar(const struct optionfile *file, const struct setting *setting, const struct node *value,
			 struct err *err)
{
	if (scalar_is_null(value) || value->value.len == 0)
		return err_set_at(err, value->span.from, "'%s' has no value", setting->name);
	if (str_find(value->value, '\0') < value->value.len)
		return err_set_at(err, value->span.from, "'%s' has a NUL in its value", setting->name);
	return apply_setting(file, setting, arena_dup(file->arena, value->value), value->span.from, err);
}

static bool apply_list(const struct optionfile *file, const struct setting *setting, struct node *list, struct err *err)
{
	for (struct node *item = list->child; item; item = item->next) {
		const struct node *value = node_resolve(item);

		if (value->type != NODE_SCALAR)
			return err_set_at(err, item->span.from, "an item of '%s' is not a string", setting->name);
		if (!apply_scalar(file, setting, value, err))
			return false;
	}
	return true;
}

/* One that is given as text has one item a line. */
static bool apply_lines(const struct optionfile *file, const struct setting *setting, const struct node *value,
			struct err *err)
{
	struct node one = *value;
	struct str rest = str_trim(value->value);

	if (str_find(rest, '\n') == rest.len)
		return apply_scalar(file, setting, value, err);
	while (rest.ptr) {
		one.value = str_trim(str_cut(&rest, '\n'));
		if (one.value.len > 0 && !apply_scalar(file, setting, &one, err))
			return false;
	}
	return true;
}

static bool apply_entry(const struct optionfile *file, const struct setting *setting, struct node *value,
			struct err *err)
{
	if (setting->type == SETTING_IS_LIST && value->type == NODE_SEQUENCE)
		return apply_list(file, setting, value, err);
	if (value->type != NODE_SCALAR)
		return err_set_at(err, value->span.from, "'%s' takes %s", setting->name,
				  setting->type == SETTING_IS_LIST ? "a string or a list of strings" : "one value");
	if (setting->type == SETTING_IS_LIST)
		return apply_lines(file, setting, value, err);
	/* `secrets: off` is a boolean in YAML, and means what it says. */
	if (setting->type != SETTING_IS_FLAG)
		return apply_scalar(file, setting, value, err);
	/* In a ConfigMap everything is a string. */
	if (scalar_is_true(value) || str_is(value->value, "true"))
		return apply_setting(file, setting, (struct str){ 0 }, value->span.from, err);
	return scalar_is_false(value) || str_is(value->value, "false") ||
	       err_set_at(err, value->span.from, "'%s' takes true or false", setting->name);
}

static bool refuse_name(const struct optionfile *file, const struct setting *setting, const struct node *key,
			struct err *err)
{
	struct str name = key->type == NODE_SCALAR ? key->value : (struct str){ 0 };

	if (may_quote(file) && setting && (setting->places & IN_FILE))
		return err_set_at(err, key->span.from,
				  "'%.*s' is not taken from a functionConfig, which comes with the manifests: give it "
				  "on the command line, or in the file that ROLLSTAMP_CONFIG names",
				  STR_ARG(name));
	if (may_quote(file))
		return err_set_at(err, key->span.from, "'%.*s' is no option of a function's configuration",
				  STR_ARG(name));
	if (setting)
		return err_set_at(err, key->span.from, "'%s' is no option of a configuration file", setting->name);
	return err_set_at(err, key->span.from,
			  "no name of an option: write those of rollstamp --help, without the dashes");
}

/* Does giving it once more leave what was given before? */
static bool adds_up(const struct setting *setting)
{
	return setting->type == SETTING_IS_LIST && setting->id != SETTING_VOLUMES;
}

bool optionfile_apply(struct options *options, struct node *root, enum setting_place place, struct arena *arena,
		      struct err *err)
{
	const struct optionfile file = { .options = options, .place = place, .arena = arena };

	if (!root)
		return true;
	if (!node_is_mapping(root))
		return err_set_at(err, 0, "not a mapping of options");
	for (struct node *key = root->child; key; key = key->next->next) {
		const struct setting *setting = key->type == NODE_SCALAR ? setting_find(key->value) : NULL;

		if (!setting || !(setting->places & place))
			return refuse_name(&file, setting, key, err);
		/* Who calls the program is trusted more than what comes with the manifests. */
		if (place == IN_FUNCTION && !adds_up(setting) && (options->set_by_caller & setting_bit(setting)))
			continue;
		if (place == IN_FILE)
			options->set_by_caller |= setting_bit(setting);
		if (!apply_entry(&file, setting, node_resolve(key->next), err)) {
			if (err->at == ERR_NOWHERE)
				err->at = key->span.from;
			return false;
		}
	}
	return true;
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
	if (str_starts_with(text, "\xef\xbb\xbf"))
		text = str_skip(text, 3);
	/* The message of utf8_check has a byte. */
	ok = (utf8_check(text, &facts, err) || err_set_at(err, err->at, "not UTF-8 text")) &&
	     tree_parse(text, READER_STRICT, arena, &root, err) && optionfile_apply(options, root, IN_FILE, arena, err);
	if (!ok) {
		struct str_place place = str_place_of(text, err->at == ERR_NOWHERE ? 0 : err->at);

		err->at = ERR_NOWHERE;
		return err_prefix(err, "%s line %zu, column %zu", path, place.line, place.column);
	}
	return true;
}
