// SPDX-License-Identifier: Apache-2.0
#include "app/server_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ServerSection, NamesWhatWaitsForAStart) {
  ServerSection now;
  ServerSection next;
  EXPECT_THAT(options_for_next_start(now, next), IsEmpty());

  next.token = base::Secret("another");
  next.intake_auth.emplace();
  EXPECT_THAT(options_for_next_start(now, next), IsEmpty());

  next.listen = "127.0.0.1:5001";
  next.max_connections = 7;
  next.limits.max_requests = 7;
  EXPECT_THAT(options_for_next_start(now, next),
              ElementsAre("server.listen", "server.max_connections", "server.limits"));
}

}  // namespace
}  // namespace app
