/*
 * yaml: a document as events or as a small tree, every node with its place in the text.
 *
 * The only module that knows libyaml. It refuses what Kubernetes' own parser refuses or reads differently and libyaml
 * lets pass: undefined and cyclic aliases, plain `<<` keys, directives, a second document, nesting above NODE_DEPTH, a byte
 * order mark at the start of a line, JSON with characters that are line breaks for YAML alone. Aliases are never expanded
 * here.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include "base/arena.h"
#include "base/err.h"

/* Real manifests reach 35; libyaml's work grows with the square of the depth. */
#define NODE_DEPTH 100

enum node_type { NODE_SCALAR, NODE_MAPPING, NODE_SEQUENCE, NODE_ALIAS };

enum node_style {
	STYLE_PLAIN,
	STYLE_SINGLE_QUOTED,
	STYLE_DOUBLE_QUOTED,
	STYLE_LITERAL,
	STYLE_FOLDED,
	STYLE_BLOCK,
	STYLE_FLOW,
};

/* What few nodes have. */
struct properties {
	struct str anchor;
	struct str tag;
};

/* Small, since a tree has one for every few bytes of its text. */
struct node {
	enum node_type type : 4;
	enum node_style style : 4;
	bool aliased : 1;   /* an alias in the document refers to it */
	bool generated : 1; /* made by us: not in the text */
	bool edited : 1;    /* changed by us, or has generated children */
	bool is_name : 1;   /* generated scalars: needs no quotes in a block collection */
	bool closed : 1;    /* for a collection that is being read: its end has been seen */
	unsigned column;    /* collections: code points before `open` on its line */
	/* Byte offsets into the document's text. Includes anchor and tag; a block scalar's includes its line break. A
	 * block collection's ends with its last node. */
	struct span span;
	size_t open; /* collections: the end mark of its start event, which is where an entry can be put in front */
	struct str value;                    /* scalars: as YAML means it; aliases: the name */
	const struct properties *properties; /* NULL for most; see node_anchor and node_tag */
	union {
		struct node *child;  /* mappings: key, value, key, value ...; sequences: item, item ... */
		struct node *target; /* aliases: the anchored node */
	};
	struct node *next;
};

/* What Kubernetes refuses and libyaml does not: an error, or left to the caller, who only wants to know a name. */
enum reader_rules { READER_STRICT, READER_LENIENT };
/* Fails for a directive at byte `at`: returns false. For those too who find one before anything is parsed. */
bool reader_refuse_directive(size_t at, struct err *err);

/* Is it the failure of an alias without an anchor? Who knows where the text comes from can say more about it. */
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
 * A reader of the one document in `text`, borrowed. `arena` keeps what must outlive an event (anchors). Never NULL.
 */
struct reader *reader_new(struct str text, enum reader_rules rules, struct arena *arena);
void reader_free(struct reader *reader);
/*
 * The next event. Strings in it are borrowed until the next call. After EVENT_DOCUMENT_END there is none. A text
 * without any document gives EVENT_DOCUMENT_END at once. On failure err->at is a byte offset into the text.
 */
CHECKED bool reader_next(struct reader *reader, struct event *event, struct err *err);

/*
 * The document in `text`, borrowed, as a tree in `arena`; NULL in `*root` if there is only white space and comments.
 * Leniently, an alias without an anchor is null. Fails also where it has more nodes than a document of its length should:
 * one in eight bytes, beside 200,000. On failure err->at is a byte offset into `text`.
 */
CHECKED bool tree_parse(struct str text, enum reader_rules rules, struct arena *arena, struct node **root,
			struct err *err);

/* How many nodes a document with `text` may have: a node takes 40 times the memory of the two bytes that are its least text. */
size_t yaml_node_limit(struct str text);

/*
 * The value of `node`, from an event of a reader of `text`, as a str that outlives the event: a slice of `text` where
 * that says the same, else a copy in `arena`.
 */
struct str node_keep_value(const struct node *node, struct str text, struct arena *arena);

/* The same for its anchor and tag. */
const struct properties *node_keep_properties(const struct node *node, struct arena *arena);

/* Its anchor and tag, or empty. */
static inline struct str node_anchor(const struct node *node)
{
	return node->properties ? node->properties->anchor : (struct str){ 0 };
}

static inline struct str node_tag(const struct node *node)
{
	return node->properties ? node->properties->tag : (struct str){ 0 };
}

/* The first child; NULL for what is no collection. */
static inline struct node *node_child(const struct node *node)
{
	return node->type == NODE_ALIAS ? NULL : node->child;
}

/* The node that `node` stands for: an alias gives its target, NULL gives NULL. */
struct node *node_resolve(struct node *node);
/*
 * The value of the last entry with `key` of a mapping, as it stands there: maybe an alias. NULL for none, and when
 * `mapping` (behind its alias) is no mapping.
 */
struct node *node_find(struct node *mapping, struct str key);
/* The same behind an alias. */
struct node *node_get(struct node *mapping, const char *key);
/* First item of a sequence behind its aliases, or NULL; go on with ->next. */
struct node *node_items(struct node *sequence);
/* Is it a mapping, behind its aliases? */
bool node_is_mapping(struct node *node);

/* The version of libyaml. */
const char *reader_library_version(void);

#endif
