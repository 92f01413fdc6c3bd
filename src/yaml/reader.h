/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: a document as events, every one with its place in the text.
 *
 * The only module that knows libyaml. It refuses what Kubernetes' own parser refuses or reads differently and libyaml
 * lets pass: undefined and cyclic aliases, plain `<<` keys, directives, a second document, nesting above NODE_DEPTH, a byte
 * order mark at the start of a line, JSON with characters that are line breaks for YAML alone. Aliases are never expanded
 * here.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include "base/err.h"
#include "yaml/node.h"

/*
 * What happens to what Kubernetes refuses and libyaml lets pass: READER_STRICT fails, READER_LENIENT is for callers who
 * only want to know the name of an object.
 */
enum reader_rules { READER_STRICT, READER_LENIENT };

/* Fails for the directive at byte `at`: always false. Public for those who find a directive before anything is parsed. */
bool reader_refuse_directive(size_t at, struct err *err);

/* Is `err` the failure of an alias without an anchor? Who knows where the text comes from can say more about it. */
bool reader_lacks_anchor(const struct err *err);

enum event_type { EVENT_NODE, EVENT_OPEN, EVENT_CLOSE, EVENT_DOCUMENT_END };

/* EVENT_NODE: a scalar or an alias; EVENT_OPEN: a collection begins. `node` has no links. */
struct event {
	enum event_type type;
	bool is_key; /* a node or collection that is a mapping's key */
	struct node node;
	size_t close; /* EVENT_CLOSE: where the closing bracket ends, or for a block collection the next token */
};

struct reader;

/*
 * A reader of the one document in `text`, borrowed. `arena` keeps what must outlive an event (anchors). Never NULL; the
 * caller frees it.
 */
struct reader *reader_new(struct str text, enum reader_rules rules, struct arena *arena);
void reader_free(struct reader *reader);
/*
 * Says, before the first event, that not all will be asked for: then less is read ahead; of the first `expected` bytes
 * all, if they are few and not 0. Of two things that are wrong, the reader finds the first one first then, and not one whose characters are.
 */
void reader_expect_stop(struct reader *reader, size_t expected);
/*
 * The next event. Its strings are borrowed until the next call. After EVENT_DOCUMENT_END there is no other event. A text
 * without any document gives EVENT_DOCUMENT_END at once. On failure err->at is a byte offset into the text.
 */
CHECKED bool reader_next(struct reader *reader, struct event *event, struct err *err);

/* The version of libyaml. */
const char *reader_library_version(void);

#endif
