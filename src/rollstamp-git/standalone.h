/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standalone: what a rollstamp-git does differently that was linked to run on any Linux (-Dstandalone=true).
 *
 * It is a static program of glibc's, and takes nothing from the system that it runs on but files: whatever that system
 * names as a source of host names would be a library of another glibc, and its certificates lie where its makers like.
 * Debian's libgit2 also asks for what has no archive, and is not wanted: Kerberos, and a second way to ssh. In other
 * builds there is nothing to do.
 */
#ifndef ROLLSTAMP_GIT_STANDALONE_H
#define ROLLSTAMP_GIT_STANDALONE_H

/* To be called before anything asks for a host or a user. Names of hosts are those of /etc/hosts and of DNS. */
void standalone_start(void);
/*
 * The file with the certificates of authorities that this system has, for when nothing names one. NULL if there is none in
 * the places where systems have it, and in other builds, in which libgit2 knows.
 */
const char *standalone_certificates(void);

#endif
