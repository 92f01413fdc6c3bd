/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words: rollstamp's own words in manifests, the annotations rollstamp.io/..., and those among them that mean nothing.
 *
 * A misspelled word would be a silent miss: what it was to say is not done, and nobody is told.
 */
#ifndef KUBE_WORDS_H
#define KUBE_WORDS_H

#include "base/arena.h"
#include "yaml/node.h"

#define WORDS_IGNORE "rollstamp.io/ignore"
#define WORDS_GIT_PIN "rollstamp.io/git-pin"

/* What is looked at of one mapping or list: manifests are anybody's. */
#define WORDS_LIMIT 100

/*
 * Is the annotation there and true, in one of the spellings that YAML 1.1 and Go (strconv.ParseBool) have for it?
 * `annotations` is a mapping or NULL.
 */
bool words_is_true(struct node *annotations, const char *annotation);

/* Which mounts count as consumption: the value of rollstamp.io/volumes. */
enum volumes_mode {
	VOLUMES_ALL,
	VOLUMES_SUBPATH, /* only mounts with a subPath, which the kubelet never refreshes */
	VOLUMES_NONE,
};

/* all, subpath and none, in the order of the enum, ending in NULL. */
const char *const *words_volumes(void);
/* One of these. False, and nothing is set, if it is none of them. */
bool words_read_volumes(struct str text, enum volumes_mode *mode);

/* Whose annotations: a bit each. */
enum words_place {
	WORDS_OF_WORKLOAD = 1,
	WORDS_OF_TEMPLATE = 2,
	WORDS_OF_OBJECT = 4,
	WORDS_OF_BORROWER = 8, /* a workload whose template another one has */
};

/* Something that means nothing, or something else than it seems to say. */
struct mistake {
	struct str what; /* "annotation rollstamp.io/ignored" */
	struct str text; /* a sentence that begins with that */
	size_t at;       /* where it stands in the text of the tree */
};

struct mistakes {
	struct arena *arena; /* for everything that is new */
	struct mistake *items;
	size_t count, room;
};

/* Adds one: `what` it is, and in `why` what follows that in a sentence. Both are borrowed. */
void words_add_mistake(struct mistakes *mistakes, size_t at, struct str what, struct str why);
/* Looks through annotations: unknown ones, those that mean nothing in `place`, values that can't be. */
void words_check(struct mistakes *mistakes, struct node *annotations, enum words_place place);
/* Looks through a pod template for what is no list and should be one, so that nothing of it counts. */
void words_check_lists(struct mistakes *mistakes, struct node *pod_template);

#endif
