// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/pages.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tidy/tree_under_test.h"

namespace tidy {
namespace {

TEST(Pages, OfTheTreeHaveATrueFolderMap) { EXPECT_TRUE(nothing_in(check_folder_map(tree()))); }
TEST(Pages, OfTheTreeHaveAWellNamedChangelog) { EXPECT_TRUE(nothing_in(check_changelog(tree()))); }
TEST(Pages, OfTheTreeRecordDecisionsAsTheTemplateSays) { EXPECT_TRUE(nothing_in(check_decisions(tree()))); }
TEST(Pages, OfTheTreeHaveTheLicence) { EXPECT_TRUE(nothing_in(check_licence(tree()))); }
TEST(Pages, OfTheTreeAreNotStrayNotes) { EXPECT_TRUE(nothing_in(check_top(tree()))); }
TEST(Pages, OfTheTreeHaveNoDeadLinks) { EXPECT_TRUE(nothing_in(check_links_of_pages(tree()))); }

TEST(Pages, OfTheTreeHaveEveryMetricAndNoOther) { EXPECT_TRUE(nothing_in(check_metrics(tree()))); }

TEST(FolderMap, MustHaveEveryFolderAndNoOther) {
  std::string map = "# x\n`none/`\n## Folders\n| `base/` | x |\n| `bus/` |\n## Else\n`other/`\n";

  EXPECT_EQ(check_folder_map({{"README.md", map}, {"base/a.h", ""}, {"bus/b.h", ""}}).size(), 0u);
  EXPECT_EQ(check_folder_map({{"README.md", map}, {"base/a.h", ""}}).size(), 1u);
  EXPECT_EQ(check_folder_map({{"README.md", map}, {"base/a.h", ""}, {"bus/b.h", ""}, {"net/c.h", ""}}).size(), 1u);
  EXPECT_EQ(check_folder_map({{"base/a.h", ""}}).size(), 1u);
}

TEST(Changelog, RefusesOtherNamesAndLongStories) {
  EXPECT_EQ(check_changelog({{"changelog.d/webhook-sink.feature.md", "Sends.\n"}}).size(), 0u);
  EXPECT_EQ(check_changelog({{"changelog.d/webhook.md", "Sends.\n"}}).size(), 1u);
  EXPECT_EQ(check_changelog({{"changelog.d/Web Hook.fix.md", "Sends.\n"}}).size(), 1u);
  EXPECT_EQ(check_changelog({{"changelog.d/a.fix.md", ""}}).size(), 1u);
  EXPECT_EQ(check_changelog({{"changelog.d/a.fix.md", "1\n2\n3\n4\n5\n6\n"}}).size(), 1u);
}

TEST(Decisions, RefuseASecondUseOfANumberAndMissingSections) {
  std::string text = "## Context\n## Choice\n## Price\n";
  EXPECT_EQ(check_decisions({{"docs/decisions/0001-a.md", text}}).size(), 0u);
  EXPECT_EQ(check_decisions({{"docs/decisions/0001-a.md", text}, {"docs/decisions/0001-b.md", text}}).size(), 1u);
  EXPECT_EQ(check_decisions({{"docs/decisions/0001-a.md", "## Context\n## Choice\n"}}).size(), 1u);
  EXPECT_EQ(check_decisions({{"docs/decisions/notes.md", text}}).size(), 1u);
}

TEST(Licence, MustBeApache) {
  EXPECT_EQ(check_licence({{"LICENSE", "Apache License\nVersion 2.0\n"}}).size(), 0u);
  EXPECT_EQ(check_licence({{"LICENSE", "MIT\n"}}).size(), 1u);
  EXPECT_EQ(check_licence({}).size(), 1u);
}

TEST(Top, HasNoStrayFiles) {
  EXPECT_EQ(check_top({{"README.md", ""}, {"docs/anything.md", ""}}).size(), 0u);
  EXPECT_EQ(check_top({{"notes.md", ""}, {"issue", ""}}).size(), 2u);
}

TEST(Links, RefuseWhatLeadsNowhereInTheTree) {
  Files files = {{"docs/a.md", "[b](b.md#part) [c](../LICENSE) [d](https://example.org/x) [e](#here) [f](pictures/)\n"},
                 {"docs/b.md", ""},
                 {"docs/pictures/p.png", ""},
                 {"LICENSE", ""}};
  std::ranges::sort(files, {}, &SourceFile::path);

  EXPECT_TRUE(nothing_in(check_links_of_pages(files)));
  files.push_back({"x.md", "[y](docs/nothing.md)\n"});
  EXPECT_EQ(check_links_of_pages(files).size(), 1u);
}

TEST(Metrics, MustStandOnTheirPageAndInTheSources) {
  SourceFile source = {"bus/a.h",
                       "m.counter(\"tocsin_a_total\", \"A.\");\nm.seconds(\n    \"tocsin_b_seconds\",\n    \"B.\");\n"
                       "constexpr char kC[] = \"tocsin_c_total\";\nkEvent = \"tocsin_incident\";\n"};
  std::string page = "| `tocsin_a_total` |\n| `tocsin_b_seconds` |\n| `tocsin_c_total` |\n";

  EXPECT_TRUE(nothing_in(check_metrics({source, {"docs/metrics.md", page + "rate(tocsin_b_seconds_sum[5m])\n"}})));
  EXPECT_EQ(check_metrics({source, {"docs/metrics.md", "| `tocsin_a_total` |\n"}}).size(), 2u);
  EXPECT_EQ(check_metrics({source, {"docs/metrics.md", page + "`tocsin_gone_total`\n"}}).size(), 1u);
  EXPECT_EQ(
      check_metrics({source, {"deploy/prometheus/a.yaml", "tocsin_gone > 0\n"}, {"docs/metrics.md", page}}).size(), 1u);
  EXPECT_EQ(check_metrics({source}).size(), 1u);
}

}  // namespace
}  // namespace tidy
