/* SPDX-License-Identifier: Apache-2.0 */
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

/* A git-sync whose settings are looked for. */
struct inspection {
	const struct gitsync_input *input;
	unsigned version;
	int minor;
	struct syncflags flags;
};

/* The last part of an image's name, and its tag; each may be empty. */
static void split_image(struct str image, struct str *name, struct str *tag)
{
	image.len = str_find(image, '@');
	*tag = str_behind_last(image, '/');
	*name = str_cut(tag, ':');
}

static bool names_gitsync(struct str name)
{
	for (; name.len > 0; name = str_skip(name, 1))
		if (str_starts_with(name, "git-sync") || str_starts_with(name, "gitsync"))
			return true;
	return false;
}

static bool is_gitsync_program(const struct text *word)
{
	return word->state == TEXT_KNOWN && str_is(str_behind_last(word->value, '/'), "git-sync");
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

/* It is unknown; what it was is not a part of it, or not all of it. */
static void lose(struct text *text, const char *reason)
{
	text_set_unknown(text, reason);
	text->value = (struct str){ 0 };
}

static struct text env_text(const struct gitsync_input *input, const char *name)
{
	struct text text = input->env(input->context, name);

	if (input->is_unsure_env)
		lose(&text, BECAUSE_SCRIPT);
	else if (text.state == TEXT_UNKNOWN)
		text.reason = BECAUSE_ENV;
	else if (text.value.len == 0)
		text.state = TEXT_ABSENT;
	return text;
}

static bool has_env(const struct gitsync_input *input, const char *const *names)
{
	for (; *names; names++)
		if (env_text(input, *names).state == TEXT_KNOWN)
			return true;
	return false;
}

static struct gitsync_setting env_setting(const struct inspection *l, const char *name)
{
	return (struct gitsync_setting){ .text = env_text(l->input, name), .source = GITSYNC_ENV, .name = name };
}

/* The setting of one of two variables that mean the same; `new_name` may be NULL. */
static struct gitsync_setting env_either(const struct inspection *l, const char *new_name, const char *old_name)
{
	struct gitsync_setting older = env_setting(l, old_name), newer;

	if (!new_name || l->version == 2 || l->version == 3)
		return older;
	newer = env_setting(l, new_name);
	if (older.text.state == TEXT_ABSENT)
		return newer;
	if (newer.text.state == TEXT_ABSENT)
		return older;
	if (l->minor != MINOR_UNKNOWN)
		return l->minor < FIRST_MINOR_OLD_WINS ? newer : older;
	if (!text_equal(&newer.text, &older.text))
		lose(&newer.text, BECAUSE_ORDER);
	return newer;
}

/* A flag, or else a variable. TEXT_ABSENT is a default. */
static struct gitsync_setting setting_of(const struct inspection *l, enum syncflag flag, const char *new_name,
					 const char *old_name)
{
	const struct syncflag_use *use = &l->flags.uses[flag];
	struct gitsync_setting setting;

	if (use->is_given) {
		setting = (struct gitsync_setting){ .text = use->value,
						    .source = GITSYNC_FLAG,
						    .name = syncflags_name(flag),
						    .word = { use->word, use->offset } };
	} else if (old_name) {
		setting = env_either(l, new_name, old_name);
	} else {
		setting = env_setting(l, new_name);
	}
	if (l->flags.is_opaque)
		lose(&setting.text, BECAUSE_OPAQUE);
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

static enum text_state find_polling(const struct inspection *l)
{
	struct gitsync_setting once = setting_of(l, SYNCFLAG_ONE_TIME, "GITSYNC_ONE_TIME", "GIT_SYNC_ONE_TIME");
	bool is_once = false;

	if (l->input->is_init)
		return TEXT_ABSENT;
	if (l->input->polls)
		return TEXT_KNOWN;
	if (once.text.state == TEXT_UNKNOWN)
		return TEXT_UNKNOWN;
	/* Versions 2 and 3 take a variable with something else in it for the default; all others don't start. */
	if (once.text.state == TEXT_KNOWN && !parse_bool(once.text.value, &is_once) &&
	    (l->version >= 4 || once.source == GITSYNC_FLAG))
		return TEXT_UNKNOWN;
	return is_once ? TEXT_ABSENT : TEXT_KNOWN;
}

static struct gitsync_setting default_ref(const char *name)
{
	return (struct gitsync_setting){ .text = text_known(str_from(name)), .source = GITSYNC_DEFAULT };
}

static bool is_head(const struct gitsync_setting *setting)
{
	return text_is(&setting->text, "HEAD");
}

/* A rev that is what was fetched, and that is the branch. */
static bool is_branch(const struct gitsync_setting *rev)
{
	return is_head(rev) || text_is(&rev->text, "FETCH_HEAD");
}

/* Version 2 and 3: the rev, unless it is HEAD, else the branch. */
static struct gitsync_setting find_ref_3(const struct inspection *l, bool *is_branch_first)
{
	struct gitsync_setting rev = setting_of(l, SYNCFLAG_REV, NULL, "GIT_SYNC_REV");
	struct gitsync_setting branch = setting_of(l, SYNCFLAG_BRANCH, NULL, "GIT_SYNC_BRANCH");

	if (rev.text.state != TEXT_ABSENT && !is_branch(&rev) && !l->flags.is_opaque)
		return rev;
	*is_branch_first = true;
	return branch.text.state == TEXT_ABSENT ? default_ref("master") : branch;
}

/* Version 4: what came from the deprecated branch or rev takes the place of the ref. */
static struct gitsync_setting find_ref_4(const struct inspection *l)
{
	struct gitsync_setting rev = setting_of(l, SYNCFLAG_REV, NULL, "GIT_SYNC_REV");
	struct gitsync_setting branch = setting_of(l, SYNCFLAG_BRANCH, NULL, "GIT_SYNC_BRANCH");
	struct gitsync_setting ref = setting_of(l, SYNCFLAG_REF, "GITSYNC_REF", NULL);

	/* All three are unknown. */
	if (l->flags.is_opaque)
		return ref;
	if (branch.text.state == TEXT_KNOWN && rev.text.state == TEXT_KNOWN && !is_head(&rev)) {
		lose(&branch.text, BECAUSE_COMBINATION);
		return branch;
	}
	if (branch.text.state != TEXT_ABSENT)
		return rev.text.state == TEXT_UNKNOWN ? rev : branch;
	if (rev.text.state != TEXT_ABSENT)
		return rev;
	return ref.text.state == TEXT_ABSENT ? default_ref("HEAD") : ref;
}

static void find_ref(const struct inspection *l, struct gitsync *sync)
{
	if (l->version >= 4)
		sync->ref = find_ref_4(l);
	else
		sync->ref = find_ref_3(l, &sync->is_branch_first);
	if (l->version == 0 && sync->ref.source == GITSYNC_DEFAULT)
		lose(&sync->ref.text, BECAUSE_VERSION);
}

/* Is there no depth? Go's strconv.ParseInt, of which any zero will do; a variable with something else is ignored. */
static bool is_without_depth(const struct gitsync_setting *depth)
{
	struct str text = depth->text.value;
	bool is_number;

	if (depth->text.state != TEXT_KNOWN)
		return depth->text.state == TEXT_ABSENT;
	if (text.len > 1 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
		text = str_skip(text, 1);
	is_number = str_is_digit(text.ptr[0]);
	if (!is_number)
		return depth->source == GITSYNC_ENV;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '0')
			return false;
	return true;
}

/* Why no commit works in place of the ref; or NULL. */
static const char *why_not_pinned(const struct inspection *l, const struct gitsync *sync)
{
	struct gitsync_setting depth = setting_of(l, SYNCFLAG_DEPTH, "GITSYNC_DEPTH", "GIT_SYNC_DEPTH");

	if (l->flags.is_opaque)
		return NOT_FLAGS;
	if (l->input->is_script)
		return NOT_SCRIPT;
	if (!sync->is_version_sure)
		return NOT_VERSION;
	if (sync->ref.text.state != TEXT_KNOWN)
		return NOT_REF;
	if (l->version < 4 && !is_without_depth(&depth))
		return NOT_DEPTH;
	if (l->version < 3 || (l->version == 3 && l->minor == 0))
		return NOT_OLD;
	return NULL;
}

static struct gitsync_pin find_pin(const struct inspection *l, const struct gitsync *sync)
{
	const char *why_not = why_not_pinned(l, sync);
	struct gitsync_setting place = sync->ref;

	if (why_not)
		return (struct gitsync_pin){ .kind = GITSYNC_PIN_NOWHERE, .why_not = why_not };
	/* Version 2 and 3 take a commit in the rev alone, where it wins over the branch. */
	if (l->version < 4)
		place = setting_of(l, SYNCFLAG_REV, NULL, "GIT_SYNC_REV");
	else if (place.source == GITSYNC_DEFAULT)
		place = setting_of(l, SYNCFLAG_REF, "GITSYNC_REF", NULL);
	if (place.source == GITSYNC_FLAG)
		return (struct gitsync_pin){ .kind = GITSYNC_PIN_FLAG, .word = place.word };
	return (struct gitsync_pin){ .kind = GITSYNC_PIN_ENV, .variable = place.name };
}

/* Does a word begin with one of these flags? */
static bool has_flag(const struct gitsync_input *input, const char *const *flags)
{
	for (; *flags; flags++)
		for (size_t i = 0; i < input->count; i++) {
			struct str text = input->words[i].value;
			size_t length = strlen(*flags);

			if (str_starts_with(text, *flags) && (text.len == length || text.ptr[length] == '='))
				return true;
		}
	return false;
}

static void find_version(const struct gitsync_input *input, struct inspection *l, struct gitsync *sync)
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
	return !input->has_command || input->count == 0 || input->words[0].state != TEXT_KNOWN ||
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

struct gitsync gitsync_find(const struct gitsync_input *input)
{
	struct inspection l = { .input = input };
	struct gitsync sync = { .is_gitsync = false }, none = sync;
	struct gitsync_setting dest;
	size_t from;

	if (!is_gitsync(input))
		return none;
	find_version(input, &l, &sync);
	if (find_flags(input, &from))
		l.flags = syncflags_read(input->words, input->count, from, l.version >= 4);
	else
		l.flags.is_opaque = true;
	sync.url = setting_of(&l, SYNCFLAG_REPO, "GITSYNC_REPO", "GIT_SYNC_REPO");
	/* Without a repository it doesn't start. */
	if (sync.url.text.state == TEXT_ABSENT)
		return none;
	sync.is_gitsync = true;
	find_ref(&l, &sync);
	sync.polling = find_polling(&l);
	sync.root = setting_of(&l, SYNCFLAG_ROOT, "GITSYNC_ROOT", "GIT_SYNC_ROOT").text;
	dest = setting_of(&l, SYNCFLAG_DEST, NULL, "GIT_SYNC_DEST");
	sync.link = dest.text.state == TEXT_ABSENT ? setting_of(&l, SYNCFLAG_LINK, "GITSYNC_LINK", "GIT_SYNC_LINK").text
						   : dest.text;
	sync.pin = find_pin(&l, &sync);
	return sync;
}
