// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <gtest/gtest.h>

#include <concepts>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string_view>

#include "base/log.h"

namespace base {
namespace {

template <class T>
concept Streams = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Compares = requires(const T& a, const T& b) { a == b; };

static_assert(!Streams<Secret>);
static_assert(!Compares<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::convertible_to<Secret, std::string>);
static_assert(!std::convertible_to<Secret, std::string_view>);
static_assert(!std::convertible_to<std::string, Secret>);
static_assert(!std::constructible_from<nlohmann::json, Secret>);
static_assert(!std::constructible_from<log::Field, std::string_view, Secret>);

TEST(Secret, ShowsItselfOnlyWhenAskedByName) {
  Secret secret("hunter2");

  EXPECT_EQ(secret.reveal(), "hunter2");
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace base
