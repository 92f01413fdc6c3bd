/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/defaults.h"

static const struct {
	char owner[32], field[32], value[24];
} table[] = {
	{ "AzureDiskVolumeSource", "cachingMode", "ReadWrite" },
	{ "AzureDiskVolumeSource", "fsType", "ext4" },
	{ "AzureDiskVolumeSource", "kind", "Shared" },
	{ "AzureDiskVolumeSource", "readOnly", "false" },
	{ "ConfigMapVolumeSource", "defaultMode", "420" },
	{ "Container", "terminationMessagePath", "/dev/termination-log" },
	{ "Container", "terminationMessagePolicy", "File" },
	{ "ContainerPort", "protocol", "TCP" },
	{ "DownwardAPIVolumeSource", "defaultMode", "420" },
	{ "EphemeralContainer", "terminationMessagePath", "/dev/termination-log" },
	{ "EphemeralContainer", "terminationMessagePolicy", "File" },
	{ "FileKeySelector", "optional", "false" },
	{ "GRPCAction", "service", "" },
	{ "HTTPGetAction", "path", "/" },
	{ "HTTPGetAction", "scheme", "HTTP" },
	{ "HostPathVolumeSource", "type", "" },
	{ "ISCSIVolumeSource", "iscsiInterface", "default" },
	{ "ObjectFieldSelector", "apiVersion", "v1" },
	{ "PersistentVolumeClaimSpec", "volumeMode", "Filesystem" },
	{ "PodSpec", "dnsPolicy", "ClusterFirst" },
	{ "PodSpec", "restartPolicy", "Always" },
	{ "PodSpec", "schedulerName", "default-scheduler" },
	{ "PodSpec", "terminationGracePeriodSeconds", "30" },
	{ "Probe", "failureThreshold", "3" },
	{ "Probe", "periodSeconds", "10" },
	{ "Probe", "successThreshold", "1" },
	{ "Probe", "timeoutSeconds", "1" },
	{ "ProjectedVolumeSource", "defaultMode", "420" },
	{ "RBDVolumeSource", "keyring", "/etc/ceph/keyring" },
	{ "RBDVolumeSource", "pool", "rbd" },
	{ "RBDVolumeSource", "user", "admin" },
	{ "ScaleIOVolumeSource", "fsType", "xfs" },
	{ "ScaleIOVolumeSource", "storageMode", "ThinProvisioned" },
	{ "SecretVolumeSource", "defaultMode", "420" },
	{ "ServiceAccountTokenProjection", "expirationSeconds", "3600" },
};

size_t defaults_count(void)
{
	return sizeof(table) / sizeof(*table);
}

const char *defaults_find(struct str owner, struct str field)
{
	for (size_t i = 0; i < defaults_count(); i++)
		if (str_is(owner, table[i].owner) && str_is(field, table[i].field))
			return table[i].value;
	return NULL;
}

/* What is no name of an image has no tag, and is refused later. */
static bool is_image(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
			return false;
	return name.len > 0;
}

const char *defaults_pull_policy(struct str image)
{
	size_t digest = str_find(image, '@');
	struct str rest = str_slice(image, (struct span){ 0, digest }), name;

	while (str_find(rest, '/') < rest.len)
		str_cut(&rest, '/');
	name = str_cut(&rest, ':');
	if (!is_image(name))
		return "IfNotPresent";
	if (rest.len > 0)
		return str_is(rest, "latest") ? "Always" : "IfNotPresent";
	return digest < image.len ? "IfNotPresent" : "Always";
}
