/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/consumed.h"

#include "unit.h"

static struct policy policy;
static struct cluster cluster;
static struct unused unused;
static struct basis basis;
static struct subject subject;
static struct draft draft;
static struct consumed consumed;
static size_t budget;

#define OBJECT(kind, name, more) \
	"---\napiVersion: v1\nkind: " kind "\nmetadata: {name: " name more "}\nstringData: {k: v}\n"

static const char objects[] = OBJECT("Secret", "here", "") OBJECT("Secret", "hushed",
								  ", annotations: {"
								  "rollstamp.io/ignore: 'true'}");

static const char text[] =
	"metadata: {name: web, namespace: shop, annotations: {rollstamp.io/exclude: secret/excluded}}\n"
	"template: {spec: {imagePullSecrets: [{name: pull}], containers: [{name: c, envFrom: ["
	"{secretRef: {name: here}}, {secretRef: {name: hushed}}, {secretRef: {name: excluded}}, "
	"{secretRef: {name: gone}}, {secretRef: {name: '-'}}, {configMapRef: {name: kube-root-ca.crt}}]}]}}\n";

/* Reads the workload, whose Secrets are looked up. */
static void begin(void)
{
	struct world *world = unit_world("shop");
	struct node *root = unit_parse(str_from(text));

	assert_succeeds(unit_add(world, objects, SCOPE_STREAM));
	policy.kinds = world->kinds;
	policy.ns = str_from("shop");
	cluster_init(&cluster, NULL, NULL, &unit_arena);
	unused_init(&unused, &policy, &unit_arena);
	budget = podspec_budget(sizeof(text));
	basis = (struct basis){
		.policy = &policy,
		.manifest = &world->manifest,
		.cluster = &cluster,
		.unused = &unused,
		.arena = &unit_arena,
		.tree = &unit_arena,
	};
	subject = (struct subject){
		.identity = identity_read(root, (struct str){ 0 }),
		.object = root,
		.pod_template = node_get(root, "template"),
		.budget = &budget,
		.git_budget = &budget,
	};
	consumed = (struct consumed){ 0 };
	assert_succeeds(draft_read(&basis, &subject, &draft, &unit_err));
	assert_succeeds(consumed_find(&draft, &consumed, &unit_err));
}

/* "NAME OUTCOME" of each. */
static struct str print(void)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < consumed.count; i++) {
		const struct consumption *c = &consumed.items[i];

		buf_printf(&out, "%s%.*s %s", i > 0 ? ", " : "", STR_ARG(c->name), outcome_name(c->outcome));
	}
	return buf_keep(&out, &unit_arena);
}

static void each_reference_has_one_outcome(void **state)
{
	(void)state;
	policy = (struct policy){ .secrets = true };
	begin();
	assert_succeeds(consumed_resolve(&draft, &consumed, &unit_err));
	assert_str(print(), "kube-root-ca.crt unresolved, - unresolved, excluded excluded, gone unresolved, here "
			    "resolved, hushed ignored, pull pull-secret");
	policy.secrets = false;
	begin();
	assert_succeeds(consumed_resolve(&draft, &consumed, &unit_err));
	assert_str(print(), "kube-root-ca.crt unresolved, - secrets-off, excluded excluded, gone secrets-off, here "
			    "secrets-off, hushed ignored, pull pull-secret");
}

static void the_cluster_is_asked_for_what_is_missing_alone(void **state)
{
	(void)state;
	policy = (struct policy){ .secrets = true, .live = true };
	begin();
	assert_true(consumed_want(&draft, &consumed));
	assert_int_equal(cluster.want_count, 1);
	assert_str(cluster.wants[0].name, "gone");
	/* It has been asked, and does not have it. */
	assert_succeeds(consumed_resolve(&draft, &consumed, &unit_err));
	assert_int_equal(consumed.items[3].outcome, OUTCOME_NOWHERE);
	/* What is left out is not asked for. */
	policy.secrets = false;
	begin();
	assert_false(consumed_want(&draft, &consumed));
}

static void what_has_been_found_is_found_again_only_when_references_have_gone(void **state)
{
	const struct consumption *before;

	(void)state;
	policy = (struct policy){ .secrets = true };
	begin();
	before = consumed.items;
	assert_succeeds(consumed_find(&draft, &consumed, &unit_err));
	assert_ptr_equal(consumed.items, before);
	draft.podspec.reference_count--;
	assert_succeeds(consumed_find(&draft, &consumed, &unit_err));
	assert_ptr_not_equal(consumed.items, before);
}

static void stamps_have_owners_if_somebody_wants_to_know(void **state)
{
	struct stamps stamps = { .arena = &unit_arena };

	(void)state;
	for (int wants = 0; wants < 2; wants++) {
		policy = (struct policy){ .secrets = true, .wants_details = wants };
		begin();
		assert_succeeds(consumed_resolve(&draft, &consumed, &unit_err));
		stamps.count = 0;
		consumed_add_stamps(&consumed, &stamps);
		assert_int_equal(stamps.count, 1);
		assert_str(stamps.items[0].annotation, "secret.rollstamp.io/here");
		assert_int_equal(stamps.items[0].owner_count, wants);
		if (wants)
			assert_ptr_equal(stamps.items[0].owners[0], &consumed.placements[4]);
		/* Whether it is stamped or not: it is named. */
		assert_int_equal(consumed.items[4].object->is_named, wants);
		assert_int_equal(consumed.items[5].object->is_named, wants);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_reference_has_one_outcome),
		TEST(the_cluster_is_asked_for_what_is_missing_alone),
		TEST(what_has_been_found_is_found_again_only_when_references_have_gone),
		TEST(stamps_have_owners_if_somebody_wants_to_know),
	};

	return unit_run(tests);
}
