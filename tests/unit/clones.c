/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/clones.h"

#include "unit.h"

#include <string.h>

#define MAX_WORDS 12
/* Why a variable that is not there is not known. */
#define NOBODY(name) "?(neither the pod template nor the script sets the shell variable " name ")"

/* A url or ref: `-` for none, `?` and the reason in parentheses if it isn't known. */
static void render_text(struct buf *to, const struct text *text)
{
	switch (text->state) {
	case TEXT_ABSENT:
		buf_add_char(to, '-');
		break;
	case TEXT_KNOWN:
		buf_add(to, text->value);
		break;
	case TEXT_UNKNOWN:
		buf_printf(to, "?(%s)", text->reason);
		break;
	}
}

/* Each checkout as URL REF DIRECTORY, with `branch` if that comes first and `polls`, then a bar; then what else is said. */
static struct str render(const struct clones *found)
{
	struct buf text;
	struct str rendered;

	buf_init(&text);
	for (size_t i = 0; i < found->count; i++) {
		const struct clones_checkout *checkout = &found->checkouts[i];

		buf_add_cstring(&text, i > 0 ? " | " : "");
		render_text(&text, &checkout->url.text);
		buf_add_char(&text, ' ');
		render_text(&text, &checkout->ref.text);
		buf_add_char(&text, ' ');
		render_text(&text, &checkout->directory);
		buf_add_cstring(&text, checkout->is_branch_first ? " branch" : "");
		buf_add_cstring(&text, checkout->polls ? " polls" : "");
	}
	for (size_t i = 0; i < found->polled_count; i++)
		buf_printf(&text, " [polls %.*s]", STR_ARG(found->polled[i]));
	if (found->trouble)
		buf_printf(&text, " [%s]", found->trouble);
	rendered = arena_dup(&unit_arena, buf_str(&text));
	buf_release(&text);
	return rendered;
}

/* The container's workingDir. */
static struct str working_directory;

/* Words with `$(?` in them aren't known. */
static struct str find(const char *const *words, const char *image)
{
	struct text values[MAX_WORDS];
	struct clones_input input = {
		.words = values,
		.image = str_from(image),
		.directory = working_directory,
		.has_command = image == NULL,
	};
	struct clones found;

	for (; input.count < MAX_WORDS && words[input.count]; input.count++)
		values[input.count] = (struct text){
			.state = strstr(words[input.count], "$(UNKNOWN") ? TEXT_UNKNOWN : TEXT_KNOWN,
			.value = str_from(words[input.count]),
		};
	found = clones_find(&input, &unit_arena);
	return render(&found);
}

struct script_row {
	const char *script, *expected;
};

static void check_scripts(const struct script_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *words[] = { "sh", "-ec", rows[i].script, NULL };

		assert_row(find(words, NULL), rows[i].expected, rows[i].script);
	}
}

static void the_words_of_a_container_are_a_command(void **state)
{
	static const struct {
		const char *words[MAX_WORDS];
		const char *expected;
	} rows[] = {
		{ { "git", "clone", "https://h/a.git" }, "https://h/a.git - a" },
		{ { "/usr/bin/git", "clone", "-b", "main", "https://h/a.git", "/d" },
		  "https://h/a.git main /d branch" },
		{ { "git", "clone", "--branch=v1", "u:a" }, "u:a v1 a branch" },
		{ { "git", "clone", "--branch", "v1", "u:a" }, "u:a v1 a branch" },
		{ { "git", "clone", "u:a", "-bv1", "d" }, "u:a v1 d branch" },
		{ { "git", "clone", "-qbv1", "u:a" }, "u:a v1 a branch" },
		{ { "git", "clone", "--bran", "v1", "u:a" }, "u:a v1 a branch" },
		{ { "git", "clone", "$A" }, "$A - $A" },
		{ { "git", "clone", "a b" }, "a b - a b" },
		{ { "git" }, "" },
		{ { "git", "clone" }, "" },
		{ { "git", "clone", "a", "b", "c" }, "" },
		{ { "echo", "git", "clone", "u:a" }, "" },
		{ { "git", "lfs", "clone", "-b", "v1", "-I", "*.bin", "u:a" }, "u:a v1 a branch" },
		{ { "git", "lfs", "pull", "u:a" }, "" },
		{ { "git", "help", "clone", "u:a" }, "" },
		{ { "sh", "-c", "git clone u:a" }, "u:a - a" },
		{ { "/bin/sh", "-c", "--", "git clone u:a" }, "u:a - a" },
		{ { "bash", "-euxo", "pipefail", "-c", "git clone u:a" }, "u:a - a" },
		{ { "bash", "-lc", "git clone u:a" }, "u:a - a" },
		{ { "bash", "--norc", "--rcfile", "x", "-ec", "git clone u:a", "name" }, "u:a - a" },
		{ { "busybox", "sh", "-c", "git clone u:a" }, "u:a - a" },
		{ { "ash", "-c", "-e", "git clone u:a" }, "u:a - a" },
		{ { "sh", "+e", "-o", "errexit", "-c", "git clone u:a" }, "u:a - a" },
		{ { "sh", "git clone u:a" }, "" },
		{ { "sh", "-e", "git clone u:a" }, "" },
		{ { "python", "-c", "git clone u:a" }, "" },
		{ { "env", "-u", "X", "A=b", "git", "clone", "u:a" }, "u:a - a" },
		{ { "sudo", "-u", "x", "--", "git", "clone", "u:a" }, "u:a - a" },
		{ { "timeout", "--signal", "9", "-k", "5", "30", "git", "clone", "u:a" }, "u:a - a" },
		{ { "tini", "--", "su-exec", "git:git", "nice", "-n", "5", "git", "clone", "u:a" }, "u:a - a" },
		{ { "su", "git", "-c", "git clone u:a" }, "u:a - a" },
		{ { "su", "-", "git", "-s", "/bin/sh", "--command=git clone u:a" }, "u:a - a" },
		{ { "su", "-lc", "git clone u:a", "git" }, "u:a - a" },
		{ { "runuser", "-u", "x", "--", "git", "clone", "u:a" }, "u:a - a" },
		{ { "runuser", "-u", "x", "sh", "-c", "git clone u:a" }, "u:a - a" },
		{ { "runuser", "-l", "x", "-c", "git clone u:a" }, "u:a - a" },
		{ { "nice", "runuser", "x", "-c", "git clone u:a" }, "u:a - a" },
		{ { "ssh-agent", "-t", "60", "sh", "-c", "ssh-add; git clone u:a" }, "u:a - a" },
		{ { "ssh-agent", "-s" }, "" },
		{ { "setpriv", "--reuid", "1", "--regid=2", "--clear-groups", "git", "clone", "u:a" }, "u:a - a" },
		{ { "flock", "-w", "5", "f", "git", "clone", "u:a" }, "u:a - a" },
		{ { "flock", "f", "-c", "git clone u:a" }, "u:a - a" },
		{ { "flock", "f", "sh", "-c", "git clone u:a" }, "u:a - a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(find(rows[i].words, NULL), rows[i].expected, rows[i].expected);
}

static void words_that_are_not_known_make_what_they_are_unknown(void **state)
{
#define REFERENCE "?(it has a variable of the container in it that isn't known)"
	static const struct {
		const char *words[MAX_WORDS];
		const char *expected;
	} rows[] = {
		{ { "git", "clone", "https://h/$(UNKNOWN)" },
		  REFERENCE " - ?(the url that it is made from isn't known)" },
		{ { "git", "clone", "-b", "$(UNKNOWN)", "u:a" }, "u:a " REFERENCE " a branch" },
		{ { "git", "clone", "--branch=$(UNKNOWN)", "u:a" }, "u:a " REFERENCE " a branch" },
		{ { "git", "clone", "u:a", "$(UNKNOWN)" }, "u:a - " REFERENCE },
		{ { "sh", "-c", "git clone -b $(UNKNOWN) u:a" }, "u:a " REFERENCE " a branch" },
		{ { "sh", "-c", "git clone -b '$(UNKNOWN)' u:a" }, "u:a " REFERENCE " a branch" },
		{ { "sh", "-c", "$(UNKNOWN)" }, "" },
		{ { "$(UNKNOWN)", "clone", "u:a" }, "" },
		{ { "$(UNKNOWN)" }, "" },
	};
#undef REFERENCE

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(find(rows[i].words, NULL), rows[i].expected, rows[i].words[2] ? rows[i].words[2] : "1 word");
}

static void an_image_that_starts_git_needs_no_command(void **state)
{
	static const char *const words[] = { "clone", "-b", "v1", "--", "u:a", "/d", NULL };

	(void)state;
	assert_str(find(words, "alpine/git"), "u:a v1 /d branch");
	assert_str(find(words, "docker.io/alpine/git:v2.45@sha256:0123"), "u:a v1 /d branch");
	assert_str(find(words, "localhost:5000/alpine/git"), "u:a v1 /d branch");
	assert_str(find(words, "cgr.dev/chainguard/git:latest"), "u:a v1 /d branch");
	assert_str(find(words, "h:5000/mirror/alpine-git:2"), "u:a v1 /d branch");
	assert_str(find(words, "bitnami/git"), "");
	assert_str(find(words, "alpine/git-lfs"), "");
	assert_str(find(words, "xalpine/git"), "");
	assert_str(find(words, "alpine"), "");
	assert_str(find(words, NULL), "");
}

static void values_of_options_are_no_urls(void **state)
{
	static const struct script_row rows[] = {
		{ "git clone --depth 1 u:a", "u:a - a" },
		{ "git clone --depth=1 --single-branch --recurse-submodules --shallow-submodules u:a", "u:a - a" },
		{ "git clone --recurse-submodules=x u:a", "u:a - a" },
		{ "git clone -o up -u pack -c a.b=c -j 4 u:a", "u:a - a" },
		{ "git clone -j4 -cx=y -oup u:a", "u:a - a" },
		{ "git clone --reference r --reference-if-able r --template t --origin o u:a", "u:a - a" },
		{ "git clone --upload-pack p --config c=d --separate-git-dir g u:a", "u:a - a" },
		{ "git clone --shallow-since x --shallow-exclude y --filter blob:none u:a", "u:a - a" },
		{ "git clone --server-option s --jobs 2 --bundle-uri b --ref-format files u:a", "u:a - a" },
		{ "git clone --no-tags --no-single-branch --no-checkout -n -q -v u:a", "u:a - a" },
		{ "git clone -- u:a -b", "u:a - -b" },
		{ "git -c http.sslVerify=false --no-pager --work-tree w clone u:a", "u:a - a" },
		{ "git -C /d -C e clone u:a", "u:a - /d/e/a" },
		{ "git clone --revision refs/heads/x u:a", "u:a refs/heads/x a" },
		{ "git clone -b x -b y u:a", "u:a y a branch" },
		{ "git clone --mirror u:a", "u:a ?(a bare clone takes every ref) a" },
		{ "git clone -b '' u:a", "u:a - a" },
	};

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void the_directory_is_made_from_the_url_as_git_does(void **state)
{
	static const struct script_row rows[] = {
		{ "git clone https://h/p/a.git", "https://h/p/a.git - a" },
		{ "git clone https://h/p/a.git/", "https://h/p/a.git/ - a" },
		{ "git clone git@h:a.git", "git@h:a.git - a" },
		{ "git clone /srv/a/.git", "/srv/a/.git - a" },
		{ "cd /x/./y/.. && git clone u:a b/../c", "u:a - /x/c" },
		{ "cd /x; git clone u:a .", "u:a - /x" },
		{ "cd ..; git clone u:a", "u:a - ../a" },
		{ "cd /; git clone u:a", "u:a - /a" },
		{ "(cd /x); git clone u:a", "u:a - a" },
		{ "(cd /x; git clone u:a)", "u:a - /x/a" },
		{ "pushd /x; git clone u:a", "u:a - /x/a" },
		{ "cd /x; f() { cd y; git clone u:a; }; f", "u:a - /x/y/a" },
	};

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void a_checkout_that_follows_takes_the_place_of_the_ref(void **state)
{
	static const struct script_row rows[] = {
		{ "git clone u:a && cd a && git checkout v1", "u:a v1 a" },
		{ "git clone -b x u:a\ncd a\ngit checkout -q v1", "u:a v1 a" },
		{ "git clone u:a && git -C a checkout v1", "u:a v1 a" },
		{ "git clone u:a && git -C ./a/sub checkout v1", "u:a v1 a" },
		{ "git clone u:a && git --git-dir=a/.git checkout v1", "u:a v1 a" },
		{ "git clone u:a; git checkout v1", "u:a - a" },
		{ "cd /d; git clone u:a .; git checkout v1", "u:a v1 /d" },
		{ "git clone u:a d; cd /w/d; git checkout v1", "u:a v1 d" },
		{ "git clone u:a /d; cd \"$D\"; git checkout v1", "u:a v1 /d" },
		{ "git clone u:a \"$D\"; cd $D && git checkout v1", "u:a v1 " NOBODY("D") "" },
		{ "git clone u:a a; git clone u:b b; git -C b checkout v1", "u:a - a | u:b v1 b" },
		{ "git clone u:a /a; git clone u:b /a/b; git -C /a/b/c checkout v1", "u:a - /a | u:b v1 /a/b" },
		{ "git clone u:a /a; git clone u:b /b; git -C $X checkout v1",
		  "u:a ?(a git command works in a directory that isn't known) /a | "
		  "u:b ?(a git command works in a directory that isn't known) /b" },
		{ "git clone u:a; cd a; git switch v1", "u:a v1 a" },
		{ "git clone u:a; cd a; git switch --detach v1", "u:a v1 a" },
		{ "git clone u:a; cd a; git switch -c new origin/x", "u:a origin/x a" },
		{ "git clone u:a; cd a; git reset --hard v1", "u:a v1 a" },
		{ "git clone u:a; cd a; git reset --soft v1", "u:a - a" },
		{ "git clone u:a; cd a; git reset --hard", "u:a - a" },
		{ "git clone u:a; cd a; git checkout -b new origin/x", "u:a origin/x a" },
		{ "git clone u:a; cd a; git checkout -b new", "u:a - a" },
		{ "git clone u:a; cd a; git checkout -B new v2; git checkout v1; git checkout new", "u:a v2 a" },
		{ "git clone -o up u:a; cd a; git checkout -t up/x", "u:a origin/x a" },
		{ "git clone u:a; cd a; git checkout refs/remotes/origin/x", "u:a origin/x a" },
		{ "git clone u:a; cd a; git checkout --detach v1", "u:a v1 a" },
		{ "git clone u:a; cd a; git checkout v1 --", "u:a v1 a" },
		{ "git clone u:a; cd a; git checkout -- v1", "u:a - a" },
		{ "git clone u:a; cd a; git checkout . ; git checkout ./b; git checkout HEAD", "u:a - a" },
		{ "git clone u:a; cd a; git checkout v1 -- file",
		  "u:a ?(some of its files are checked out from another ref) a" },
		{ "git clone -b v1 u:a; cd a; git checkout v1 -- file", "u:a v1 a branch" },
		{ "git clone u:a; cd a; git checkout HEAD -- file", "u:a - a" },
		{ "git clone -b v1 u:a; cd a; git checkout v1", "u:a v1 a branch" },
		{ "git clone u:a; cd a; git checkout \"$REF\"", "u:a " NOBODY("REF") " a" },
		{ "git clone u:a; cd a; git checkout $(cat ref)", "u:a ?(it has the output of a command in it) a" },
		{ "git clone u:a; cd a; git checkout HEAD~1", "u:a ?(only git can work out which commit it names) a" },
		{ "git clone u:a; cd a; git checkout -", "u:a ?(only git can work out which commit it names) a" },
		{ "git checkout v1; git clone u:a", "u:a - a" },
		{ "git clone u:a; cd a; echo git checkout v1 # git checkout v2", "u:a - a" },
	};

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void what_was_fetched_can_be_checked_out(void **state)
{
	static const struct script_row rows[] = {
		{ "git clone u:a; cd a; git fetch origin x && git checkout FETCH_HEAD", "u:a x a" },
		{ "git clone u:a; cd a; git fetch --depth 1 origin refs/changes/1/head; git reset --hard FETCH_HEAD",
		  "u:a refs/changes/1/head a" },
		{ "git clone u:a; cd a; git fetch origin +refs/pull/3/head:pr; git checkout pr",
		  "u:a refs/pull/3/head a" },
		{ "git clone u:a; cd a; git fetch origin tag v1; git checkout FETCH_HEAD", "u:a refs/tags/v1 a" },
		{ "git clone u:a; cd a; git fetch u:a x; git checkout FETCH_HEAD", "u:a x a" },
		{ "git clone u:a; cd a; git fetch u:b x; git checkout FETCH_HEAD",
		  "u:a ?(it isn't known what was fetched before it) a" },
		{ "git clone u:a; cd a; git fetch; git checkout FETCH_HEAD",
		  "u:a ?(it isn't known what was fetched before it) a" },
		{ "git clone u:a; cd a; git remote set-url origin u:b; git fetch origin x; git checkout FETCH_HEAD",
		  "u:a ?(the url of its remote is changed) a" },
		{ "git clone u:a; cd a; git fetch --tags; git checkout v1", "u:a v1 a" },
		{ "git clone u:a; cd a; git pull", "u:a - a" },
		{ "git clone -b x u:a; cd a; git pull origin x; git pull --rebase", "u:a x a branch" },
		{ "git clone -b x u:a; cd a; git pull origin y", "u:a ?(another commit is merged into it) a branch" },
		{ "git clone -b x u:a; cd a; git merge origin/x", "u:a x a branch" },
		{ "git clone -b x u:a; cd a; git cherry-pick y", "u:a ?(another commit is merged into it) a branch" },
	};

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void a_repository_that_is_made_has_what_comes_into_it(void **state)
{
#define FETCHED "?(it isn't known what was fetched before it)"
#define CONDITION "?(it depends on a condition in the script)"
#define MERGE "?(another commit is merged into it)"
	static const struct script_row rows[] = {
		{ "git init; git remote add origin u:a; git fetch origin v1; git checkout FETCH_HEAD", "u:a v1 " },
		{ "git init -b main d; cd d; git remote add up u:a; git fetch up v1; git reset --hard FETCH_HEAD",
		  "u:a v1 d" },
		{ "git init /d; git -C /d remote add origin u:a; git -C /d pull origin v1", "u:a v1 /d" },
		{ "cd /d && git init && git pull u:a v1", "u:a v1 /d" },
		{ "cd /d && git init && git fetch https://h/a v1 && git merge FETCH_HEAD", "https://h/a v1 /d" },
		{ "git init; git remote add origin u:a; git fetch; git checkout v1", "u:a v1 " },
		{ "git init; git remote add origin u:a; git fetch; git checkout -b x origin/v1", "u:a origin/v1 " },
		{ "git init; git config remote.origin.url u:a; git fetch origin +v1:x; git checkout x", "u:a v1 " },
		{ "[ -d .git ] || git init; git remote add origin u:a; git pull origin v1", "u:a v1 " },
		{ "git init; git remote add origin u:a; git remote set-url origin u:b; git fetch; git checkout v1",
		  "u:a ?(the url of its remote is changed) " },
		{ "git init; git remote add origin u:a; git pull", "u:a " FETCHED " " },
		{ "git init; git remote add origin u:a; git fetch; git checkout FETCH_HEAD", "u:a " FETCHED " " },
		{ "git init; git remote add origin u:a; git pull origin v1; git pull origin v2", "u:a " MERGE " " },
		{ "git init; git remote add origin u:a; git pull origin v1; git checkout v2 -- f",
		  "u:a ?(some of its files are checked out from another ref) " },
		{ "git init; git remote add origin u:a; git fetch origin v1; git archive FETCH_HEAD", "u:a v1 " },
		{ "git init; git remote add origin u:a; git fetch origin v1",
		  "u:a ?(it is fetched, and nothing says what of it is used) " },
		{ "git init; if x; then git remote add origin u:a; else git remote add origin u:b; fi; git pull origin v1",
		  CONDITION " ?(the url of its remote is changed) " },
		{ "git init; git remote add origin $A; git pull origin v1", "" NOBODY("A") " v1 " },
		/* What goes out is no checkout. */
		{ "git init; git add .; git commit -m x", "" },
		{ "git init; git remote add origin u:a; git checkout -b v1; git add .; git push origin v1", "" },
		{ "git init --bare /d; git -C /d fetch u:a v1", "" },
		{ "git init; git clone -b v1 u:a d", "u:a v1 d branch" },
	};
#undef FETCHED
#undef CONDITION
#undef MERGE

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void files_of_another_ref_make_the_ref_unknown(void **state)
{
#define PATHS "?(some of its files are checked out from another ref)"
#define READ "?(another commit is read into it)"
#define USED "?(files of another ref are used, too)"
	static const struct script_row rows[] = {
		{ "git clone -b m u:a; cd a; git restore --source v1 .", "u:a " PATHS " a branch" },
		{ "git clone -b m u:a; cd a; git restore -s v1 -SW f", "u:a " PATHS " a branch" },
		{ "git clone u:a; cd a; git restore --source=$V .", "u:a " PATHS " a" },
		{ "git clone -b m u:a; cd a; git restore --source=origin/m .", "u:a m a branch" },
		{ "git clone -b m u:a; cd a; git restore --source v1 --staged .", "u:a m a branch" },
		{ "git clone -b m u:a; cd a; git restore .; git restore --source HEAD f", "u:a m a branch" },
		{ "git clone -b m u:a; cd a; git read-tree -u -m v1", "u:a " READ " a branch" },
		{ "git clone -b m u:a; cd a; git read-tree -m HEAD v1", "u:a " READ " a branch" },
		{ "git clone -b m u:a; cd a; git read-tree -mu HEAD", "u:a m a branch" },
		{ "git clone u:a; git -C a worktree add /w v1", "u:a " USED " a" },
		{ "git clone u:a; git -C a worktree add -b x /w v1", "u:a " USED " a" },
		{ "git clone -b m u:a; git -C a worktree add -f --reason x /w origin/m", "u:a m a branch" },
		{ "git clone -b m u:a; git -C a worktree add /w; git -C a worktree list a v1", "u:a m a branch" },
		{ "git clone u:a; git -C a archive v1 | tar x", "u:a " USED " a" },
		{ "git clone u:a; git -C a archive --format tar -o x.tar $V dir", "u:a " USED " a" },
		{ "git clone u:a; git -C a archive v1:dir | tar x", "u:a " USED " a" },
		{ "git clone u:a; git -C a archive HEAD:dir | tar x; git -C a archive HEAD | tar x", "u:a - a" },
		{ "git clone u:a; git -C a archive --remote=u:b v1 | tar x", "u:a - a" },
		{ "git clone u:a; git -C a archive --list", "u:a - a" },
		{ "git clone u:a; git -C a show v1:f >f", "u:a " USED " a" },
		{ "git clone u:a; git -C a show $V:f >f", "u:a " USED " a" },
		{ "git clone u:a; git -C a show HEAD:f >f; git -C a show :f v1 -- a:b", "u:a - a" },
		{ "git clone u:a; git -C a cat-file -p v1:f >f", "u:a " USED " a" },
		{ "git clone u:a; git -C a cat-file blob v1:f >f", "u:a " USED " a" },
		{ "git clone u:a; git -C a cat-file -e v1:f; git -C a cat-file -p HEAD", "u:a - a" },
		/* What is checked out later counts, too, before and behind. */
		{ "git clone u:a; cd a; git archive v1 | tar x; git checkout v1", "u:a v1 a" },
		{ "git clone u:a; cd a; git archive v1 | tar x; git checkout v2", "u:a " USED " a" },
		{ "git clone u:a; cd a; git archive HEAD | tar x; git checkout v2", "u:a " USED " a" },
		{ "git clone u:a; cd a; git show v1:f; git show v2:f; git checkout v2", "u:a " USED " a" },
		{ "git clone u:a; cd a; git show v1:f; git checkout $V", "u:a " NOBODY("V") " a" },
	};
#undef PATHS
#undef READ
#undef USED

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void what_another_repository_has_is_not_known(void **state)
{
#define MOVED "?(the url of its remote is changed)"
#define FETCHED "?(it isn't known what was fetched before it)"
#define MERGED "?(another commit is merged into it)"
#define CLONE "git clone -b m https://h/a; cd a; "
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
	static const struct script_row rows[] = {
		{ CLONE "git remote set-url origin u:b; git fetch; git checkout v1", "https://h/a " MOVED " a" },
		{ CLONE "git remote set-url origin u:b; git remote update; git checkout m", "https://h/a " MOVED " a" },
		{ CLONE "git remote set-url origin $U; git fetch --all; git reset --hard origin/m",
		  "https://h/a " MOVED " a" },
		{ CLONE "git config remote.origin.url u:b; git fetch; git checkout v1", "https://h/a " MOVED " a" },
		{ CLONE "git config set remote.origin.url u:b; git fetch; git checkout v1", "https://h/a " MOVED " a" },
		{ CLONE "git remote rm origin; git remote add -f origin u:b; git checkout v1",
		  "https://h/a " MOVED " a" },
		{ CLONE "git remote set-url origin u:b; git pull", "https://h/a " MOVED " a branch" },
		/* Nothing was fetched from there; or it is a commit; or the same repository. */
		{ CLONE "git remote set-url origin u:b; git checkout v1", "https://h/a v1 a" },
		{ CLONE "git remote set-url origin u:b; git fetch; git checkout " COMMIT, "https://h/a " COMMIT " a" },
		{ CLONE "git remote set-url origin u:b; git fetch; git checkout HEAD", "https://h/a m a branch" },
		{ CLONE "git remote set-url origin https://me:x@h/a.git; git fetch; git checkout v1",
		  "https://h/a v1 a" },
		{ CLONE "git remote set-url --push origin u:b; git fetch; git checkout v1", "https://h/a v1 a" },
		{ CLONE "git remote set-url --add origin u:b; git fetch; git checkout v1", "https://h/a v1 a" },
		{ CLONE "git config remote.origin.fetch x; git config --get remote.origin.url u:b; git fetch; "
			"git checkout v1",
		  "https://h/a v1 a" },
		{ CLONE "git config remote.url u:b; git config remote..url u:b; git fetch; git checkout v1",
		  "https://h/a v1 a" },
		/* Another remote. */
		{ CLONE "git remote add up u:b; git fetch up; git checkout v1", "https://h/a " FETCHED " a" },
		{ CLONE "git remote add up u:b; git fetch --all; git checkout v1", "https://h/a " FETCHED " a" },
		{ CLONE "git fetch u:b; git checkout v1", "https://h/a " FETCHED " a" },
		{ CLONE "git remote add up u:b; git fetch --all; git checkout origin/x", "https://h/a origin/x a" },
		{ CLONE "git remote add up u:b; git fetch up; git checkout m", "https://h/a m a branch" },
		{ CLONE "git remote add up u:b; git fetch; git checkout v1", "https://h/a v1 a" },
		{ CLONE "git fetch --all; git checkout v1", "https://h/a v1 a" },
		{ CLONE "git fetch origin x; git fetch; git checkout FETCH_HEAD", "https://h/a " FETCHED " a" },
		{ CLONE "git fetch https://me@h/a.git x; git checkout FETCH_HEAD", "https://h/a x a" },
		{ CLONE "git pull u:b m", "https://h/a " MERGED " a branch" },
		{ CLONE "git pull $R m", "https://h/a " MERGED " a branch" },
		{ CLONE "git pull; git pull origin; git pull origin m", "https://h/a m a branch" },
		{ CLONE "git pull origin x", "https://h/a " MERGED " a branch" },
	};
#undef MOVED
#undef FETCHED
#undef MERGED
#undef CLONE
#undef COMMIT

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void what_depends_on_a_condition_is_known_only_where_it_makes_no_difference(void **state)
{
#define CONDITION "?(it depends on a condition in the script)"
	static const struct script_row rows[] = {
		{ "[ -d a ] || git clone -b x u:a", "u:a x a branch" },
		{ "if [ ! -d /a ]; then git clone -b x u:a /a; fi", "u:a x /a branch" },
		{ "if [ -d /a ]; then cd /a; git pull; else git clone -b x u:a /a; fi", "u:a x /a branch" },
		{ "if [ $A ]; then git clone -b x u:a; else git clone -b x u:a; fi", "u:a x a branch" },
		{ "if [ $A ]; then git clone -b x u:a; else git clone -b y u:a; fi", "u:a " CONDITION " a branch" },
		{ "if [ $A ]; then git clone u:a d; else git clone u:b d; fi", "u:a - d | u:b - d" },
		{ "git clone -b x u:a || git clone u:a", "u:a " CONDITION " a branch" },
		{ "git clone -b x u:a || exit 1", "u:a x a branch" },
		{ "git clone u:a; cd a; if [ $T ]; then git checkout v1; fi", "u:a " CONDITION " a" },
		{ "git clone u:a; cd a; [ -z $T ] || git checkout v1", "u:a " CONDITION " a" },
		{ "git clone u:a; cd a; [ $T ] && git checkout v1", "u:a " CONDITION " a" },
		{ "git clone u:a; cd a; git checkout v1 || git checkout v2", "u:a " CONDITION " a" },
		{ "git clone u:a; cd a; case $T in x) git checkout v1;; esac", "u:a " CONDITION " a" },
		{ "if [ ! -d a ]; then git clone u:a; cd a; git checkout v1; fi", "u:a v1 a" },
		{ "if [ ! -d a ]; then git clone u:a; fi; cd a; git checkout v1", "u:a v1 a" },
		{ "[ -d a ] || git clone u:a && cd a && git checkout v1", "u:a v1 a" },
		{ "[ -d a ] || (git clone u:a && cd a && git checkout v1)", "u:a v1 a" },
		{ "[ ! -d a ] && git clone u:a && git -C a checkout v1", "u:a v1 a" },
		{ "mkdir -p d && cd d && git clone u:a && cd a && git checkout v1", "u:a v1 d/a" },
		{ "f() { git clone u:a; }; [ -d a ] || f; git -C a checkout v1", "u:a v1 a" },
		{ "f() { git -C a checkout v1; }; git clone u:a; [ x ] && f", "u:a " CONDITION " a" },
		{ "rm -rf a; git clone u:a; rm -rf a; git clone -b x u:a", "u:a x a branch" },
	};
#undef CONDITION

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void what_a_variable_may_be_is_not_guessed(void **state)
{
	static const struct script_row rows[] = {
		{ "git clone -b $B u:a", "u:a " NOBODY("B") " a branch" },
		{ "git clone --branch \"${B:-main}\" u:a", "u:a " NOBODY("B") " a branch" },
		{ "git clone -b ${B#x} u:a", "u:a ?(it has a shell variable in it) a branch" },
		{ "git clone $U", NOBODY("U") " - ?(the url that it is made from isn't known)" },
		{ "git clone $U /d", NOBODY("U") " - /d" },
		{ "git clone $OPTS https://h/a", "https://h/a ?(options of its git clone come from a variable) a" },
		{ "git clone $OPTS -b x https://h/a $D", "https://h/a x " NOBODY("D") " branch" },
		{ "git clone `cat url`",
		  "?(it has the output of a command in it) - ?(the url that it is made from isn't known)" },
		{ "git clone u:{a,b}",
		  "?(shells differ in what its braces mean) - ?(the url that it is made from isn't known)" },
		{ "X=$(git clone u:a)", "?(it is cloned inside a command substitution) - a" },
		{ "$GIT clone u:a; git $VERB u:a; echo \"$(echo git clone u:b)\"", "" },
		{ "git clone u:a > $LOG 2>&1", "u:a - a" },
	};

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void what_is_in_a_loop_may_not_run(void **state)
{
#define CONDITION "?(it depends on a condition in the script)"
	static const struct script_row rows[] = {
		{ "git clone u:a /a; while read r; do git -C /a checkout v1; done", "u:a " CONDITION " /a" },
		{ "git clone u:a /a; cd /a; until [ -f x ]; do git checkout v1; done", "u:a " CONDITION " /a" },
		{ "git clone u:a /a; while ! git -C /a checkout v1; do sleep 5; done", "u:a v1 /a" },
		{ "git clone u:a /a; while :; do git -C /a checkout v1 && break; done", "u:a v1 /a" },
		{ "while [ ! -d /a ]; do git clone u:a /a; git -C /a checkout v1; done", "u:a v1 /a" },
		{ "while [ ! -d /a ]; do git clone u:a /a; done; git -C /a checkout v1", "u:a v1 /a" },
		{ "git clone u:a /a; for i in 1 2; do git -C /a checkout v1; done", "u:a v1 /a" },
		{ "git clone u:a /a; for ((i=0; i<3; i++)); do git -C /a checkout v1; done", "u:a v1 /a" },
	};
#undef CONDITION

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void a_loop_of_fetches_polls(void **state)
{
	static const struct script_row rows[] = {
		{ "git clone u:a; cd a; while true; do git pull; sleep 60; done", "u:a - a polls" },
		{ "git clone u:a /a; while sleep 5; do git -C /a fetch origin && git -C /a reset --hard origin/x; done",
		  "u:a origin/x /a polls" },
		{ "git clone u:a /a; while :; do git -C /a pull || exit 1; sleep 5; done", "u:a - /a polls" },
		{ "git clone u:a /a; git clone u:b /b; while :; do git -C /b pull; done", "u:a - /a | u:b - /b polls" },
		{ "while :; do if [ -d /a ]; then git -C /a pull; else git clone u:a /a; fi; sleep 5; done",
		  "u:a - /a polls" },
		{ "git clone u:a /a; for i in $(seq 9); do git -C /a pull; sleep 5; done", "u:a - /a polls" },
		{ "git clone u:a /a; for ((;;)); do git -C /a remote update; sleep 5; done", "u:a - /a polls" },
		{ "git clone u:a /a; f() { git -C /a pull; }; while :; do f; sleep 5; done", "u:a - /a polls" },
		{ "git clone u:a /a; while :; do until git -C /a pull; do sleep 1; done; sleep 60; done",
		  "u:a - /a polls" },
		{ "git clone u:a /a; watch -n 60 git -C /a pull", "u:a - /a polls" },
		{ "while true; do rm -rf a; git clone u:a; sleep 60; done", "u:a - a polls" },
		{ "while true; do git pull; done", " [polls ]" },
		{ "while true; do git -C /b pull; done", " [polls /b]" },
		{ "cd /b/c; while true; do git -C .. fetch; git -C /b pull; done", " [polls /b]" },
		{ "while true; do git --git-dir=/b/.git fetch; git -C $C pull; done", " [polls /b] [polls ]" },
		{ "git clone u:a /a; while true; do git -C /b pull; done", "u:a - /a [polls /b]" },
		/* It can be a. */
		{ "git clone u:a a; while true; do git -C /b pull; done", "u:a - a polls [polls /b]" },
		{ "git clone u:a /a; while true; do git -C $B pull; done", "u:a - /a polls" },
		{ "git clone u:a /a; cd /a; while ! git rev-parse v1; do git fetch; done; git checkout v1",
		  "u:a v1 /a polls" },
		{ "until git clone u:a; do sleep 5; done", "u:a - a" },
		{ "while ! git clone u:a; do sleep 5; done", "u:a - a" },
		{ "while true; do git clone u:a && break; sleep 5; done", "u:a - a" },
		{ "while [ ! -d a ]; do git clone u:a; sleep 5; done", "u:a - a" },
		{ "for i in 1 2 3; do git clone u:a && break; sleep 5; done", "u:a - a" },
		{ "git clone u:a; cd a; until git fetch; do sleep 1; done", "u:a - a" },
		{ "git clone u:a; cd a; for i in 1 2 3; do git fetch && break; sleep 1; done", "u:a - a" },
		{ "git clone u:a; git clone u:b; for d in a b; do git -C $d pull; done", "u:a - a | u:b - b" },
		{ "git clone u:a; while true; do echo git pull; done", "u:a - a" },
	};

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void commands_start_in_the_working_directory(void **state)
{
	static const struct script_row rows[] = {
		{ "git clone u:a", "u:a - /w/a" },
		{ "git clone u:a ../b/", "u:a - /b" },
		{ "git clone u:a /a", "u:a - /a" },
		{ "git clone u:a .; git checkout v1", "u:a v1 /w" },
		{ "cd /a; git clone u:a .", "u:a - /a" },
		{ "cd $A; git clone u:a b", "u:a - b" },
		{ "while true; do git pull; done", " [polls /w]" },
		{ "git clone u:a /w/a; while true; do git -C a pull; done", "u:a - /w/a polls" },
	};

	(void)state;
	working_directory = S("/w//.");
	check_scripts(rows, COUNT(rows));
	/* Nothing can be said of one that is no absolute path. */
	working_directory = S("w");
	check_scripts(&(struct script_row){ "git clone u:a", "u:a - a" }, 1);
	working_directory = (struct str){ 0 };
}

static void scripts_in_scripts_are_read(void **state)
{
	static const struct script_row rows[] = {
		{ "sh -c 'cd /d; git clone u:a'; git clone u:b", "u:a - /d/a | u:b - b" },
		{ "bash -c \"git clone -b $B u:a\"", "u:a " NOBODY("B") " a branch" },
		{ "eval git clone 'u:a' '-b' x", "u:a x a branch" },
		{ "eval \"git clone u:a\"; cd a; git checkout v1", "u:a v1 a" },
		{ "exec git clone u:a", "u:a - a" },
		{ "time git clone u:a", "u:a - a" },
		{ "A=b GIT_SSH_COMMAND='ssh -i x' git clone u:a", "u:a - a" },
		{ "f() { git clone u:a; }; g() { git clone u:b; }; g", "u:b - b" },
		{ "f() { f; git clone u:a; }; f", "u:a - a" },
		{ "cat <<EOF\ngit clone u:b\nEOF\ngit clone u:a", "u:a - a" },
		{ "echo \"git clone u:b; git clone u:c\"; git clone u:a # git clone 'u:d", "u:a - a" },
		{ "set -e\nif ! command -v git; then apk add git; fi\ngit clone \\\n  --depth 1 \\\n  u:a /d\n",
		  "u:a - /d" },
		{ "git clone u:a 'it", " [a single quote in it is never closed]" },
		{ "echo 'it", "" },
		{ "sh -c \"git clone 'u:a\"", " [a single quote in it is never closed]" },
	};

	(void)state;
	check_scripts(rows, COUNT(rows));
}

static void origins_and_places_are_those_of_the_words(void **state)
{
	int url, ref, script;
	struct text words[] = {
		{ TEXT_KNOWN, .value = STR("git") },
		{ TEXT_KNOWN, .value = STR("clone") },
		{ TEXT_KNOWN, .value = STR("--branch=x"), .origin = &ref },
		{ TEXT_KNOWN, .value = STR("u:a"), .origin = &url },
	};
	struct text shell[] = {
		{ TEXT_KNOWN, .value = STR("sh") },
		{ TEXT_KNOWN, .value = STR("-c") },
		{ TEXT_KNOWN, .value = STR("true; git clone \"$U\" -b $B"), .origin = &script },
	};
	struct clones_input input = { .words = words, .count = COUNT(words), .has_command = true };
	struct clones found = clones_find(&input, &unit_arena);

	(void)state;
	assert_int_equal(found.count, 1);
	assert_ptr_equal(found.checkouts[0].url.text.origin, &url);
	assert_ptr_equal(found.checkouts[0].ref.text.origin, &ref);
	assert_int_equal(found.checkouts[0].word, 3);
	assert_int_equal(found.checkouts[0].at.to, 3);
	input = (struct clones_input){ .words = shell, .count = COUNT(shell), .has_command = true };
	found = clones_find(&input, &unit_arena);
	assert_int_equal(found.count, 1);
	assert_ptr_equal(found.checkouts[0].url.text.origin, &script);
	assert_str(found.checkouts[0].url.variable, "U");
	assert_str(found.checkouts[0].ref.variable, "B");
	assert_int_equal(found.checkouts[0].word, 2);
	assert_int_equal(found.checkouts[0].at.from, 6);
	assert_int_equal(found.checkouts[0].at.to, 26);
}

/* `first`, and then `text` so often that `length` bytes are full. */
static const char *repeated(const char *first, const char *text, size_t length)
{
	struct buf all;
	struct str result;

	buf_init(&all);
	buf_add_cstring(&all, first);
	while (all.len < length)
		buf_add_cstring(&all, text);
	result = arena_dup(&unit_arena, buf_str(&all));
	buf_release(&all);
	return result.ptr;
}

static void work_is_limited(void **state)
{
	static const struct {
		const char *piece, *beginning;
	} rows[] = {
		{ "git clone u:a $X;", "u:z - /z | u:a - " NOBODY("X") " | u:a - " },
		{ "cd a;", "u:z - /z" },
		{ "cd $a;", "u:z - /z" },
		{ "git fetch origin a:b;", "u:z - /z" },
		{ "git clone a;cd a;git checkout b;", "u:z - /z | a b a | a b a/a | a b a/a/a" },
		{ "f(){ f; f; git clone u:a; }; f;", "u:z - /z | u:a - a [it does too much]" },
		{ "[ a ]&&git clone u:a||", "u:z - /z | u:a - a" },
		{ "(git clone u:a;", " [it is nested more than 100 levels deep]" },
		{ "while git pull;do :;done;", "u:z - /z polls" },
		{ "eval eval eval eval eval eval eval eval eval eval git clone u:a;", "u:z - /z" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *words[] = { "sh", "-c", repeated("git clone u:z /z;", rows[i].piece, 12000), NULL };
		struct str found = find(words, NULL);

		found.len = found.len < strlen(rows[i].beginning) ? found.len : strlen(rows[i].beginning);
		assert_row(found, rows[i].beginning, rows[i].piece);
	}
	{
		const char *words[] = { "sh", "-c", repeated("", "git clone u:a;", 200000), NULL };

		assert_str(find(words, NULL), " [it is too long]");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_words_of_a_container_are_a_command),
		TEST(words_that_are_not_known_make_what_they_are_unknown),
		TEST(an_image_that_starts_git_needs_no_command),
		TEST(values_of_options_are_no_urls),
		TEST(the_directory_is_made_from_the_url_as_git_does),
		TEST(a_checkout_that_follows_takes_the_place_of_the_ref),
		TEST(a_repository_that_is_made_has_what_comes_into_it),
		TEST(what_was_fetched_can_be_checked_out),
		TEST(files_of_another_ref_make_the_ref_unknown),
		TEST(what_another_repository_has_is_not_known),
		TEST(what_depends_on_a_condition_is_known_only_where_it_makes_no_difference),
		TEST(what_a_variable_may_be_is_not_guessed),
		TEST(what_is_in_a_loop_may_not_run),
		TEST(a_loop_of_fetches_polls),
		TEST(commands_start_in_the_working_directory),
		TEST(scripts_in_scripts_are_read),
		TEST(origins_and_places_are_those_of_the_words),
		TEST(work_is_limited),
	};

	return unit_run(tests);
}
