/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/gitsync.h"

#include "unit.h"

#include <string.h>

#define MAX_WORDS 8

/* An environment written as "A=b C=? ..."; a question mark is a value that isn't known. */
static struct text look_up(void *context, const char *name)
{
	struct str rest = str_from(context);

	while (rest.ptr) {
		struct str text = str_cut(&rest, ' '), found = str_cut(&text, '=');

		if (!str_is(found, name))
			continue;
		return (struct text){ .state = str_is(text, "?") ? TEXT_UNKNOWN : TEXT_KNOWN, .value = text };
	}
	return (struct text){ .state = TEXT_ABSENT };
}

static void render_text(struct buf *to, const struct text *text)
{
	if (text->state == TEXT_UNKNOWN)
		buf_printf(to, "?(%s)", text->reason);
	else
		buf_add(to, text->state == TEXT_KNOWN ? text->value : S("-"));
}

static void render_place(struct buf *to, const struct gitsync_setting *place)
{
	switch (place->source) {
	case GITSYNC_DEFAULT:
		buf_add_cstring(to, "default");
		break;
	case GITSYNC_ENV:
		buf_add_cstring(to, place->name);
		break;
	case GITSYNC_FLAG:
		buf_printf(to, "%s@%zu+%zu", place->name, place->word.number, place->word.offset);
		break;
	}
}

/* Words with `$(?)` in them aren't known. Those of `command` and those of `args` are one list. */
static struct gitsync find(const char *image, const char *env, const char *const *words, bool has_command, bool is_init)
{
	struct text values[MAX_WORDS];
	/* The context of a look-up is not const. */
	void *context = (void *)(uintptr_t)env;
	struct gitsync_input input = { .image = str_from(image),
				       .words = values,
				       .has_command = has_command,
				       .is_init = is_init,
				       .env = look_up,
				       .context = context };

	for (; words && input.count < MAX_WORDS && words[input.count]; input.count++)
		values[input.count] =
			(struct text){ .state = strstr(words[input.count], "$(?)") ? TEXT_UNKNOWN : TEXT_KNOWN,
				       .value = str_from(words[input.count]) };
	return gitsync_find(&input);
}

static struct str finished(struct buf *text)
{
	struct str rendered = arena_dup(&unit_arena, buf_str(text));

	buf_release(text);
	return rendered;
}

/* URL REF (where the ref stands), `branch` if that comes first. */
static struct str render_ref(const struct gitsync *sync)
{
	struct buf text;

	buf_init(&text);
	if (!sync->is_gitsync) {
		buf_add_cstring(&text, "none");
		return finished(&text);
	}
	buf_printf(&text, "%u%s ", sync->version, sync->is_version_sure ? "" : "?");
	render_text(&text, &sync->url.text);
	buf_add_char(&text, ' ');
	render_text(&text, &sync->ref.text);
	buf_add_char(&text, ' ');
	render_place(&text, &sync->ref);
	buf_add_cstring(&text, sync->is_branch_first ? " branch" : "");
	return finished(&text);
}

static struct str render_pin(const struct gitsync *sync)
{
	struct buf text;

	buf_init(&text);
	switch (sync->pin.kind) {
	case GITSYNC_PIN_NOWHERE:
		buf_add_cstring(&text, sync->pin.why_not);
		break;
	case GITSYNC_PIN_ENV:
		buf_add_cstring(&text, sync->pin.variable);
		break;
	case GITSYNC_PIN_FLAG:
		buf_printf(&text, "word%zu+%zu", sync->pin.word.number, sync->pin.word.offset);
		break;
	}
	return finished(&text);
}

#define IMAGE "registry.k8s.io/git-sync/git-sync:"

struct row {
	const char *image, *env;
	const char *words[MAX_WORDS];
	const char *expected;
};

static void check_refs(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct gitsync sync = find(rows[i].image, rows[i].env, rows[i].words, false, false);

		assert_row(render_ref(&sync), rows[i].expected, rows[i].env);
	}
}

static void versions_2_and_3_have_a_branch_and_a_rev(void **state)
{
	static const struct row rows[] = {
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { NULL }, "3 u master default branch" },
		{ "k8s.gcr.io/git-sync:v2.0.6", "GIT_SYNC_REPO=u", { NULL }, "2 u master default branch" },
		{ "k8s.gcr.io/git-sync:v3.6.9",
		  "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b GIT_SYNC_REV=FETCH_HEAD",
		  { NULL },
		  "3 u b GIT_SYNC_BRANCH branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b", { NULL }, "3 u b GIT_SYNC_BRANCH branch" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b GIT_SYNC_REV=HEAD",
		  { NULL },
		  "3 u b GIT_SYNC_BRANCH branch" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b GIT_SYNC_REV=",
		  { NULL },
		  "3 u b GIT_SYNC_BRANCH branch" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b GIT_SYNC_REV=v1",
		  { NULL },
		  "3 u v1 GIT_SYNC_REV" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=", { NULL }, "3 u master default branch" },
		{ IMAGE "v3.6.9", "GITSYNC_REPO=u", { NULL }, "none" },
		{ IMAGE "v3.6.9", "", { "--repo=u", "--branch=b" }, "3 u b branch@1+9 branch" },
		{ IMAGE "v3.6.9", "", { "-repo", "u", "-rev", "v1" }, "3 u v1 rev@3+0" },
		{ IMAGE "v3.6.9", "GIT_SYNC_BRANCH=a", { "--repo", "u", "-branch=b" }, "3 u b branch@2+8 branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=a", { "--branch=" }, "3 u master default branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "--branch=a", "--branch=b" }, "3 u b branch@1+9 branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "--one-time", "--branch=b" }, "3 u b branch@1+9 branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "--ssh", "true", "--branch=b" }, "3 u master default branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "-v", "5", "--branch=b" }, "3 u b branch@2+9 branch" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u",
		  { "--dest", "--branch", "--branch=b" },
		  "3 u b branch@2+9 branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "--", "--branch=b" }, "3 u master default branch" },
		{ IMAGE "v3.6.9", "", { "--branch=b" }, "none" },
	};

	(void)state;
	check_refs(rows, COUNT(rows));
}

static void version_4_has_a_ref(void **state)
{
	static const struct row rows[] = {
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { NULL }, "4 u HEAD default" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_REF=r", { NULL }, "4 u r GITSYNC_REF" },
		{ IMAGE "v4.4.0", "GIT_SYNC_REPO=u GITSYNC_REF=r", { NULL }, "4 u r GITSYNC_REF" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_REF=r", { "--ref=f" }, "4 u f ref@0+6" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--ref", "f" }, "4 u f ref@1+0" },
		{ IMAGE "v4.4.0", "", { "--repo=u", "-ref", "f" }, "4 u HEAD default" },
		{ IMAGE "v4.4.0", "", { "--repo=u", "x", "--ref=f" }, "4 u f ref@2+6" },
		{ IMAGE "v4.4.0", "", { "--repo=u", "-v", "--ref=x", "--ref=f" }, "4 u f ref@3+6" },
		{ IMAGE "v4.4.0", "", { "--repo=u", "-v=5", "--ref=f" }, "4 u f ref@2+6" },
		{ IMAGE "v4.4.0", "", { "--repo=u", "--one-time", "--ref=f", "--", "--ref=g" }, "4 u f ref@2+6" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_REF=r GIT_SYNC_BRANCH=b", { NULL }, "4 u b GIT_SYNC_BRANCH" },
		{ IMAGE "v4.4.0",
		  "GITSYNC_REPO=u GITSYNC_REF=r GIT_SYNC_BRANCH=b GIT_SYNC_REV=HEAD",
		  { NULL },
		  "4 u b GIT_SYNC_BRANCH" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_REF=r GIT_SYNC_REV=v1", { NULL }, "4 u v1 GIT_SYNC_REV" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--ref=r", "--branch=b" }, "4 u b branch@1+9" },
		{ IMAGE "v4.4.0",
		  "GITSYNC_REPO=u GIT_SYNC_BRANCH=b GIT_SYNC_REV=v1",
		  { NULL },
		  "4 u ?(git-sync 4 takes no branch together with a rev) GIT_SYNC_BRANCH" },
		{ IMAGE "v4.4.0__linux_amd64@sha256:00", "GITSYNC_REPO=u", { NULL }, "4 u HEAD default" },
		{ IMAGE "4", "GITSYNC_REPO=u", { NULL }, "4 u HEAD default" },
	};

	(void)state;
	check_refs(rows, COUNT(rows));
}

static void which_of_two_names_wins_depends_on_the_version(void **state)
{
#define BOTH "GITSYNC_REPO=new GIT_SYNC_REPO=old GITSYNC_REF=r"
	static const struct row rows[] = {
		{ IMAGE "v4.0.0", BOTH, { NULL }, "4 new r GITSYNC_REF" },
		{ IMAGE "v4.3.0-rc.1", BOTH, { NULL }, "4 new r GITSYNC_REF" },
		{ IMAGE "v4.4.0", BOTH, { NULL }, "4 old r GITSYNC_REF" },
		{ IMAGE "v4.10.0", BOTH, { NULL }, "4 old r GITSYNC_REF" },
		{ IMAGE "v4.4.0", BOTH, { "--repo=f" }, "4 f r GITSYNC_REF" },
		{ IMAGE "v4",
		  BOTH,
		  { NULL },
		  "4 ?(GITSYNC_* and GIT_SYNC_* differ, and which of them wins depends on the version of git-sync) r GITSYNC_REF" },
		{ IMAGE "v4", "GITSYNC_REPO=u GIT_SYNC_REPO=u GITSYNC_REF=r", { NULL }, "4 u r GITSYNC_REF" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GIT_SYNC_REPO= GITSYNC_REF=r", { NULL }, "4 u r GITSYNC_REF" },
		{ IMAGE "v3.6.9", BOTH, { NULL }, "3 old master default branch" },
	};
#undef BOTH

	(void)state;
	check_refs(rows, COUNT(rows));
}

static void without_a_tag_the_names_tell_the_version(void **state)
{
	static const struct row rows[] = {
		{ "x/git-sync", "GITSYNC_REPO=u", { NULL }, "4 u HEAD default" },
		{ "x/git-sync:latest", "GITSYNC_REPO=u", { NULL }, "4 u HEAD default" },
		{ "x/my-git-sync@sha256:00", "GITSYNC_REPO=u", { NULL }, "4 u HEAD default" },
		{ "x/git-sync", "GIT_SYNC_REPO=u", { NULL }, "3? u master default branch" },
		{ "x/git-sync", "", { "--repo=u", "--ref=r" }, "4 u r ref@1+6" },
		{ "x/git-sync", "", { "--repo=u", "--branch=r" }, "3? u r branch@1+9 branch" },
		{ "x/git-sync", "", { "-repo=u" }, "3? u master default branch" },
		{ "x/git-sync",
		  "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b GITSYNC_REPO=u GITSYNC_REF=b",
		  { NULL },
		  "4? u b GIT_SYNC_BRANCH" },
		{ "x/git-sync:20240101", "GIT_SYNC_REPO=u", { NULL }, "3? u master default branch" },
		{ "x/git-sync:4f0a", "GIT_SYNC_REPO=u", { NULL }, "3? u master default branch" },
		{ "x/git-sync",
		  "",
		  { "--repo=u" },
		  "0? u ?(the version of git-sync isn't known, and so its default isn't) default branch" },
		{ "x/other:v4.4.0", "GIT_SYNC_REPO=u", { NULL }, "3? u master default branch" },
	};

	(void)state;
	check_refs(rows, COUNT(rows));
}

static void what_is_not_known_makes_the_ref_unknown(void **state)
{
#define ENV "?(a variable of git-sync isn't known)"
#define FLAG "?(its flag has a variable in it that isn't known)"
#define OPAQUE "?(flags of git-sync aren't known)"
	static const struct row rows[] = {
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=? GIT_SYNC_BRANCH=b", { NULL }, "3 " ENV " b GIT_SYNC_BRANCH branch" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=?", { NULL }, "3 u " ENV " GIT_SYNC_BRANCH branch" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b GIT_SYNC_REV=?",
		  { NULL },
		  "3 u " ENV " GIT_SYNC_REV" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=?", { "--branch=b" }, "3 u b branch@0+9 branch" },
		{ IMAGE "v4.4.0",
		  "GITSYNC_REPO=u GITSYNC_REF=r GIT_SYNC_BRANCH=?",
		  { NULL },
		  "4 u " ENV " GIT_SYNC_BRANCH" },
		{ IMAGE "v4.4.0",
		  "GITSYNC_REPO=u GITSYNC_REF=r GIT_SYNC_BRANCH=b GIT_SYNC_REV=?",
		  { NULL },
		  "4 u " ENV " GIT_SYNC_REV" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_REF=?", { "--ref=r" }, "4 u r ref@0+6" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--ref=$(?)" }, "4 u " FLAG " ref@0+6" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--ref", "$(?)" }, "4 u " FLAG " ref@1+0" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--root=$(?)", "--ref=r" }, "4 u r ref@1+6" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "$(?)", "--ref=r" }, "4 " OPAQUE " " OPAQUE " ref@1+6" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--$(?)=r" }, "4 " OPAQUE " " OPAQUE " GITSYNC_REF" },
	};
#undef ENV
#undef FLAG
#undef OPAQUE

	(void)state;
	check_refs(rows, COUNT(rows));
}

static void only_git_sync_is_git_sync(void **state)
{
	static const char *const itself[] = { "/git-sync", "--repo=u", "--ref=r", NULL };
	static const char *const other[] = { "nginx", "--repo=u", NULL };
	static const char *const shell[] = { "sh", "-c", "/git-sync --ref=r", NULL };
	static const char *const flags[] = { "--repo=u", "--ref=r", NULL };
	struct gitsync sync;

	(void)state;
	sync = find("x", "", itself, true, false);
	assert_str(render_ref(&sync), "4 u r ref@2+6");
	sync = find("x", "GIT_SYNC_REPO=u", other, true, false);
	assert_str(render_ref(&sync), "none");
	sync = find("x", "", flags, false, false);
	assert_str(render_ref(&sync), "none");
	sync = find("git-sync/x", "", flags, false, false);
	assert_str(render_ref(&sync), "none");
	sync = find("x", "GIT_REPO=u", NULL, false, false);
	assert_str(render_ref(&sync), "none");
	sync = find("x", "GIT_SYNC_REPO=?", NULL, false, false);
	assert_str(render_ref(&sync), "none");
	sync = find("x", "GIT_SYNC_REPO=u", NULL, false, false);
	assert_str(render_ref(&sync), "3? u master default branch");
	sync = find("git-sync:v4.1.0", "GITSYNC_REPO=u", shell, true, false);
	assert_str(render_ref(&sync),
		   "4 ?(flags of git-sync aren't known) ?(flags of git-sync aren't known) GITSYNC_REF");
}

static void it_polls_unless_it_is_told_not_to(void **state)
{
	static const struct {
		const char *image, *env, *flag;
		enum text_state expected;
	} rows[] = {
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", NULL, TEXT_KNOWN },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=true", NULL, TEXT_ABSENT },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=T", NULL, TEXT_ABSENT },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=1", NULL, TEXT_ABSENT },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=0", NULL, TEXT_KNOWN },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=yes", NULL, TEXT_KNOWN },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=", NULL, TEXT_KNOWN },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=?", NULL, TEXT_UNKNOWN },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=?", "-one-time", TEXT_ABSENT },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ONE_TIME=1", "--one-time=false", TEXT_KNOWN },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GITSYNC_ONE_TIME=1", NULL, TEXT_KNOWN },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", "--one-time=TRUE", TEXT_ABSENT },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", "--one-time=yes", TEXT_UNKNOWN },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", "--one-time", TEXT_ABSENT },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", "-one-time", TEXT_KNOWN },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_ONE_TIME=True", NULL, TEXT_ABSENT },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GIT_SYNC_ONE_TIME=true", NULL, TEXT_ABSENT },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_ONE_TIME=yes", NULL, TEXT_UNKNOWN },
		{ IMAGE "v4.3.0", "GITSYNC_REPO=u GITSYNC_ONE_TIME=true GIT_SYNC_ONE_TIME=false", NULL, TEXT_ABSENT },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_ONE_TIME=true GIT_SYNC_ONE_TIME=false", NULL, TEXT_KNOWN },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", "$(?)", TEXT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *words[] = { rows[i].flag, NULL };

		assert_for(find(rows[i].image, rows[i].env, words, false, false).polling == rows[i].expected,
			   rows[i].env);
		assert_for(find(rows[i].image, rows[i].env, words, false, true).polling == TEXT_ABSENT, rows[i].env);
	}
}

static void a_commit_goes_where_it_works(void **state)
{
	static const struct row rows[] = {
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { NULL }, "GIT_SYNC_REV" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_BRANCH=b GIT_SYNC_REV=HEAD", { NULL }, "GIT_SYNC_REV" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "--branch=b" }, "GIT_SYNC_REV" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "--branch=b", "--rev=HEAD" }, "word1+6" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u", { "-rev", "v1" }, "word1+0" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_DEPTH=0", { NULL }, "GIT_SYNC_REV" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_DEPTH=x", { NULL }, "GIT_SYNC_REV" },
		{ IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_DEPTH=1", { "--depth=0" }, "GIT_SYNC_REV" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u GIT_SYNC_DEPTH=1",
		  { NULL },
		  "git-sync clones with a depth, which an older commit doesn't work with" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u",
		  { "--depth", "1" },
		  "git-sync clones with a depth, which an older commit doesn't work with" },
		{ IMAGE "v3.6.9",
		  "GIT_SYNC_REPO=u GIT_SYNC_DEPTH=?",
		  { NULL },
		  "git-sync clones with a depth, which an older commit doesn't work with" },
		/* Seen to fail when it starts again in its volume. */
		{ IMAGE "v2.0.6",
		  "GIT_SYNC_REPO=u",
		  { NULL },
		  "git-sync up to version 3.0 takes no commit when it starts again in its volume" },
		{ IMAGE "v3.0.1",
		  "GIT_SYNC_REPO=u GIT_SYNC_REV=v1",
		  { NULL },
		  "git-sync up to version 3.0 takes no commit when it starts again in its volume" },
		{ IMAGE "v3.1.0", "GIT_SYNC_REPO=u GIT_SYNC_REV=FETCH_HEAD", { NULL }, "GIT_SYNC_REV" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { NULL }, "GITSYNC_REF" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_DEPTH=1 GITSYNC_REF=r", { NULL }, "GITSYNC_REF" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--ref=r" }, "word0+6" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--ref", "r" }, "word1+0" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "--ref=" }, "word0+6" },
		{ IMAGE "v4.4.0",
		  "GITSYNC_REPO=u GITSYNC_REF=r GIT_SYNC_BRANCH=b GIT_SYNC_REV=HEAD",
		  { NULL },
		  "GIT_SYNC_BRANCH" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GIT_SYNC_REV=v1", { NULL }, "GIT_SYNC_REV" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_REF=?", { NULL }, "its ref isn't known" },
		{ IMAGE "v4.4.0", "GITSYNC_REPO=u", { "$(?)" }, "flags of git-sync aren't known" },
		{ "x/git-sync", "GITSYNC_REPO=u", { NULL }, "GITSYNC_REF" },
		{ "x/git-sync", "GIT_SYNC_REPO=u", { NULL }, "the version of git-sync isn't known" },
		{ "x/git-sync", "", { "--repo=u" }, "the version of git-sync isn't known" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct gitsync sync = find(rows[i].image, rows[i].env, rows[i].words, false, false);

		assert_for(sync.is_gitsync, rows[i].env);
		assert_row(render_pin(&sync), rows[i].expected, rows[i].env);
	}
}

static void directories_are_told(void **state)
{
	static const char *const flags[] = { "--root=/f", "--link", "l", NULL };
	struct gitsync sync;

	(void)state;
	sync = find(IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_ROOT=/g GITSYNC_LINK=n", NULL, false, false);
	assert_str(sync.root.value, "/g");
	assert_str(sync.link.value, "n");
	sync = find(IMAGE "v4.4.0", "GITSYNC_REPO=u GITSYNC_ROOT=/g GIT_SYNC_DEST=d GITSYNC_LINK=n", flags, false,
		    false);
	assert_str(sync.root.value, "/f");
	assert_str(sync.link.value, "d");
	sync = find(IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ROOT=/g GIT_SYNC_DEST=d", NULL, false, false);
	assert_str(sync.root.value, "/g");
	assert_str(sync.link.value, "d");
	sync = find(IMAGE "v3.6.9", "GIT_SYNC_REPO=u GIT_SYNC_ROOT=?", NULL, false, false);
	assert_int_equal(sync.root.state, TEXT_UNKNOWN);
	assert_int_equal(sync.link.state, TEXT_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(versions_2_and_3_have_a_branch_and_a_rev),
		TEST(version_4_has_a_ref),
		TEST(which_of_two_names_wins_depends_on_the_version),
		TEST(without_a_tag_the_names_tell_the_version),
		TEST(what_is_not_known_makes_the_ref_unknown),
		TEST(only_git_sync_is_git_sync),
		TEST(it_polls_unless_it_is_told_not_to),
		TEST(a_commit_goes_where_it_works),
		TEST(directories_are_told),
	};

	return unit_run(tests);
}
