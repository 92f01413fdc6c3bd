/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The git refs of pod templates: whatever the manifests say, what is found is within the budget, has its places in the
 * template, and is found again. The first byte of the input chooses; the rest is the manifests.
 */
#include "check.h"

#include "base/utf8.h"
#include "checkout/template.h"
#include "yaml/tree.h"

#include <string.h>

#define PINS_PAIRS 1
#define HAS_PAIRS 2
#define HAS_LITTLE_BUDGET 4

static void check_part(const struct gitref_part *part, struct str text)
{
	CHECK_OF(part->text.state != TEXT_UNKNOWN || part->text.reason, text);
	CHECK_OF(part->where && part->where[0] != '\0', text);
	CHECK_OF(part->at <= text.len, text);
	CHECK_OF(part->text.is_secret == (part->hidden && part->hidden->secret.len > 0), text);
}

/* The items of a list of a container. */
static size_t count_items(struct node *container, const char *field)
{
	size_t count = 0;

	for (struct node *item = node_items(node_get(container, field)); item; item = item->next)
		count++;
	return count;
}

/* The word of command and args with this number. */
static struct node *word_at(struct node *container, size_t index)
{
	size_t commands = count_items(container, "command");
	struct node *item = node_items(node_get(container, index < commands ? "command" : "args"));

	for (size_t i = index < commands ? index : index - commands; i > 0; i--)
		item = item->next;
	return node_resolve(item);
}

static void check_pin(const struct gitref_input *input, const struct gitref *ref, struct str text)
{
	struct node *container = NULL;

	if (ref->container != NO_CONTAINER)
		container = input->podspec->containers[ref->container].node;
	switch (ref->pin.kind) {
	case GITREF_PIN_NOWHERE:
		CHECK_OF(ref->pin.why_not && ref->pin.why_not[0] != '\0', text);
		break;
	case GITREF_PIN_VARIABLE:
		CHECK_OF(container && ref->pin.variable.len > 0, text);
		break;
	case GITREF_PIN_WORD:
		CHECK_OF(container, text);
		CHECK_OF(ref->pin.word.number < count_items(container, "command") + count_items(container, "args"),
			 text);
		CHECK_OF(word_at(container, ref->pin.word.number)->type == NODE_SCALAR, text);
		CHECK_OF(ref->pin.word.prefix <= word_at(container, ref->pin.word.number)->value.len, text);
		break;
	case GITREF_PIN_REVISION:
		CHECK_OF(ref->via == GITREF_VOLUME, text);
		CHECK_OF(ref->pin.volume < count_items(node_get(input->pod_template, "spec"), "volumes"), text);
		break;
	}
}

static void check_ref(const struct gitref_input *input, const struct gitref *ref, struct str text)
{
	bool is_of_container = ref->via == GITREF_ENV || ref->via == GITREF_GIT_SYNC || ref->via == GITREF_CLONE;

	check_part(&ref->url, text);
	check_part(&ref->ref, text);
	CHECK_OF(ref->url.text.state != TEXT_ABSENT, text);
	CHECK_OF(ref->ref.text.state != TEXT_ABSENT || ref->ref.text.value.len > 0, text);
	CHECK_OF(is_of_container == (ref->container != NO_CONTAINER), text);
	CHECK_OF(ref->in_every_container == (ref->via == GITREF_ANNOTATION), text);
	CHECK_OF(!ref->is_unmounted || (ref->via == GITREF_VOLUME && ref->container_count == 0), text);
	CHECK_OF(ref->directory.len == 0 || ref->directory.ptr[0] == '/', text);
	CHECK_OF(ref->followed_by.len == 0 || ref->via != GITREF_ANNOTATION, text);
	if (is_of_container)
		CHECK_OF(ref->container_count == 1 && ref->containers[0] == ref->container, text);
	for (size_t i = 0; i < ref->container_count; i++) {
		CHECK_OF(ref->containers[i] < input->podspec->container_count, text);
		CHECK_OF(i == 0 || ref->containers[i - 1] < ref->containers[i], text);
	}
	check_pin(input, ref, text);
}

static void check_same_part(const struct gitref_part *a, const struct gitref_part *b, struct str text)
{
	CHECK_OF(a->text.state == b->text.state && a->at == b->at && strcmp(a->where, b->where) == 0, text);
	CHECK_OF(str_equal(a->text.value, b->text.value), text);
	CHECK_OF(str_equal(str_from(a->text.reason), str_from(b->text.reason)), text);
	CHECK_OF(a->text.is_secret == b->text.is_secret && !a->hidden == !b->hidden, text);
}

static void check_same(const struct gitref *a, const struct gitref *b, struct str text)
{
	CHECK_OF(a->via == b->via && a->container == b->container && a->pin.kind == b->pin.kind, text);
	CHECK_OF(a->pin.kind != GITREF_PIN_WORD || memcmp(&a->pin.word, &b->pin.word, sizeof(a->pin.word)) == 0, text);
	CHECK_OF(str_equal(a->variable, b->variable) && str_equal(a->followed_by, b->followed_by), text);
	CHECK_OF(str_equal(a->directory, b->directory) && str_equal(a->volume, b->volume), text);
	check_same_part(&a->url, &b->url, text);
	check_same_part(&a->ref, &b->ref, text);
}

static void check_template(struct gitref_input *input, size_t allowance, struct str text)
{
	size_t left = podspec_budget(text.len);
	struct podspec podspec;
	struct gitrefs refs = { 0 }, again = { 0 };
	size_t budget = allowance, budget_again = allowance;
	struct err err;

	if (!podspec_read(input->pod_template, VOLUMES_ALL, &left, input->arena, &podspec, &err)) {
		check_message(&err);
		return;
	}
	input->podspec = &podspec;
	input->budget = &budget;
	if (!template_find(input, &refs, &err)) {
		check_message(&err);
		CHECK_OF(err.at <= text.len, text);
		return;
	}
	CHECK_OF(budget <= allowance, text);
	for (size_t i = 0; i < refs.count; i++)
		check_ref(input, &refs.items[i], text);
	input->budget = &budget_again;
	CHECK_OF(template_find(input, &again, &err), text);
	CHECK_OF(budget == budget_again && refs.count == again.count, text);
	for (size_t i = 0; i < refs.count; i++)
		check_same(&refs.items[i], &again.items[i], text);
}

static void check_object(struct gitref_input *input, struct node *object, size_t allowance, struct str text)
{
	struct identity identity = identity_read(object, (struct str){ 0 });
	const struct kind *kind = kinds_find(input->manifest->kinds, identity.api_version, identity.kind);

	if (!kind || kind->role != KIND_WORKLOAD)
		return;
	input->pod_template = kinds_template(kind, object);
	input->workload_annotations = identity.annotations;
	input->ns = identity.ns;
	if (input->pod_template)
		check_template(input, allowance, text);
}

static void check_documents(struct gitref_input *input, bool has_little_budget)
{
	const struct manifest *manifest = input->manifest;

	for (size_t i = 0; i < manifest->workload_count; i++) {
		const struct workload_document *at = &manifest->workloads[i];
		struct str text = check_copy(input->arena, stream_text(at->stream, at->document));
		size_t allowance = has_little_budget ? text.len / 16 : podspec_budget(text.len);
		struct node *root, *items;
		struct err err;

		if (!tree_parse(text, READER_STRICT, input->arena, &root, &err)) {
			check_message(&err);
			continue;
		}
		if (!root)
			continue;
		check_object(input, root, allowance, text);
		items = node_items(node_get(root, "items"));
		for (; items; items = items->next)
			check_object(input, node_resolve(items), allowance, text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pair pairs[] = {
		{ .repository = STR("GIT_REPO"), .refs = { STR("REF") }, .default_ref = STR("HEAD"), .pins = true },
		{ .repository = STR("URL"), .refs = { STR("REF") }, .default_ref = STR("HEAD") },
	};
	struct choices choices = { data, size };
	unsigned mode = choice_byte(&choices);
	struct utf8_facts facts;
	struct manifest manifest;
	struct arena arena, scratch;
	struct stream stream;
	struct ignore ignore = { 0 };
	struct kinds kinds;
	struct str text;
	struct err err;

	arena_init(&arena);
	arena_init(&scratch);
	kinds_init(&kinds, &arena);
	ignore.kinds = &kinds;
	text = check_copy(&arena, choice_rest(&choices));
	manifest_init(&manifest, &ignore, (struct str){ 0 }, &arena, &scratch);
	if (utf8_check(text, &facts, &err)) {
		struct gitref_input input = {
			.manifest = &manifest,
			.pairs = pairs,
			.pair_count = mode & HAS_PAIRS ? sizeof(pairs) / sizeof(*pairs) : 0,
			.pins_pairs = mode & PINS_PAIRS,
			.arena = &arena,
		};

		stream_split(&stream, str_from("input"), text, facts, &arena);
		if (manifest_add(&manifest, &stream, SCOPE_STREAM, &err))
			check_documents(&input, mode & HAS_LITTLE_BUDGET);
		else
			check_message(&err);
	} else {
		check_message(&err);
	}
	arena_release(&scratch);
	arena_release(&arena);
	return 0;
}
