#include "yaml/verify.h"

#include "yaml/reader.h"

struct verifier {
	struct reader *reader;
	enum verify_extent extent;
	size_t behind_edits; /* where in the input the last edit ends */
	size_t longer;       /* how much longer the output is there; wraps around if it is shorter */
	size_t inside_edited;
	size_t changes_ahead;
	bool done;
};

static bool differs(const struct event *event, const char *what, struct err *err)
{
	return err_set(err, "the edited text is not what was meant: %s differs at its byte %zu", what,
		       event->node.span.from);
}

static bool same_style(const struct node *wanted, const struct node *found, bool is_key)
{
	if (!wanted->generated)
		return wanted->style == found->style;
	/* Generated collections have the style that fits; names and keys are plain in block ones and quoted in flow. */
	if (wanted->type != NODE_SCALAR)
		return true;
	if (wanted->is_name || is_key)
		return found->style == STYLE_PLAIN || found->style == STYLE_DOUBLE_QUOTED;
	return wanted->style == found->style;
}

static bool compare_node(const struct node *wanted, const struct event *event, struct err *err)
{
	const struct node *found = &event->node;
	bool opens = wanted->type == NODE_MAPPING || wanted->type == NODE_SEQUENCE;

	if (event->type != (opens ? EVENT_OPEN : EVENT_NODE) || wanted->type != found->type)
		return differs(event, "the structure", err);
	if (!opens && !str_equal(wanted->value, found->value))
		return differs(event, wanted->type == NODE_ALIAS ? "an alias" : "a value", err);
	if (!same_style(wanted, found, event->is_key))
		return differs(event, "the style", err);
	if (!str_equal(node_anchor(wanted), node_anchor(found)) || !str_equal(node_tag(wanted), node_tag(found)))
		return differs(event, "an anchor or tag", err);
	return true;
}

/* Is everything from here on the same bytes for a parser in the same state? */
static bool is_realigned(const struct verifier *v, const struct node *wanted, const struct event *event)
{
	return v->extent == VERIFY_WINDOW && v->inside_edited == 0 && v->changes_ahead == 0 && !wanted->generated &&
	       !wanted->edited && wanted->span.from >= v->behind_edits &&
	       event->node.span.from == wanted->span.from + v->longer;
}

static bool compare(struct verifier *v, const struct node *wanted, struct err *err)
{
	bool edited = wanted->generated || wanted->edited;
	struct event event;

	if (!reader_next(v->reader, &event, err))
		return false;
	if (event.type == EVENT_CLOSE || event.type == EVENT_DOCUMENT_END)
		return differs(&event, "the structure", err);
	if (!compare_node(wanted, &event, err))
		return false;
	v->changes_ahead -= wanted->edited;
	if (is_realigned(v, wanted, &event)) {
		v->done = true;
		return true;
	}
	if (event.type != EVENT_OPEN)
		return true;
	v->inside_edited += edited;
	for (const struct node *child = node_child(wanted); child; child = child->next)
		if (!compare(v, child, err))
			return false;
		else if (v->done)
			return true;
	v->inside_edited -= edited;
	if (!reader_next(v->reader, &event, err))
		return false;
	return event.type == EVENT_CLOSE || differs(&event, "the structure", err);
}

static bool compare_document(struct verifier *v, const struct node *root, struct err *err)
{
	struct event event;

	if (!compare(v, root, err))
		return false;
	if (v->done)
		return true;
	if (!reader_next(v->reader, &event, err))
		return false;
	return event.type == EVENT_DOCUMENT_END || differs(&event, "the structure", err);
}

bool verify_document(struct str text, const struct edits *edits, const struct node *root, size_t changes,
		     enum verify_extent extent, struct arena *scratch, struct err *err)
{
	struct verifier v = { .extent = extent, .changes_ahead = changes };
	bool ok;

	for (size_t i = 0; i < edits->count; i++)
		v.longer += edits->items[i].text.len - (edits->items[i].at.to - edits->items[i].at.from);
	if (edits->count > 0)
		v.behind_edits = edits->items[edits->count - 1].at.to;
	v.reader = reader_new(edits_apply(edits, text, scratch), READER_STRICT, scratch);
	ok = compare_document(&v, root, err);
	reader_free(v.reader);
	return ok;
}
