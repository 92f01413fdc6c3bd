/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search: one container of a pod template, while git refs are looked for in it. For `template` and the modules that it calls.
 */
#ifndef CHECKOUT_SEARCH_H
#define CHECKOUT_SEARCH_H

#include "checkout/gitref.h"
#include "checkout/site.h"
#include "kube/podfile.h"

/* Where a word or variable comes from: the origin of the texts that are looked at. */
struct origin {
	size_t at;                        /* in the document */
	const struct podenv_value *value; /* if it is not known, or something in it is secret; else NULL */
};

/* Something that follows a ref by itself. */
struct poller {
	struct site site; /* without a url: a loop of git pull */
	struct poller *next;
};

/* A pod template, and the container of it that is looked at. */
struct search {
	const struct gitref_input *input;
	struct gitrefs *refs;
	struct poller *pollers;
	bool too_many;
	/* The container. */
	size_t index;
	size_t first_ref; /* of it among the refs */
	const struct container *container;
	struct str image; /* its name; empty if it has none */
	bool is_init;     /* must end before the others start */
	struct podenv env;
	struct podfile files;
	struct text *words; /* command, then args; their origin is a struct origin */
	size_t word_count, command_count;
	bool has_command;
	bool mentions_git;    /* it is worth being looked at */
	bool says_git;        /* and it is certain that it has to do with git */
	bool has_certain_ref; /* for git-sync: a ref is given for sure */
};

/* Takes `cost` visits from the budget; sets too_many when it is used up. */
void search_visit(struct search *l, size_t cost);
/*
 * Reads command and args of the container into `words`, if they or its image say "git", or a file of a ConfigMap is
 * among them, or if that `is_wanted`; else there are no words.
 */
void search_read_words(struct search *l, bool is_wanted);

/* The items of a command that Kubernetes does not expand, with their origins. Returns how many. */
size_t search_read_literal(struct search *l, struct node *list, struct text **words);
/*
 * The words once more, in which references to the variables `names` are left as they are written, and so unknown; or
 * NULL if there are no such references.
 */
const struct text *search_unexpanded(struct search *l, const struct str *names, size_t count);

/*
 * The words with references to variables of Secrets as they are written, so that nothing in these is secret; but for a word
 * that is nothing but such a reference.
 */
const struct text *search_without_secrets(struct search *l);

/* Is it certain whether the value is there? What it is may be unknown. */
bool search_is_definite(const struct podenv_value *value);
/* Has the container variables? */
bool search_has_environment(const struct search *l);
/* A value of the environment as a url or ref; `where` is for people. */
struct gitref_part search_part(const struct search *l, const struct podenv_value *value, const char *where);
/* The value of the variable `name` as a url or ref. */
struct gitref_part search_variable_part(const struct search *l, struct podenv_value value, struct str name);
/* A part that was found in the words. */
struct gitref_part search_word_part(const struct search *l, const struct text *found, const char *where);
/* `value`, with its origin. */
struct text search_text(const struct search *l, const struct podenv_value *value);
/*
 * `outline` is that of `text`: the outline of `end`, which the text ends with, if what stands before that hides nothing;
 * else all of it is hidden.
 */
struct str search_outline(struct str text, struct str outline, struct str end);
/*
 * The same part as a url: known, and not secret, where nothing but the userinfo was not known or secret; else it is told
 * whether the host is.
 */
struct gitref_part search_url(const struct search *l, struct gitref_part part);
/* An empty or absent ref is the default `text`. */
void search_set_default(struct gitref_part *ref, struct str text);
/* The directory, if it is known and absolute; else empty. */
struct str search_directory(const struct text *text);

/* Adds a ref; and one that this container checks out. Borrowed until the next is added. */
struct gitref *search_add(struct search *l, struct gitref ref);
struct gitref *search_add_own(struct search *l, struct gitref ref);
/*
 * This container follows a ref of `url` (NULL: not known which) in `directory` (or empty: not known) by itself; or, with
 * `is_inside`, somewhere in that.
 */
void search_add_poller(struct search *l, const struct gitref_part *url, struct str directory, bool is_inside);

#endif
