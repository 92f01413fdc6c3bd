#include "app/help.h"

#include "app/setting.h"

/* The column in which the explanations of options begin. */
#define WIDTH 52

static const char *usage_of(enum command topic)
{
	switch (topic) {
	case COMMAND_STAMP:
		return "Usage: rollstamp [OPTION...] [FILE...]\n"
		       "       rollstamp list [-o table|wide|json] [--check] [OPTION...] [FILE...]\n"
		       "       rollstamp digest KIND/NAME [--for KIND/NAME] [--preimage] [OPTION...] [FILE...]\n"
		       "       rollstamp help [COMMAND]\n"
		       "       rollstamp version\n"
		       "\n"
		       "Reads rendered Kubernetes manifests and prints them with the digests of the ConfigMaps and Secrets\n"
		       "that each pod template consumes, and the commits of the git refs that it checks out, written into\n"
		       "it, so that a change of them rolls the workload.\n"
		       "Every other byte is printed as it came.\n";
	case COMMAND_LIST:
		return "Usage: rollstamp list [-o table|wide|json] [--check] [OPTION...] [FILE...]\n"
		       "\n"
		       "Reads manifests and prints, instead of them, what would be stamped and why, what could not be\n"
		       "found, and what is passed over.\n";
	case COMMAND_DIGEST:
		return "Usage: rollstamp digest KIND/NAME [--for KIND/NAME] [--preimage] [OPTION...] [FILE...]\n"
		       "\n"
		       "Reads manifests and prints the digest of one ConfigMap or Secret in them (configmap/NAME,\n"
		       "secret/NAME, or with its namespace KIND/NAMESPACE/NAME).\n";
	case COMMAND_HELP:
		return "Usage: rollstamp help [COMMAND]\n"
		       "\n"
		       "Prints the options of the program, or of one of its commands: list, digest.\n";
	case COMMAND_VERSION:
		return "Usage: rollstamp version\n"
		       "\n"
		       "Prints the version, the commit that it was built from, the versions of libraries, and where\n"
		       "rollstamp-git is, which asks git servers.\n";
	}
	return "";
}

static void print_option(const struct setting *setting, struct buf *to)
{
	size_t before = to->len, used;

	if (setting->letter)
		buf_printf(to, "  -%c, ", setting->letter);
	else
		buf_add_cstring(to, "      ");
	buf_printf(to, "--%s%s%s", setting->name, setting->value ? "=" : "", setting->value ? setting->value : "");
	used = to->len - before;
	buf_add_repeated(to, ' ', used + 2 <= WIDTH ? WIDTH - used : 2);
	buf_printf(to, "%s\n", setting->help);
}

void help_print(enum command topic, struct buf *to)
{
	const struct setting *settings;
	size_t count;

	buf_add_cstring(to, usage_of(topic));
	settings = setting_table(&count);
	if (topic != COMMAND_HELP && topic != COMMAND_VERSION)
		buf_add_char(to, '\n');
	for (size_t i = 0; i < count && topic != COMMAND_HELP && topic != COMMAND_VERSION; i++) {
		bool is_taken = topic == COMMAND_STAMP || !settings[i].commands || (settings[i].commands & 1u << topic);

		if (settings[i].help && is_taken)
			print_option(&settings[i], to);
	}
	buf_add_cstring(to, "\nSee rollstamp(1).\n");
}
