/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/syncflags.h"

#define BECAUSE_REFERENCE "its flag has a variable in it that isn't known"

static const char *const names[SYNCFLAG_COUNT] = {
	[SYNCFLAG_REPO] = "repo", [SYNCFLAG_REF] = "ref",     [SYNCFLAG_BRANCH] = "branch",
	[SYNCFLAG_REV] = "rev",   [SYNCFLAG_DEPTH] = "depth", [SYNCFLAG_ONE_TIME] = "one-time",
	[SYNCFLAG_ROOT] = "root", [SYNCFLAG_LINK] = "link",   [SYNCFLAG_DEST] = "dest",
};

const char *syncflags_name(enum syncflag flag)
{
	return names[flag];
}

/* Flags without a value in the next word, of all versions and of the logging package in version 2 and 3. */
static bool is_boolean(struct str name)
{
	static const char *const booleans[] = {
		"one-time",   "ssh",      "ssh-known-hosts", "cookie-file",     "http-metrics",
		"http-pprof", "add-user", "group-write",     "version",         "help",
		"h",          "man",      "logtostderr",     "alsologtostderr",
	};

	for (size_t i = 0; i < sizeof(booleans) / sizeof(*booleans); i++)
		if (str_is(name, booleans[i]))
			return true;
	return false;
}

static void set_value(struct syncflags *flags, struct str name, const struct text *word, size_t number, size_t offset)
{
	for (enum syncflag i = 0; i < SYNCFLAG_COUNT; i++) {
		struct syncflag_use *use = &flags->uses[i];

		if (!str_is(name, names[i]))
			continue;
		*use = (struct syncflag_use){ .is_given = true, .word = number, .offset = offset };
		use->value = *word;
		use->value.value = str_skip(word->value, offset);
		if (word->state == TEXT_UNKNOWN)
			use->value.reason = BECAUSE_REFERENCE;
		else if (use->value.value.len == 0)
			use->value.state = TEXT_ABSENT;
	}
}

/* `--one-time` alone. */
static void set_true(struct syncflags *flags, struct str name, const struct text *word, size_t number)
{
	struct text value = { .state = TEXT_KNOWN, .value = STR("true"), .origin = word->origin };

	set_value(flags, name, &value, number, 0);
}

/* -v of pflag, the one short flag with a value: does that stand in the next word? */
static bool takes_next(struct str text)
{
	return text.ptr[text.len - 1] == 'v';
}

struct syncflags syncflags_read(const struct text *words, size_t count, size_t from, bool is_pflag)
{
	struct syncflags flags = { .is_opaque = false };

	for (size_t i = from; i < count; i++) {
		struct str text = text_known_beginning(&words[i]), name = str_skip(text, 1);
		size_t equals;

		if (text.len == 0 && words[i].state != TEXT_KNOWN) {
			flags.is_opaque = true;
			continue;
		}
		if (text.len < 2 || text.ptr[0] != '-') {
			/* Go's own flags end at the first other word. */
			if (!is_pflag)
				break;
			continue;
		}
		if (text_is(&words[i], "--"))
			break;
		if (text.ptr[1] == '-') {
			name = str_skip(text, 2);
		} else if (is_pflag) {
			i += takes_next(text) ? 1 : 0;
			continue;
		}
		equals = str_find(name, '=');
		if (equals < name.len) {
			size_t offset = text.len - name.len + equals + 1;

			name.len = equals;
			set_value(&flags, name, &words[i], i, offset);
		} else if (words[i].state != TEXT_KNOWN) {
			flags.is_opaque = true;
		} else if (is_boolean(name)) {
			set_true(&flags, name, &words[i], i);
		} else if (i + 1 < count) {
			i++;
			set_value(&flags, name, &words[i], i, 0);
		}
	}
	return flags;
}
