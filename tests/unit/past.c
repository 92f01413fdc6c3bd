/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/past.h"

#include "unit.h"

#define HEAD "{\"format\": \"rollstamp-report/1\", \"workloads\": "
#define WEB "\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"name\": \"web\""

static struct side side;

static bool read_past(const char *text)
{
	side_init(&side, &unit_arena);
	return past_read(&side, S("old.json"), str_from(text), &unit_err);
}

static void only_what_says_that_it_is_a_report_looks_like_one(void **state)
{
	static const struct {
		const char *text;
		bool is_report;
	} rows[] = {
		{ HEAD "[]}", true },
		{ "\n  " HEAD "[]}", true },
		{ "", false },
		{ "{}", false },
		{ "kind: ConfigMap\ndata: {a: rollstamp-report/1}\n", false },
		{ "{\"kind\": \"List\", \"apiVersion\": \"v1\"}", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(past_is_report(str_from(rows[i].text)) == rows[i].is_report, rows[i].text);
}

static void what_is_no_report_is_refused_without_a_word_of_it(void **state)
{
	(void)state;
	assert_fails(read_past("{\"format\": \"rollstamp-report/1\", hunter2"),
		     "old.json: line 1: this is no report: not JSON");
	assert_null(strstr(unit_err.text, "hunter2"));
	assert_fails(read_past("{\"format\": \"hunter2\"}"), "its format is not rollstamp-report/1");
	assert_null(strstr(unit_err.text, "hunter2"));
	assert_fails(read_past("[]"), "its format is not");
	assert_fails(read_past("{\"format\": \"rollstamp-report/1\", \"format\": 1}"), "not JSON");
}

static void stamps_are_where_they_were_written(void **state)
{
	const struct side_workload *web;

	(void)state;
	assert_succeeds(read_past(HEAD "[{" WEB
				       ", \"namespace\": \"shop\", \"stamps\": [{\"digest\": \"d1\", \"written\": ["
				       "{\"as\": \"annotation\", \"name\": \"secret.rollstamp.io/tls\"},"
				       "{\"as\": \"env\", \"name\": \"ROLLSTAMP_SECRET_TLS\"},"
				       "{\"as\": \"elsewhere\", \"name\": \"secret.rollstamp.io/other\"},"
				       "{\"as\": \"annotation\", \"name\": \"note\"}]}]}]}"));
	assert_int_equal(side.count, 1);
	assert_true(side.is_report && side.has_stamps);
	web = side.items[0];
	assert_str(web->ns, "shop");
	assert_true(web->has_stamps_alone && !web->pod_template);
	assert_int_equal(web->stamps.count, 2);
	assert_str(web->stamps.items[0].name, "ROLLSTAMP_SECRET_TLS");
	assert_true(web->stamps.items[0].is_env);
	assert_str(web->stamps.items[1].value, "d1");
}

static void commits_of_one_repository_are_one_stamp(void **state)
{
	(void)state;
	assert_succeeds(read_past(
		HEAD
		"[{" WEB ", \"git\": ["
		"{\"commit\": \"c2\", \"written\": [{\"as\": \"annotation\", \"name\": \"git.rollstamp.io/r\"}]},"
		"{\"commit\": \"c1\", \"written\": [{\"as\": \"annotation\", \"name\": \"git.rollstamp.io/r\"}]},"
		"{\"commit\": \"c2\", \"written\": [{\"as\": \"annotation\", \"name\": \"git.rollstamp.io/r\"}]}]}]}"));
	assert_int_equal(side.items[0]->stamps.count, 1);
	assert_str(side.items[0]->stamps.items[0].value, "c1,c2");
}

static void a_report_of_nothing_has_no_workloads(void **state)
{
	(void)state;
	assert_succeeds(read_past(HEAD "[]}"));
	assert_int_equal(side.count, 0);
	assert_succeeds(read_past(HEAD "{\"kind\": \"Deployment\"}}"));
	assert_int_equal(side.count, 0);
	assert_succeeds(read_past(HEAD "[1, {}]}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_says_that_it_is_a_report_looks_like_one),
		TEST(what_is_no_report_is_refused_without_a_word_of_it),
		TEST(stamps_are_where_they_were_written),
		TEST(commits_of_one_repository_are_one_stamp),
		TEST(a_report_of_nothing_has_no_workloads),
	};

	return unit_run(tests);
}
