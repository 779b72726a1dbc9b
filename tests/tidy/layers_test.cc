// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/layers.h"

#include <gtest/gtest.h>

#include "tests/tidy/tree_under_test.h"

namespace tidy {
namespace {

const Layers& layers() {
  static const Layers read = parse_layers(read_file(TOCSIN_BINARY_DIR "/layers.txt"));
  return read;
}

TEST(Layers, OfTheTreeGoDownOnly) {
  ASSERT_FALSE(layers().empty()) << "no layers.txt in " TOCSIN_BINARY_DIR;
  EXPECT_TRUE(nothing_in(check_links(layers())));
}
TEST(Layers, OfTheTreeAreKeptByItsIncludes) { EXPECT_TRUE(nothing_in(check_includes(tree(), layers()))); }
TEST(Layers, OfTheTreeHaveNoIncludeCycle) { EXPECT_TRUE(nothing_in(check_include_cycles(tree()))); }
TEST(ThirdParty, HeadersStayInTheirFolders) { EXPECT_TRUE(nothing_in(check_third_party(tree()))); }

TEST(Layers, AreReadFromWhatCMakeWrote) {
  Layers read = parse_layers("base: \nnet: base\nbus: base schemas\n");

  EXPECT_EQ(read.size(), 3u);
  EXPECT_TRUE(read["base"].empty());
  EXPECT_TRUE(read["bus"].contains("schemas"));
}

TEST(Layers, RefuseSiblingsUpwardLinksAndUnknownFolders) {
  EXPECT_EQ(check_links({{"sinks", {"ingest"}}}).size(), 1u);
  EXPECT_EQ(check_links({{"base", {"bus"}}}).size(), 1u);
  EXPECT_EQ(check_links({{"stuff", {"base"}}}).size(), 1u);
  EXPECT_EQ(check_links({{"sinks", {"bus", "base"}}}).size(), 0u);
}

TEST(Layers, RefuseAnIncludeThatIsNotLinked) {
  Files files = {{"net/a.h", "#include \"bus/bus.h\"\n#include \"base/time.h\"\n#include \"net/b.h\"\n"}};

  Violations found = check_includes(files, {{"net", {"base"}}});

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].line, 1);
}

TEST(Layers, RefuseTheProductIncludingTests) {
  Files files = {{"net/a.cc", "#include \"tests/fakes/fake_http.h\"\n"}, {"tests/x.cc", "#include \"app/app.h\"\n"}};

  EXPECT_EQ(check_includes(files, {{"net", {"base"}}}).size(), 1u);
}

TEST(Layers, FindACycleOfHeaders) {
  Files files = {
      {"a/a.h", "#include \"a/b.h\"\n"}, {"a/b.h", "#include \"a/c.h\"\n"}, {"a/c.h", "#include \"a/a.h\"\n"}};

  EXPECT_EQ(check_include_cycles(files).size(), 1u);
  files[2].text = "#include <vector>\n";
  EXPECT_EQ(check_include_cycles(files).size(), 0u);
}

TEST(Layers, TakeAHeaderAndItsTemplatesForOne) {
  Files files = {{"a/a.h", "#include \"a/a_inl.h\"\n"}, {"a/a_inl.h", "#include \"a/a.h\"\n"}};

  EXPECT_EQ(check_include_cycles(files).size(), 0u);
}

TEST(ThirdParty, RefusesALibraryOutsideItsFolderOrInAHeader) {
  EXPECT_EQ(check_third_party({{"sinks/a.cc", "#include <sqlite3.h>\n"}}).size(), 1u);
  EXPECT_EQ(check_third_party({{"bus/a.h", "#include <sqlite3.h>\n"}}).size(), 1u);
  EXPECT_EQ(check_third_party({{"base/options/a.cc", "#include <yaml-cpp/yaml.h>\n"}}).size(), 1u);
  EXPECT_EQ(check_third_party({{"bus/a.cc", "#include <sqlite3.h>\n"}}).size(), 0u);
}

TEST(ThirdParty, RefusesWhatIsExpensiveToCompile) {
  EXPECT_EQ(check_third_party({{"base/a.cc", "#include <boost/asio.hpp>\n"}}).size(), 1u);
  EXPECT_EQ(check_third_party({{"base/a.h", "#include <nlohmann/json.hpp>\n"}}).size(), 1u);
  EXPECT_EQ(check_third_party({{"base/a.cc", "#include <boost/asio/experimental/awaitable_operators.hpp>\n"}}).size(),
            1u);
}

TEST(ThirdParty, CountsTheFilesWithBeast) {
  Files files;
  for (const char* path : {"net/a.cc", "net/b.cc", "net/c.cc", "tests/d.cc"})
    files.push_back({path, "#include <boost/beast/http.hpp>\n"});
  EXPECT_EQ(check_third_party(files).size(), 0u);

  files.push_back({"tests/e.cc", "#include <boost/beast/core.hpp>\n"});
  EXPECT_EQ(check_third_party(files).size(), 5u);
}

}  // namespace
}  // namespace tidy
