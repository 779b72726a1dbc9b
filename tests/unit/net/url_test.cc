// SPDX-License-Identifier: Apache-2.0
#include "net/http/url.h"

#include <gtest/gtest.h>

namespace net::http {
namespace {

TEST(Url, IsTakenApart) {
  auto url = parse_url("HTTPS://user:pass@Prom.example:9091/a/b%20c?x=1&y#frag").value();

  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.userinfo, "user:pass");
  EXPECT_EQ(url.port, 9091);
  EXPECT_EQ(url.path, "/a/b%20c");
  EXPECT_EQ(url.query, "x=1&y");
  EXPECT_EQ(origin(url), "https://Prom.example:9091");
  EXPECT_EQ(to_string(url), "https://Prom.example:9091/a/b%20c?x=1&y");
}

TEST(Url, HasDefaults) {
  auto url = parse_url("http://[::1]").value();

  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.path, "/");
  EXPECT_EQ(origin(url), "http://[::1]:80");
  EXPECT_EQ(to_string(url), "http://[::1]/");
}

TEST(Url, RefusesWhatIsNotHttpWithoutRepeatingIt) {
  for (auto text : {"", "s3cret", "/s3cret", "ftp://s3cret/", "http://", "http:///s3cret", "http://h:99999/s3cret",
                    "http://h/s3 cret", "file:///etc/s3cret", "http://h:s3cret", "http://h%2Fs3cret/", "http://s3%40h/",
                    "http://[v1.s3]/"}) {
    auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, base::Reason::kBadRequest);
    EXPECT_EQ(url.error().message.find("s3"), std::string::npos) << url.error().message;
  }
}

TEST(Url, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(percent_encode("a-b._~Z9 &=+/%\xc3\xa9"), "a-b._~Z9%20%26%3D%2B%2F%25%C3%A9");
  EXPECT_EQ(percent_decode("a%20b+%c3%A9").value(), "a b+\xc3\xa9");
  EXPECT_FALSE(percent_decode("%"));
  EXPECT_FALSE(percent_decode("%a"));
  EXPECT_FALSE(percent_decode("%ag"));
}

TEST(Url, ReadsQueriesAsFormsWriteThem) {
  auto query = parse_query("g0.expr=up+%3D%3D+0&g0.tab=1&flag&&bad=%zz&a=b=c");

  EXPECT_EQ(find_parameter(query, "g0.expr"), "up == 0");
  EXPECT_EQ(find_parameter(query, "g0.tab"), "1");
  EXPECT_EQ(find_parameter(query, "bad"), "%zz");
  EXPECT_EQ(find_parameter(query, "a"), "b=c");
  EXPECT_EQ(find_parameter(query, "none"), "");
  EXPECT_EQ(query.size(), 5u);
}

TEST(Url, WritesQueriesThatItReadsBack) {
  Query query = {{"query", "rate(x{a=\"b&c\"}[5m]) + 1"}, {"match[]", "\xc3\xa9"}, {"empty", ""}};

  EXPECT_EQ(parse_query(build_query(query)), query);
}

}  // namespace
}  // namespace net::http
