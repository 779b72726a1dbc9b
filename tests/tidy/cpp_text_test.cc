// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/cpp_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidy {
namespace {

TEST(CppText, BlanksCommentsAndLiteralsInPlace) {
  std::string code =
      without_comments_and_literals("int a; // { one\nauto s = \"{\\\"\"; char c = '{'; /* {\n{ */ int b;\n");

  EXPECT_EQ(code.find('{'), std::string::npos);
  EXPECT_NE(code.find("int b;"), std::string::npos);
  EXPECT_EQ(std::ranges::count(code, '\n'), 3);
}

TEST(CppText, BlanksRawStringsAndKeepsDigitSeparators) {
  std::string code = without_comments_and_literals("auto s = R\"x({ \" )\" )x\"; int n = 1'000; int m = 2'000; {");

  EXPECT_NE(code.find("1'000; int m = 2'000; {"), std::string::npos);
  EXPECT_EQ(code.find('{'), code.size() - 1);
}

TEST(CppText, ReadsIncludesWithTheirKindAndLine) {
  auto includes = includes_of("// x\n#include <vector>\n#  include \"base/time.h\"\n#define include\n");

  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].path, "vector");
  EXPECT_TRUE(includes[0].angled);
  EXPECT_EQ(includes[1].path, "base/time.h");
  EXPECT_FALSE(includes[1].angled);
  EXPECT_EQ(includes[1].line, 3);
}

TEST(CppText, MeasuresFunctionsInsideScopesOnly) {
  auto bodies = bodies_of(
      "namespace a {\n"
      "struct S {\n"
      "  int f() const {\n"
      "    return 1;\n"
      "  }\n"
      "};\n"
      "const int table[] = {\n"
      "  f(1),\n"
      "};\n"
      "void g(int x) {\n"
      "  if (x) {\n"
      "  }\n"
      "}\n"
      "}\n");

  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[0].first_line, 3);
  EXPECT_EQ(bodies[0].lines(), 3);
  EXPECT_EQ(bodies[1].first_line, 10);
  EXPECT_EQ(bodies[1].lines(), 4);
}

TEST(CppText, TakesAssignmentOperatorsAndStructParametersForFunctions) {
  auto bodies = bodies_of("A& A::operator=(A&& a) {\n}\nint f(struct sockaddr* s) {\n}\n");

  EXPECT_EQ(bodies.size(), 2u);
}

TEST(CppText, KnowsWholeWords) {
  EXPECT_TRUE(has_word("int impl;", "impl"));
  EXPECT_FALSE(has_word("simple_impl", "impl"));
  EXPECT_TRUE(has_word("impls impl", "impl"));
}

}  // namespace
}  // namespace tidy
