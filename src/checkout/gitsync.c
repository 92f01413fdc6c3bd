#include "checkout/gitsync.h"

#include "checkout/syncflags.h"

#define BECAUSE_OPAQUE "flags of git-sync aren't known"
#define BECAUSE_ENV "a variable of git-sync isn't known"
#define BECAUSE_SCRIPT "the script that starts git-sync sets its variables"
#define BECAUSE_ORDER "GITSYNC_* and GIT_SYNC_* differ, and which of them wins depends on the version of git-sync"
#define BECAUSE_COMBINATION "git-sync 4 takes no branch together with a rev"
#define BECAUSE_VERSION "the version of git-sync isn't known, and so its default isn't"

#define NOT_VERSION "the version of git-sync isn't known"
#define NOT_REF "its ref isn't known"
#define NOT_DEPTH "git-sync clones with a depth, which an older commit doesn't work with"
#define NOT_SCRIPT "a script starts git-sync"
#define NOT_FLAGS "flags of git-sync aren't known"
#define NOT_OLD "git-sync up to version 3.0 takes no commit when it starts again in its volume"

/* In version 4 up to minor version 3 the new names of variables win over the old ones, then the old ones. */
#define FIRST_MINOR_OLD_WINS 4
#define MINOR_UNKNOWN (-1)

struct setting {
	struct text_part part;
	struct gitsync_place at;
};

struct search {
	const struct gitsync_input *input;
	unsigned version;
	int minor;
	struct syncflags flags;
};

/* The last part of an image's name, and its tag; each may be empty. */
static void split_image(struct str image, struct str *name, struct str *tag)
{
	size_t from;

	image.len = str_find(image, '@');
	for (from = image.len; from > 0 && image.ptr[from - 1] != '/'; from--)
		;
	*tag = str_skip(image, from);
	*name = str_cut(tag, ':');
}

static bool names_gitsync(struct str name)
{
	for (; name.len > 0; name = str_skip(name, 1))
		if (str_starts_with(name, "git-sync") || str_starts_with(name, "gitsync"))
			return true;
	return false;
}

static bool is_gitsync_program(const struct text_value *word)
{
	struct str name = word->text;
	size_t slash;

	while ((slash = str_find(name, '/')) < name.len)
		name = str_skip(name, slash + 1);
	return word->is_known && str_is(name, "git-sync");
}

static unsigned cut_number(struct str *text)
{
	unsigned number = 0;

	while (text->len > 0 && str_is_digit(text->ptr[0]) && number < 1000) {
		number = number * 10 + (unsigned)(text->ptr[0] - '0');
		*text = str_skip(*text, 1);
	}
	return number;
}

/* v3.6.9, 4.4.0-rc.1, v4: major and minor version; 0 if it is none. */
static unsigned parse_tag(struct str tag, int *minor)
{
	unsigned major;

	*minor = MINOR_UNKNOWN;
	if (str_starts_with(tag, "v"))
		tag = str_skip(tag, 1);
	major = cut_number(&tag);
	/* Not a date, say, or a commit. */
	if (major < 1 || major > 4 || (tag.len > 0 && !strchr(".-_", tag.ptr[0])))
		return 0;
	if (tag.len > 1 && tag.ptr[0] == '.' && str_is_digit(tag.ptr[1])) {
		tag = str_skip(tag, 1);
		*minor = (int)cut_number(&tag);
	}
	return major < 2 ? 2 : major;
}

static struct text_part env_part(const struct gitsync_input *input, const char *name)
{
	struct text_part part = { .state = TEXT_ABSENT };
	struct text_value value = { 0 };

	part.state = input->env(input->context, name, &value);
	if (input->is_unsure_env)
		return (struct text_part){ .state = TEXT_UNKNOWN,
					   .value.origin = value.origin,
					   .reason = BECAUSE_SCRIPT };
	if (part.state == TEXT_KNOWN && value.text.len == 0)
		part.state = TEXT_ABSENT;
	value.is_known = part.state == TEXT_KNOWN;
	part.value = value;
	part.reason = part.state == TEXT_UNKNOWN ? BECAUSE_ENV : NULL;
	return part;
}

static void set_unknown(struct text_part *part, const char *reason)
{
	part->state = TEXT_UNKNOWN;
	part->value.is_known = false;
	/* It is not this one, or not this one alone. */
	part->value.text = (struct str){ 0 };
	part->reason = reason;
}

static bool has_env(const struct gitsync_input *input, const char *const *names)
{
	for (; *names; names++)
		if (env_part(input, *names).state == TEXT_KNOWN)
			return true;
	return false;
}

static struct setting env_setting(const struct search *l, const char *name)
{
	return (struct setting){ .part = env_part(l->input, name), .at = { .source = GITSYNC_ENV, .name = name } };
}

/* The setting of one of two variables that mean the same; `new_name` may be NULL. */
static struct setting env_either(const struct search *l, const char *new_name, const char *old_name)
{
	struct setting older = env_setting(l, old_name), newer;
	bool are_same;

	if (!new_name || l->version == 2 || l->version == 3)
		return older;
	newer = env_setting(l, new_name);
	if (older.part.state == TEXT_ABSENT)
		return newer;
	if (newer.part.state == TEXT_ABSENT)
		return older;
	if (l->minor != MINOR_UNKNOWN)
		return l->minor < FIRST_MINOR_OLD_WINS ? newer : older;
	are_same = newer.part.state == TEXT_KNOWN && older.part.state == TEXT_KNOWN &&
		   str_equal(newer.part.value.text, older.part.value.text);
	if (!are_same)
		set_unknown(&newer.part, BECAUSE_ORDER);
	return newer;
}

/* A flag, or else a variable. TEXT_ABSENT is a default. */
static struct setting setting_of(const struct search *l, enum syncflag flag, const char *new_name, const char *old_name)
{
	const struct syncflag_use *use = &l->flags.uses[flag];
	struct setting setting;

	if (use->is_given) {
		setting.part = use->value;
		setting.at = (struct gitsync_place){ .source = GITSYNC_FLAG,
						     .name = syncflags_name(flag),
						     .word = use->word,
						     .value_offset = use->offset };
	} else if (old_name) {
		setting = env_either(l, new_name, old_name);
	} else {
		setting = env_setting(l, new_name);
	}
	if (l->flags.is_opaque)
		set_unknown(&setting.part, BECAUSE_OPAQUE);
	return setting;
}

/* Go's strconv.ParseBool. */
static bool parse_bool(struct str text, bool *value)
{
	static const char *const spellings[2][6] = { { "0", "f", "F", "FALSE", "false", "False" },
						     { "1", "t", "T", "TRUE", "true", "True" } };

	for (size_t is_true = 0; is_true < 2; is_true++)
		for (size_t i = 0; i < 6; i++)
			if (str_is(text, spellings[is_true][i])) {
				*value = is_true;
				return true;
			}
	return false;
}

static enum text_state find_polling(const struct search *l)
{
	struct setting once = setting_of(l, SYNCFLAG_ONE_TIME, "GITSYNC_ONE_TIME", "GIT_SYNC_ONE_TIME");
	bool is_once = false;

	if (l->input->is_init)
		return TEXT_ABSENT;
	if (l->input->polls)
		return TEXT_KNOWN;
	if (once.part.state == TEXT_UNKNOWN)
		return TEXT_UNKNOWN;
	/* Versions 2 and 3 take a variable with something else in it for the default; all others don't start. */
	if (once.part.state == TEXT_KNOWN && !parse_bool(once.part.value.text, &is_once) &&
	    (l->version >= 4 || once.at.source == GITSYNC_FLAG))
		return TEXT_UNKNOWN;
	return is_once ? TEXT_ABSENT : TEXT_KNOWN;
}

static struct setting default_ref(const char *name)
{
	struct text_value value = { .is_known = true, .text = str_from(name) };

	return (struct setting){ .part = { .state = TEXT_KNOWN, .value = value }, .at = { .source = GITSYNC_DEFAULT } };
}

static bool is_head(const struct setting *setting)
{
	return setting->part.state == TEXT_KNOWN && str_is(setting->part.value.text, "HEAD");
}

/* A rev that is what was fetched, and that is the branch. */
static bool is_branch(const struct setting *rev)
{
	return is_head(rev) || (rev->part.state == TEXT_KNOWN && str_is(rev->part.value.text, "FETCH_HEAD"));
}

/* Version 2 and 3: the rev, unless it is HEAD, else the branch. */
static struct setting find_ref_3(const struct search *l, bool *is_branch_first)
{
	struct setting rev = setting_of(l, SYNCFLAG_REV, NULL, "GIT_SYNC_REV");
	struct setting branch = setting_of(l, SYNCFLAG_BRANCH, NULL, "GIT_SYNC_BRANCH");

	if (rev.part.state != TEXT_ABSENT && !is_branch(&rev) && !l->flags.is_opaque)
		return rev;
	*is_branch_first = true;
	return branch.part.state == TEXT_ABSENT ? default_ref("master") : branch;
}

/* Version 4: what came from the deprecated branch or rev takes the place of the ref. */
static struct setting find_ref_4(const struct search *l)
{
	struct setting rev = setting_of(l, SYNCFLAG_REV, NULL, "GIT_SYNC_REV");
	struct setting branch = setting_of(l, SYNCFLAG_BRANCH, NULL, "GIT_SYNC_BRANCH");
	struct setting ref = setting_of(l, SYNCFLAG_REF, "GITSYNC_REF", NULL);

	/* All three are unknown. */
	if (l->flags.is_opaque)
		return ref;
	if (branch.part.state == TEXT_KNOWN && rev.part.state == TEXT_KNOWN && !is_head(&rev)) {
		set_unknown(&branch.part, BECAUSE_COMBINATION);
		return branch;
	}
	if (branch.part.state != TEXT_ABSENT)
		return rev.part.state == TEXT_UNKNOWN ? rev : branch;
	if (rev.part.state != TEXT_ABSENT)
		return rev;
	return ref.part.state == TEXT_ABSENT ? default_ref("HEAD") : ref;
}

static void find_ref(const struct search *l, struct gitsync *sync)
{
	struct setting ref;

	if (l->version >= 4)
		ref = find_ref_4(l);
	else
		ref = find_ref_3(l, &sync->is_branch_first);
	if (l->version == 0 && ref.at.source == GITSYNC_DEFAULT) {
		ref.part.value.text.len = 0;
		set_unknown(&ref.part, BECAUSE_VERSION);
	}
	sync->ref = ref.part;
	sync->ref_at = ref.at;
}

/* Is there no depth? Go's strconv.ParseInt, of which any zero will do; a variable with something else is ignored. */
static bool is_without_depth(const struct setting *depth)
{
	struct str text = depth->part.value.text;
	bool is_number;

	if (depth->part.state != TEXT_KNOWN)
		return depth->part.state == TEXT_ABSENT;
	if (text.len > 1 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
		text = str_skip(text, 1);
	is_number = str_is_digit(text.ptr[0]);
	if (!is_number)
		return depth->at.source == GITSYNC_ENV;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '0')
			return false;
	return true;
}

static void find_pin(const struct search *l, struct gitsync *sync)
{
	struct setting depth = setting_of(l, SYNCFLAG_DEPTH, "GITSYNC_DEPTH", "GIT_SYNC_DEPTH");
	struct setting rev = setting_of(l, SYNCFLAG_REV, NULL, "GIT_SYNC_REV");
	struct gitsync_place place = sync->ref_at;

	if (l->flags.is_opaque)
		sync->why_not = NOT_FLAGS;
	else if (l->input->is_script)
		sync->why_not = NOT_SCRIPT;
	else if (!sync->is_version_sure)
		sync->why_not = NOT_VERSION;
	else if (sync->ref.state != TEXT_KNOWN)
		sync->why_not = NOT_REF;
	else if (l->version < 4 && !is_without_depth(&depth))
		sync->why_not = NOT_DEPTH;
	else if (l->version < 3 || (l->version == 3 && l->minor == 0))
		sync->why_not = NOT_OLD;
	if (sync->why_not)
		return;
	/* Version 2 and 3 take a commit in the rev alone, where it wins over the branch. */
	if (l->version < 4)
		place = rev.at;
	else if (place.source == GITSYNC_DEFAULT)
		place = setting_of(l, SYNCFLAG_REF, "GITSYNC_REF", NULL).at;
	sync->pin = place.source == GITSYNC_FLAG ? GITSYNC_PIN_FLAG : GITSYNC_PIN_ENV;
	sync->pin_at = place;
}

/* Does a word begin with one of these flags? */
static bool has_flag(const struct gitsync_input *input, const char *const *flags)
{
	for (; *flags; flags++)
		for (size_t i = 0; i < input->count; i++) {
			struct str text = input->words[i].text;
			size_t length = strlen(*flags);

			if (str_starts_with(text, *flags) && (text.len == length || text.ptr[length] == '='))
				return true;
		}
	return false;
}

static void find_version(const struct gitsync_input *input, struct search *l, struct gitsync *sync)
{
	static const char *const new_env[] = {
		"GITSYNC_REPO", "GITSYNC_REF", "GITSYNC_ROOT", "GITSYNC_ONE_TIME", "GITSYNC_LINK", "GITSYNC_DEPTH", NULL
	};
	static const char *const old_env[] = { "GIT_SYNC_REPO",
					       "GIT_SYNC_BRANCH",
					       "GIT_SYNC_REV",
					       "GIT_SYNC_ROOT",
					       "GIT_SYNC_DEST",
					       "GIT_SYNC_ONE_TIME",
					       NULL };
	static const char *const new_flags[] = { "--ref", "--link", "--period", "--group-write", NULL };
	static const char *const old_flags[] = { "--branch", "--rev",  "--dest", "--wait", "-repo",
						 "-branch",  "-rev",   "-dest",  "-wait",  "-one-time",
						 "-root",    "-depth", NULL };
	struct str name, tag;
	bool is_new, is_old;

	split_image(input->image, &name, &tag);
	l->minor = MINOR_UNKNOWN;
	if (names_gitsync(name))
		l->version = parse_tag(tag, &l->minor);
	sync->is_version_sure = l->version > 0;
	if (l->version == 0) {
		is_new = has_env(input, new_env) || has_flag(input, new_flags);
		is_old = has_env(input, old_env) || has_flag(input, old_flags);
		l->version = is_new ? 4 : is_old ? 3 : 0;
		sync->is_version_sure = is_new && !is_old;
	}
	sync->version = l->version;
}

/* Where its flags begin among the words; false if it is started by something else, with flags that aren't known. */
static bool find_flags(const struct gitsync_input *input, size_t *from)
{
	*from = 0;
	if (input->count > 0 && is_gitsync_program(&input->words[0])) {
		*from = 1;
		return true;
	}
	return !input->has_command;
}

bool gitsync_is_image(struct str image)
{
	struct str name, tag;

	split_image(image, &name, &tag);
	return names_gitsync(name);
}

bool gitsync_is_direct(const struct gitsync_input *input)
{
	return !input->has_command || input->count == 0 || !input->words[0].is_known ||
	       is_gitsync_program(&input->words[0]);
}

static bool is_gitsync(const struct gitsync_input *input)
{
	static const char *const repositories[] = { "GITSYNC_REPO", "GIT_SYNC_REPO", NULL };
	struct str name, tag;

	split_image(input->image, &name, &tag);
	if (names_gitsync(name) || (input->count > 0 && is_gitsync_program(&input->words[0])))
		return true;
	return !input->has_command && has_env(input, repositories);
}

struct gitsync gitsync_find(const struct gitsync_input *input, struct arena *arena)
{
	struct search l = { .input = input };
	struct gitsync sync = { .is_gitsync = false }, none = sync;
	struct setting url, dest;
	size_t from;

	(void)arena;
	if (!is_gitsync(input))
		return none;
	find_version(input, &l, &sync);
	if (find_flags(input, &from))
		l.flags = syncflags_read(input->words, input->count, from, l.version >= 4);
	else
		l.flags.is_opaque = true;
	url = setting_of(&l, SYNCFLAG_REPO, "GITSYNC_REPO", "GIT_SYNC_REPO");
	/* Without a repository it doesn't start. */
	if (url.part.state == TEXT_ABSENT)
		return none;
	sync.is_gitsync = true;
	sync.url = url.part;
	sync.url_at = url.at;
	find_ref(&l, &sync);
	sync.polling = find_polling(&l);
	sync.root = setting_of(&l, SYNCFLAG_ROOT, "GITSYNC_ROOT", "GIT_SYNC_ROOT").part;
	dest = setting_of(&l, SYNCFLAG_DEST, NULL, "GIT_SYNC_DEST");
	sync.link = dest.part.state == TEXT_ABSENT ? setting_of(&l, SYNCFLAG_LINK, "GITSYNC_LINK", "GIT_SYNC_LINK").part
						   : dest.part;
	find_pin(&l, &sync);
	return sync;
}
