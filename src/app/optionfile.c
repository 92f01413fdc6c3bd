#include "app/optionfile.h"

#include "app/setting.h"
#include "base/input.h"
#include "yaml/scalar.h"

static bool apply_scalar(struct options *options, const struct setting *setting, const struct node *value,
			 struct arena *arena, struct err *err)
{
	if (scalar_is_null(value) || value->value.len == 0)
		return err_set_at(err, value->span.from, "'%s' has no value", setting->name);
	if (str_find(value->value, '\0') < value->value.len)
		return err_set_at(err, value->span.from, "'%s' has a NUL in its value", setting->name);
	return setting_apply(options, setting, arena_dup(arena, value->value), arena, err);
}

static bool apply_list(struct options *options, const struct setting *setting, struct node *list, struct arena *arena,
		       struct err *err)
{
	for (struct node *item = list->child; item; item = item->next) {
		const struct node *value = node_resolve(item);

		if (value->type != NODE_SCALAR)
			return err_set_at(err, item->span.from, "an item of '%s' is not a string", setting->name);
		if (!apply_scalar(options, setting, value, arena, err))
			return false;
	}
	return true;
}

/* One that is given as text has one item a line. */
static bool apply_lines(struct options *options, const struct setting *setting, const struct node *value,
			struct arena *arena, struct err *err)
{
	struct node one = *value;
	struct str rest = str_trim(value->value);

	if (str_find(rest, '\n') == rest.len)
		return apply_scalar(options, setting, value, arena, err);
	while (rest.ptr) {
		one.value = str_trim(str_cut(&rest, '\n'));
		if (one.value.len > 0 && !apply_scalar(options, setting, &one, arena, err))
			return false;
	}
	return true;
}

static bool apply_entry(struct options *options, const struct setting *setting, struct node *value, struct arena *arena,
			struct err *err)
{
	if (setting->type == SETTING_IS_LIST && value->type == NODE_SEQUENCE)
		return apply_list(options, setting, value, arena, err);
	if (value->type != NODE_SCALAR)
		return err_set_at(err, value->span.from, "'%s' takes %s", setting->name,
				  setting->type == SETTING_IS_LIST ? "a string or a list of strings" : "one value");
	if (setting->type == SETTING_IS_LIST)
		return apply_lines(options, setting, value, arena, err);
	/* `secrets: off` is a boolean in YAML, and means what it says. */
	if (setting->type != SETTING_IS_FLAG)
		return apply_scalar(options, setting, value, arena, err);
	/* In a ConfigMap everything is a string. */
	if (scalar_is_true(value) || str_is(value->value, "true"))
		return setting_apply(options, setting, (struct str){ 0 }, arena, err);
	return scalar_is_false(value) || str_is(value->value, "false") ||
	       err_set_at(err, value->span.from, "'%s' takes true or false", setting->name);
}

static bool refuse_entry(const struct node *key, const struct setting *setting, enum setting_place place,
			 struct err *err)
{
	struct str name = key->type == NODE_SCALAR ? key->value : (struct str){ 0 };

	if (place == IN_FUNCTION && setting && (setting->places & IN_FILE))
		return err_set_at(err, key->span.from,
				  "'%.*s' is not taken from a functionConfig, which comes with the manifests: give it "
				  "on the command line, or in the file that ROLLSTAMP_CONFIG names",
				  STR_ARG(name));
	return err_set_at(err, key->span.from, "'%.*s' is no option of a %s", STR_ARG(name),
			  place == IN_FILE ? "configuration file" : "function's configuration");
}

bool optionfile_apply(struct options *options, struct node *root, enum setting_place place, struct arena *arena,
		      struct err *err)
{
	if (!root)
		return true;
	if (!node_is_mapping(root))
		return err_set_at(err, 0, "not a mapping of options");
	for (struct node *key = root->child; key; key = key->next->next) {
		const struct setting *setting = key->type == NODE_SCALAR ? setting_find(key->value) : NULL;

		if (!setting || !(setting->places & place))
			return refuse_entry(key, setting, place, err);
		/* Who calls the program is trusted more than what comes with the manifests. */
		if (place == IN_FUNCTION && setting->type != SETTING_IS_LIST &&
		    (options->set_by_caller & setting_bit(setting)))
			continue;
		if (place == IN_FILE)
			options->set_by_caller |= setting_bit(setting);
		if (!apply_entry(options, setting, node_resolve(key->next), arena, err)) {
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
	struct input_facts facts;
	struct node *root;
	struct str text;
	bool ok;

	if (!input_read_file(path, &contents, err)) {
		buf_release(&contents);
		return false;
	}
	text = buf_keep(&contents, arena);
	if (str_starts_with(text, "\xef\xbb\xbf"))
		text = str_skip(text, 3);
	ok = input_check(text, &facts, err) && yaml_parse(text, YAML_STRICT, arena, &root, err) &&
	     optionfile_apply(options, root, IN_FILE, arena, err);
	if (!ok) {
		size_t line = 1;

		for (size_t i = 0; err->at != ERR_NOWHERE && i < err->at && i < text.len; i++)
			line += text.ptr[i] == '\n';
		err->at = ERR_NOWHERE;
		return err_prefix(err, "%s line %zu", path, line);
	}
	return true;
}
