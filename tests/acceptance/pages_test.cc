// SPDX-License-Identifier: Apache-2.0
// What the pages show works.
#include <gtest/gtest.h>

#include "tests/acceptance/tocsin.h"

namespace acceptance {
namespace {

// The first block of a language in a page, below a heading.
std::string block(const std::string& page, const std::string& heading, const std::string& language) {
  std::size_t section = page.find("\n## " + heading + "\n");
  std::size_t begin = page.find("```" + language + "\n", section);
  if (section == std::string::npos || begin == std::string::npos) return {};
  begin += language.size() + 4;
  return page.substr(begin, page.find("```", begin) - begin);
}

TEST(Readme, HasAConfigurationThatPassesItsCheck) {
  harness::TempDir dir;
  std::string config = block(harness::read_text(TOCSIN_SOURCE_DIR "/README.md"), "Configure it", "yaml");
  ASSERT_FALSE(config.empty());

  harness::Finished check = harness::run({program(), "check", "--config", dir.write("tocsin.yaml", config)});

  EXPECT_TRUE(check.exit.is_success()) << check.out << check.err;
}

}  // namespace
}  // namespace acceptance
