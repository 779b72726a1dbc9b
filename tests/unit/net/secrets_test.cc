// SPDX-License-Identifier: Apache-2.0
#include "net/http/secrets.h"

#include <gtest/gtest.h>

namespace net::http {
namespace {

Access access() {
  Access access;
  access.password = base::Secret("open sesame");
  access.bearer_token = base::Secret("t0ken");
  access.headers = {{"X-Scope-OrgID", "tenant-7"}, {"X-Flag", "on"}};
  return access;
}

std::string hidden(const Secrets& secrets, std::string text) {
  secrets.hide(text);
  return text;
}

TEST(Secrets, AreHiddenWhereverTheyStand) {
  Secrets secrets(access());
  secrets.add(base::Secret("t0ken-with-more"));

  EXPECT_EQ(hidden(secrets, "t0ken open sesame, tenant-7; t0ken-with-more"), "*** ***, ***; ***");
  EXPECT_EQ(hidden(secrets, "it went on"), "it went on") << "what is too short would garble the message";
}

TEST(Secrets, AnAddressIsHiddenWithItsHostAndWithout) {
  Secrets secrets{Access{}};
  secrets.add_url(base::Secret("https://hooks.example.org/services/T0/B0"));
  secrets.add_url(base::Secret("no address"));

  EXPECT_EQ(hidden(secrets, "POST /services/T0/B0 at https://hooks.example.org/services/T0/B0?"), "POST *** at ***?");
  EXPECT_EQ(hidden(secrets, "hooks.example.org is down"), "hooks.example.org is down");
}

TEST(Secrets, NoHalfOfOneIsLeftWhereABodyIsCut) {
  Response response{.status = 502, .headers = {}, .body = std::string(195, 'x') + "open sesame"};

  auto verdict = Secrets(access()).classify(response);

  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().message.find("open"), std::string::npos) << verdict.error().message;
  EXPECT_TRUE(Secrets(access()).classify({.status = 200, .headers = {}, .body = {}}));
}

}  // namespace
}  // namespace net::http
