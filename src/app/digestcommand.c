/* SPDX-License-Identifier: Apache-2.0 */
#include "app/digestcommand.h"

#include "kube/objectname.h"

#include <string.h>

/* The options, which name the object, and the manifests that it is looked for in. */
struct request {
	const struct options *options;
	struct render *render;
};

static bool take_object(struct options *options, struct err *err)
{
	struct str kind, text;

	if (options->files.count == 0)
		return err_set(err, "digest: which object? Write rollstamp digest configmap/NAME");
	text = options->files.items[0];
	if (!objectname_split(text, &kind, &options->object_namespace, &options->object_name, err))
		return false;
	if (str_equal_nocase(kind, str_from("configmap")) || str_equal_nocase(kind, str_from("cm")))
		options->object_kind = OBJECT_CONFIGMAP;
	else if (str_equal_nocase(kind, str_from("secret")))
		options->object_kind = OBJECT_SECRET;
	else if (str_equal_nocase(kind, str_from("secretproviderclass")))
		options->object_kind = OBJECT_PROVIDER_CLASS;
	else
		return err_set(err, "'%.*s': a digest is of a configmap, a secret or a secretproviderclass",
			       STR_ARG(text));
	if (options->preimage && options->object_kind == OBJECT_SECRET)
		return err_set(err, "--preimage would print the values of a Secret: it is for other objects");
	options_drop_word(options);
	return true;
}

/* Only with --for is it known what the cluster would be asked for. */
static bool check_digest(const struct options *options, struct err *err)
{
	return !options->policy.live || options->for_name.ptr ||
	       err_set(err, "digest --live needs --for: else give the object with --external");
}

/* Makes a consumption of all keys of the object. */
static bool digest_whole(const struct request *r, struct consumption *c, struct err *err)
{
	const struct options *options = r->options;
	enum object_kind kind = options->object_kind;
	struct str name = options->object_name;

	*c = (struct consumption){ .kind = kind, .name = name, .all_keys = true };
	resolve_object(&r->render->manifest,
		       options->object_namespace.len > 0 ? options->object_namespace : options->policy.ns, c);
	if (c->outcome != OUTCOME_RESOLVED)
		return err_set(err, "%s %.*s %s", object_kind_name(kind), STR_ARG(name), outcome_explain(c->outcome));
	return resolve_digest(&r->render->manifest, r->render->input->secret_key, c, r->render->arena, err);
}

/* Returns the workload that --for names. Fails with NULL if there is none, or more than one. */
static const struct workload *find_workload(const struct request *r, struct err *err)
{
	const struct options *options = r->options;
	struct str kind = options->for_kind, name = options->for_name, ns = options->for_namespace;
	const struct workload *found = NULL;

	for (size_t i = 0; i < r->render->plan.whole.workload_count; i++) {
		const struct workload *workload = &r->render->plan.whole.workloads[i];

		if (!str_equal_nocase(workload->kind, kind) || !str_equal(workload->name, name) ||
		    (ns.len > 0 && !str_equal(workload->ns, ns)))
			continue;
		if (found) {
			err_set(err, "there are several %.*s %.*s in the input: write --for=%.*s/NAMESPACE/%.*s",
				STR_ARG(workload->kind), STR_ARG(name), STR_ARG(kind), STR_ARG(name));
			return NULL;
		}
		found = workload;
	}
	if (!found)
		err_set(err, "no workload %.*s/%.*s that is stamped is in the input", STR_ARG(kind), STR_ARG(name));
	return found;
}

/* Makes a consumption of the keys that one workload takes of the object. */
static bool digest_consumed(const struct request *r, struct consumption *c, struct err *err)
{
	const struct options *options = r->options;
	enum object_kind kind = options->object_kind;
	struct str name = options->object_name, wanted = options->object_namespace;
	const struct workload *workload;

	if (!plan_make(&r->render->plan, err) || !(workload = find_workload(r, err)))
		return false;
	/* A finding has a namespace only if that is another one than the workload's. */
	if (str_equal(wanted, workload->ns))
		wanted = (struct str){ 0 };
	for (size_t i = 0; i < workload->finding_count; i++) {
		const struct finding *finding = &workload->findings[i];

		if (finding->kind != kind || !str_equal(finding->name, name) || !str_equal(finding->ns, wanted))
			continue;
		if (finding->outcome != OUTCOME_RESOLVED)
			return err_set(err, "%s %.*s %s", object_kind_name(kind), STR_ARG(name),
				       outcome_explain(finding->outcome));
		*c = (struct consumption){ .kind = kind, .name = name };
		c->selection = finding->selection;
		memcpy(c->digest, finding->digest, sizeof(c->digest));
		return true;
	}
	return err_set(err, "%.*s %.*s consumes nothing of %s %.*s", STR_ARG(workload->kind), STR_ARG(workload->name),
		       object_kind_name(kind), STR_ARG(name));
}

static bool print_digest(const struct request *r, struct run_output *output, struct err *err)
{
	struct buf text = { 0 };
	struct consumption c;

	if (!render_read(r->render, err))
		return false;
	if (!(r->options->for_name.ptr ? digest_consumed(r, &c, err) : digest_whole(r, &c, err)))
		return false;
	if (r->options->preimage)
		selection_preimage(&c.selection, &text);
	else
		buf_printf(&text, "%s\n", c.digest);
	run_print(output, buf_keep(&text, r->render->arena), r->render->arena);
	return true;
}

static bool run_digest(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	struct policy policy = input->options->policy;
	struct render render;
	struct request request = { .options = input->options, .render = &render };
	bool ok;

	policy.wants_details = true;
	/* What a digest covers does not depend on a commit. */
	policy.git = GIT_OFF;
	render_init(&render, &input->render, &policy, arena);
	ok = print_digest(&request, output, err);
	render_release(&render);
	return ok;
}

const struct command digestcommand = {
	.name = "digest",
	.usage = "KIND/NAME [--for KIND/NAME] [--preimage] [OPTION...] [FILE...]",
	.first_word = COMMAND_OBJECT,
	.help = "Reads manifests and prints the digest of one object in them (configmap/NAME,\n"
		"secret/NAME, or with its namespace KIND/NAMESPACE/NAME).\n",
	.take = take_object,
	.check = check_digest,
	.run = run_digest,
};
