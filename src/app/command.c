#include "app/command.h"

#include "kube/objectname.h"

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
	/* What a digest covers does not depend on a commit. */
	options->policy.git = GIT_OFF;
	return true;
}

static bool check_digest(const struct options *options, struct err *err)
{
	return !options->policy.live || options->for_name.ptr ||
	       err_set(err, "digest --live needs --for: else give the object with --external");
}

static bool take_topic(struct options *options, struct err *err)
{
	if (options->files.count == 0)
		return true;
	options->topic = command_find(options->files.items[0]);
	return options->topic ||
	       err_set(err, "help: there is no command '%.*s' (see rollstamp help)", STR_ARG(options->files.items[0]));
}

const struct command command_stamp = {
	.name = "",
	.usage = "[OPTION...] [FILE...]",
	.help = "Reads rendered Kubernetes manifests and prints them with the digests of the ConfigMaps and Secrets\n"
		"that each pod template consumes, and the commits of the git refs that it checks out, written into\n"
		"it, so that a change of them rolls the workload.\n"
		"Every other byte is printed as it came.\n",
};

const struct command command_list = {
	.name = "list",
	.usage = "[-o table|wide|json] [--check] [OPTION...] [FILE...]",
	.help = "Reads manifests and prints, instead of them, what would be stamped and why, what could not be\n"
		"found, and what is passed over.\n",
};

const struct command command_digest = {
	.name = "digest",
	.usage = "KIND/NAME [--for KIND/NAME] [--preimage] [OPTION...] [FILE...]",
	.help = "Reads manifests and prints the digest of one object in them (configmap/NAME,\n"
		"secret/NAME, or with its namespace KIND/NAMESPACE/NAME).\n",
	.take = take_object,
	.check = check_digest,
};

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND]",
	.help = "Prints the options of the program, or of one of its commands: ",
	.only_informs = true,
	.take = take_topic,
};

const struct command command_version = {
	.name = "version",
	.usage = "",
	.help = "Prints the version, the commit that it was built from, the versions of libraries, and where\n"
		"rollstamp-git is, which asks git servers.\n",
	.only_informs = true,
};

static const struct command *const table[] = {
	&command_stamp, &command_list, &command_digest, &command_help, &command_version,
};

#define COUNT (sizeof(table) / sizeof(*table))

const struct command *const *command_table(size_t *count)
{
	*count = COUNT;
	return table;
}

const struct command *command_find(struct str name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (name.len > 0 && str_is(name, table[i]->name))
			return table[i];
	return NULL;
}
